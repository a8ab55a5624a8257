import type { Deployment, HorizontalPodAutoscaler } from '../../../src/api/generated/types.ts';
import { deployment } from '../../../src/api/kinds/deployment.ts';
import { horizontalPodAutoscaler } from '../../../src/api/kinds/horizontalpodautoscaler.ts';
import type { Checker } from '../checker.ts';

const METRICS_SERVER = 'metrics-server';

/** Invariant 29: an autoscaler keeps within its bounds and its window, and does nothing without metrics. */
export const autoscalers: Checker = {
  name: 'an autoscaler keeps within its bounds, and needs metrics to act',
  open({ cluster }, { fail, saw }) {
    /** Deployment -> when an autoscaler last made it larger, ms. */
    const grown = new Map<string, number>();
    const of = (target: Deployment): HorizontalPodAutoscaler | undefined =>
      cluster
        .objects(horizontalPodAutoscaler, target.metadata.namespace)
        .find(({ spec }) => spec?.scaleTargetRef.name === target.metadata.name);
    return {
      commit({ key, value, previous, cause, time }) {
        if (value?.kind !== deployment.kind || !cause.component.startsWith('horizontal-pod-autoscaler'))
          return;
        const [before, after] = [
          sizeOf(previous?.value as Deployment | undefined),
          sizeOf(value as Deployment),
        ];
        if (before === after) return;
        const spec = of(value as Deployment)?.spec;
        // Deleted a moment ago, and not yet heard of.
        if (spec === undefined) return;
        const { minReplicas: least = 1, maxReplicas: most } = spec;
        saw();
        if (after < least || after > most)
          fail(`${key}: scaled to ${after}, not within ${least} and ${most}`);
        if (before === 0) fail(`${key}: scaled from 0, where scaling is off`);
        if (before < least || before > most) return;
        if (
          !cluster.objects(deployment, 'kube-system').some(({ metadata }) => metadata.name === METRICS_SERVER)
        )
          fail(`${key}: scaled from ${before} to ${after} without metrics`);
        const window = (spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? 300) * 1000;
        const since = time - (grown.get(key) ?? Number.NEGATIVE_INFINITY);
        if (after < before && since < window)
          fail(`${key}: made smaller ${since} ms after it was made larger, within a window of ${window}`);
        if (after > before) grown.set(key, time);
      },
      *unsettled() {
        for (const target of cluster.objects(deployment)) {
          const scaler = of(target);
          if (scaler?.spec === undefined || sizeOf(target) === 0) continue;
          const { minReplicas: least = 1, maxReplicas: most } = scaler.spec;
          if (sizeOf(target) < least || sizeOf(target) > most)
            yield `Deployment ${target.metadata.name} has ${sizeOf(target)} replicas, not within ${least} and ${most}`;
        }
      },
    };
  },
};

function sizeOf(target: Deployment | undefined): number {
  return target?.spec?.replicas ?? 1;
}
