import type { PodDisruptionBudget } from '../../api/generated/types.ts';
import { podDisruptionBudget } from '../../api/kinds/poddisruptionbudget.ts';
import type { WaitRule } from './wait.ts';

/** A budget without room waits for more healthy pods. */
export const budgetWaits: WaitRule<PodDisruptionBudget> = {
  kind: podDisruptionBudget,
  waits: ({ status }, { words }) => {
    const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = status ?? {};
    if (expectedPods === 0) return [{ text: words.network.selectsNothing }];
    return currentHealthy < desiredHealthy
      ? [{ text: words.workload.healthy(currentHealthy, desiredHealthy) }]
      : [];
  },
};
