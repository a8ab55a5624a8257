import type { DaemonSet, DaemonSetStatus, Node, Pod } from '../api/generated/types.ts';
import { nameOf } from '../api/object.ts';
import { byAge, decide, isUpToDate } from './daemonpods.ts';
import { nonZero } from './nonzero.ts';
import { isPodReady } from './ownership.ts';

/** The pods of a DaemonSet by the node they are for. */
export type PodsByNode = ReadonlyMap<string, readonly Pod[]>;

const NONE: readonly Pod[] = Object.freeze([]);

/** What the status is worked out from. */
export interface Standing {
  readonly set: DaemonSet;
  /** The hash of the present revision. */
  readonly hash: string;
  readonly nodes: Iterable<Node>;
  readonly pods: PodsByNode;
  readonly collisions: number;
  readonly isAvailable: (pod: Pod) => boolean;
}

/** The status, and the pods that are ready but not yet for long enough (updateDaemonSetStatus). */
export function daemonSetStatus(standing: Standing): {
  readonly status: DaemonSetStatus;
  readonly waiting: readonly Pod[];
} {
  const { set, hash, nodes, pods, collisions, isAvailable } = standing;
  const waiting: Pod[] = [];
  let [desired, current, misscheduled, ready, updated, available] = [0, 0, 0, 0, 0, 0];
  for (const node of nodes) {
    const here = pods.get(nameOf(node)) ?? NONE;
    if (!decide(set, node).run) {
      if (here.length > 0) misscheduled++;
      continue;
    }
    desired++;
    const pod = here.length < 2 ? here[0] : [...here].sort(byAge)[0];
    if (pod === undefined) continue;
    current++;
    if (isPodReady(pod)) ready++;
    if (isAvailable(pod)) available++;
    else if (isPodReady(pod)) waiting.push(pod);
    if (isUpToDate(pod, hash)) updated++;
  }
  const status: DaemonSetStatus = {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    ...nonZero({
      observedGeneration: set.metadata.generation ?? 0,
      updatedNumberScheduled: updated,
      numberAvailable: available,
      numberUnavailable: desired - available,
      collisionCount: collisions,
    }),
  };
  return { status, waiting };
}
