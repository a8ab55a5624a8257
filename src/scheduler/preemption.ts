import type { PodDisruptionBudget } from '../api/generated/types.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { isTerminating, nameOf, namespaceOf } from '../api/object.ts';
import { podCondition } from '../api/podstatus.ts';
import { compiledSelector } from '../apimachinery/labels.ts';
import { isNotFound } from '../apimachinery/status.ts';
import { parseTime } from '../apimachinery/time.ts';
import { changedCondition } from './condition.ts';
import type { CycleState } from './cyclestate.ts';
import type { Handle } from './framework.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { PodInfo } from './podinfo.ts';
import { rejection, type Status, SUCCESS } from './status.ts';

/** A node on which the pod would fit if these pods went; the most important first. */
export interface Candidate {
  readonly node: NodeInfo;
  readonly victims: readonly PodInfo[];
  /** How many of them a PodDisruptionBudget would have stay. */
  readonly violations: number;
}

export const PREEMPTION = 'DefaultPreemption';

/** There is nobody on the node whom the pod outranks. */
export const NO_VICTIMS: Status = rejection(
  'unresolvable',
  PREEMPTION,
  'No preemption victims found for incoming pod',
);

/** Higher priority is more important, then who has run longer (scheduler/util MoreImportantPod). */
function byImportance(now: number): (a: PodInfo, b: PodInfo) => number {
  return (a, b) => b.priority - a.priority || startOf(a, now) - startOf(b, now);
}

/** When the pod started on its node; one that has not counts as starting now. */
function startOf({ pod }: PodInfo, now: number): number {
  const start = pod.status?.startTime;
  return (start === undefined ? undefined : parseTime(start)) ?? now;
}

/**
 * The fewest pods that must leave a node for the pod to fit (plugins/defaultpreemption
 * SelectVictimsOnNode): all that it outranks go, then come back as long as there is room, first those
 * that a budget would have stay, of them the most important first. The answer is the verdict on the
 * node when even that does not help.
 */
export function selectVictims(
  handle: Handle,
  state: CycleState,
  pod: PodInfo,
  node: NodeInfo,
): Candidate | Status {
  const potential: PodInfo[] = [];
  for (const other of node.pods.values()) if (other.priority < pod.priority) potential.push(other);
  if (potential.length === 0) return NO_VICTIMS;
  const trialState = state.clone();
  for (const other of potential) {
    node.lift(other);
    handle.runRemovePod(trialState, pod, other, node);
  }
  const status = handle.runFilters(trialState, pod, node);
  const victims = status === SUCCESS ? new Set<PodInfo>() : undefined;
  let violations = 0;
  if (victims !== undefined) {
    potential.sort(byImportance(handle.process.now()));
    const protectedPods = podsOfSpentBudgets(handle, potential);
    const comesBack = (other: PodInfo): boolean => {
      node.lower(other);
      handle.runAddPod(trialState, pod, other, node);
      if (handle.runFilters(trialState, pod, node) === SUCCESS) return true;
      node.lift(other);
      handle.runRemovePod(trialState, pod, other, node);
      victims.add(other);
      return false;
    };
    for (const other of potential) if (protectedPods.has(other) && !comesBack(other)) violations++;
    for (const other of potential) if (!protectedPods.has(other)) comesBack(other);
  }
  for (const other of potential) if (victims === undefined || victims.has(other)) node.lower(other);
  return victims === undefined
    ? status
    : { node, victims: potential.filter((other) => victims.has(other)), violations };
}

const NOBODY: ReadonlySet<PodInfo> = new Set();

/**
 * The pods whose eviction, in this order, some budget does not allow (filterPodsWithPDBViolation).
 * A pod that a budget counts as disrupted already costs it nothing more.
 */
