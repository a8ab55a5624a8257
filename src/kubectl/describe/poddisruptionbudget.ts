import type { PodDisruptionBudget } from '../../api/generated/types.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { describer } from './describer.ts';

/** PodDisruptionBudgets (`describePodDisruptionBudget`). */
export const podDisruptionBudget = describer<PodDisruptionBudget>(
  'poddisruptionbudgets',
  (w, { metadata, spec, status }) => {
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
    if (spec.minAvailable !== undefined) w.field('Min available', spec.minAvailable);
    else if (spec.maxUnavailable !== undefined) w.field('Max unavailable', spec.maxUnavailable);
    w.field('Selector', spec.selector === undefined ? '<unset>' : formatLabelSelector(spec.selector));
    w.write(0, 'Status:\n');
    w.field('Allowed disruptions', status?.disruptionsAllowed ?? 0, 2);
    w.field('Current', status?.currentHealthy ?? 0, 2);
    w.field('Desired', status?.desiredHealthy ?? 0, 2);
    w.field('Total', status?.expectedPods ?? 0, 2);
  },
);
