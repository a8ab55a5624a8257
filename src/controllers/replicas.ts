import type { OwnerReference, Pod, PodTemplateSpec, ReplicaSetCondition } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import {
  controllerOf,
  isTerminating,
  type KubeObject,
  keyOf,
  nameOf,
  namespaceOf,
  revisionOf,
  splitKey,
  uidOf,
} from '../api/object.ts';
import type { Selector } from '../apimachinery/labels.ts';
import type { Status } from '../apimachinery/status.ts';
import { formatTime, parseTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { Clock } from '../sim/clock.ts';
import type { ControllerContext } from './context.ts';
import { Expectations } from './expectations.ts';
import { nonZero } from './nonzero.ts';
import {
  CONTROLLER_INDEX,
  claim,
  controllerIndex,
  isPodActive,
  NAMESPACE_INDEX,
  namespaceIndex,
  newControllerRef,
  orphansOf,
  readyCondition,
} from './ownership.ts';
import { isNamespaceTerminating, PodControl, podFromTemplate, slowStart } from './podcontrol.ts';
import { rankForDeletion } from './podranking.ts';
import { hasAll, PodTally } from './podtally.ts';

/** At most this many pods are created or deleted in one sync (replicaset.BurstReplicas). */
const BURST = 500;

/** Virtual time of a sync, and what each pod it looks at adds, ms. */
const SYNC_COST_MS = 2;
const POD_COST_MS = 0.05;
const MAX_SYNC_COST_MS = 500;

/** The status that both ReplicaSet and ReplicationController have. */
export interface ReplicasStatus {
  readonly replicas: number;
  readonly fullyLabeledReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly terminatingReplicas?: number;
  readonly observedGeneration?: number;
  readonly conditions?: readonly ReplicaSetCondition[];
}

/** What an owner asks for, whichever of the two kinds it is. */
export interface ReplicasSpec {
  readonly replicas: number;
  readonly minReadySeconds: number;
  readonly selector: Selector;
  readonly template: PodTemplateSpec | undefined;
}

/** How one of the two kinds is read and written. */
export interface ReplicasAdapter<T extends KubeObject> {
  readonly controller: string;
  readonly kind: KindDefinition<T>;
  /** Whether status.terminatingReplicas is kept (ReplicaSets, on by default since 1.35). */
  readonly countsTerminating: boolean;
  spec(owner: T): ReplicasSpec;
  status(owner: T): ReplicasStatus | undefined;
  withStatus(owner: T, status: ReplicasStatus): T;
}

/** The pods of an owner, sorted out. */
interface Census {
  /** How many pods count as its own, and which; listed when they are asked for. */
  readonly count: number;
  readonly active: () => readonly Pod[];
  readonly terminating: number;
  readonly labeled: number;
  readonly ready: number;
  readonly available: number;
}

/**
 * Keeps as many pods as an owner wants. ReplicaSet and ReplicationController are the same
 * controller upstream too (pkg/controller/replicaset/replica_set.go).
 */
export class ReplicasController<T extends KubeObject> {
  readonly #adapter: ReplicasAdapter<T>;
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #owners: Informer<T>;
  readonly #pods: Informer<Pod>;
  readonly #podControl: PodControl;
  readonly #expectations: Expectations;
  readonly #loop: Controller;
  readonly #tally: PodTally;
  /** One frozen owner reference an owner, shared by all its pods. */
  readonly #references = new Map<string, OwnerReference>();

  constructor(context: ControllerContext, adapter: ReplicasAdapter<T>) {
    this.#adapter = adapter;
    this.#clock = context.process;
    this.#client = context.clientFor(adapter.controller);
    this.#podControl = new PodControl(this.#client, context.recorderFor(adapter.controller, this.#client));
    this.#expectations = new Expectations(context.process);
    this.#owners = context.informers.informer(adapter.kind);
    this.#pods = context.informers.informer(podKind);
    this.#owners.addIndex(NAMESPACE_INDEX, namespaceIndex);
    this.#owners.addIndex(CONTROLLER_INDEX, controllerIndex);
    this.#pods.addIndex(CONTROLLER_INDEX, controllerIndex);
    this.#tally = new PodTally((uid) => this.#pods.byIndex(CONTROLLER_INDEX, uid));
    this.#loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#owners.synced && this.#pods.synced,
      cost: (key) => this.#syncCost(key),
      reconcile: (key) => this.#sync(key),
    });
    this.#owners.addHandler({
      add: (owner) => this.#loop.enqueue(owner),
      update: (_, owner) => this.#loop.enqueue(owner),
      delete: (owner) => {
        this.#expectations.forget(keyOf(owner));
        this.#references.delete(uidOf(owner));
        this.#tally.forget(uidOf(owner));
        this.#loop.enqueue(owner);
      },
    });
    this.#pods.addHandler({
      add: (pod) => {
        this.#tally.added(pod);
        this.#podAdded(pod);
      },
      update: (old, pod) => {
        this.#tally.updated(old, pod);
        this.#podUpdated(old, pod);
      },
      delete: (pod) => {
        this.#tally.deleted(pod);
        this.#podDeleted(pod);
      },
    });
  }

  #syncCost(key: string): number {
    const owner = this.#owners.get(key);
    if (owner === undefined) return SYNC_COST_MS;
    return Math.min(SYNC_COST_MS + this.#podCount(owner) * POD_COST_MS, MAX_SYNC_COST_MS);
  }

  #podCount(owner: T): number {
    return this.#pods.countByIndex(CONTROLLER_INDEX, uidOf(owner));
  }

  #podAdded(pod: Pod): void {
    if (isTerminating(pod)) {
      this.#podDeleted(pod);
      return;
    }
    const owner = this.#ownerOf(pod);
    if (owner !== undefined) {
      this.#expectations.creationObserved(keyOf(owner));
      this.#loop.queue.add(keyOf(owner), revisionOf(pod));
    } else if (controllerOf(pod) === undefined) {
      this.#enqueueMatching(pod);
    }
  }

  #podUpdated(old: Pod, pod: Pod): void {
    if (isTerminating(pod)) {
      this.#podDeleted(pod);
      return;
    }
    const before = controllerOf(old);
    const after = controllerOf(pod);
    const changed = before?.uid !== after?.uid;
    if (changed) {
      const formerOwner = this.#ownerOf(old);
      if (formerOwner !== undefined) this.#loop.queue.add(keyOf(formerOwner), revisionOf(pod));
    }
    if (after !== undefined) {
      const owner = this.#ownerOf(pod);
      if (owner === undefined) return;
      this.#loop.queue.add(keyOf(owner), revisionOf(pod));
      const { minReadySeconds } = this.#adapter.spec(owner);
      const becameReady = readyCondition(old)?.status !== 'True' && readyCondition(pod)?.status === 'True';
      // One second more, because times are stored in whole seconds.
      if (becameReady && minReadySeconds > 0)
        this.#loop.queue.addAfter(keyOf(owner), (minReadySeconds + 1) * 1000, revisionOf(pod));
      return;
    }
    if (changed || old.metadata.labels !== pod.metadata.labels) this.#enqueueMatching(pod);
  }

  #podDeleted(pod: Pod): void {
    const owner = this.#ownerOf(pod);
    if (owner === undefined) return;
    this.#expectations.deletionObserved(keyOf(owner), keyOf(pod));
    this.#loop.queue.add(keyOf(owner), revisionOf(pod));
  }

  /** The owner in our cache that controls the pod: same kind, same name, same uid. */
  #ownerOf(pod: Pod): T | undefined {
    const reference = controllerOf(pod);
    if (reference === undefined || reference.kind !== this.#adapter.kind.kind) return undefined;
    const owner = this.#owners.get(`${namespaceOf(pod)}/${reference.name}`);
    return owner !== undefined && uidOf(owner) === reference.uid ? owner : undefined;
  }

  #enqueueMatching(pod: Pod): void {
    for (const owner of this.#owners.byIndex(NAMESPACE_INDEX, namespaceOf(pod))) {
      if (this.#adapter.spec(owner).selector.matches(pod.metadata.labels))
        this.#loop.queue.add(keyOf(owner), revisionOf(pod));
    }
  }

  #sync(key: string): ReconcileResult {
    const owner = this.#owners.get(key);
    if (owner === undefined) {
      this.#expectations.forget(key);
      return DONE;
    }
    const spec = this.#adapter.spec(owner);
    const mayAct = this.#expectations.satisfied(key);
    const census = this.#census(owner, spec, key);
    let failure: Status | undefined;
    if (!mayAct) this.#loop.queue.addAfter(key, this.#expectations.expiresIn(key));
    if (mayAct && !isTerminating(owner)) failure = this.#manage(key, owner, spec, census);
    const status = this.#status(owner, spec, census, failure);
    const written = this.#writeStatus(owner, status);
    if (written !== undefined) return retry(written);
    if (failure !== undefined) return retry(failure);
    const next =
      status.readyReplicas === status.availableReplicas ? undefined : this.#nextAvailable(spec, census);
    if (next !== undefined) this.#loop.queue.addAfter(key, next);
    return DONE;
  }

  /** How long until the next ready pod has been ready for long enough, ms. */
  #nextAvailable(spec: ReplicasSpec, census: Census): number | undefined {
    const now = this.#clock.now();
    let next: number | undefined;
    for (const pod of census.active()) {
      const condition = readyCondition(pod);
      if (condition?.status !== 'True') continue;
      const since = parseTime(condition.lastTransitionTime ?? '');
      const left = since === undefined ? 0 : since + spec.minReadySeconds * 1000 - now;
      if (left > 0 && (next === undefined || left < next)) next = left;
    }
    return next;
  }

  /** Whose pods they are need not be asked of each while there are neither orphans nor strangers among them. */
  #census(owner: T, spec: ReplicasSpec, key: string): Census {
    const { namespace } = splitKey(key);
    const orphans = this.#pods.countByIndex(CONTROLLER_INDEX, orphansOf(namespace));
    if (orphans > 0 || spec.minReadySeconds > 0) return this.#fullCensus(owner, spec, namespace);
    const uid = uidOf(owner);
    const counts = this.#tally.of(uid, spec.selector, spec.template?.metadata?.labels);
    if (counts.strangers > 0) return this.#fullCensus(owner, spec, namespace);
    const { active: count, terminating, labeled, ready } = counts;
    const active = (): readonly Pod[] => this.#pods.byIndex(CONTROLLER_INDEX, uid).filter(isPodActive);
    return { count, active, terminating, labeled, ready, available: ready };
  }

  #fullCensus(owner: T, spec: ReplicasSpec, namespace: string): Census {
    const owned = this.#pods.byIndex(CONTROLLER_INDEX, uidOf(owner));
    const orphans = this.#pods.byIndex(CONTROLLER_INDEX, orphansOf(namespace));
    const terminating = owned.filter(
      (pod) => isTerminating(pod) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed',
    ).length;
    const active = claim({
      client: this.#client,
      owner,
      ownerKind: this.#adapter.kind,
      dependentKind: podKind,
      selector: spec.selector,
      candidates: [...owned, ...orphans].filter(isPodActive),
    });
    const now = this.#clock.now();
    let labeled = 0;
    let ready = 0;
    let available = 0;
    for (const pod of active) {
      if (hasAll(pod.metadata.labels, spec.template?.metadata?.labels)) labeled++;
      const condition = readyCondition(pod);
      if (condition?.status !== 'True') continue;
      ready++;
      if (isAvailableSince(condition.lastTransitionTime, spec.minReadySeconds, now)) available++;
    }
    return { count: active.length, active: () => active, terminating, labeled, ready, available };
  }

  /** Creates what is missing or deletes what is too many. Returns the first refusal. */
  #manage(key: string, owner: T, spec: ReplicasSpec, census: Census): Status | undefined {
    const difference = spec.replicas - census.count;
    if (difference > 0) return this.#create(key, owner, spec, Math.min(difference, BURST));
    if (difference < 0) return this.#delete(key, owner, census.active(), Math.min(-difference, BURST));
    return undefined;
  }

  #create(key: string, owner: T, spec: ReplicasSpec, count: number): Status | undefined {
    if (spec.template === undefined) return undefined;
    const template = spec.template;
    const name = { generateName: `${nameOf(owner)}-` };
    this.#expectations.expect(key, count, []);
    const { successes, failure } = slowStart(count, () => {
      const pod = podFromTemplate(template, namespaceOf(owner), name, this.#reference(owner));
      const result = this.#podControl.create(pod, owner);
      return result.ok || isNamespaceTerminating(result.status) ? undefined : result.status;
    });
    // What was never tried, or refused, will not be seen.
    for (let i = successes; i < count; i++) this.#expectations.creationObserved(key);
    return failure;
  }

  #delete(key: string, owner: T, active: readonly Pod[], count: number): Status | undefined {
    const ranked =
      count < active.length ? rankForDeletion(active, this.#related(owner), this.#clock.now()) : active;
    const doomed = ranked.slice(0, count);
    this.#expectations.expect(key, 0, doomed.map(keyOf));
    let failure: Status | undefined;
    for (const pod of doomed) {
      const refused = this.#podControl.delete(namespaceOf(pod), nameOf(pod), owner);
      if (refused === undefined) continue;
      this.#expectations.deletionObserved(key, keyOf(pod));
      failure ??= refused;
    }
    return failure;
  }

  /** The active pods of this owner and of its siblings under the same controller (getIndirectlyRelatedPods). */
  #related(owner: T): readonly Pod[] {
    const parent = controllerOf(owner);
    const family = parent === undefined ? [owner] : this.#owners.byIndex(CONTROLLER_INDEX, parent.uid);
    const pods: Pod[] = [];
    for (const member of family)
      for (const pod of this.#pods.byIndex(CONTROLLER_INDEX, uidOf(member)))
        if (isPodActive(pod)) pods.push(pod);
    return pods;
  }

  #reference(owner: T): OwnerReference {
    const uid = uidOf(owner);
    let reference = this.#references.get(uid);
    if (reference === undefined) {
      reference = newControllerRef(this.#adapter.kind, owner);
      this.#references.set(uid, reference);
    }
    return reference;
  }

  #status(owner: T, spec: ReplicasSpec, census: Census, failure: Status | undefined): ReplicasStatus {
    const old = this.#adapter.status(owner);
    const generation = owner.metadata.generation;
    const conditions = this.#conditions(old?.conditions, spec.replicas - census.count, failure);
    return {
      replicas: census.count,
      ...nonZero({
        fullyLabeledReplicas: census.labeled,
        readyReplicas: census.ready,
        availableReplicas: census.available,
      }),
      ...(this.#adapter.countsTerminating ? { terminatingReplicas: census.terminating } : {}),
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      ...(conditions === undefined ? {} : { conditions }),
    };
  }

  /** ReplicaFailure is set while creating or deleting fails, and removed when it does not. */
  #conditions(
    old: readonly ReplicaSetCondition[] | undefined,
    missing: number,
    failure: Status | undefined,
  ): readonly ReplicaSetCondition[] | undefined {
    const existing = old?.find((condition) => condition.type === 'ReplicaFailure');
    if (failure === undefined) {
      const rest = existing === undefined ? old : old?.filter((condition) => condition !== existing);
      return rest === undefined || rest.length === 0 ? undefined : rest;
    }
    // The first failure is told until there is none.
    if (existing !== undefined) return old;
    const reason = missing > 0 ? 'FailedCreate' : 'FailedDelete';
    const condition: ReplicaSetCondition = {
      type: 'ReplicaFailure',
      status: 'True',
      reason,
      message: failure.message ?? '',
      lastTransitionTime: formatTime(this.#clock.now()),
    };
    return [...(old ?? []), condition];
  }

  #writeStatus(owner: T, status: ReplicasStatus): Status | undefined {
    const old = this.#adapter.status(owner);
    if (old !== undefined && sameStatus(old, status)) return undefined;
    const result = this.#client.updateStatus(this.#adapter.kind, this.#adapter.withStatus(owner, status));
    return result.ok ? undefined : result.status;
  }
}

/** Whether a pod that became ready at a time has been so for long enough (podutil.IsPodAvailable). */
export function isAvailableSince(
  readySince: string | undefined,
  minReadySeconds: number,
  now: number,
): boolean {
  if (minReadySeconds === 0) return true;
  const since = readySince === undefined ? undefined : parseTime(readySince);
  return since !== undefined && since + minReadySeconds * 1000 <= now;
}

function sameStatus(a: ReplicasStatus, b: ReplicasStatus): boolean {
  return (
    a.replicas === b.replicas &&
    (a.fullyLabeledReplicas ?? 0) === (b.fullyLabeledReplicas ?? 0) &&
    (a.readyReplicas ?? 0) === (b.readyReplicas ?? 0) &&
    (a.availableReplicas ?? 0) === (b.availableReplicas ?? 0) &&
    (a.terminatingReplicas ?? 0) === (b.terminatingReplicas ?? 0) &&
    a.observedGeneration === b.observedGeneration &&
    (a.conditions === b.conditions ||
      ((a.conditions?.length ?? 0) === 0 && (b.conditions?.length ?? 0) === 0))
  );
}
