import { labelSelectorAsSelector } from '../apimachinery/labels.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Condition, Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from './generated/types.ts';
import { namespaceOf } from './object.ts';

/** What both the eviction subresource and the disruption controller know of budgets. */

const TYPE = 'DisruptionAllowed';

/** Whether a budget is about a pod: one without selector is about none, one with an empty selector about all. */
export function guards(budget: PodDisruptionBudget, pod: Pod): boolean {
  if (namespaceOf(budget) !== namespaceOf(pod)) return false;
  const selector = labelSelectorAsSelector(budget.spec?.selector);
  return !('error' in selector) && selector.matches(pod.metadata.labels);
}

/** The condition that says whether disruptions are allowed. */
export function disruptionCondition(status: PodDisruptionBudgetStatus | undefined): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === TYPE);
}

/**
 * The status with that condition as its numbers have it (pkg/apis/policy/v1 UpdateDisruptionAllowedCondition),
 * or saying why they could not be worked out. `now` is ms since the epoch.
 */
export function withDisruptionCondition(
  status: PodDisruptionBudgetStatus,
  now: number,
  failure?: string,
): PodDisruptionBudgetStatus {
  const allowed = failure === undefined && (status.disruptionsAllowed ?? 0) > 0;
  const reason = failure === undefined ? (allowed ? 'SufficientPods' : 'InsufficientPods') : 'SyncFailed';
  const old = disruptionCondition(status);
  const state = allowed ? 'True' : 'False';
  const condition: Condition = {
    type: TYPE,
    status: state,
    observedGeneration: status.observedGeneration ?? 0,
    lastTransitionTime: old?.status === state ? old.lastTransitionTime : formatTime(now),
    reason,
    message: failure ?? '',
  };
  const others = (status.conditions ?? []).filter(({ type }) => type !== TYPE);
  return { ...status, conditions: [...others, condition] };
}
