import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
  PodTemplateSpec,
  ReplicaSet,
} from '../api/generated/types.ts';
import { nameOf, uidOf } from '../api/object.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { getScaledValueFromIntOrPercent } from '../apimachinery/intorstring.ts';
import { fnv1a32, safeEncode } from '../apimachinery/names.ts';
import { parseTime } from '../apimachinery/time.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** Annotations of a Deployment that its ReplicaSets do not inherit (deployment_util.go annotationsToSkip). */
const NOT_INHERITED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
]);

/** The revision history annotation is kept below this many characters (maxRevHistoryLengthInChars). */
const MAX_HISTORY_LENGTH = 2000;

/** No progress deadline: the default of the old API groups, math.MaxInt32. */
const NO_DEADLINE = 2_147_483_647;

export function replicasOf(object: { readonly spec: { readonly replicas?: number } }): number {
  return object.spec.replicas ?? 1;
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return (deployment.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

/**
 * How many pods may be above and below the wanted number during a rollout (ResolveFenceposts):
 * surge rounds up, unavailable down, and when both come out as 0 one may be unavailable.
 */
export function fenceposts(deployment: Deployment): {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
} {
  const replicas = replicasOf(deployment);
  if (!isRollingUpdate(deployment)) return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = scaled(maxSurge, replicas, true);
  const unavailable = scaled(maxUnavailable, replicas, false);
  const least = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { maxSurge: surge, maxUnavailable: replicas === 0 ? 0 : Math.min(least, replicas) };
}

function scaled(value: number | string, total: number, up: boolean): number {
  const result = getScaledValueFromIntOrPercent(value, total, up);
  // Validation lets only numbers and percentages in.
  return typeof result === 'number' ? result : 0;
}

/** Oldest first; the same instant by name. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  return creationOf(a) - creationOf(b) || (nameOf(a) < nameOf(b) ? -1 : 1);
}

/** Largest first, newer first among equals: the order in which a growing deployment feeds them. */
export function bySizeNewer(a: ReplicaSet, b: ReplicaSet): number {
  return replicasOf(b) - replicasOf(a) || byCreation(b, a);
}

/** Largest first, older first among equals: the order in which a shrinking deployment takes from them. */
export function bySizeOlder(a: ReplicaSet, b: ReplicaSet): number {
  return replicasOf(b) - replicasOf(a) || byCreation(a, b);
}

function creationOf(set: ReplicaSet): number {
  return parseTime(set.metadata.creationTimestamp ?? '') ?? 0;
}

export function isActiveSet(set: ReplicaSet): boolean {
  return replicasOf(set) > 0;
}

/** The sum of what the sets ask for. */
export function specReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + replicasOf(set), 0);
}

/** The sum of what the sets have. */
export function actualReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + (set.status?.replicas ?? 0), 0);
}

export function availableReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0);
}

export function revisionNumber(set: ReplicaSet): number {
  const revision = Number(set.metadata.annotations?.[REVISION] ?? 0);
  return Number.isSafeInteger(revision) ? revision : 0;
}

/** The set whose template is the deployment's, the oldest one if there are several (FindNewReplicaSet). */
export function findNewReplicaSet(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  return [...sets].sort(byCreation).find((set) => sameTemplate(set.spec.template, deployment.spec.template));
}

/** Templates are the same but for the hash label that the controller adds (EqualIgnoreHash). */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec): boolean {
  if (a === undefined) return false;
  return (
    semanticEqual(a.spec, b.spec) &&
    semanticEqual(withoutHash(a.metadata?.labels), withoutHash(b.metadata?.labels)) &&
    semanticEqual(a.metadata?.annotations ?? {}, b.metadata?.annotations ?? {})
  );
}

function withoutHash(labels: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  if (labels[POD_TEMPLATE_HASH] === undefined) return labels;
  const { [POD_TEMPLATE_HASH]: _, ...rest } = labels;
  return rest;
}

/** The value of the pod-template-hash label: FNV-1a over the template and the collision count (ComputeHash). */
export function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  return safeEncode(fnv1a32(JSON.stringify(template) + (collisionCount ?? '')));
}

