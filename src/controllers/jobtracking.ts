import type { Job, JobCondition, JobStatus, Pod, UncountedTerminatedPods } from '../api/generated/types.ts';
import { countIndexes, formatIndexes, hasIndex, withIndexes } from '../api/indexes.ts';
import { trueCondition } from '../api/jobstatus.ts';
import { job as jobKind } from '../api/kinds/job.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { isTerminating, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { isIndexed } from '../api/validation/job.ts';
import { isNotFound, type Status } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { hasValidIndex, type JobCensus } from './jobcensus.ts';
import { indexOf, isPodFailed, isTracked, TRACKING } from './jobpods.ts';
import { matchFailurePolicy } from './jobpolicy.ts';
import { finalCondition } from './jobverdict.ts';

/** At most this many pods are counted in one sync (MaxUncountedPods). */
const MAX_UNCOUNTED = 500;

/** Takes the tracking finalizer off a pod. Returns the refusal. */
export function releasePod(client: Client, pod: Pod): Status | undefined {
  if (!isTracked(pod)) return undefined;
  const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING] } };
  const patched = client.patch(podKind, nameOf(pod), namespaceOf(pod), 'strategic', patch);
  return patched.ok ? undefined : patched.status;
}

export interface TrackingOptions {
  readonly client: Client;
  /** The Job with the status as this sync has it so far. */
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly census: JobCensus;
  /** Why the Job ends; undefined while it goes on. */
  readonly verdict: JobCondition | undefined;
  /** Uids of pods whose finalizer this controller took off; the cache may not show it. Added to. */
  readonly released: Set<string>;
  /** Whether there is something to write besides what is counted here. */
  readonly changed: boolean;
  readonly now: number;
  /** Called when the status that counts the pods has been written. */
  readonly written: () => void;
}

/** What came of it: the Job as last written, and the condition with which it ended now. */
export interface Tracked {
  readonly job: Job;
  readonly ended: JobCondition | undefined;
  readonly failure: Status | undefined;
}

/**
 * Counts each ended pod exactly once (trackJobStatusAndRemoveFinalizers): its uid goes into the status;
 * then its finalizer goes; then the uid is exchanged for one more in a counter. Whatever write fails or
 * is the last before a crash, the next sync can tell how far each pod has got.
 */
export class JobTracking {
  readonly #options: TrackingOptions;
  #job: Job;
  #changed: boolean;
  #verdict: JobCondition | undefined;

  constructor(options: TrackingOptions) {
    this.#options = options;
    this.#job = options.job;
    this.#changed = options.changed;
    this.#verdict = options.verdict;
  }

  run(): Tracked {
    const { pods, released } = this.#options;
    const tracked = new Set(pods.filter((p) => isTracked(p) && !released.has(uidOf(p))).map(uidOf));
    this.#exchange(tracked);
    const { done, full } = this.#count(tracked);
    this.#announce();
    if (this.#changed) {
      const refused = this.#write();
      if (refused !== undefined) return this.#result(undefined, refused);
      this.#options.written();
    }
    const failure = this.#release(done, tracked);
    this.#exchange(tracked);
    const ended = failure === undefined && !full ? this.#end() : undefined;
    const refused = this.#changed ? this.#write() : undefined;
    return this.#result(refused === undefined ? ended : undefined, failure ?? refused);
  }

  #result(ended: JobCondition | undefined, failure: Status | undefined): Tracked {
    return { job: this.#job, ended, failure };
  }

