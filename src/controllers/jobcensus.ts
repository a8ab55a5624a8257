import type { Job, Pod } from '../api/generated/types.ts';
import {
  countIndexes,
  hasIndex,
  type IndexIntervals,
  NO_INDEXES,
  parseIndexes,
  withIndexes,
} from '../api/indexes.ts';
import { uidOf } from '../api/object.ts';
import { isIndexed } from '../api/validation/job.ts';
import {
  finishedTime,
  ignoredIndexFailures,
  indexFailures,
  indexOf,
  isPodFailed,
  isPodTerminating,
  isTracked,
} from './jobpods.ts';
import { matchFailurePolicy } from './jobpolicy.ts';
import { isPodActive, isPodReady } from './ownership.ts';

/** A Job's pods, counted (the first part of syncJob). */
export interface JobCensus {
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  /** Pods that ended and are not counted in the status yet. */
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  /** All that ever succeeded, and failed, counted or not. */
  readonly succeeded: number;
  readonly failed: number;
  /** The indexes in the status. */
  readonly countedIndexes: IndexIntervals;
  readonly succeededIndexes: IndexIntervals;
  /** Undefined unless failures are counted for each index. */
  readonly failedIndexes: IndexIntervals | undefined;
  /** Index -> the failed pod that stays until its successor has taken over its count. */
  readonly delayed: ReadonlyMap<number, Pod>;
}

/** Counts. `released`: uids of pods whose finalizer is known to be gone, though the cache may not show it. */
export function takeCensus(job: Job, pods: readonly Pod[], released: ReadonlySet<string>): JobCensus {
  const { status, spec } = job;
  const active = pods.filter(isPodActive);
  const uncounted = status?.uncountedTerminatedPods ?? {};
  const uncounting = (already: readonly string[] | undefined, is: (pod: Pod) => boolean): Pod[] => {
    const skip = new Set(already);
    return pods.filter((pod) => isValid(job, pod, released) && !skip.has(uidOf(pod)) && is(pod));
  };
  const newSucceeded = uncounting(uncounted.succeeded, (pod) => pod.status?.phase === 'Succeeded');
  const newFailed = uncounting(uncounted.failed, (pod) => isPodFailed(pod, job));
  const completions = spec.completions ?? 0;
  const indexed = isIndexed(spec);
  const countedIndexes = indexed ? parseIndexes(status?.completedIndexes ?? '', completions) : NO_INDEXES;
  const succeededIndexes = indexed ? succeededNow(pods, countedIndexes, completions) : NO_INDEXES;
  const perIndex = indexed && spec.backoffLimitPerIndex !== undefined;
  const failedIndexes = perIndex ? failedNow(job, pods, completions) : undefined;
  const sum = (status?.succeeded ?? 0) + newSucceeded.length + (uncounted.succeeded?.length ?? 0);
  const counting = newFailed.filter((pod) => matchFailurePolicy(job, pod).counts);
  return {
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    newSucceeded,
    newFailed,
    succeeded: indexed ? countIndexes(succeededIndexes) : sum,
    failed: (status?.failed ?? 0) + counting.length + (uncounted.failed?.length ?? 0),
    countedIndexes,
    succeededIndexes,
    failedIndexes,
    delayed:
      failedIndexes === undefined
        ? new Map()
        : delayedPods(job, pods, released, active, succeededIndexes, failedIndexes),
  };
}

/** Tracked, and of an index that the Job has, if it has indexes (getValidPodsWithFilter). */
function isValid(job: Job, pod: Pod, released: ReadonlySet<string>): boolean {
  if (!isTracked(pod) || released.has(uidOf(pod))) return false;
  return !isIndexed(job.spec) || hasValidIndex(job, pod);
}

/** Whether the pod has an index below the Job's completions. */
export function hasValidIndex(job: Job, pod: Pod): boolean {
  const index = indexOf(pod);
  return index !== undefined && index < (job.spec.completions ?? 0);
}

function succeededNow(pods: readonly Pod[], counted: IndexIntervals, completions: number): IndexIntervals {
  const indexes = new Set<number>();
  for (const pod of pods) {
    const index = indexOf(pod);
    if (pod.status?.phase === 'Succeeded' && isTracked(pod) && index !== undefined && index < completions)
      indexes.add(index);
  }
  return withIndexes(counted, indexes);
}

function failedNow(job: Job, pods: readonly Pod[], completions: number): IndexIntervals {
  const indexes = new Set<number>();
  for (const pod of pods) {
    const index = indexOf(pod);
    if (index !== undefined && index < completions && isTracked(pod) && isIndexFailed(job, pod))
      indexes.add(index);
  }
  return withIndexes(parseIndexes(job.status?.failedIndexes ?? '', completions), indexes);
}

/** Whether with this pod its index has failed for good. */
function isIndexFailed(job: Job, pod: Pod): boolean {
  if (!isPodFailed(pod, job)) return false;
  const { counts, action } = matchFailurePolicy(job, pod);
  if (action === 'FailIndex') return true;
  return counts && indexFailures(pod) >= (job.spec.backoffLimitPerIndex ?? 0);
}

function delayedPods(
  job: Job,
  pods: readonly Pod[],
  released: ReadonlySet<string>,
  active: readonly Pod[],
  succeeded: IndexIntervals,
  failed: IndexIntervals,
): ReadonlyMap<number, Pod> {
  const running = new Set(active.map(indexOf));
  const delayed = new Map<number, Pod>();
  const total = (pod: Pod): number => indexFailures(pod) + ignoredIndexFailures(pod);
  for (const pod of pods) {
    const index = indexOf(pod);
    if (index === undefined || !isValid(job, pod, released) || !isPodFailed(pod, job)) continue;
    if (hasIndex(succeeded, index) || hasIndex(failed, index) || running.has(index)) continue;
    const last = delayed.get(index);
    if (last === undefined || (total(last) <= total(pod) && finishedTime(pod) >= finishedTime(last)))
      delayed.set(index, pod);
  }
  return delayed;
}