/** The annotations a new or updated set must have (SetNewReplicaSetAnnotations); the same object if none change. */
export function newSetAnnotations(
  deployment: Deployment,
  current: Readonly<Record<string, string>>,
  revision: number,
  exists: boolean,
): Readonly<Record<string, string>> {
  let next: Record<string, string> | undefined;
  const set = (key: string, value: string): void => {
    if ((next ?? current)[key] === value) return;
    next ??= { ...current };
    next[key] = value;
  };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!NOT_INHERITED.has(key)) set(key, value);
  const before = current[REVISION];
  if (before === undefined || Number(before) < revision) {
    set(REVISION, String(revision));
    if (before !== undefined) set(REVISION_HISTORY, appendHistory(current[REVISION_HISTORY], before));
  }
  if (!exists) {
    set(DESIRED_REPLICAS, String(replicasOf(deployment)));
    set(MAX_REPLICAS, String(replicasOf(deployment) + fenceposts(deployment).maxSurge));
  }
  return next ?? current;
}

/** A set that is rolled back to remembers the revisions it has been. */
function appendHistory(history: string | undefined, revision: string): string {
  if (history === undefined || history === '') return revision;
  const entries = [...history.split(','), revision];
  while (entries.length > 1 && entries.join(',').length > MAX_HISTORY_LENGTH) entries.shift();
  return entries.join(',');
}

/** The annotations that remember what size the set was scaled for; the same object if they are right. */
export function sizeAnnotations(
  set: ReplicaSet,
  desired: number,
  max: number,
): Readonly<Record<string, string>> {
  const current = set.metadata.annotations ?? {};
  if (current[DESIRED_REPLICAS] === String(desired) && current[MAX_REPLICAS] === String(max)) return current;
  return { ...current, [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(max) };
}

export function conditionOf(
  status: DeploymentStatus | undefined,
  type: string,
): DeploymentCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Sets a condition; nothing changes when it already has that status and reason (SetDeploymentCondition). */
export function setCondition(
  conditions: readonly DeploymentCondition[],
  condition: DeploymentCondition,
): readonly DeploymentCondition[] {
  const current = conditions.find((other) => other.type === condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return conditions;
  const kept =
    current?.status === condition.status && current.lastTransitionTime !== undefined
      ? { ...condition, lastTransitionTime: current.lastTransitionTime }
      : condition;
  return [...conditions.filter((other) => other.type !== condition.type), kept];
}

export function removeCondition(
  conditions: readonly DeploymentCondition[],
  type: string,
): readonly DeploymentCondition[] {
  return conditions.some((condition) => condition.type === type)
    ? conditions.filter((condition) => condition.type !== type)
    : conditions;
}

/** Whether the deployment gives up on progress after a while. */
export function hasProgressDeadline(deployment: Deployment): boolean {
  return (deployment.spec.progressDeadlineSeconds ?? NO_DEADLINE) !== NO_DEADLINE;
}

/** Everything is new, all of it is available, and the controller has seen the spec (DeploymentComplete). */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const replicas = replicasOf(deployment);
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** More new pods, fewer old ones, more ready or more available than before (DeploymentProgressing). */
export function isProgressing(old: DeploymentStatus | undefined, next: DeploymentStatus): boolean {
  const count = (
    status: DeploymentStatus | undefined,
    key: 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas',
  ) => status?.[key] ?? 0;
  const oldPods = (status: DeploymentStatus | undefined) =>
    count(status, 'replicas') - count(status, 'updatedReplicas');
  return (
    count(next, 'updatedReplicas') > count(old, 'updatedReplicas') ||
    oldPods(next) < oldPods(old) ||
    count(next, 'readyReplicas') > count(old, 'readyReplicas') ||
    count(next, 'availableReplicas') > count(old, 'availableReplicas')
  );
}

export function isSameSet(a: ReplicaSet | undefined, b: ReplicaSet): boolean {
  return a !== undefined && uidOf(a) === uidOf(b);
}
