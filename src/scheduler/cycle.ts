import { revisionOf } from '../api/object.ts';
import type { Cause } from '../sim/cause.ts';
import { CycleState } from './cyclestate.ts';
import { DecisionRecorder, type SchedulingDecision } from './decision.ts';
import { Diagnosis } from './diagnosis.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { PodInfo } from './podinfo.ts';
import type { QueuedPod } from './queue.ts';
import type { Framework } from './runner.ts';
import { isRejected, messageOf, rejection, SUCCESS } from './status.ts';

/** What a scheduling cycle came to. */
export type Outcome =
  | {
      readonly type: 'assigned';
      readonly node: string;
      readonly state: CycleState;
      readonly cause: Cause;
    }
  | {
      readonly type: 'failed';
      /** For the event and the condition. */
      readonly message: string;
      /** `Unschedulable`: no node will do; `SchedulerError`: the scheduler could not tell. */
      readonly reason: 'Unschedulable' | 'SchedulerError';
      /** The plugins to blame; empty means: just try again. */
      readonly rejectors: ReadonlySet<string>;
      /** '' takes a nomination back, a name makes one, undefined leaves it. */
      readonly nominatedNode?: string;
      readonly cause: Cause;
    };

const NOBODY: ReadonlySet<string> = new Set();

/** schedule_one.go: fewer nodes than this are all looked at, and at least so many are looked for. */
const MIN_FEASIBLE = 100;
const MIN_PERCENTAGE = 5;

/** How many nodes that fit a search looks for among `total` (schedule_one.go numFeasibleNodesToFind). */
export function feasibleNodesToFind(total: number): number {
  if (total < MIN_FEASIBLE) return total;
  const percentage = Math.max(MIN_PERCENTAGE, 50 - Math.floor(total / 125));
  return Math.max(MIN_FEASIBLE, Math.floor((total * percentage) / 100));
}

/** The nodes that fit, or why the search could not be made. */
type Found = { readonly nodes: readonly NodeInfo[] } | { readonly error: string };

/**
 * Decides where one pod goes (pkg/scheduler/schedule_one.go schedulePod): filters nodes, from where
 * the last search stopped, until enough fit; scores those; takes the highest total, of equals the
 * one found first. (Upstream leaves the choice among equals open.)
 */
export class Cycle {
  readonly #framework: Framework;
  readonly #recorder = new DecisionRecorder();
  #start = 0;

  constructor(framework: Framework) {
    this.#framework = framework;
  }

