import type { Job, JobCondition, Pod } from '../api/generated/types.ts';
import { countIndexes } from '../api/indexes.ts';
import { trueCondition } from '../api/jobstatus.ts';
import { isIndexed } from '../api/validation/job.ts';
import { formatTime, parseTime } from '../apimachinery/time.ts';
import type { JobCensus } from './jobcensus.ts';
import { isPodFailed } from './jobpods.ts';
import { matchFailurePolicy, matchSuccessPolicy } from './jobpolicy.ts';

/** Whether a Job has come to its end, and why (the conditions that syncJob decides on). */

/** A condition that has just come about. `now` is ms since the epoch. */
export function jobCondition(type: string, reason: string, message: string, now: number): JobCondition {
  const time = formatTime(now);
  return {
    type,
    status: 'True',
    lastProbeTime: time,
    lastTransitionTime: time,
    ...(reason === '' ? {} : { reason }),
    ...(message === '' ? {} : { message }),
  };
}

/** `FailureTarget` and its like, with another type: what was decided becomes final. */
export function finalCondition(type: string, decided: JobCondition, now: number): JobCondition {
  return jobCondition(type, decided.reason ?? '', decided.message ?? '', now);
}

/** The condition of a Job with all its completions. */
export function completionsReached(now: number): JobCondition {
  const message = 'Reached expected number of succeeded pods';
  return jobCondition('SuccessCriteriaMet', 'CompletionsReached', message, now);
}

/** How long the Job may go on, ms; negative or 0 once it is over; undefined without a limit. */
export function timeLeft(job: Job, now: number): number | undefined {
  const seconds = job.spec.activeDeadlineSeconds;
  const started = parseTime(job.status?.startTime ?? '');
  // While the Suspended condition stands, the start time is that of before: it is set anew with the condition.
  const suspended = job.spec.suspend === true || trueCondition(job, 'Suspended') !== undefined;
  if (seconds === undefined || started === undefined || suspended) return undefined;
  return started + seconds * 1000 - now;
}

/** The reason to end the Job, in upstream's order; undefined while there is none. */
export function verdictOn(
  job: Job,
  pods: readonly Pod[],
  census: JobCensus,
  now: number,
): JobCondition | undefined {
  const met = trueCondition(job, 'SuccessCriteriaMet');
  if (met !== undefined) return met;
  const target = trueCondition(job, 'FailureTarget');
  if (target !== undefined) return finalCondition('Failed', target, now);
  const failure = failureOf(job, pods, census, now);
  if (failure !== undefined) return jobCondition('FailureTarget', failure[0], failure[1], now);
  const success = isIndexed(job.spec) ? matchSuccessPolicy(job, census.succeededIndexes) : undefined;
  return success === undefined
    ? undefined
    : jobCondition('SuccessCriteriaMet', 'SuccessPolicy', success, now);
}

type Reason = readonly [reason: string, message: string];

function failureOf(job: Job, pods: readonly Pod[], census: JobCensus, now: number): Reason | undefined {
  for (const pod of pods) {
    const { failJob } = isPodFailed(pod, job) ? matchFailurePolicy(job, pod) : { failJob: undefined };
    if (failJob !== undefined) return ['PodFailurePolicy', failJob];
  }
  if (census.failed > (job.spec.backoffLimit ?? 6) || restartedTooOften(job, pods))
    return ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'];
  if ((timeLeft(job, now) ?? 1) <= 0)
    return ['DeadlineExceeded', 'Job was active longer than specified deadline'];
  return indexFailureOf(job, census);
}

function indexFailureOf(job: Job, census: JobCensus): Reason | undefined {
  if (census.failedIndexes === undefined) return undefined;
  const failed = countIndexes(census.failedIndexes);
  const { maxFailedIndexes, completions = 0 } = job.spec;
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    const message = 'Job has exceeded the specified maximal number of failed indexes';
    return ['MaxFailedIndexesExceeded', message];
  }
  const ended = failed + countIndexes(census.succeededIndexes);
  return failed > 0 && ended >= completions ? ['FailedIndexes', 'Job has failed indexes'] : undefined;
}

/** With restartPolicy OnFailure the restarts of containers count (pastBackoffLimitOnFailure). */
function restartedTooOften(job: Job, pods: readonly Pod[]): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue;
    for (const container of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
      restarts += container.restartCount;
  }
  const limit = job.spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}
