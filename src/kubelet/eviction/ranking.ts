import type { Pod } from '../../api/generated/types.ts';
import { podRequests } from '../../api/podrequests.ts';
import type { Pressure } from './thresholds.ts';

/** What a pod uses now: bytes, and pieces. */
export interface PodUsage {
  readonly memory: number;
  readonly disk: number;
  readonly pids: number;
  /** Bytes of memory by container, and of what it has written itself. */
  readonly containers: ReadonlyMap<string, number>;
  readonly disks: ReadonlyMap<string, number>;
}

/** A pod that could go. */
export interface Ranked {
  readonly pod: Pod;
  readonly usage: PodUsage;
}

/**
 * The pods in the order in which they go (eviction/helpers.go rankMemoryPressure and its like): first
 * those that use more than they asked for, then the less important, then those furthest above what
 * they asked for. Of processes nothing is asked, so that only importance and use count.
 */
export function rank(pods: readonly Ranked[], pressure: Pressure): Ranked[] {
  const excess = ({ pod, usage }: Ranked): number => {
    if (pressure === 'PIDPressure') return usage.pids;
    const { memory, ephemeralStorage } = podRequests(pod.spec);
    return pressure === 'MemoryPressure' ? usage.memory - memory : usage.disk - ephemeralStorage;
  };
  const asksTooMuch = (each: Ranked): boolean => pressure !== 'PIDPressure' && excess(each) > 0;
  return [...pods].sort(
    (a, b) =>
      Number(asksTooMuch(b)) - Number(asksTooMuch(a)) ||
      (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0) ||
      excess(b) - excess(a),
  );
}
