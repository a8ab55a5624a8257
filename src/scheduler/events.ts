import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from '../api/generated/types.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import type { PodInfo } from './podinfo.ts';

/** What happened to an object, as bits (framework.ActionType). */
export const Action = {
  add: 1,
  delete: 2,
  nodeAllocatable: 4,
  nodeLabels: 8,
  /** Taints, and `unschedulable`, which is a taint in all but name. */
  nodeTaints: 16,
  podLabels: 32,
  podScaledDown: 64,
  podTolerations: 128,
  podGatesEliminated: 256,
  update: 512,
} as const;

/** Something happened that may let a pod be scheduled. `action` is a sum of `Action` bits. */
export type ClusterEvent =
  /** Of a node that is gone `after` is the last state known. */
  | { readonly resource: 'Node'; readonly action: number; readonly before?: Node; readonly after: Node }
  /** A pod that has a node; without `after` it is gone. */
  | { readonly resource: 'AssignedPod'; readonly action: number; readonly before: Pod; readonly after?: Pod }
  | {
      readonly resource: 'AssignedPod';
      readonly action: number;
      readonly before?: undefined;
      readonly after: Pod;
    }
  /** The waiting pod itself. */
  | ChangeOf<'PersistentVolume', PersistentVolume>
  | ChangeOf<'PersistentVolumeClaim', PersistentVolumeClaim>
  | ChangeOf<'StorageClass', StorageClass>
  | { readonly resource: 'Pod'; readonly action: number; readonly before: Pod; readonly after: Pod };

/** An object that is no node or pod; without `after` it is gone, without `before` it is new. */
interface ChangeOf<R extends string, T> {
  readonly resource: R;
  readonly action: number;
  readonly before?: T;
  readonly after?: T;
}

/**
 * What may make a plugin change its mind about a pod it rejected. Without `hint` any such event
 * does; with it only those for which it answers true (framework.ClusterEventWithHint).
 */
export interface EventInterest {
  readonly resource: ClusterEvent['resource'];
  /** Any of these `Action` bits. */
  readonly actions: number;
  hint?(pod: PodInfo, event: ClusterEvent): boolean;
}

/** The bits of what differs between two states of a node; 0 when nothing that scheduling looks at. */
export function nodeChanges(before: Node, after: Node): number {
  let changes = 0;
  if (!semanticEqual(before.status?.allocatable, after.status?.allocatable))
    changes |= Action.nodeAllocatable;
  if (!semanticEqual(before.metadata.labels, after.metadata.labels)) changes |= Action.nodeLabels;
  if (
    (before.spec?.unschedulable === true) !== (after.spec?.unschedulable === true) ||
    !semanticEqual(before.spec?.taints, after.spec?.taints)
  )
    changes |= Action.nodeTaints;
  return changes;
}

/** The bits of what differs between two states of a pod; `a` and `b` are its readings. */
export function podChanges(a: PodInfo, b: PodInfo): number {
  const [before, after] = [a.pod, b.pod];
  let changes = 0;
  if (!semanticEqual(before.metadata.labels, after.metadata.labels)) changes |= Action.podLabels;
  if (a.resources !== b.resources && asksLess(b, a)) changes |= Action.podScaledDown;
  if (before.spec === after.spec) return changes;
  if (!semanticEqual(before.spec.tolerations, after.spec.tolerations)) changes |= Action.podTolerations;
  if (isGated(before) && !isGated(after)) changes |= Action.podGatesEliminated;
  return changes;
}

function isGated(pod: Pod): boolean {
  return (pod.spec.schedulingGates?.length ?? 0) > 0;
}

/** Whether `a` asks less than `b` of any resource. */
function asksLess({ resources: a }: PodInfo, { resources: b }: PodInfo): boolean {
  if (a.milliCPU < b.milliCPU || a.memory < b.memory || a.ephemeralStorage < b.ephemeralStorage) return true;
  const scalar = new Map(a.scalar);
  return b.scalar.some(([name, amount]) => (scalar.get(name) ?? 0) < amount);
}
