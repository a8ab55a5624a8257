import type { ContainerStatus, Job, Pod } from '../api/generated/types.ts';
import { isTerminating } from '../api/object.ts';
import { parseTime } from '../apimachinery/time.ts';
import { readyCondition } from './ownership.ts';

/** What a Job reads in its pods and writes to them (pkg/controller/job). */

/** The finalizer that keeps a pod until it has been counted. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';
export const INDEX_IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count';

const MAX_INT32 = 2 ** 31 - 1;

export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(TRACKING) === true;
}

/** Being deleted, and not at its end yet (controller.IsPodTerminating). */
export function isPodTerminating(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return isTerminating(pod) && phase !== 'Failed' && phase !== 'Succeeded';
}

/** Whether a new pod is made only when the old one has come to its end. */
export function onlyReplacesFailed(job: Job): boolean {
  return job.spec.podReplacementPolicy === 'Failed';
}

/** Failed; or deleted before its end, unless its end is waited for (isPodFailed). */
export function isPodFailed(pod: Pod, job: Job): boolean {
  const phase = pod.status?.phase;
  if (phase === 'Failed') return true;
  return !onlyReplacesFailed(job) && isTerminating(pod) && phase !== 'Succeeded';
}

function countIn(pod: Pod, annotation: string): number | undefined {
  const text = pod.metadata.annotations?.[annotation];
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const count = Number(text);
  return count > MAX_INT32 ? undefined : count;
}

/** The completion index of a pod; undefined if it has none. */
export function indexOf(pod: Pod): number | undefined {
  return countIn(pod, COMPLETION_INDEX);
}

/** How often the pod's index failed before this pod, not counting what a policy ignored. */
export function indexFailures(pod: Pod): number {
  return countIn(pod, INDEX_FAILURES) ?? 0;
}

/** How often a policy ignored a failure of the pod's index. */
export function ignoredIndexFailures(pod: Pod): number {
  return countIn(pod, INDEX_IGNORED_FAILURES) ?? 0;
}

/** When a pod came to its end, ms (getFinishedTime). */
export function finishedTime(pod: Pod): number {
  const containers = containersFinished(pod);
  if (containers !== undefined) return containers;
  const ready = readyCondition(pod);
  const since = parseTime(ready?.lastTransitionTime ?? '');
  if (ready?.status === 'False' && since !== undefined) return since;
  const deletion = parseTime(pod.metadata.deletionTimestamp ?? '');
  if (deletion !== undefined) return deletion - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return parseTime(pod.metadata.creationTimestamp ?? '') ?? 0;
}

/** When the last container ended, sidecars included; undefined while one runs. */
function containersFinished(pod: Pod): number | undefined {
  const sidecars = new Set(
    (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map(({ name }) => name),
  );
  const statuses: readonly ContainerStatus[] = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ];
  let last: number | undefined;
  for (const { state } of statuses) {
    const at = parseTime(state?.terminated?.finishedAt ?? '');
    if (at === undefined) return undefined;
    last = Math.max(last ?? at, at);
  }
  return last;
}
