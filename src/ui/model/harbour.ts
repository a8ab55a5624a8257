import type { Node, Pod } from '../../api/generated/types.ts';
import type { KindDefinition } from '../../api/kind.ts';
import { event as eventKind } from '../../api/kinds/event.ts';
import { node as nodeKind } from '../../api/kinds/node.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { type KubeObject, keyOf, nameOf, namespaceOf } from '../../api/object.ts';
import { podRequests } from '../../api/podrequests.ts';
import { isPodConditionTrue, podCondition, podDisplayStatus } from '../../api/podstatus.ts';
import { valueOf as bytesOf, milliOf } from '../../apimachinery/quantity.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { WhyOptions } from '../../cluster/why.ts';
import type { Exchange } from '../../network/types.ts';
import { type DecisionTable, describeDecision, type SchedulingDecision } from '../../scheduler/decision.ts';
import type { DecisionWords } from '../../scheduler/decisionwords.ts';
import { AppMarks, appOf } from './apps.ts';
import { EventLog } from './eventlog.ts';

/** What the screen reads of a cluster; a Cluster is one. */
export interface ClusterSource {
  readonly revision: number;
  readonly sim: { now(): number };
  objects<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): readonly T[];
  /** Calls the listener for every write; the result ends it. */
  onCommit(
    listener: (record: { readonly key: string; readonly value?: KubeObject | undefined }) => void,
  ): () => void;
  componentStates(): readonly Component[];
  decisionFor(namespace: string, pod: string): SchedulingDecision | undefined;
  why(
    kind: KindDefinition,
    namespace: string,
    name: string,
    options?: Pick<WhyOptions, 'words'>,
  ): readonly WhyEntry[];
  /** The last exchanges over the network that had begun at a time (ms since the epoch), oldest first. */
  trafficAt(time: number): readonly Exchange[];
}

/** A part of the control plane. */
export interface Component {
  readonly name: string;
  readonly node: string;
  readonly state: 'running' | 'paused' | 'down';
}

/** A line of an object's history. */
export interface WhyEntry {
  /** ms since the epoch. */
  readonly time: number;
  readonly revision: number;
  readonly component: string;
  readonly text: string;
}

/** How a pod looks from the quay. */
export type CrateState = 'ready' | 'running' | 'starting' | 'pending' | 'failing' | 'terminating' | 'done';

/** A pod on a ship or on the quay. */
export interface Crate {
  readonly namespace: string;
  readonly pod: string;
  readonly app: string;
  readonly letter: string;
  readonly colour: number;
  /** Whether it belongs to the cluster itself. */
  readonly system: boolean;
  readonly state: CrateState;
  /** As `kubectl get pods` words it. */
  readonly status: string;
  /** Wall clock, ms: when its state last changed; 0 when that was before anyone looked. */
  readonly changedAt: number;
}

/** A worker node. */
export interface Ship {
  readonly name: string;
  readonly state: 'ready' | 'cordoned' | 'lost' | 'notReady' | 'booting';
  /** ms since the epoch, virtual: since when it is in that state. */
  readonly since: number;
  /** Requested of allocatable, in [0, 1] (more when overcommitted). */
  readonly cpu: number;
  readonly memory: number;
  readonly crates: readonly Crate[];
  readonly changedAt: number;
}

/** What the crane did last. */
export interface CraneWork {
  readonly pod: string;
  /** Undefined: no ship could take it. */
  readonly node?: string;
  readonly passed: number;
  readonly all: number;
  readonly best?: number;
  readonly message?: string;
  readonly changedAt: number;
}

/** The whole harbour as it is drawn: plain values. */
export interface HarbourModel {
  readonly revision: number;
  readonly components: readonly Component[];
  readonly ships: readonly Ship[];
  /** Pods that are on no ship. */
  readonly quay: readonly Crate[];
  readonly crane?: CraneWork;
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
const WATCHED = ['/registry/pods/', '/registry/events/', '/registry/minions/'];
const COMPONENT_REFRESH_MS = 250;
const FAILING = /BackOff|Err|OOMKilled|Invalid|Evicted|ExitCode|Signal|Failed|Cannot|Deadline|Unknown/;

/** A ship being kept up to date. */
interface Berth {
  node: Node | undefined;
  readonly crates: Map<string, Entry>;
  ship: Ship | undefined;
  dirty: boolean;
}

interface Entry {
  readonly pod: Pod;
  readonly crate: Crate;
}

/**
 * Keeps the harbour's picture of one cluster. It loads everything once, then follows the writes, so
 * that a frame costs what has changed and not what there is.
 */
export class HarbourReader {
  readonly cluster: ClusterSource;
  readonly events: EventLog = new EventLog();
  readonly #marks = new AppMarks();
  /** The cluster's own apps take no letter from the player's. */
  readonly #systemMarks = new AppMarks();
  readonly #pending = new Map<string, KubeObject | undefined>();
  readonly #berths = new Map<string, Berth>();
  readonly #pods = new Map<string, Entry>();
  readonly #close: () => void;
  #order: readonly string[] = [];
  #orderChanged = true;
  #components: readonly Component[] = [];
  #componentsAt = Number.NEGATIVE_INFINITY;
  #crane: CraneWork | undefined;
  #quay: readonly Crate[] = [];
  #model: HarbourModel | undefined;

