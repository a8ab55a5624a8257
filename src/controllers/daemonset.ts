import type { ControllerRevision, DaemonSet, Node, Pod } from '../api/generated/types.ts';
import { controllerRevision as revisionKind } from '../api/kinds/controllerrevision.ts';
import { daemonSet as daemonSetKind } from '../api/kinds/daemonset.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { controllerOf, isTerminating, keyOf, nameOf, namespaceOf, revisionOf, uidOf } from '../api/object.ts';
import { isPodTerminal } from '../api/podstatus.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { compiledSelector } from '../apimachinery/labels.ts';
import type { Status } from '../apimachinery/status.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Process } from '../sim/process.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import {
  byAge,
  daemonTemplate,
  decide,
  isUpToDate,
  REVISION_HASH,
  revisionHash,
  scaled,
  surgeAllowed,
  targetNode,
} from './daemonpods.ts';
import { daemonSetStatus, type PodsByNode } from './daemonstatus.ts';
import { Expectations } from './expectations.ts';
import { History } from './history.ts';
import {
  CONTROLLER_INDEX,
  claim,
  controllerIndex,
  isPodReady,
  newControllerRef,
  orphansOf,
  readyCondition,
} from './ownership.ts';
import { isNamespaceTerminating, PodControl, podFromTemplate, slowStart } from './podcontrol.ts';
import { isAvailableSince } from './replicas.ts';

const NAME = 'daemonset-controller';
const BURST = 250;
/** A sync looks at every node, each 10 µs long: in a large cluster it takes in many changes at once. */
const SYNC_COST_MS = 2;
const NODES_PER_MS = 100;
/** Failed pods are replaced with growing delay (pkg/controller/daemon BackoffGCInterval defaults). */
const FAILED_BACKOFF_FIRST_MS = 1_000;
const FAILED_BACKOFF_MAX_MS = 15 * 60_000;

const NONE: readonly Pod[] = Object.freeze([]);

/** What is to be done in one sync. */
interface Plan {
  readonly create: string[];
  readonly delete: Pod[];
}

/** Runs one pod of a template on every node that takes it (pkg/controller/daemon). */
class DaemonSetController {
  readonly #process: Process;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #podControl: PodControl;
  readonly #sets: Informer<DaemonSet>;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #expectations: Expectations;
  readonly #history: History<DaemonSet>;
  readonly #loop: Controller;
  /** `set uid/node` -> when a failed pod there may next be replaced, and the delay that led to it. */
  readonly #failedBackoff = new Map<string, { readonly until: number; readonly delay: number }>();

