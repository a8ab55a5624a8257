import type { Deployment, ReplicaSet } from '../api/generated/types.ts';
import { nameOf } from '../api/object.ts';
import {
  availableReplicas,
  byCreation,
  bySizeNewer,
  bySizeOlder,
  DESIRED_REPLICAS,
  fenceposts,
  isActiveSet,
  isRollingUpdate,
  MAX_REPLICAS,
  replicasOf,
  specReplicas,
} from './deploymentutil.ts';

/** A decision to give a set a size. */
export interface Resize {
  readonly set: ReplicaSet;
  readonly size: number;
}

/** The size the new set may have now (NewRSNewReplicas). */
export function newSetSize(deployment: Deployment, all: readonly ReplicaSet[], current: number): number {
  const replicas = replicasOf(deployment);
  if (!isRollingUpdate(deployment)) return replicas;
  const room = replicas + fenceposts(deployment).maxSurge - specReplicas(all);
  if (room <= 0) return current;
  return current + Math.min(room, replicas - current);
}

/**
 * What a rolling update takes from the old sets now (reconcileOldReplicaSets): first pods that are
 * not available anyway, then as many available ones as minAvailable allows, oldest set first. The
 * steps are to be taken in order; a set may occur in both parts.
 */
export function scaleDownOld(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Resize[] {
  if (specReplicas(old) === 0) return [];
  const all = newSet === undefined ? old : [...old, newSet];
  const minAvailable = replicasOf(deployment) - fenceposts(deployment).maxUnavailable;
  const newUnavailable =
    newSet === undefined ? 0 : replicasOf(newSet) - (newSet.status?.availableReplicas ?? 0);
  const budget = specReplicas(all) - minAvailable - newUnavailable;
  if (budget <= 0) return [];
  const steps: Resize[] = [];
  const sizes = new Map<ReplicaSet, number>();
  const sizeOf = (set: ReplicaSet): number => sizes.get(set) ?? replicasOf(set);
  const shrink = (set: ReplicaSet, by: number): void => {
    const size = sizeOf(set) - by;
    sizes.set(set, size);
    steps.push({ set, size });
  };
  const oldest = [...old].sort(byCreation);
  let removed = 0;
  for (const set of oldest) {
    const unhealthy = replicasOf(set) - (set.status?.availableReplicas ?? 0);
    // The set's own controller has not yet seen its last size: nothing can be concluded from its status.
    if (unhealthy < 0 && isActiveSet(set)) return steps;
    if (removed >= budget || unhealthy <= 0) continue;
    const take = Math.min(budget - removed, unhealthy);
    shrink(set, take);
    removed += take;
  }
  let surplus = availableReplicas(all) - minAvailable;
  for (const set of oldest) {
    if (surplus <= 0) break;
    const take = Math.min(sizeOf(set), surplus);
    if (take === 0) continue;
    shrink(set, take);
    surplus -= take;
  }
  return steps;
}

/** Whether the number of replicas was changed since the active sets were last sized (isScalingEvent). */
export function isScalingEvent(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets.some((set) => {
    const desired = set.metadata.annotations?.[DESIRED_REPLICAS];
    return isActiveSet(set) && desired !== undefined && Number(desired) !== replicasOf(deployment);
  });
}

/**
 * The sizes after a change of `replicas` (sync.go scale): a single active set gets them all; a
 * finished rollout empties the old ones; in the middle of a rollout every set grows or shrinks in
 * proportion, so that a bad rollout does not spread by scaling.
 */
export function proportionalSizes(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Resize[] {
  const replicas = replicasOf(deployment);
  const single = activeOrLatest(newSet, old);
  if (single !== undefined) return [{ set: single, size: replicas }];
  if (isSaturated(deployment, newSet)) return old.filter(isActiveSet).map((set) => ({ set, size: 0 }));
  if (!isRollingUpdate(deployment)) return [];
  const active = [...old, ...(newSet === undefined ? [] : [newSet])].filter(isActiveSet);
  const allowed = replicas > 0 ? replicas + fenceposts(deployment).maxSurge : 0;
  const toAdd = allowed - specReplicas(active);
  active.sort(toAdd > 0 ? bySizeNewer : bySizeOlder);
  let added = 0;
  const sizes = active.map((set) => {
    const share = toAdd === 0 ? 0 : proportion(set, deployment, toAdd, added);
    added += share;
    return { set, size: replicasOf(set) + share };
  });
  const first = sizes[0];
  if (first !== undefined && toAdd !== 0)
    sizes[0] = { set: first.set, size: Math.max(0, first.size + toAdd - added) };
  return sizes;
}

function proportion(set: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number {
  if (toAdd === added) return 0;
  const fraction = setFraction(set, deployment);
  const left = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}

function setFraction(set: ReplicaSet, deployment: Deployment): number {
  const replicas = replicasOf(deployment);
  if (replicas === 0) return -replicasOf(set);
  const max = replicas + fenceposts(deployment).maxSurge;
  const before = Number(set.metadata.annotations?.[MAX_REPLICAS] ?? 0) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  return Math.round((replicasOf(set) * max) / before) - replicasOf(set);
}

/** The only active set; with none active the newest one; with several, none (FindActiveOrLatest). */
function activeOrLatest(newSet: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const all = newSet === undefined ? old : [...old, newSet];
  const active = all.filter(isActiveSet);
  if (active.length > 1) return undefined;
  if (active.length === 1) return active[0];
  return newSet ?? [...old].sort(byCreation).at(-1);
}

/** The new set has everything and all of it is available (IsSaturated). */
function isSaturated(deployment: Deployment, newSet: ReplicaSet | undefined): boolean {
  if (newSet === undefined) return false;
  const replicas = replicasOf(deployment);
  return (
    replicasOf(newSet) === replicas &&
    Number(newSet.metadata.annotations?.[DESIRED_REPLICAS]) === replicas &&
    (newSet.status?.availableReplicas ?? 0) === replicas
  );
}

/** `Scaled up replica set web-abc from 0 to 3`. */
export function scalingMessage(set: ReplicaSet, from: number, to: number): string {
  return `Scaled ${to > from ? 'up' : 'down'} replica set ${nameOf(set)} from ${from} to ${to}`;
}
