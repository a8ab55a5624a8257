import type { CycleState } from '../cyclestate.ts';
import { Diagnosis } from '../diagnosis.ts';
import type { Handle, PluginFactory, PostFilterResult } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import type { PodInfo } from '../podinfo.ts';
import {
  type Candidate,
  evictVictims,
  isPreempted,
  PREEMPTION as NAME,
  NO_VICTIMS,
  pickCandidate,
  selectVictims,
} from '../preemption.ts';
import { rejection, SUCCESS } from '../status.ts';

/** apis/config/v1/defaults.go: how many nodes are tried, at least. */
const MIN_PERCENTAGE = 10;
const MIN_NODES = 100;

const NOT_HELPFUL = rejection('unresolvable', NAME, 'Preemption is not helpful for scheduling');
const NEVER = refusal('not eligible due to preemptionPolicy=Never.');
const WAITING = refusal('not eligible due to a terminating pod on the nominated node.');

/**
 * When a pod fits nowhere, makes room for it by evicting pods of lower priority from the node where
 * that does the least harm (plugins/defaultpreemption, framework/preemption).
 */
export const defaultPreemption: PluginFactory = {
  name: NAME,
  create: (handle) => ({
    name: NAME,
    postFilter(state, pod, diagnosis) {
      const ineligible = whyNot(handle, pod, diagnosis);
      return ineligible ?? preempt(handle, state, pod, diagnosis);
    },
  }),
};

function refusal(why: string): PostFilterResult {
  return Object.freeze({ status: rejection('unschedulable', NAME, `preemption: ${why}`) });
}

function whyNot(handle: Handle, pod: PodInfo, diagnosis: Diagnosis): PostFilterResult | undefined {
  if (pod.pod.spec.preemptionPolicy === 'Never') return NEVER;
  const nominated = pod.pod.status?.nominatedNodeName ?? '';
  if (nominated === '' || diagnosis.statusOf(nominated).code === 'unresolvable') return undefined;
  for (const other of handle.cache.node(nominated)?.pods.values() ?? []) {
    if (other.priority < pod.priority && isPreempted(other)) return WAITING;
  }
  return undefined;
}

function preempt(handle: Handle, state: CycleState, pod: PodInfo, diagnosis: Diagnosis): PostFilterResult {
  const potential = resolvable(handle, diagnosis);
  const verdicts = new Diagnosis();
  verdicts.absent = NOT_HELPFUL;
  const candidates = handle.cache.hasPriorityBelow(pod.priority)
    ? dryRun(handle, state, pod, potential, verdicts)
    : rejectEach(potential, verdicts);
  const best = pickCandidate(candidates, handle.process.now());
  if (best === undefined) {
    return { ...refusal(verdicts.message(handle.cache.nodes.length)), nominatedNode: '' };
  }
  const failure = evictVictims(handle, pod, best);
  if (failure !== undefined) return { status: rejection('error', NAME, `preemption: ${failure}`) };
  return { status: SUCCESS, nominatedNode: best.node.name };
}

/** The nodes that taking pods away may help. */
function resolvable(handle: Handle, diagnosis: Diagnosis): NodeInfo[] {
  if (diagnosis.nodes.length === 0 && diagnosis.absent.code === 'unschedulable')
    return [...handle.cache.nodes];
  return diagnosis.nodes.filter((_, i) => diagnosis.statuses[i]?.code === 'unschedulable');
}

function rejectEach(nodes: readonly NodeInfo[], verdicts: Diagnosis): Candidate[] {
  for (const node of nodes) verdicts.reject(node, NO_VICTIMS);
  return [];
}

/** Tries node after node, from a random one on, until there are candidates enough. */
function dryRun(
  handle: Handle,
  state: CycleState,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  verdicts: Diagnosis,
): Candidate[] {
  const candidates: Candidate[] = [];
  const enough = Math.min(
    nodes.length,
    Math.max(MIN_NODES, Math.floor((nodes.length * MIN_PERCENTAGE) / 100)),
  );
  const offset = nodes.length === 0 ? 0 : handle.process.random.int(nodes.length);
  for (let i = 0; i < nodes.length && candidates.length < enough; i++) {
    const node = nodes[(offset + i) % nodes.length] as NodeInfo;
    const result = selectVictims(handle, state, pod, node);
    if ('victims' in result) candidates.push(result);
    else verdicts.reject(node, result);
  }
  return candidates;
}
