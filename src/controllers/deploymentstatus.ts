import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
  ReplicaSet,
} from '../api/generated/types.ts';
import { nameOf } from '../api/object.ts';
import { formatTime, parseTime } from '../apimachinery/time.ts';
import {
  actualReplicas,
  availableReplicas,
  conditionOf,
  fenceposts,
  findNewReplicaSet,
  hasProgressDeadline,
  isComplete,
  isProgressing,
  isSameSet,
  removeCondition,
  replicasOf,
  setCondition,
  specReplicas,
} from './deploymentutil.ts';
import { nonZero } from './nonzero.ts';

/** What the status of a Deployment is made of. */
export interface RolloutState {
  readonly deployment: Deployment;
  /** The sets that belong to it. */
  readonly sets: readonly ReplicaSet[];
  /** Its conditions as they stand in this sync. */
  readonly conditions: readonly DeploymentCondition[];
  /** ms since the epoch. */
  readonly now: number;
}

type Conditions = readonly DeploymentCondition[];

/** A condition that changes now. */
export function newCondition(
  now: number,
  type: string,
  status: string,
  reason: string,
  message: string,
): DeploymentCondition {
  const time = formatTime(now);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** The counts over all sets, and whether the deployment is available (sync.go calculateStatus). */
export function calculateStatus({ deployment, sets, conditions, now }: RolloutState): DeploymentStatus {
  const newSet = findNewReplicaSet(deployment, sets);
  const available = availableReplicas(sets);
  const minimum = replicasOf(deployment) - fenceposts(deployment).maxUnavailable;
  const [status, reason, message] =
    available >= minimum
      ? ['True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.']
      : ['False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'];
  const condition = newCondition(now, 'Available', status, reason, message);
  const collisionCount = deployment.status?.collisionCount;
  return {
    ...nonZero({
      observedGeneration: deployment.metadata.generation ?? 0,
      replicas: actualReplicas(sets),
      updatedReplicas: newSet === undefined ? 0 : actualReplicas([newSet]),
      readyReplicas: sets.reduce((sum, set) => sum + (set.status?.readyReplicas ?? 0), 0),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, specReplicas(sets) - available),
    }),
    terminatingReplicas: sets.reduce((sum, set) => sum + (set.status?.terminatingReplicas ?? 0), 0),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: setCondition(conditions, condition),
  };
}

/** The status of a rollout on its way: its conditions follow what changed (progress.go syncRolloutStatus). */
export function rolloutStatus(state: RolloutState): DeploymentStatus {
  const status = calculateStatus(state);
  const { conditions = [] } = status;
  const progress = hasProgressDeadline(state.deployment)
    ? progressConditions(state, status, conditions)
    : removeCondition(conditions, 'Progressing');
  return { ...status, conditions: failureConditions(state, progress) };
}

function progressConditions(
  state: RolloutState,
  status: DeploymentStatus,
  conditions: Conditions,
): Conditions {
  const { deployment, sets, now } = state;
  const current = conditionOf({ conditions }, 'Progressing');
  const { replicas = 0, updatedReplicas = 0 } = status;
  const settled = replicas === updatedReplicas && current?.reason === 'NewReplicaSetAvailable';
  if (settled) return conditions;
  const newSet = findNewReplicaSet(deployment, sets);
  const subject =
    newSet === undefined ? `Deployment "${nameOf(deployment)}"` : `ReplicaSet "${nameOf(newSet)}"`;
  const progressing = (state: string, reason: string, message: string): DeploymentCondition =>
    newCondition(now, 'Progressing', state, reason, message);
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return setCondition(conditions, progressing('True', 'NewReplicaSetAvailable', message));
  }
  if (isProgressing(deployment.status, status)) {
    const condition = progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`);
    const others = removeCondition(conditions, 'Progressing');
    // Each step of progress renews lastUpdateTime, which the deadline counts from.
    return current?.status === 'True' && current.lastTransitionTime !== undefined
      ? [...others, { ...condition, lastTransitionTime: current.lastTransitionTime }]
      : [...others, condition];
  }
  if (!timedOut(deployment, current, now)) return conditions;
  const message = `${subject} has timed out progressing.`;
  return setCondition(conditions, progressing('False', 'ProgressDeadlineExceeded', message));
}

function timedOut(deployment: Deployment, current: DeploymentCondition | undefined, now: number): boolean {
  if (current === undefined || current.reason === 'NewReplicaSetAvailable') return false;
  return current.reason === 'ProgressDeadlineExceeded' || deadlineOf(deployment, current, now) < now;
}

/** When the progress that a condition speaks of will have been too long ago. */
function deadlineOf(deployment: Deployment, current: DeploymentCondition, now: number): number {
  const since = parseTime(current.lastUpdateTime ?? '') ?? now;
  return since + (deployment.spec.progressDeadlineSeconds ?? 600) * 1000;
}

/** A set that cannot create pods tells its deployment. The new set's trouble comes first. */
function failureConditions({ deployment, sets, now }: RolloutState, conditions: Conditions): Conditions {
  const newSet = findNewReplicaSet(deployment, sets);
  const inOrder = newSet === undefined ? sets : [newSet, ...sets.filter((set) => !isSameSet(newSet, set))];
  for (const set of inOrder) {
    const failure = set.status?.conditions?.find((condition) => condition.type === 'ReplicaFailure');
    if (failure === undefined) continue;
    const { status, reason = '', message = '', lastTransitionTime } = failure;
    const condition = newCondition(now, 'ReplicaFailure', status, reason, message);
    const since =
      lastTransitionTime === undefined ? {} : { lastTransitionTime, lastUpdateTime: lastTransitionTime };
    return setCondition(conditions, { ...condition, ...since });
  }
  return removeCondition(conditions, 'ReplicaFailure');
}

/** In how many ms the deadline will have passed; undefined when there is none to wait for (requeueStuckDeployment). */
export function timeToDeadline(
  deployment: Deployment,
  status: DeploymentStatus,
  now: number,
): number | undefined {
  const current = conditionOf(status, 'Progressing');
  if (!hasProgressDeadline(deployment) || current === undefined) return undefined;
  if (isComplete(deployment, status)) return undefined;
  if (current.reason === 'ProgressDeadlineExceeded' || current.reason === 'NewReplicaSetAvailable')
    return undefined;
  // One second more: the deadline has passed when the time is after it, and times are whole seconds.
  return Math.max(deadlineOf(deployment, current, now) - now, 0) + 1000;
}