  /** Makes the decision; writes nothing, except that preemption evicts its victims. */
  run(queued: QueuedPod): Outcome {
    const { info } = queued;
    const state = new CycleState();
    const diagnosis = new Diagnosis();
    const { nodes, nodeNames } = this.#framework.cache;
    if (nodes.length === 0) return this.#noNodes(queued, diagnosis);
    const found = this.#findNodes(state, info, nodes, diagnosis);
    if ('error' in found) return this.#error(queued, diagnosis, found.error);
    const feasible = found.nodes;
    const scores = feasible.length > 1 ? this.#framework.score(state, info, feasible) : undefined;
    const decision = this.#recorder.record({
      info,
      time: this.#framework.process.now(),
      attempt: queued.attempts,
      nodeNames,
      diagnosis,
      feasible,
      ...(scores === undefined ? {} : { scores }),
    });
    const cause = this.#cause(info, decision);
    const chosen = scores === undefined ? feasible[0] : highest(feasible, scores.totals);
    if (chosen === undefined) return this.#unschedulable(state, info, diagnosis, decision, cause);
    decision.node = chosen.name;
    return { type: 'assigned', node: chosen.name, state, cause };
  }

  #cause(info: PodInfo, decision: SchedulingDecision): Cause {
    return { component: this.#framework.client.component, trigger: revisionOf(info.pod), decision };
  }

  #noNodes(queued: QueuedPod, diagnosis: Diagnosis): Outcome {
    return this.#fail(queued, diagnosis, 'Unschedulable', 'no nodes available to schedule pods');
  }

  #error(queued: QueuedPod, diagnosis: Diagnosis, message: string): Outcome {
    return this.#fail(queued, diagnosis, 'SchedulerError', message);
  }

  #fail(
    queued: QueuedPod,
    diagnosis: Diagnosis,
    reason: 'Unschedulable' | 'SchedulerError',
    message: string,
  ): Outcome {
    const { info, attempts: attempt } = queued;
    const time = this.#framework.process.now();
    const { nodeNames } = this.#framework.cache;
    const decision = this.#recorder.record({ info, time, attempt, nodeNames, diagnosis, feasible: [] });
    decision.message = message;
    const cause = this.#cause(info, decision);
    return { type: 'failed', message, reason, rejectors: NOBODY, nominatedNode: '', cause };
  }

  #unschedulable(
    state: CycleState,
    info: PodInfo,
    diagnosis: Diagnosis,
    decision: SchedulingDecision,
    cause: Cause,
  ): Outcome {
    const { client, cache } = this.#framework;
    client.setCause(cause);
    const { status, nominatedNode } = this.#framework.postFilter(state, info, diagnosis);
    client.setCause();
    diagnosis.postFilterMessage = messageOf(status);
    const message = diagnosis.message(cache.nodes.length);
    decision.message = message;
    if (nominatedNode !== undefined && nominatedNode !== '') decision.nominatedNode = nominatedNode;
    return {
      type: 'failed',
      message,
      reason: 'Unschedulable',
      rejectors: diagnosis.plugins,
      cause,
      ...(nominatedNode === undefined ? {} : { nominatedNode }),
    };
  }

  #findNodes(state: CycleState, info: PodInfo, all: readonly NodeInfo[], diagnosis: Diagnosis): Found {
    const framework = this.#framework;
    const { status, nodeNames, restrictedBy } = framework.preFilter(state, info);
    if (isRejected(status)) {
      diagnosis.rejectAll(status);
      return { nodes: [] };
    }
    if (status !== SUCCESS) return { error: messageOf(status) };
    const promised = this.#nominatedNode(state, info);
    if (promised !== undefined) return { nodes: [promised] };
    let nodes = all;
    if (nodeNames !== undefined) {
      nodes = this.#named(nodeNames, all);
      diagnosis.absent = rejection(
        'unresolvable',
        '',
        `node(s) didn't satisfy plugin(s) [${[...restrictedBy].sort().join(' ')}]`,
      );
      for (const plugin of restrictedBy) diagnosis.plugins.add(plugin);
    }
    const search = { start: this.#start, wanted: feasibleNodesToFind(nodes.length) };
    const feasible = framework.filterNodes(state, info, nodes, search, diagnosis);
    if ('code' in feasible) return { error: messageOf(feasible) };
    this.#start = (this.#start + feasible.length + diagnosis.nodes.length) % all.length;
    return { nodes: feasible };
  }

  /** The nodes of those names, in the order of `all`. */
  #named(names: ReadonlySet<string>, all: readonly NodeInfo[]): readonly NodeInfo[] {
    if (names.size > 1) return all.filter((node) => names.has(node.name));
    // A daemon's pod names its one node.
    for (const name of names) {
      const node = this.#framework.cache.node(name);
      return node === undefined ? [] : [node];
    }
    return [];
  }

  /** The node where room was made for the pod, if it fits there now: it is tried before all others. */
  #nominatedNode(state: CycleState, info: PodInfo): NodeInfo | undefined {
    const name = info.pod.status?.nominatedNodeName ?? '';
    const node = name === '' ? undefined : this.#framework.cache.node(name);
    return node !== undefined && this.#framework.runFilters(state, info, node) === SUCCESS ? node : undefined;
  }
}

function highest(nodes: readonly NodeInfo[], totals: Float64Array): NodeInfo | undefined {
  let best = 0;
  for (let i = 1; i < nodes.length; i++) if ((totals[i] as number) > (totals[best] as number)) best = i;
  return nodes[best];
}