  constructor(cluster: ClusterSource) {
    this.cluster = cluster;
    this.#close = cluster.onCommit(({ key, value }) => {
      if (isWatched(key)) this.#pending.set(key, value);
    });
    for (const node of cluster.objects(nodeKind)) this.#takeNode(node);
    for (const pod of cluster.objects(podKind)) this.#takePod(pod, 0);
    this.events.load(cluster.objects(eventKind));
  }

  /** Stops following the cluster. */
  close(): void {
    this.#close();
  }

  /** The harbour now; `now` is the wall clock in ms. The same value while nothing has changed. */
  read(now: number): HarbourModel {
    for (const [key, value] of this.#pending) this.#take(key, value, now);
    const changed = this.#pending.size > 0;
    this.#pending.clear();
    const components = this.#readComponents(now);
    const { revision } = this.cluster;
    const before = this.#model;
    if (
      before !== undefined &&
      !changed &&
      before.revision === revision &&
      before.components === components
    ) {
      return before;
    }
    const crane = this.#crane;
    this.#model = {
      revision,
      components,
      ships: changed || before === undefined ? this.#readShips(before === undefined ? 0 : now) : before.ships,
      quay: this.#readQuay(),
      ...(crane === undefined ? {} : { crane }),
    };
    return this.#model;
  }

  /** The last scheduling decision about a pod, laid out. */
  decisionTable(namespace: string, pod: string, words?: DecisionWords): DecisionTable | undefined {
    const decision = this.cluster.decisionFor(namespace, pod);
    return decision === undefined ? undefined : describeDecision(decision, words);
  }

  #take(key: string, value: KubeObject | undefined, now: number): void {
    if (key.startsWith('/registry/pods/')) {
      if (value === undefined) this.#dropPod(key.slice('/registry/pods/'.length));
      else this.#takePod(value as Pod, now);
    } else if (key.startsWith('/registry/events/')) {
      if (value !== undefined) this.events.add(value);
    } else if (value !== undefined) this.#takeNode(value as Node);
    else this.#dropNode(key.slice(key.lastIndexOf('/') + 1));
  }

  #takeNode(node: Node): void {
    const name = nameOf(node);
    if (node.metadata.labels?.[CONTROL_PLANE] !== undefined) return;
    const berth = this.#berth(name);
    if (berth.node === undefined) this.#orderChanged = true;
    // Heartbeats touch conditions only; what they say of the state is looked at again all the same.
    berth.node = node;
    berth.dirty = true;
  }

  #dropNode(name: string): void {
    const berth = this.#berths.get(name);
    if (berth === undefined) return;
    berth.node = undefined;
    berth.ship = undefined;
    this.#orderChanged = true;
  }

  #berth(name: string): Berth {
    let berth = this.#berths.get(name);
    if (berth === undefined) {
      berth = { node: undefined, crates: new Map(), ship: undefined, dirty: true };
      this.#berths.set(name, berth);
    }
    return berth;
  }

  #takePod(pod: Pod, now: number): void {
    const key = keyOf(pod);
    const before = this.#pods.get(key);
    const entry = { pod, crate: this.#crateOf(pod, before?.crate, now) };
    const node = pod.spec.nodeName ?? '';
    if (before !== undefined && (before.pod.spec.nodeName ?? '') !== node) this.#unload(before.pod, key);
    this.#pods.set(key, entry);
    const berth = this.#berth(node);
    berth.crates.set(key, entry);
    berth.dirty = true;
    const bound = node !== '' && before?.pod.spec.nodeName === undefined;
    if (now > 0 && (bound || isRefused(pod, before?.pod))) this.#noteCrane(pod, now);
  }

  #dropPod(key: string): void {
    const before = this.#pods.get(key);
    if (before === undefined) return;
    this.#pods.delete(key);
    this.#unload(before.pod, key);
  }

  #unload(pod: Pod, key: string): void {
    const berth = this.#berth(pod.spec.nodeName ?? '');
    berth.crates.delete(key);
    berth.dirty = true;
  }

  #crateOf(pod: Pod, before: Crate | undefined, now: number): Crate {
    const { status } = podDisplayStatus(pod, this.cluster.sim.now());
    const state = crateState(pod, status);
    if (before !== undefined && before.state === state && before.status === status) return before;
    const namespace = namespaceOf(pod);
    const system = namespace === 'kube-system';
    const marks = system ? this.#systemMarks : this.#marks;
    const { app, letter, colour } = marks.of(before?.app ?? appOf(pod));
    const changedAt = before?.state === state ? before.changedAt : now;
    return { namespace, pod: nameOf(pod), app, letter, colour, system, state, status, changedAt };
  }

  #noteCrane(pod: Pod, now: number): void {
    const decision = this.cluster.decisionFor(namespaceOf(pod), nameOf(pod));
    if (decision === undefined) return;
    const { rows } = describeDecision(decision);
    const best = rows.find(({ chosen }) => chosen)?.total;
    let rejected = 0;
    for (const row of rows) if (row.rejectedBy !== undefined) rejected++;
    this.#crane = {
      pod: nameOf(pod),
      passed: Math.max(0, decision.evaluated - rejected),
      all: decision.evaluated,
      changedAt: now,
      ...(decision.node === undefined ? {} : { node: decision.node }),
      ...(best === undefined ? {} : { best }),
      ...(decision.message === undefined ? {} : { message: decision.message }),
    };
  }

  #readShips(now: number): readonly Ship[] {
    if (this.#orderChanged) {
      const present = [...this.#berths].filter(([, berth]) => berth.node !== undefined);
      this.#order = present.map(([name]) => name).sort(compareNames);
      this.#orderChanged = false;
    }
    return this.#order.map((name) => {
      const berth = this.#berth(name);
      if (berth.ship !== undefined && !berth.dirty) return berth.ship;
      berth.dirty = false;
      const entries = [...berth.crates.values()];
      berth.ship = shipOf(berth.node as Node, entries, berth.ship, now);
      return berth.ship;
    });
  }

  #readQuay(): readonly Crate[] {
    const berth = this.#berths.get('');
    if (berth?.dirty === true) {
      berth.dirty = false;
      this.#quay = Array.from(berth.crates.values(), ({ crate }) => crate);
    }
    return this.#quay;
  }

  #readComponents(now: number): readonly Component[] {
    if (now - this.#componentsAt < COMPONENT_REFRESH_MS) return this.#components;
    this.#componentsAt = now;
    const next = this.cluster.componentStates();
    const same =
      next.length === this.#components.length &&
      next.every(({ state }, i) => state === this.#components[i]?.state);
    if (!same) this.#components = next;
    return this.#components;
  }
}