function podsOfSpentBudgets({ listers }: Handle, pods: readonly PodInfo[]): ReadonlySet<PodInfo> {
  let spent: Set<PodInfo> | undefined;
  const allowed = new Map<PodDisruptionBudget, number>();
  for (const info of pods) {
    const { labels, namespace, name = '' } = info.pod.metadata;
    if (labels === undefined) continue;
    for (const budget of listers.budgets(namespace ?? '')) {
      const selector = compiledSelector(budget.spec?.selector);
      if (selector.isEmpty() || !selector.matches(labels)) continue;
      if (budget.status?.disruptedPods?.[name] !== undefined) continue;
      const left = (allowed.get(budget) ?? budget.status?.disruptionsAllowed ?? 0) - 1;
      allowed.set(budget, left);
      if (left >= 0) continue;
      spent ??= new Set();
      spent.add(info);
    }
  }
  return spent ?? NOBODY;
}

/** Priorities are 32-bit; lifted by this each is positive, so that more victims never sum to less. */
const LIFT = 2 ** 31;

/**
 * The candidate that does the least harm (preemption.go pickOneNodeForPreemption): the fewest budgets
 * violated, the lowest top victim, the lowest sum of priorities, the fewest victims, the one whose most important victims
 * started last; of equals the first.
 */
export function pickCandidate(candidates: readonly Candidate[], now: number): Candidate | undefined {
  const measures: ((candidate: Candidate) => number)[] = [
    ({ violations }) => violations,
    ({ victims }) => victims[0]?.priority ?? Number.NEGATIVE_INFINITY,
    ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + LIFT, 0),
    ({ victims }) => victims.length,
    ({ victims }) => -earliestStart(victims, now),
  ];
  let left = candidates;
  for (const measure of measures) {
    if (left.length <= 1) break;
    const values = left.map(measure);
    const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    left = left.filter((_, i) => values[i] === least);
  }
  return left[0];
}

/** When the first of the highest-priority victims started. */
function earliestStart(victims: readonly PodInfo[], now: number): number {
  const top = victims[0]?.priority;
  let earliest = Number.POSITIVE_INFINITY;
  for (const victim of victims) {
    if (victim.priority === top) earliest = Math.min(earliest, startOf(victim, now));
  }
  return earliest;
}

/** Whether the pod is on its way out because it was preempted. */
export function isPreempted({ pod }: PodInfo): boolean {
  if (!isTerminating(pod)) return false;
  const condition = podCondition(pod, 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}

/**
 * Evicts a candidate's victims and takes back promises of room on the node to pods of lower
 * priority. Returns why it could not, or undefined.
 */
export function evictVictims(handle: Handle, pod: PodInfo, { node, victims }: Candidate): string | undefined {
  for (const victim of victims) {
    if (isTerminating(victim.pod)) continue;
    const failure = evict(handle, pod, victim, node.name);
    if (failure !== undefined) return failure;
  }
  for (const other of [...handle.nominator.podsOn(node.name).values()]) {
    if (other.priority >= pod.priority) continue;
    handle.nominator.remove(other.uid);
    const [name, namespace] = [nameOf(other.pod), namespaceOf(other.pod)];
    // Best effort, as upstream: the pod keeps a nomination that nobody honours until it is tried again.
    handle.client.patch(
      podKind,
      name,
      namespace,
      'strategic',
      { status: { nominatedNodeName: null } },
      STATUS,
    );
  }
  return undefined;
}

const STATUS = Object.freeze({ subresource: 'status' });

function evict(handle: Handle, preemptor: PodInfo, victim: PodInfo, node: string): string | undefined {
  const { client, process, recorder } = handle;
  const [name, namespace] = [nameOf(victim.pod), namespaceOf(victim.pod)];
  const condition = changedCondition(
    victim.pod,
    {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${preemptor.pod.spec.schedulerName ?? 'default-scheduler'}: preempting to accommodate a higher priority pod`,
    },
    process.now(),
  );
  if (condition !== undefined) {
    const patch = { metadata: { uid: victim.uid }, status: { conditions: [condition] } };
    const result = client.patch(podKind, name, namespace, 'strategic', patch, STATUS);
    if (!result.ok) return isNotFound(result.status) ? undefined : (result.status.message ?? 'unknown');
  }
  const result = client.delete(podKind, name, namespace, { preconditions: { uid: victim.uid } });
  if (!result.ok) return isNotFound(result.status) ? undefined : (result.status.message ?? 'unknown');
  recorder.event(victim.pod, 'Normal', 'Preempted', `Preempted by pod ${preemptor.uid} on node ${node}`);
  return undefined;
}
