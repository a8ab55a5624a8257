import type { Deployment, Pod, ReplicaSet } from '../api/generated/types.ts';
import { deployment as deploymentKind } from '../api/kinds/deployment.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { replicaSet as replicaSetKind } from '../api/kinds/replicaset.ts';
import { controllerOf, type KubeObject, keyOf, namespaceOf, revisionOf, uidOf } from '../api/object.ts';
import { compiledSelector } from '../apimachinery/labels.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Clock } from '../sim/clock.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { Rollout } from './deploymentrollout.ts';
import { Expectations } from './expectations.ts';
import {
  CONTROLLER_INDEX,
  claim,
  controllerIndex,
  NAMESPACE_INDEX,
  namespaceIndex,
  orphansOf,
} from './ownership.ts';

/** The event that shows a new set wakes the deployment; this is for a set that was gone before it was seen. */
const UNSEEN_MS = 10_000;
const NAME = 'deployment-controller';

/**
 * Turns Deployments into ReplicaSets and moves pods from one to the next
 * (pkg/controller/deployment/deployment_controller.go). What one sync does is a Rollout's.
 */
class DeploymentController {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #deployments: Informer<Deployment>;
  readonly #sets: Informer<ReplicaSet>;
  readonly #pods: Informer<Pod>;
  readonly #loop: Controller;
  readonly #expectations: Expectations;

  constructor(context: ControllerContext) {
    this.#clock = context.process;
    this.#expectations = new Expectations(context.process);
    this.#client = context.clientFor(NAME);
    this.#recorder = context.recorderFor(NAME, this.#client);
    this.#deployments = context.informers.informer(deploymentKind);
    this.#sets = context.informers.informer(replicaSetKind);
    this.#pods = context.informers.informer(podKind);
    this.#deployments.addIndex(NAMESPACE_INDEX, namespaceIndex);
    this.#sets.addIndex(CONTROLLER_INDEX, controllerIndex);
    this.#pods.addIndex(CONTROLLER_INDEX, controllerIndex);
    this.#loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#deployments.synced && this.#sets.synced && this.#pods.synced,
      reconcile: (key) => this.#sync(key),
    });
    this.#deployments.addHandler({
      add: (deployment) => this.#loop.enqueue(deployment),
      update: (_, deployment) => this.#loop.enqueue(deployment),
      delete: (deployment) => this.#loop.enqueue(deployment),
    });
    this.#sets.addHandler({
      add: (set) => {
        const owner = this.#ownerOf(set);
        if (owner !== undefined) this.#expectations.creationObserved(keyOf(owner));
        this.#setChanged(set);
      },
      update: (old, set) => {
        if (controllerOf(old)?.uid !== controllerOf(set)?.uid) this.#enqueueOwner(old, revisionOf(set));
        this.#setChanged(set);
      },
      delete: (set) => this.#enqueueOwner(set, revisionOf(set)),
    });
    // A Recreate rollout waits for the last old pod to be gone.
    this.#pods.addHandler({ delete: (pod) => this.#podDeleted(pod) });
  }

  #setChanged(set: ReplicaSet): void {
    if (controllerOf(set) !== undefined) {
      this.#enqueueOwner(set, revisionOf(set));
      return;
    }
    for (const deployment of this.#deployments.byIndex(NAMESPACE_INDEX, namespaceOf(set)))
      if (compiledSelector(deployment.spec.selector).matches(set.metadata.labels))
        this.#loop.queue.add(keyOf(deployment), revisionOf(set));
  }

  #enqueueOwner(object: KubeObject, trigger: number): void {
    const owner = this.#ownerOf(object);
    if (owner !== undefined) this.#loop.queue.add(keyOf(owner), trigger);
  }

  #ownerOf(object: KubeObject): Deployment | undefined {
    const reference = controllerOf(object);
    if (reference?.kind !== 'Deployment') return undefined;
    const owner = this.#deployments.get(`${namespaceOf(object)}/${reference.name}`);
    return owner !== undefined && uidOf(owner) === reference.uid ? owner : undefined;
  }

  #podDeleted(pod: Pod): void {
    const reference = controllerOf(pod);
    if (reference?.kind !== 'ReplicaSet') return;
    const set = this.#sets.get(`${namespaceOf(pod)}/${reference.name}`);
    const owner = set === undefined ? undefined : this.#ownerOf(set);
    if (owner?.spec.strategy?.type !== 'Recreate') return;
    const left = this.#sets
      .byIndex(CONTROLLER_INDEX, uidOf(owner))
      .some((other) => this.#pods.countByIndex(CONTROLLER_INDEX, uidOf(other)) > 0);
    if (!left) this.#loop.queue.add(keyOf(owner), revisionOf(pod));
  }

  #sync(key: string): ReconcileResult {
    const deployment = this.#deployments.get(key);
    if (deployment === undefined) {
      this.#expectations.forget(key);
      return DONE;
    }
    // A set that was made and is not seen yet: whoever counts without it makes too many pods.
    if (!this.#expectations.satisfied(key)) return requeueAfter(UNSEEN_MS);
    const sets = claim({
      client: this.#client,
      owner: deployment,
      ownerKind: deploymentKind,
      dependentKind: replicaSetKind,
      selector: compiledSelector(deployment.spec.selector),
      candidates: [
        ...this.#sets.byIndex(CONTROLLER_INDEX, uidOf(deployment)),
        ...this.#sets.byIndex(CONTROLLER_INDEX, orphansOf(namespaceOf(deployment))),
      ],
    });
    const rollout = new Rollout({
      deployment,
      sets,
      client: this.#client,
      recorder: this.#recorder,
      now: this.#clock.now(),
      podsOf: (set) => this.#pods.byIndex(CONTROLLER_INDEX, uidOf(set)),
      made: () => this.#expectations.expect(key, 1, []),
    });
    return rollout.sync();
  }
}

export const deploymentController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new DeploymentController(context),
};