  constructor(context: ControllerContext) {
    this.#process = context.process;
    this.#client = context.clientFor(NAME);
    this.#recorder = context.recorderFor(NAME, this.#client);
    this.#podControl = new PodControl(this.#client, this.#recorder);
    this.#sets = context.informers.informer(daemonSetKind);
    this.#pods = context.informers.informer(podKind);
    this.#nodes = context.informers.informer(nodeKind);
    this.#pods.addIndex(CONTROLLER_INDEX, controllerIndex);
    this.#expectations = new Expectations(context.process);
    const revisions = context.informers.informer(revisionKind);
    this.#history = new History({
      client: this.#client,
      revisions,
      kind: daemonSetKind,
      hashLabel: REVISION_HASH,
    });
    this.#loop = new Controller({
      process: context.process,
      client: this.#client,
      workers: 2,
      cost: () => SYNC_COST_MS + Math.floor(this.#nodes.size / NODES_PER_MS),
      ready: () => this.#sets.synced && this.#pods.synced && this.#nodes.synced && revisions.synced,
      reconcile: (key) => this.#sync(key),
    });
    this.#sets.addHandler({
      add: (set) => this.#loop.enqueue(set),
      update: (_, set) => this.#loop.enqueue(set),
      delete: (set) => {
        this.#expectations.forget(keyOf(set));
        for (const key of this.#failedBackoff.keys())
          if (key.startsWith(`${uidOf(set)}/`)) this.#failedBackoff.delete(key);
      },
    });
    this.#pods.addHandler({
      add: (pod) => this.#podChanged(pod, 'add'),
      update: (_, pod) => this.#podChanged(pod, 'update'),
      delete: (pod) => this.#podChanged(pod, 'delete'),
    });
    this.#nodes.addHandler({
      add: (node) => this.#nodeChanged(undefined, node),
      update: (old, node) => this.#nodeChanged(old, node),
      delete: (node) => this.#nodeChanged(node, undefined),
    });
  }

  #podChanged(pod: Pod, change: 'add' | 'update' | 'delete'): void {
    const reference = controllerOf(pod);
    if (reference?.kind !== 'DaemonSet') return;
    const set = this.#sets.get(`${namespaceOf(pod)}/${reference.name}`);
    if (set === undefined || uidOf(set) !== reference.uid) return;
    if (change === 'add' && !isTerminating(pod)) this.#expectations.creationObserved(keyOf(set));
    if (change === 'delete' || isTerminating(pod))
      this.#expectations.deletionObserved(keyOf(set), keyOf(pod));
    this.#loop.queue.add(keyOf(set), revisionOf(pod));
  }

  /** Only what decides whether a daemon runs on a node matters; heartbeats do not. */
  #nodeChanged(old: Node | undefined, node: Node | undefined): void {
    const same =
      old !== undefined &&
      node !== undefined &&
      old.spec.taints === node.spec.taints &&
      old.metadata.labels === node.metadata.labels;
    if (same) return;
    const trigger = revisionOf((node ?? old) as Node);
    for (const set of this.#sets.list()) this.#loop.queue.add(keyOf(set), trigger);
  }

  #sync(key: string): ReconcileResult {
    const set = this.#sets.get(key);
    if (set === undefined) return DONE;
    if (isTerminating(set)) return DONE;
    const pods = this.#podsByNode(set);
    const revisions = this.#history.list(set);
    const found = this.#history.current(set, revisions, set.status?.collisionCount ?? 0);
    if (!found.ok) return retry(found.status);
    const hash = revisionHash(found.value.revision);
    let failure: Status | undefined;
    let wait = 0;
    if (this.#expectations.satisfied(key)) {
      const plan = this.#plan(set, hash, pods);
      wait = plan.wait;
      failure = this.#act(key, set, hash, plan.create, plan.delete);
      if (failure === undefined && this.#expectations.satisfied(key))
        failure = this.#update(key, set, hash, pods);
    } else wait = this.#expectations.expiresIn(key);
    const written = this.#writeStatus(set, hash, pods, found.value.collisions);
    failure ??= written ?? this.#forgetHistory(set, hash, revisions, pods);
    if (failure !== undefined) return retry(failure);
    return wait > 0 ? requeueAfter(wait) : DONE;
  }

  /** Node -> this set's pods there, the oldest first. A pod belongs to the node it is meant for, bound or not. */
  #podsByNode(set: DaemonSet): Map<string, Pod[]> {
    const candidates = [
      ...this.#pods.byIndex(CONTROLLER_INDEX, uidOf(set)),
      ...this.#pods.byIndex(CONTROLLER_INDEX, orphansOf(namespaceOf(set))),
    ];
    const claimed = claim({
      client: this.#client,
      owner: set,
      ownerKind: daemonSetKind,
      dependentKind: podKind,
      selector: compiledSelector(set.spec.selector),
      candidates,
    });
    const byNode = new Map<string, Pod[]>();
    for (const pod of claimed) {
      const node = targetNode(pod);
      // A finished pod that is being deleted only waits for its kubelet: another may take its place.
      if (node === '' || (isTerminating(pod) && isPodTerminal(pod))) continue;
      const list = byNode.get(node);
      if (list === undefined) byNode.set(node, [pod]);
      else list.push(pod);
    }
    return byNode;
  }

  /** Drops revisions above the limit, except those that pods are still of (cleanupHistory). */
  #forgetHistory(
    set: DaemonSet,
    hash: string,
    revisions: readonly ControllerRevision[],
    pods: PodsByNode,
  ): Status | undefined {
    const limit = set.spec.revisionHistoryLimit ?? 10;
    if (revisions.length <= limit) return undefined;
    const standing = [...pods.values()].flat();
    return this.#history.truncate(
      revisions,
      (kept) => {
        const own = revisionHash(kept);
        return own === hash || standing.some((pod) => isUpToDate(pod, own));
      },
      limit,
    );
  }

  #plan(set: DaemonSet, hash: string, pods: PodsByNode): Plan & { readonly wait: number } {
    const plan: Plan = { create: [], delete: [] };
    let wait = 0;
    for (const node of this.#nodes.list()) {
      const { run, stay } = decide(set, node);
      const here = pods.get(nameOf(node)) ?? NONE;
      if (run && here.length === 0) plan.create.push(nameOf(node));
      else if (stay) wait = Math.max(wait, this.#tidy(set, hash, node, here, plan));
      else plan.delete.push(...here.filter((pod) => !isTerminating(pod)));
    }
    // Pods that were made for a node which has gone before they got there.
    for (const [node, here] of pods)
      if (this.#nodes.get(node) === undefined)
        plan.delete.push(...here.filter((pod) => (pod.spec.nodeName ?? '') === '' && !isTerminating(pod)));
    return { ...plan, wait };
  }

  /** Failed pods are replaced after a while; of several only the oldest stays. Returns how long to wait, ms. */
  #tidy(set: DaemonSet, hash: string, node: Node, here: readonly Pod[], plan: Plan): number {
    let wait = 0;
    const standing: Pod[] = [];
    for (const pod of here) {
      if (isTerminating(pod)) continue;
      if (!isPodTerminal(pod)) {
        standing.push(pod);
        continue;
      }
      if (pod.status?.phase === 'Succeeded') {
        const message = `Found succeeded daemon pod ${keyOf(pod)} on node ${nameOf(node)}, will try to delete it`;
        this.#recorder.event(set, 'Normal', 'SucceededDaemonPod', message);
        plan.delete.push(pod);
        continue;
      }
      const left = this.#failedWait(`${uidOf(set)}/${set.status?.observedGeneration ?? 0}/${nameOf(node)}`);
      if (left > 0) {
        wait = Math.max(wait, left);
        continue;
      }
      const message = `Found failed daemon pod ${keyOf(pod)} on node ${nameOf(node)}, will try to kill it`;
      this.#recorder.event(set, 'Warning', 'FailedDaemonPod', message);
      plan.delete.push(pod);
    }
    if (standing.length > 1) plan.delete.push(...this.#surplus(set, hash, standing.sort(byAge)));
    return wait;
  }

  /**
   * Of several pods on one node those that must go: all but the oldest; while a rollout may surge, one
   * of each revision stays as long as the old one is ready and the new one not yet available.
   */
  #surplus(set: DaemonSet, hash: string, oldestFirst: readonly Pod[]): readonly Pod[] {
    if (!surgeAllowed(set)) return oldestFirst.slice(1);
    const fresh = oldestFirst.find((pod) => isUpToDate(pod, hash));
    const old = oldestFirst.find((pod) => !isUpToDate(pod, hash));
    const handOver =
      fresh !== undefined && old !== undefined && (!isPodReady(old) || this.#isAvailable(set, fresh));
    return oldestFirst.filter((pod) => pod !== fresh && (pod !== old || handOver));
  }

  #failedWait(key: string): number {
    const now = this.#process.now();
    const entry = this.#failedBackoff.get(key);
    if (entry !== undefined && entry.until > now) return entry.until - now;
    const delay =
      entry === undefined ? FAILED_BACKOFF_FIRST_MS : Math.min(entry.delay * 2, FAILED_BACKOFF_MAX_MS);
    this.#failedBackoff.set(key, { until: now + delay, delay });
    return 0;
  }

  #act(
    key: string,
    set: DaemonSet,
    hash: string,
    create: readonly string[],
    remove: readonly Pod[],
  ): Status | undefined {
    const creating = create.slice(0, BURST);
    const deleting = remove.slice(0, BURST);
    if (creating.length === 0 && deleting.length === 0) return undefined;
    this.#expectations.expect(key, creating.length, deleting.map(keyOf));
    const reference = newControllerRef(daemonSetKind, set);
    let next = 0;
    const { successes, failure } = slowStart(creating.length, () => {
      const node = creating[next++] as string;
      const template = daemonTemplate(set, node, hash);
      const pod = podFromTemplate(template, namespaceOf(set), { generateName: `${nameOf(set)}-` }, reference);
      const result = this.#podControl.create(pod, set);
      return result.ok || isNamespaceTerminating(result.status) ? undefined : result.status;
    });
    for (let i = successes; i < creating.length; i++) this.#expectations.creationObserved(key);
    let refused = failure;
    for (const pod of deleting) {
      const status = this.#podControl.delete(namespaceOf(pod), nameOf(pod), set);
      if (status === undefined) continue;
      this.#expectations.deletionObserved(key, keyOf(pod));
      refused ??= status;
    }
    return refused;
  }

  /** One round of a rolling update (update.go rollingUpdate): old pods that do not work go first. */
  #update(key: string, set: DaemonSet, hash: string, pods: PodsByNode): Status | undefined {
    if ((set.spec.updateStrategy?.type ?? 'RollingUpdate') !== 'RollingUpdate') return undefined;
    let desired = 0;
    for (const node of this.#nodes.list()) if (decide(set, node).run) desired++;
    const { maxUnavailable = 1, maxSurge = 0 } = set.spec.updateStrategy?.rollingUpdate ?? {};
    const unavailableAllowed = scaled(maxUnavailable, desired);
    const surgeAllowedCount = scaled(maxSurge, desired);
    return surgeAllowedCount > 0
      ? this.#surge(key, set, hash, pods, surgeAllowedCount)
      : this.#replaceOld(key, set, hash, pods, unavailableAllowed);
  }

  #replaceOld(
    key: string,
    set: DaemonSet,
    hash: string,
    pods: PodsByNode,
    allowed: number,
  ): Status | undefined {
    let unavailable = 0;
    const broken: Pod[] = [];
    const working: Pod[] = [];
    for (const here of pods.values()) {
      const standing = here.filter((pod) => !isTerminating(pod));
      const pod = standing[0];
      const available = pod !== undefined && this.#isAvailable(set, pod);
      if (!available) unavailable++;
      if (pod === undefined || isUpToDate(pod, hash)) continue;
      (available ? working : broken).push(pod);
    }
    const room = Math.max(0, allowed - unavailable);
    return this.#act(key, set, hash, [], [...broken, ...working.slice(0, room)]);
  }

  #surge(key: string, set: DaemonSet, hash: string, pods: PodsByNode, allowed: number): Status | undefined {
    let surging = 0;
    const remove: Pod[] = [];
    const waiting: string[] = [];
    for (const [node, here] of pods) {
      const standing = here.filter((pod) => !isTerminating(pod));
      const fresh = standing.find((pod) => isUpToDate(pod, hash));
      const old = standing.find((pod) => !isUpToDate(pod, hash));
      if (old === undefined) continue;
      if (fresh !== undefined) {
        if (this.#isAvailable(set, fresh)) remove.push(old);
        else surging++;
      } else if (!this.#isAvailable(set, old)) remove.push(old);
      else waiting.push(node);
    }
    return this.#act(key, set, hash, waiting.slice(0, Math.max(0, allowed - surging)), remove);
  }

  /** When a ready pod has been so for minReadySeconds, nothing else tells. */
  #lookAgain(set: DaemonSet, pod: Pod): void {
    const since = parseTime(readyCondition(pod)?.lastTransitionTime ?? '') ?? this.#process.now();
    const due = since + (set.spec.minReadySeconds ?? 0) * 1000;
    this.#loop.queue.addAfter(keyOf(set), Math.max(1, due - this.#process.now()));
  }

  #isAvailable(set: DaemonSet, pod: Pod): boolean {
    if (!isPodReady(pod)) return false;
    const since = readyCondition(pod)?.lastTransitionTime;
    return isAvailableSince(since, set.spec.minReadySeconds ?? 0, this.#process.now());
  }

  #writeStatus(set: DaemonSet, hash: string, pods: PodsByNode, collisions: number): Status | undefined {
    const { status, waiting } = daemonSetStatus({
      set,
      hash,
      nodes: this.#nodes.list(),
      pods,
      collisions,
      isAvailable: (pod) => this.#isAvailable(set, pod),
    });
    for (const pod of waiting) this.#lookAgain(set, pod);
    if (semanticEqual(set.status, status)) return undefined;
    const result = this.#client.updateStatus(daemonSetKind, { ...set, status });
    return result.ok ? undefined : result.status;
  }
}

export const daemonSetController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new DaemonSetController(context),
};
