import type { Client } from '../client/client.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Process } from '../sim/process.ts';
import type { Cache } from './cache.ts';
import type { CycleState } from './cyclestate.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { ClusterEvent, EventInterest } from './events.ts';
import type { Listers } from './listers.ts';
import { MAX_NODE_SCORE } from './maxscore.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { Nominator } from './nominator.ts';
import type { PodInfo } from './podinfo.ts';
import type { ScoringStrategy } from './scoringstrategy.ts';
import type { Status } from './status.ts';

/** What plugins may use of the scheduler around them (framework.Handle). */
export interface Handle {
  readonly process: Process;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly cache: Cache;
  readonly nominator: Nominator;
  readonly listers: Listers;
  /** What plugins read of the API beside nodes and pods; take informers from it while being made. */
  readonly informers: InformerFactory;
  /** Something happened that may let waiting pods be scheduled. */
  happened(event: ClusterEvent): void;
  /** Asks all filters about a node as it is given, together with the pods nominated to it. */
  runFilters(state: CycleState, pod: PodInfo, node: NodeInfo): Status;
  /** Tells the plugins that a pod was put on a node under trial. */
  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  /** Tells the plugins that a pod was taken off a node under trial. */
  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
}

/** A pod waiting in the queue, as the order of the queue sees it. */
export interface Waiting {
  readonly info: PodInfo;
  /** When it came into the queue, or last failed; ms. */
  readonly timestamp: number;
  /** Grows with each pod queued; decides what nothing else does. */
  readonly sequence: number;
}

export interface PreFilterResult {
  /** `skip` when the plugin's filter need not run for this pod. */
  readonly status: Status;
  /** The only nodes that can do, by name; absent: all may. */
  readonly nodeNames?: ReadonlySet<string>;
}

export interface PostFilterResult {
  readonly status: Status;
  /** What becomes of `status.nominatedNodeName`: set, or cleared with ''; absent: left alone. */
  readonly nominatedNode?: string;
}

/**
 * A scheduling plugin (pkg/scheduler/framework/interface.go). It takes part in the stages whose
 * methods it has. All methods are called synchronously within one cycle.
 */
export interface Plugin {
  readonly name: string;
  /** What may change the plugin's mind about a pod that it rejected (EventsToRegister). */
  readonly events?: readonly EventInterest[];
  /** Whether the pod may be queued at all. */
  preEnqueue?(pod: PodInfo): Status;
  /** Whether `a` is taken before `b` (QueueSort). Exactly one plugin of a profile has it. */
  less?(a: Waiting, b: Waiting): boolean;
  /** Once a pod, before any node is looked at. */
  preFilter?(state: CycleState, pod: PodInfo): PreFilterResult;
  /** Keeps what preFilter worked out true while pods are put on, or taken off, a node under trial. */
  addPod?(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  removePod?(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
  /** Once a node. Reads the node; returns the shared SUCCESS, or another shared Status. */
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Status;
  /** When no node is left. Success means that the pod may fit later on the nominated node. */
  postFilter?(state: CycleState, pod: PodInfo, diagnosis: Diagnosis): PostFilterResult;
  /** Once a pod, before the nodes left are scored; `skip` leaves the plugin out. */
  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status;
  /** Gives each node an integer, at the node's place in `scores`; 0 to 100 unless `normalize` makes it so. */
  score?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], scores: Float64Array): void;
  /** Brings the first `count` scores to 0 to 100, in place. */
  normalize?(state: CycleState, pod: PodInfo, scores: Float64Array, count: number): void;
  /** Sets aside what the pod will use on the node; undone by `unreserve`, which must not fail. */
  reserve?(state: CycleState, pod: PodInfo, node: string): Status;
  unreserve?(state: CycleState, pod: PodInfo, node: string): void;
  /** Makes ready what must be ready before the pod is bound. Answers `wait` to be asked again a second later. */
  preBind?(state: CycleState, pod: PodInfo, node: string): Status;
  /** Binds the pod; `skip` leaves it to the next plugin. */
  bind?(state: CycleState, pod: PodInfo, node: string): Status;
}

/** What a profile may set of its plugins (pluginConfig); each reads its own, and has defaults. */
export interface PluginArgs {
  /** NodeResourcesFit */
  readonly scoringStrategy?: ScoringStrategy;
  /** InterPodAffinity: what a required term of a pod on a node adds to a score, 0 to 100. */
  readonly hardPodAffinityWeight?: number;
}

/** Makes a plugin for one scheduler. `name` is the one used in profiles and messages. */
export interface PluginFactory {
  readonly name: string;
  create(handle: Handle, args: PluginArgs): Plugin;
}

/**
 * Scales scores so that the largest becomes 100, or, reversed, so that nothing becomes 100
 * (plugins/helper/normalize_score.go DefaultNormalizeScore).
 */
export function normalizeByMax(scores: Float64Array, count: number, reverse: boolean): void {
  let max = 0;
  for (let i = 0; i < count; i++) max = Math.max(max, scores[i] as number);
  for (let i = 0; i < count; i++) {
    const scaled = max === 0 ? 0 : Math.floor((MAX_NODE_SCORE * (scores[i] as number)) / max);
    scores[i] = reverse ? MAX_NODE_SCORE - scaled : scaled;
  }
}
