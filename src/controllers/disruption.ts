import type { Pod, PodCondition } from '../api/generated/types.ts';
import { podCondition } from '../api/podstatus.ts';
import { formatTime } from '../apimachinery/time.ts';

/**
 * The condition that says why a pod is about to be deleted by the system. One that it has already keeps its
 * time: a deletion that is tried again changes nothing (pkg/api/v1/pod UpdatePodCondition).
 */
export function disruptionTarget(pod: Pod, now: number, reason: string, message: string): PodCondition {
  const known = podCondition(pod, 'DisruptionTarget');
  const since = known?.status === 'True' ? known.lastTransitionTime : undefined;
  const lastTransitionTime = since ?? formatTime(now);
  return { type: 'DisruptionTarget', status: 'True', reason, message, lastTransitionTime };
}