function isWatched(key: string): boolean {
  return WATCHED.some((prefix) => key.startsWith(prefix));
}

function isRefused(pod: Pod, before: Pod | undefined): boolean {
  const condition = podCondition(pod, 'PodScheduled');
  if (condition?.status !== 'False' || condition.reason !== 'Unschedulable') return false;
  return before === undefined || podCondition(before, 'PodScheduled') !== condition;
}

/** What a pod's crate shows. */
export function crateState(pod: Pod, status: string): CrateState {
  const phase = pod.status?.phase ?? 'Pending';
  if (phase === 'Succeeded') return 'done';
  if (pod.metadata.deletionTimestamp !== undefined) return 'terminating';
  if (phase === 'Failed' || FAILING.test(status)) return 'failing';
  if (pod.spec.nodeName === undefined) return 'pending';
  if (phase === 'Pending') return 'starting';
  return isPodConditionTrue(pod, 'Ready') ? 'ready' : 'running';
}

function shipOf(node: Node, entries: readonly Entry[], before: Ship | undefined, now: number): Ship {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  const state = shipState(node, ready?.status);
  const since = parseTime(ready?.lastTransitionTime ?? node.metadata.creationTimestamp ?? '') ?? 0;
  let milli = 0;
  let bytes = 0;
  for (const { pod, crate } of entries) {
    if (crate.state === 'done' || pod.status?.phase === 'Failed') continue;
    const requests = podRequests(pod.spec);
    milli += requests.milliCPU;
    bytes += requests.memory;
  }
  const allocatable = node.status?.allocatable ?? {};
  const crates = entries.map(({ crate }) => crate).sort(byPlace);
  return {
    name: nameOf(node),
    state,
    since,
    cpu: share(milli, milliOf(allocatable.cpu)),
    memory: share(bytes, bytesOf(allocatable.memory)),
    crates,
    changedAt: before?.state === state ? before.changedAt : now,
  };
}

function shipState(node: Node, ready: string | undefined): Ship['state'] {
  if (ready === 'Unknown') return 'lost';
  if (ready === 'False') return node.status?.allocatable === undefined ? 'booting' : 'notReady';
  if (ready === undefined) return 'booting';
  return node.spec.unschedulable === true ? 'cordoned' : 'ready';
}

function share(used: number, all: number): number {
  return all > 0 ? used / all : 0;
}

/** System crates at the bottom of the hold, then by app and name, so that nothing moves for no reason. */
function byPlace(a: Crate, b: Crate): number {
  if (a.system !== b.system) return a.system ? -1 : 1;
  if (a.app !== b.app) return a.app < b.app ? -1 : 1;
  return a.pod < b.pod ? -1 : 1;
}

/** `cargo-2` before `cargo-10`. */
function compareNames(a: string, b: string): number {
  const [, headA = '', tailA = ''] = /^(.*?)(\d*)$/.exec(a) ?? [];
  const [, headB = '', tailB = ''] = /^(.*?)(\d*)$/.exec(b) ?? [];
  if (headA !== headB) return headA < headB ? -1 : 1;
  return Number(tailA) - Number(tailB);
}
