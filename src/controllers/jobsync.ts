import type { Job, JobCondition, JobStatus, Pod } from '../api/generated/types.ts';
import { isTerminating, nameOf, namespaceOf } from '../api/object.ts';
import type { Status } from '../apimachinery/status.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Expectations } from './expectations.ts';
import { type Backoff, updatedBackoff } from './jobbackoff.ts';
import { type JobCensus, takeCensus } from './jobcensus.ts';
import { type Managed, manageJob } from './jobmanage.ts';
import { JobTracking } from './jobtracking.ts';
import { completionsReached, jobCondition, timeLeft, verdictOn } from './jobverdict.ts';
import { isPodReady } from './ownership.ts';
import type { PodControl } from './podcontrol.ts';

export interface JobSyncOptions {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly podControl: PodControl;
  readonly expectations: Expectations;
  readonly job: Job;
  readonly key: string;
  readonly pods: readonly Pod[];
  /** Uids of pods whose finalizer was taken off and whose cache entry does not show it. Added to. */
  readonly released: Set<string>;
  readonly backoff: Backoff;
  /** Keeps the back-off record once the failures in it are counted. */
  readonly saveBackoff: (backoff: Backoff) => void;
  readonly now: number;
  readonly wake: (ms: number) => void;
}

/** One sync of one Job that is not finished (syncJob). Returns the first refusal. */
export function syncJob(options: JobSyncOptions): Status | undefined {
  const { pods, released, now, backoff } = options;
  const job = started(options.job, now);
  const census = takeCensus(job, pods, released);
  const newBackoff = updatedBackoff(backoff, census.newSucceeded, census.newFailed);
  const satisfied = options.expectations.satisfied(options.key);
  if (!satisfied) options.wake(options.expectations.expiresIn(options.key));
  const verdict = verdictOn(job, pods, census, now);
  const left = timeLeft(job, now);
  if (verdict === undefined && left !== undefined) options.wake(left);
  const outcome =
    verdict === undefined
      ? carryOn(options, job, census, newBackoff, satisfied)
      : breakOff(options, job, census, verdict, satisfied);
  const { managed } = outcome;
  const counted = withCounts(outcome.job, census, managed);
  const tracked = new JobTracking({
    client: options.client,
    job: counted,
    pods,
    census,
    verdict: outcome.verdict,
    released,
    changed: statusChanged(options.job.status, counted.status ?? {}),
    now,
    written: () => options.saveBackoff(newBackoff),
  }).run();
  if (tracked.ended !== undefined) announceEnd(options.recorder, tracked.job, tracked.ended);
  return tracked.failure ?? managed.failure;
}

/** What was done, and whether that ends the Job. */
interface Outcome {
  readonly job: Job;
  readonly managed: Managed;
  readonly verdict: JobCondition | undefined;
}

/** The time from which activeDeadlineSeconds counts; a suspended Job has none yet. */
function started(job: Job, now: number): Job {
  const status: JobStatus = {
    ...job.status,
    uncountedTerminatedPods: job.status?.uncountedTerminatedPods ?? {},
    ...(job.status?.startTime === undefined && job.spec.suspend !== true
      ? { startTime: formatTime(now) }
      : {}),
  };
  return { ...job, status };
}

/** The Job ends: its active pods are deleted, and are counted (deleteActivePods). */
function breakOff(
  options: JobSyncOptions,
  job: Job,
  census: JobCensus,
  verdict: JobCondition,
  satisfied: boolean,
): Outcome {
  let [deleted, deletedReady] = [0, 0];
  let failure: Status | undefined;
  for (const pod of census.active) {
    const refused = options.podControl.delete(namespaceOf(pod), nameOf(pod), job);
    if (refused !== undefined) {
      failure ??= refused;
      continue;
    }
    deleted++;
    if (isPodReady(pod)) deletedReady++;
  }
  // While pods may be left that the cache does not show, the end cannot be declared.
  const sure = deleted === census.active.length && satisfied;
  const managed = { created: 0, deleted, deletedReady, failure };
  return { job, managed, verdict: sure ? verdict : undefined };
}

function carryOn(
  options: JobSyncOptions,
  job: Job,
  census: JobCensus,
  backoff: Backoff,
  satisfied: boolean,
): Outcome {
  const { now } = options;
  const may = satisfied && !isTerminating(job);
  const managed = may
    ? manageJob({ ...options, job, census, backoff })
    : { created: 0, deleted: 0, deletedReady: 0, failure: undefined };
  const active = census.active.length + managed.created - managed.deleted;
  const enough =
    job.spec.completions === undefined ? census.succeeded > 0 : census.succeeded >= job.spec.completions;
  if (enough && active === 0) return { job, managed, verdict: completionsReached(now) };
  return { job: may ? withSuspension(options.recorder, job, now) : job, managed, verdict: undefined };
}

/** Says when a Job is suspended and when it goes on; its time begins anew then. */
function withSuspension(recorder: EventRecorder, job: Job, now: number): Job {
  const conditions = job.status?.conditions ?? [];
  const old = conditions.find(({ type }) => type === 'Suspended');
  const suspend = job.spec.suspend === true;
  // From nothing to False is no news.
  if ((old?.status ?? 'False') === (suspend ? 'True' : 'False')) return job;
  const [reason, message] = suspend ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed'];
  recorder.event(job, 'Normal', suspend ? 'Suspended' : 'Resumed', message as string);
  const told = {
    ...jobCondition('Suspended', reason as string, message as string, now),
    status: suspend ? 'True' : 'False',
  };
  const next = old === undefined ? [...conditions, told] : conditions.map((c) => (c === old ? told : c));
  return {
    ...job,
    status: { ...job.status, conditions: next, ...(suspend ? {} : { startTime: formatTime(now) }) },
  };
}

function withCounts(job: Job, census: JobCensus, managed: Managed): Job {
  const { active: _, ...status } = job.status ?? {};
  const active = census.active.length + managed.created - managed.deleted;
  const counts: JobStatus = {
    ...status,
    ...(active === 0 ? {} : { active }),
    ready: census.ready - managed.deletedReady,
    terminating: census.terminating + managed.deleted,
  };
  return { ...job, status: counts };
}

function statusChanged(old: JobStatus | undefined, next: JobStatus): boolean {
  return (
    (old?.active ?? 0) !== (next.active ?? 0) ||
    old?.ready !== next.ready ||
    old?.terminating !== next.terminating ||
    old?.startTime !== next.startTime ||
    (old?.conditions !== next.conditions && next.conditions !== undefined)
  );
}

function announceEnd(recorder: EventRecorder, job: Job, ended: JobCondition): void {
  if (ended.type === 'Failed') {
    recorder.event(job, 'Warning', ended.reason ?? '', ended.message ?? '');
    return;
  }
  if (job.spec.completions !== undefined && (job.status?.succeeded ?? 0) > job.spec.completions) {
    const message = 'Too many succeeded pods running after completion count reached';
    recorder.event(job, 'Warning', 'TooManySucceededPods', message);
  }
  recorder.event(job, 'Normal', 'Completed', 'Job completed');
}
