import type { Pod, PodCondition } from '../api/generated/types.ts';
import { podCondition } from '../api/podstatus.ts';
import { formatTime } from '../apimachinery/time.ts';

/** What a condition shall say. */
export interface ConditionUpdate {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/**
 * The condition to write, or undefined when the pod has it already (pkg/api/v1/pod/util.go
 * UpdatePodCondition). The time of transition changes with the status only. `now` in ms.
 */
export function changedCondition(pod: Pod, update: ConditionUpdate, now: number): PodCondition | undefined {
  const old = podCondition(pod, update.type);
  const sameStatus = old?.status === update.status;
  if (sameStatus && old.reason === update.reason && old.message === update.message) return undefined;
  const { generation } = pod.metadata;
  return {
    type: update.type,
    status: update.status,
    reason: update.reason,
    message: update.message,
    lastTransitionTime: sameStatus ? (old.lastTransitionTime ?? formatTime(now)) : formatTime(now),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}
