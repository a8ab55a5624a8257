import type { HorizontalPodAutoscaler } from '../../api/generated/types.ts';
import { horizontalPodAutoscaler } from '../../api/kinds/horizontalpodautoscaler.ts';
import { conditionWaits } from './conditions.ts';
import type { WaitRule } from './wait.ts';

/** An autoscaler says itself what it lacks. */
export const autoscalerWaits: WaitRule<HorizontalPodAutoscaler> = {
  kind: horizontalPodAutoscaler,
  waits: ({ status }, view) =>
    conditionWaits(status?.conditions, { AbleToScale: 'False', ScalingActive: 'False' }, view),
};
