import type { CronSchedule } from '../api/cronschedule.ts';
import type { CronJob } from '../api/generated/types.ts';
import { parseTime } from '../apimachinery/time.ts';

/** Which run of a CronJob is due (pkg/controller/cronjob/utils.go). Times are ms since the epoch. */

/** After the time itself, lest the clock has not quite got there (nextScheduleDelta). */
const DELTA_MS = 100;
/** More missed runs than this are thought to be a mistake. */
const MANY = 100;

interface MostRecent {
  /** Runs before this are none of our business. */
  readonly earliest: number;
  readonly time: number | undefined;
  readonly missed: number;
}

/** The latest run that is due, and how many were (mostRecentScheduleTime); undefined for a schedule that never comes. */
function mostRecent(
  job: CronJob,
  schedule: CronSchedule,
  now: number,
  withDeadline: boolean,
): MostRecent | undefined {
  const created = parseTime(job.metadata.creationTimestamp ?? '') ?? now;
  let earliest = parseTime(job.status?.lastScheduleTime ?? '') ?? created;
  const deadline = job.spec.startingDeadlineSeconds;
  if (withDeadline && deadline !== undefined) earliest = Math.max(earliest, now - deadline * 1000);
  const first = schedule.next(earliest);
  const second = first === undefined ? undefined : schedule.next(first);
  if (first === undefined || second === undefined) return undefined;
  if (now < first) return { earliest, time: undefined, missed: 0 };
  if (now < second) return { earliest, time: first, missed: 0 };
  // Roughly how often it was due: the schedule need not be regular.
  const between = second - first;
  const missed = Math.floor((now - first) / between) + 1;
  let time: number | undefined;
  let next = schedule.next(first + (missed - 2) * between);
  while (next !== undefined && next <= now) {
    time = next;
    next = schedule.next(next);
  }
  return { earliest, time, missed };
}

/** The run to start now, the latest if several are due; and whether suspiciously many were missed. */
export function dueTime(
  job: CronJob,
  schedule: CronSchedule,
  now: number,
): { readonly time: number | undefined; readonly tooManyMissed: boolean } {
  const recent = mostRecent(job, schedule, now, true);
  return { time: recent?.time, tooManyMissed: (recent?.missed ?? 0) > MANY };
}

/** How long until the next run, ms; undefined if there is none (nextScheduleTimeDuration). */
export function untilNext(job: CronJob, schedule: CronSchedule, now: number): number | undefined {
  const recent = mostRecent(job, schedule, now, false);
  if (recent === undefined) return undefined;
  const from = recent.time ?? (recent.missed === 0 ? recent.earliest : now);
  const next = schedule.next(from);
  return next === undefined ? undefined : Math.max(1, next + DELTA_MS - now);
}
