import type { Pod } from '../api/generated/types.ts';
import { uidOf } from '../api/object.ts';
import { parseTime } from '../apimachinery/time.ts';
import { readyCondition } from './ownership.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** A pod with what its rank depends on, computed once. */
interface Ranked {
  readonly pod: Pod;
  readonly assigned: boolean;
  readonly phase: number;
  readonly ready: boolean;
  readonly cost: number;
  readonly neighbours: number;
  /** log2 of the age buckets, larger is longer; undefined when not ready. */
  readonly readyFor: number;
  readonly restarts: number;
  readonly age: number;
}

/**
 * The pods in the order in which a scale-down deletes them (controller_utils.go
 * ActivePodsWithRanks): unassigned first, then by phase, readiness, deletion cost, crowding of their
 * node by the owner's pods, time ready, restarts and age. Times are compared in powers of two, ties
 * broken by uid, so that not always the newest pod of a burst has to go.
 */
export function rankForDeletion(pods: readonly Pod[], related: readonly Pod[], now: number): Pod[] {
  const perNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec.nodeName ?? '';
    if (node !== '') perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  const ranked = pods.map((pod) => rank(pod, perNode, now));
  return ranked.sort(compare).map((entry) => entry.pod);
}

function rank(pod: Pod, perNode: ReadonlyMap<string, number>, now: number): Ranked {
  const node = pod.spec.nodeName ?? '';
  const condition = readyCondition(pod);
  const ready = condition?.status === 'True';
  let restarts = 0;
  for (const status of pod.status?.containerStatuses ?? [])
    restarts = Math.max(restarts, status.restartCount);
  return {
    pod,
    assigned: node !== '',
    phase: PHASE_ORDER[pod.status?.phase ?? ''] ?? 0,
    ready,
    cost: deletionCost(pod),
    neighbours: perNode.get(node) ?? 0,
    readyFor: ready ? bucket(condition?.lastTransitionTime, now) : -1,
    restarts,
    age: bucket(pod.metadata.creationTimestamp, now),
  };
}

function compare(a: Ranked, b: Ranked): number {
  if (a.assigned !== b.assigned) return a.assigned ? 1 : -1;
  if (a.phase !== b.phase) return a.phase - b.phase;
  if (a.ready !== b.ready) return a.ready ? 1 : -1;
  if (a.cost !== b.cost) return a.cost - b.cost;
  if (a.neighbours !== b.neighbours) return b.neighbours - a.neighbours;
  if (a.ready && a.readyFor !== b.readyFor) return a.readyFor - b.readyFor;
  if (a.restarts !== b.restarts) return b.restarts - a.restarts;
  if (a.age !== b.age) return a.age - b.age;
  return uidOf(a.pod) < uidOf(b.pod) ? -1 : 1;
}

/** log2 of the seconds since a time; 0 for the first second, -1 when there is no time. */
function bucket(time: string | undefined, now: number): number {
  const since = time === undefined ? undefined : parseTime(time);
  if (since === undefined) return -1;
  const seconds = Math.max(1, Math.floor((now - since) / 1000));
  return Math.floor(Math.log2(seconds));
}

function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[DELETION_COST];
  return text !== undefined && /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : 0;
}