  get #status(): JobStatus {
    return this.#job.status ?? {};
  }

  #set(status: Partial<JobStatus>): void {
    this.#job = { ...this.#job, status: { ...this.#status, ...status } };
    this.#changed = true;
  }

  /** Uids whose pods have no finalizer any more become counts (cleanUncountedPodsWithoutFinalizers). */
  #exchange(tracked: ReadonlySet<string>): void {
    const { succeeded = [], failed = [] } = this.#status.uncountedTerminatedPods ?? {};
    const [keptSucceeded, keptFailed] = [succeeded, failed].map((uids) => uids.filter((u) => tracked.has(u)));
    const doneSucceeded = succeeded.length - (keptSucceeded?.length ?? 0);
    const doneFailed = failed.length - (keptFailed?.length ?? 0);
    if (doneSucceeded + doneFailed === 0) return;
    this.#set({
      ...(doneSucceeded === 0 ? {} : { succeeded: (this.#status.succeeded ?? 0) + doneSucceeded }),
      ...(doneFailed === 0 ? {} : { failed: (this.#status.failed ?? 0) + doneFailed }),
      uncountedTerminatedPods: uncounted(keptSucceeded ?? [], keptFailed ?? []),
    });
  }

  /** Notes the pods that ended; `done` are those that may be let go. */
  #count(tracked: ReadonlySet<string>): { readonly done: readonly Pod[]; readonly full: boolean } {
    const { pods, census } = this.#options;
    const indexed = isIndexed(this.#job.spec);
    const old = this.#status.uncountedTerminatedPods ?? {};
    const [succeeded, failed] = [new Set(old.succeeded), new Set(old.failed)];
    const before = succeeded.size + failed.size;
    const newIndexes = new Set<number>();
    const done: Pod[] = [];
    let full = false;
    const ordered = indexed ? pods.toSorted((a, b) => (indexOf(a) ?? -1) - (indexOf(b) ?? -1)) : pods;
    for (const pod of ordered) {
      if (!tracked.has(uidOf(pod)) || !this.#mayRelease(pod)) continue;
      done.push(pod);
      if (pod.status?.phase === 'Succeeded' && !failed.has(uidOf(pod))) {
        const index = indexOf(pod);
        if (!indexed) succeeded.add(uidOf(pod));
        else if (
          index !== undefined &&
          hasValidIndex(this.#job, pod) &&
          !hasIndex(census.countedIndexes, index)
        )
          newIndexes.add(index);
      } else if (this.#countsAsFailed(pod)) failed.add(uidOf(pod));
      full = newIndexes.size + succeeded.size + failed.size >= MAX_UNCOUNTED;
      if (full) break;
    }
    if (succeeded.size + failed.size !== before)
      this.#set({ uncountedTerminatedPods: uncounted([...succeeded], [...failed]) });
    if (indexed) this.#countIndexes(newIndexes);
    return { done, full };
  }

  #countIndexes(newIndexes: ReadonlySet<number>): void {
    const { census } = this.#options;
    const succeeded = withIndexes(census.countedIndexes, newIndexes);
    const completedIndexes = formatIndexes(succeeded);
    if (completedIndexes !== (this.#status.completedIndexes ?? ''))
      this.#set({ completedIndexes, succeeded: countIndexes(succeeded) });
    if (census.failedIndexes === undefined) return;
    const failedIndexes = formatIndexes(census.failedIndexes);
    if (failedIndexes !== this.#status.failedIndexes) this.#set({ failedIndexes });
  }

  /** Whether nothing more is to be learnt from a pod (canRemoveFinalizer). */
  #mayRelease(pod: Pod): boolean {
    const { census } = this.#options;
    if (isTerminating(this.#job) || this.#verdict !== undefined) return true;
    if (pod.status?.phase === 'Succeeded') return true;
    if (!isPodFailed(pod, this.#job)) return false;
    const index = indexOf(pod);
    const waiting = index === undefined ? undefined : census.delayed.get(index);
    return waiting === undefined || uidOf(waiting) !== uidOf(pod);
  }

  /** Once a Job has failed, so have all its pods that have not come to an end. */
  #countsAsFailed(pod: Pod): boolean {
    const over = this.#verdict !== undefined && this.#verdict.type !== 'SuccessCriteriaMet';
    if (!isPodFailed(pod, this.#job) && !over) return false;
    if (isIndexed(this.#job.spec) && !hasValidIndex(this.#job, pod)) return false;
    return matchFailurePolicy(this.#job, pod).counts;
  }

  /** The interim condition, written before any pod is let go: why the Job ends is not to be lost with them. */
  #announce(): void {
    const { now } = this.#options;
    const verdict = this.#verdict;
    if (verdict === undefined || (verdict.type !== 'FailureTarget' && verdict.type !== 'SuccessCriteriaMet'))
      return;
    if (trueCondition(this.#job, verdict.type) === undefined)
      this.#set({ conditions: [...(this.#status.conditions ?? []), verdict] });
    this.#verdict = finalCondition(verdict.type === 'FailureTarget' ? 'Failed' : 'Complete', verdict, now);
  }

  #write(): Status | undefined {
    const written = this.#options.client.updateStatus(jobKind, this.#job);
    if (!written.ok) return written.status;
    this.#job = written.value;
    this.#changed = false;
    return undefined;
  }

  #release(done: readonly Pod[], tracked: Set<string>): Status | undefined {
    const { client, released } = this.#options;
    let failure: Status | undefined;
    for (const pod of done) {
      const uid = uidOf(pod);
      released.add(uid);
      const refused = releasePod(client, pod);
      if (refused === undefined || isNotFound(refused)) tracked.delete(uid);
      else {
        released.delete(uid);
        failure ??= refused;
      }
    }
    return failure;
  }

  /** Complete or Failed, when every pod is counted and none is still stopping (enactJobFinished). */
  #end(): JobCondition | undefined {
    const verdict = this.#verdict;
    if (verdict === undefined) return undefined;
    const { succeeded = [], failed = [] } = this.#status.uncountedTerminatedPods ?? {};
    if (succeeded.length + failed.length > 0 || (this.#status.terminating ?? 0) > 0) return undefined;
    const others = (this.#status.conditions ?? []).filter(({ type }) => type !== verdict.type);
    this.#set({
      conditions: [...others, verdict],
      ...(verdict.type === 'Complete' && verdict.lastTransitionTime !== undefined
        ? { completionTime: verdict.lastTransitionTime }
        : {}),
    });
    return verdict;
  }
}

function uncounted(succeeded: readonly string[], failed: readonly string[]): UncountedTerminatedPods {
  return {
    ...(succeeded.length === 0 ? {} : { succeeded }),
    ...(failed.length === 0 ? {} : { failed }),
  };
}
