import type { ContainerStatus, Pod } from '../api/generated/types.ts';
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
  /** When it became ready, ms since the epoch; undefined when it is not. */
  readonly readySince: number | undefined;
  readonly restarts: number;
  /** Restarts of its sidecars, which count for less. */
  readonly sidecarRestarts: number;
  readonly created: number | undefined;
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
  const ranked = pods.map((pod) => rank(pod, perNode));
  return ranked.sort((a, b) => compare(a, b, now)).map((entry) => entry.pod);
}

function rank(pod: Pod, perNode: ReadonlyMap<string, number>): Ranked {
  const node = pod.spec.nodeName ?? '';
  const condition = readyCondition(pod);
  const ready = condition?.status === 'True';
  return {
    pod,
    assigned: node !== '',
    phase: PHASE_ORDER[pod.status?.phase ?? ''] ?? 0,
    ready,
    cost: deletionCost(pod),
    neighbours: perNode.get(node) ?? 0,
    readySince: ready ? parseTime(condition?.lastTransitionTime ?? '') : undefined,
    restarts: mostRestarts(pod.status?.containerStatuses),
    sidecarRestarts: mostRestarts(sidecarStatuses(pod)),
    created: parseTime(pod.metadata.creationTimestamp ?? ''),
  };
}

function mostRestarts(statuses: readonly ContainerStatus[] = []): number {
  return statuses.reduce((most, { restartCount }) => Math.max(most, restartCount), 0);
}

function sidecarStatuses(pod: Pod): readonly ContainerStatus[] {
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  if (sidecars.length === 0) return [];
  const names = new Set(sidecars.map(({ name }) => name));
  return (pod.status?.initContainerStatuses ?? []).filter(({ name }) => names.has(name));
}

function compare(a: Ranked, b: Ranked, now: number): number {
  if (a.assigned !== b.assigned) return a.assigned ? 1 : -1;
  if (a.phase !== b.phase) return a.phase - b.phase;
  if (a.ready !== b.ready) return a.ready ? 1 : -1;
  if (a.cost !== b.cost) return a.cost - b.cost;
  if (a.neighbours !== b.neighbours) return b.neighbours - a.neighbours;
  if (a.ready && a.readySince !== b.readySince) return compareTimes(a, b, a.readySince, b.readySince, now);
  if (a.restarts !== b.restarts) return b.restarts - a.restarts;
  if (a.sidecarRestarts !== b.sidecarRestarts) return b.sidecarRestarts - a.sidecarRestarts;
  if (a.created !== b.created) return compareTimes(a, b, a.created, b.created, now);
  return byUid(a, b);
}

/** Later times first, as far as they differ in powers of two (logarithmicRankDiff); a missing time is the latest. */
function compareTimes(
  a: Ranked,
  b: Ranked,
  left: number | undefined,
  right: number | undefined,
  now: number,
): number {
  if (left === undefined) return -1;
  if (right === undefined) return 1;
  return bucket(left, now) - bucket(right, now) || byUid(a, b);
}

function byUid(a: Ranked, b: Ranked): number {
  return uidOf(a.pod) < uidOf(b.pod) ? -1 : 1;
}

/** log2 of the nanoseconds since a time; -1 when it is not past. */
function bucket(time: number, now: number): number {
  return now > time ? Math.floor(Math.log2((now - time) * 1e6)) : -1;
}

function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[DELETION_COST];
  return text !== undefined && /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : 0;
}
