import type { Pod, PodDisruptionBudget } from '../../../src/api/generated/types.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { podDisruptionBudget } from '../../../src/api/kinds/poddisruptionbudget.ts';
import type { Checker } from '../checker.ts';

/** Invariant 30: in the end a budget says how many pods there are and how many may go. */
export const budgets: Checker = {
  name: 'a disruption budget counts rightly',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value }) {
        if (value?.kind !== 'PodDisruptionBudget') return;
        const { status } = value as PodDisruptionBudget;
        const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
        if (disruptionsAllowed > Math.max(0, currentHealthy - desiredHealthy))
          fail(`${key}: allows ${disruptionsAllowed} with ${currentHealthy} healthy of ${desiredHealthy}`);
        saw();
      },
      *unsettled() {
        for (const { metadata, spec, status } of cluster.objects(podDisruptionBudget)) {
          const labels = Object.entries(spec?.selector?.matchLabels ?? {});
          const healthy = cluster
            .objects(podKind, metadata.namespace)
            .filter((pod) => labels.every(([label, wanted]) => pod.metadata.labels?.[label] === wanted))
            .filter(isHealthy).length;
          if ((status?.currentHealthy ?? 0) !== healthy)
            yield `budget ${metadata.name} says ${status?.currentHealthy} healthy of ${healthy}`;
        }
      },
    };
  },
};

function isHealthy(pod: Pod): boolean {
  const ready =
    pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  return ready && pod.metadata.deletionTimestamp === undefined;
}
