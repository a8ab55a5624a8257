import type { HorizontalPodAutoscaler, HPAScalingRules } from '../api/generated/types.ts';

/** How fast an autoscaler may act (pkg/controller/podautoscaler/horizontal.go). Times are ms since the epoch. */

/** --horizontal-pod-autoscaler-downscale-stabilization. */
const DOWNSCALE_STABILIZATION_MS = 300_000;
/** The longest window that rules may ask for. */
const MEMORY_MS = 3_600_000;

interface Recommendation {
  readonly at: number;
  readonly replicas: number;
}

/** What was recommended and done lately. */
export class ScalingMemory {
  #recommendations: Recommendation[] = [];
  /** Changes of size; negative when it shrank. */
  #changes: { readonly at: number; readonly change: number }[] = [];

  recommend(at: number, replicas: number): void {
    this.#recommendations = this.#recommendations.filter((past) => past.at >= at - MEMORY_MS);
    this.#recommendations.push({ at, replicas });
  }

  get isEmpty(): boolean {
    return this.#recommendations.length === 0;
  }

  /** The recommendations of the last `window` ms. */
  since(now: number, window: number): readonly number[] {
    return this.#recommendations.filter(({ at }) => at > now - window).map(({ replicas }) => replicas);
  }

  scaled(at: number, change: number): void {
    this.#changes = this.#changes.filter((past) => past.at >= at - MEMORY_MS);
    this.#changes.push({ at, change });
  }

  /** By how much the size changed in the last `period` ms. */
  changed(now: number, period: number): number {
    let sum = 0;
    for (const { at, change } of this.#changes) if (at > now - period) sum += change;
    return sum;
  }
}

/** A size, and what to say in the conditions AbleToScale and ScalingLimited. */
export interface LimitedSize {
  readonly replicas: number;
  readonly able: readonly [reason: string, message: string];
  readonly limited: readonly [status: 'True' | 'False', reason: string, message: string];
}

const MATCHES = ['ReadyForNewScale', 'recommended size matches current size'] as const;
const DOWN_STABILIZED = [
  'ScaleDownStabilized',
  'recent recommendations were higher than current one, applying the highest recent recommendation',
] as const;
const UP_STABILIZED = [
  'ScaleUpStabilized',
  'recent recommendations were lower than current one, applying the lowest recent recommendation',
] as const;

/** The size that is wanted, held back by recent recommendations, by rates, and by the bounds. */
export function limitedSize(
  autoscaler: HorizontalPodAutoscaler,
  memory: ScalingMemory,
  current: number,
  wanted: number,
  now: number,
): LimitedSize {
  memory.recommend(now, wanted);
  const { behavior } = autoscaler.spec;
  const up = (behavior?.scaleUp?.stabilizationWindowSeconds ?? 0) * 1000;
  const downSeconds = behavior?.scaleDown?.stabilizationWindowSeconds;
  const down = downSeconds === undefined ? DOWNSCALE_STABILIZATION_MS : downSeconds * 1000;
  const lowest = Math.min(wanted, ...memory.since(now, up));
  const highest = Math.max(wanted, ...memory.since(now, down));
  const stable =
    behavior === undefined ? highest : Math.min(Math.max(current, lowest), Math.max(highest, lowest));
  const able = stable === wanted ? MATCHES : stable > wanted ? DOWN_STABILIZED : UP_STABILIZED;
  return { ...bounded(autoscaler, memory, current, stable, now), able };
}

function bounded(
  { spec }: HorizontalPodAutoscaler,
  memory: ScalingMemory,
  current: number,
  stable: number,
  now: number,
): Omit<LimitedSize, 'able'> {
  const { behavior, minReplicas = 1, maxReplicas } = spec;
  const upLimit =
    behavior === undefined
      ? Math.max(2 * current, 4)
      : Math.max(current, rateLimit(behavior.scaleUp, memory, current, now, 1));
  const downLimit =
    behavior === undefined ? 0 : Math.min(current, rateLimit(behavior.scaleDown, memory, current, now, -1));
  if (stable > Math.min(upLimit, maxReplicas)) {
    return upLimit < maxReplicas
      ? limit(
          upLimit,
          'ScaleUpLimit',
          'the desired replica count is increasing faster than the maximum scale rate',
        )
      : limit(
          maxReplicas,
          'TooManyReplicas',
          'the desired replica count is more than the maximum replica count',
        );
  }
  if (stable < Math.max(downLimit, minReplicas)) {
    return downLimit > minReplicas
      ? limit(
          downLimit,
          'ScaleDownLimit',
          'the desired replica count is decreasing faster than the maximum scale rate',
        )
      : limit(
          minReplicas,
          'TooFewReplicas',
          'the desired replica count is less than the minimum replica count',
        );
  }
  const message = 'the desired count is within the acceptable range';
  return { replicas: stable, limited: ['False', 'DesiredWithinRange', message] };
}

function limit(replicas: number, reason: string, message: string): Omit<LimitedSize, 'able'> {
  return { replicas, limited: ['True', reason, message] };
}

/** How far the policies let the size go, up (1) or down (-1) (calculateScaleUpLimitWithScalingRules and its like). */
function rateLimit(
  rules: HPAScalingRules | undefined,
  memory: ScalingMemory,
  current: number,
  now: number,
  direction: 1 | -1,
): number {
  if (rules?.selectPolicy === 'Disabled') return current;
  const limits = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const start = current - memory.changed(now, periodSeconds * 1000);
    if (type === 'Pods') return start + direction * value;
    const share = start * (1 + (direction * value) / 100);
    return direction > 0 ? Math.ceil(share) : Math.trunc(share);
  });
  if (limits.length === 0) return current;
  // Of several policies the one that changes most decides, unless the least is asked for.
  const highest = (rules?.selectPolicy === 'Min') === direction < 0;
  return highest ? Math.max(...limits) : Math.min(...limits);
}
