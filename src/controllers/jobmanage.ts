import type { Job, Pod } from '../api/generated/types.ts';
import { firstMissing, mergeIntervals, withIndexes } from '../api/indexes.ts';
import { keyOf, nameOf, namespaceOf } from '../api/object.ts';
import { isIndexed } from '../api/validation/job.ts';
import { isNotFound, type Status } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import type { Expectations } from './expectations.ts';
import { type Backoff, remaining, remainingOfIndex } from './jobbackoff.ts';
import type { JobCensus } from './jobcensus.ts';
import { indexOf, isPodTerminating, onlyReplacesFailed } from './jobpods.ts';
import { indexedPod, jobPod } from './jobtemplate.ts';
import { releasePod } from './jobtracking.ts';
import { isPodReady } from './ownership.ts';
import { isNamespaceTerminating, type PodControl, slowStart } from './podcontrol.ts';
import { rankForDeletion } from './podranking.ts';

/** At most this many pods are created or deleted in one sync (MaxPodCreateDeletePerSync). */
const BURST = 500;

export interface ManageOptions {
  readonly job: Job;
  readonly key: string;
  readonly pods: readonly Pod[];
  readonly census: JobCensus;
  readonly client: Client;
  readonly podControl: PodControl;
  readonly expectations: Expectations;
  readonly backoff: Backoff;
  /** ms since the epoch. */
  readonly now: number;
  /** Asks for another look in so many ms. */
  readonly wake: (ms: number) => void;
}

/** How the numbers of pods changed, and the first refusal. */
export interface Managed {
  readonly created: number;
  readonly deleted: number;
  readonly deletedReady: number;
  readonly failure: Status | undefined;
}

const NOTHING: Managed = Object.freeze({ created: 0, deleted: 0, deletedReady: 0, failure: undefined });

/** Creates the pods that are missing, or deletes those that are too many (manageJob). */
export function manageJob(options: ManageOptions): Managed {
  const { job, pods, census } = options;
  const { active } = census;
  if (job.spec.suspend === true) return deletePods(options, surplus(options, active.length));
  const wanted = wantedActive(job, census);
  const tooMany = surplus(options, Math.max(0, active.length - wanted)).slice(0, BURST);
  if (tooMany.length > 0) return deletePods(options, tooMany);
  const terminating = onlyReplacesFailed(job) ? pods.filter(isPodTerminating).length : 0;
  const missing = wanted - terminating - active.length;
  return missing > 0 ? createPods(options, Math.min(missing, BURST)) : NOTHING;
}

function wantedActive({ spec }: Job, { active, succeeded }: JobCensus): number {
  const { parallelism = 1, completions } = spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

/** The pods to remove: those without a proper index of their own, and then the least advanced (activePodsForRemoval). */
function surplus({ job, census, now }: ManageOptions, atLeast: number): readonly Pod[] {
  const { active } = census;
  const [misplaced, left] = isIndexed(job.spec) ? duplicates(job, active, now) : [[], active];
  const more = atLeast - misplaced.length;
  return more <= 0 ? misplaced : [...misplaced, ...rankForDeletion(left, [], now).slice(0, more)];
}

/** Of each index the most advanced pod stays. */
function duplicates(job: Job, active: readonly Pod[], now: number): [readonly Pod[], readonly Pod[]] {
  const remove: Pod[] = [];
  const byIndex = new Map<number, Pod[]>();
  for (const pod of active) {
    const index = indexOf(pod);
    if (index === undefined || index >= (job.spec.completions ?? 0)) remove.push(pod);
    else byIndex.set(index, [...(byIndex.get(index) ?? []), pod]);
  }
  const left: Pod[] = [];
  for (const same of byIndex.values()) {
    const ranked = rankForDeletion(same, [], now);
    left.push(...ranked.slice(-1));
    remove.push(...ranked.slice(0, -1));
  }
  return [remove, left];
}

/** Surplus pods are not to be counted: their finalizer goes first (deleteJobPods). */
function deletePods(options: ManageOptions, doomed: readonly Pod[]): Managed {
  const { client, expectations, key, podControl, job } = options;
  if (doomed.length === 0) return NOTHING;
  expectations.expect(key, 0, doomed.map(keyOf));
  let [deleted, deletedReady] = [0, 0];
  let failure: Status | undefined;
  for (const pod of doomed) {
    const released = releasePod(client, pod);
    const refused =
      released !== undefined && !isNotFound(released)
        ? released
        : podControl.delete(namespaceOf(pod), nameOf(pod), job);
    if (refused === undefined) {
      deleted++;
      if (isPodReady(pod)) deletedReady++;
    } else {
      expectations.deletionObserved(key, keyOf(pod));
      failure ??= refused;
    }
  }
  return { created: 0, deleted, deletedReady, failure };
}

function createPods(options: ManageOptions, missing: number): Managed {
  const { job, now, backoff, wake } = options;
  const perIndex = job.spec.backoffLimitPerIndex !== undefined;
  const wait = perIndex ? 0 : remaining(backoff, now);
  if (wait > 0) {
    wake(wait);
    return NOTHING;
  }
  if (!isIndexed(job.spec)) return create(options, new Array<undefined>(missing).fill(undefined));
  const pending = pendingIndexes(options, missing);
  if (!perIndex) return create(options, pending);
  const { delayed } = options.census;
  const due = pending.filter((index) => remainingOfIndex(delayed.get(index), now) === 0);
  if (due.length > 0) return create(options, due);
  const waits = pending.map((index) => remainingOfIndex(delayed.get(index), now));
  if (waits.length > 0) wake(Math.min(...waits));
  return NOTHING;
}

/** The lowest indexes that nothing has been done about (firstPendingIndexes). */
function pendingIndexes({ job, census, pods }: ManageOptions, count: number): number[] {
  const busy = onlyReplacesFailed(job) ? [...census.active, ...pods.filter(isPodTerminating)] : census.active;
  const indexes = new Set(busy.map(indexOf).filter((index) => index !== undefined));
  const taken = mergeIntervals(withIndexes(census.succeededIndexes, indexes), census.failedIndexes ?? []);
  return firstMissing(taken, count, job.spec.completions ?? 0);
}

function create(options: ManageOptions, indexes: readonly (number | undefined)[]): Managed {
  const { job, key, expectations, podControl, census } = options;
  if (indexes.length === 0) return NOTHING;
  expectations.expect(key, indexes.length, []);
  let next = 0;
  let created = 0;
  const { failure } = slowStart(indexes.length, () => {
    const index = indexes[next++];
    const pod = index === undefined ? jobPod(job) : indexedPod(job, index, census.delayed.get(index));
    const result = podControl.create(pod, job);
    if (result.ok) created++;
    return result.ok || isNamespaceTerminating(result.status) ? undefined : result.status;
  });
  // What was refused, or never tried, will not be seen.
  for (let i = created; i < indexes.length; i++) expectations.creationObserved(key);
  return { created, deleted: 0, deletedReady: 0, failure };
}
