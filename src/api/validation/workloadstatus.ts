import { child, type FieldError, invalid } from '../../apimachinery/fielderror.ts';
import type { DaemonSetStatus, DeploymentStatus, ReplicaSetStatus } from '../generated/types.ts';
import { checkNonNegative } from './common.ts';
import { NO_ERRORS } from './once.ts';

/** What a status may say, whoever writes it (pkg/apis/apps/validation/validation.go). */

const STATUS = 'status';

/** ValidateDeploymentStatus. */
export function validateDeploymentStatus(status: DeploymentStatus | undefined): readonly FieldError[] {
  if (status === undefined) return NO_ERRORS;
  const { observedGeneration, collisionCount, terminatingReplicas, ...counts } = status;
  const { replicas = 0, updatedReplicas, readyReplicas, availableReplicas, unavailableReplicas } = counts;
  const errors = nonNegative({
    observedGeneration,
    replicas,
    updatedReplicas,
    readyReplicas,
    availableReplicas,
    unavailableReplicas,
    terminatingReplicas,
    collisionCount,
  });
  errors.push(...atMost({ updatedReplicas, readyReplicas, availableReplicas }, replicas));
  return [...errors, ...availableAtMostReady(availableReplicas, readyReplicas)];
}

/** ValidateDeploymentStatusUpdate: the count of collisions makes the names of sets, so it only grows. */
export function validateCollisionCount(
  next: number | undefined,
  old: number | undefined,
): readonly FieldError[] {
  if (old === undefined || (next !== undefined && next >= old)) return NO_ERRORS;
  return [invalid(child(STATUS, 'collisionCount'), next ?? 0, 'cannot be decremented')];
}

/** ValidateReplicaSetStatus, and that of ReplicationControllers, which is the same. */
export function validateReplicaSetStatus(status: ReplicaSetStatus | undefined): readonly FieldError[] {
  if (status === undefined) return NO_ERRORS;
  const { replicas, fullyLabeledReplicas, readyReplicas, availableReplicas } = status;
  const { observedGeneration, terminatingReplicas } = status;
  const errors = nonNegative({
    replicas,
    fullyLabeledReplicas,
    readyReplicas,
    availableReplicas,
    observedGeneration,
    terminatingReplicas,
  });
  errors.push(...atMost({ fullyLabeledReplicas, readyReplicas, availableReplicas }, replicas));
  return [...errors, ...availableAtMostReady(availableReplicas, readyReplicas)];
}

/** validateDaemonSetStatus. */
export function validateDaemonSetStatus(status: DaemonSetStatus | undefined): readonly FieldError[] {
  if (status === undefined) return NO_ERRORS;
  const { currentNumberScheduled, numberMisscheduled, desiredNumberScheduled, numberReady } = status;
  const { observedGeneration, updatedNumberScheduled, numberAvailable, numberUnavailable } = status;
  return nonNegative({
    currentNumberScheduled,
    numberMisscheduled,
    desiredNumberScheduled,
    numberReady,
    observedGeneration,
    updatedNumberScheduled,
    numberAvailable,
    numberUnavailable,
    collisionCount: status.collisionCount,
  });
}

type Counts = Readonly<Record<string, number | undefined>>;

function nonNegative(counts: Counts): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, count] of Object.entries(counts)) checkNonNegative(errors, child(STATUS, name), count);
  return errors;
}

function atMost(counts: Counts, replicas: number): FieldError[] {
  return Object.entries(counts).flatMap(([name, count = 0]) =>
    count > replicas ? [invalid(child(STATUS, name), count, 'cannot be greater than status.replicas')] : [],
  );
}

function availableAtMostReady(available = 0, ready = 0): readonly FieldError[] {
  if (available <= ready) return NO_ERRORS;
  return [invalid(child(STATUS, 'availableReplicas'), available, 'cannot be greater than readyReplicas')];
}
