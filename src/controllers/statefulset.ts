import type { OwnerReference, PersistentVolumeClaim, Pod, StatefulSet } from '../api/generated/types.ts';
import { controllerRevision as revisionKind } from '../api/kinds/controllerrevision.ts';
import { persistentVolumeClaim as claimKind } from '../api/kinds/persistentvolumeclaim.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { statefulSet as statefulSetKind } from '../api/kinds/statefulset.ts';
import { controllerOf, keyOf, nameOf, namespaceOf, revisionOf, uidOf } from '../api/object.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { compiledSelector } from '../apimachinery/labels.ts';
import type { Status } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Clock } from '../sim/clock.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { History } from './history.ts';
import {
  CONTROLLER_INDEX,
  claim,
  controllerIndex,
  NAMESPACE_INDEX,
  namespaceIndex,
  orphansOf,
} from './ownership.ts';
import { ordinalOf, replicasOf, revisionOfPod } from './statefulsetpods.ts';
import { StatefulSetSync } from './statefulsetsync.ts';

const NAME = 'statefulset-controller';
/** The label by which a StatefulSet's revisions carry their hash (history.ControllerRevisionHashLabel). */
const HASH_LABEL = 'controller.kubernetes.io/hash';

/** Runs pods that keep their name, one for each ordinal, and never two of one name (pkg/controller/statefulset). */
class StatefulSetController {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #sets: Informer<StatefulSet>;
  readonly #pods: Informer<Pod>;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #history: History<StatefulSet>;
  readonly #loop: Controller;

  constructor(context: ControllerContext) {
    this.#clock = context.process;
    this.#client = context.clientFor(NAME);
    this.#recorder = context.recorderFor(NAME, this.#client);
    this.#sets = context.informers.informer(statefulSetKind);
    this.#pods = context.informers.informer(podKind);
    this.#claims = context.informers.informer(claimKind);
    const revisions = context.informers.informer(revisionKind);
    this.#history = new History({
      client: this.#client,
      revisions,
      kind: statefulSetKind,
      hashLabel: HASH_LABEL,
    });
    this.#pods.addIndex(CONTROLLER_INDEX, controllerIndex);
    this.#sets.addIndex(NAMESPACE_INDEX, namespaceIndex);
    this.#loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#sets.synced && this.#pods.synced && this.#claims.synced && revisions.synced,
      reconcile: (key) => this.#sync(key),
    });
    this.#sets.addHandler({
      add: (set) => this.#loop.enqueue(set),
      update: (_, set) => this.#loop.enqueue(set),
      delete: (set) => this.#loop.enqueue(set),
    });
    this.#pods.addHandler({
      add: (pod) => this.#podChanged(undefined, pod),
      update: (old, pod) => this.#podChanged(old, pod),
      delete: (pod) => this.#podChanged(undefined, pod),
    });
  }

  #podChanged(old: Pod | undefined, pod: Pod): void {
    const former = old === undefined ? undefined : controllerOf(old);
    const reference = controllerOf(pod);
    if (former?.kind === 'StatefulSet') this.#wake(former, pod);
    if (reference?.kind === 'StatefulSet') this.#wake(reference, pod);
    if (reference !== undefined) return;
    for (const set of this.#sets.byIndex(NAMESPACE_INDEX, namespaceOf(pod)))
      if (compiledSelector(set.spec.selector).matches(pod.metadata.labels))
        this.#loop.queue.add(keyOf(set), revisionOf(pod));
  }

  /** Has the owner of a pod looked at, if it is the one meant. */
  #wake(reference: OwnerReference, pod: Pod): void {
    const set = this.#sets.get(`${namespaceOf(pod)}/${reference.name}`);
    if (set !== undefined && uidOf(set) === reference.uid) this.#loop.queue.add(keyOf(set), revisionOf(pod));
  }

  #sync(key: string): ReconcileResult {
    const set = this.#sets.get(key);
    if (set === undefined) return DONE;
    const pods = this.#podsOf(set);
    const revisions = this.#history.list(set);
    const found = this.#history.current(set, revisions, set.status?.collisionCount ?? 0);
    if (!found.ok) return retry(found.status);
    const { revision: update, collisions } = found.value;
    const current = revisions.find((kept) => nameOf(kept) === set.status?.currentRevision) ?? update;
    const now = this.#clock.now();
    const { client, recorder } = { client: this.#client, recorder: this.#recorder };
    const findClaim = (claim: string): PersistentVolumeClaim | undefined => this.#claims.get(claim);
    const options = { client, recorder, set, pods, current, update, collisions, now, findClaim };
    const sync = new StatefulSetSync(options);
    const acted = sync.run();
    const status = sync.status();
    const refused =
      acted ??
      this.#writeStatus(set, status) ??
      this.#history.truncate(
        revisions,
        (kept) =>
          [nameOf(current), nameOf(update)].includes(nameOf(kept)) ||
          pods.some((pod) => revisionOfPod(pod) === nameOf(kept)),
        set.spec.revisionHistoryLimit ?? 10,
      );
    if (acted !== undefined) this.#writeStatus(set, status);
    if (refused !== undefined) return retry(refused);
    // When a ready pod has been so for minReadySeconds, nothing else tells.
    const wait = set.spec.minReadySeconds ?? 0;
    return wait > 0 && status.availableReplicas !== replicasOf(set) ? requeueAfter(wait * 1000) : DONE;
  }

  #podsOf(set: StatefulSet): readonly Pod[] {
    const candidates = [
      ...this.#pods.byIndex(CONTROLLER_INDEX, uidOf(set)),
      ...this.#pods.byIndex(CONTROLLER_INDEX, orphansOf(namespaceOf(set))),
    ].filter((pod) => ordinalOf(set, pod) !== undefined);
    return claim({
      client: this.#client,
      owner: set,
      ownerKind: statefulSetKind,
      dependentKind: podKind,
      selector: compiledSelector(set.spec.selector),
      candidates,
    });
  }

  #writeStatus(set: StatefulSet, status: NonNullable<StatefulSet['status']>): Status | undefined {
    if (semanticEqual(set.status, status)) return undefined;
    const written = this.#client.updateStatus(statefulSetKind, { ...set, status });
    return written.ok ? undefined : written.status;
  }
}

export const statefulSetController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new StatefulSetController(context),
};
