import type { PodCondition } from '../api/generated/types.ts';
import { formatTime } from '../apimachinery/time.ts';

/** The condition that says why a pod is about to be deleted by the system. */
export function disruptionTarget(now: number, reason: string, message: string): PodCondition {
  return { type: 'DisruptionTarget', status: 'True', reason, message, lastTransitionTime: formatTime(now) };
}
