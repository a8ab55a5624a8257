import { type CronSchedule, parseCronSchedule } from '../api/cronschedule.ts';
import type { CronJob, CronJobStatus, Job, ObjectReference } from '../api/generated/types.ts';
import { finishedCondition, trueCondition } from '../api/jobstatus.ts';
import { cronJob as cronJobKind } from '../api/kinds/cronjob.ts';
import { job as jobKind } from '../api/kinds/job.ts';
import { controllerOf, isTerminating, nameOf, namespaceOf, revisionOf, uidOf } from '../api/object.ts';
import { timeZoneOf, UTC } from '../api/timezone.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { isAlreadyExists, isNotFound, type Status } from '../apimachinery/status.ts';
import { formatRFC1123Z, formatTime, parseTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/recorder.ts';
import { dueTime, untilNext } from './cronjobtimes.ts';
import { newControllerRef } from './ownership.ts';
import { isNamespaceTerminating } from './podcontrol.ts';

/** When a Job was to run, on the Job. */
const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

export interface CronJobSyncOptions {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly cronJob: CronJob;
  /** The Jobs it controls. */
  readonly jobs: readonly Job[];
  /** ms since the epoch. */
  readonly now: number;
}

/** What came of a sync: how long to wait for the next run, or the refusal. */
export interface CronJobOutcome {
  readonly wait: number | undefined;
  readonly failure: Status | undefined;
}

/** One sync of one CronJob (cronjob_controllerv2.go sync). */
export class CronJobSync {
  readonly #options: CronJobSyncOptions;
  #status: CronJobStatus;

  constructor(options: CronJobSyncOptions) {
    this.#options = options;
    this.#status = options.cronJob.status ?? {};
  }

  run(): CronJobOutcome {
    const { client, cronJob } = this.#options;
    this.#cleanUp();
    const outcome = this.#observe() ?? this.#schedule();
    if (this.#status === (cronJob.status ?? this.#status)) return outcome;
    const written = client.updateStatus(cronJobKind, { ...cronJob, status: this.#status });
    return written.ok ? outcome : { ...outcome, failure: outcome.failure ?? written.status };
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#options.recorder.event(this.#options.cronJob, type, reason, message);
  }

  get #active(): readonly ObjectReference[] {
    return this.#status.active ?? [];
  }

  #setActive(active: readonly ObjectReference[]): void {
    const { active: _, ...rest } = this.#status;
    this.#status = active.length === 0 ? rest : { ...rest, active };
  }

  /** Deletes the oldest of more finished Jobs than the limits allow (cleanupFinishedJobs). */
  #cleanUp(): void {
    const { jobs, cronJob } = this.#options;
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
    const limits = [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const;
    for (const [type, limit] of limits) {
      if (limit === undefined) continue;
      const finished = jobs.filter((job) => trueCondition(job, type) !== undefined && !isTerminating(job));
      const oldest = finished.toSorted(byStart).slice(0, Math.max(0, finished.length - limit));
      for (const job of oldest) this.#delete(job);
    }
  }

  /** Returns the refusal. */
  #delete(job: Job): Status | undefined {
    const options = { propagationPolicy: 'Background' } as const;
    const deleted = this.#options.client.delete(jobKind, nameOf(job), namespaceOf(job), options);
    if (!deleted.ok && !isNotFound(deleted.status)) {
      this.#event('Warning', 'FailedDelete', `Deleted job: ${deleted.status.message}`);
      return deleted.status;
    }
    if (this.#active.some(({ uid }) => uid === uidOf(job)))
      this.#setActive(this.#active.filter(({ uid }) => uid !== uidOf(job)));
    this.#event('Normal', 'SuccessfulDelete', `Deleted job ${nameOf(job)}`);
    return undefined;
  }

  /** Brings the list of active Jobs up to date. Returns an outcome only if a request was refused. */
  #observe(): CronJobOutcome | undefined {
    const { jobs, client } = this.#options;
    for (const job of jobs) {
      const active = this.#active.some(({ uid }) => uid === uidOf(job));
      const finished = finishedCondition(job);
      if (!active && finished === undefined) {
        const why = 'Saw a job that the controller did not create or forgot';
        if (!this.#isListed(job)) this.#event('Warning', 'UnexpectedJob', `${why}: ${nameOf(job)}`);
      } else if (active && finished !== undefined) {
        this.#setActive(this.#active.filter(({ uid }) => uid !== uidOf(job)));
        const message = `Saw completed job: ${nameOf(job)}, condition: ${finished.type}`;
        this.#event('Normal', 'SawCompletedJob', message);
      }
      if (trueCondition(job, 'Complete') !== undefined) this.#noteSuccess(job.status?.completionTime);
    }
    const known = new Set(jobs.map(uidOf));
    for (const reference of this.#active) {
      if (known.has(reference.uid ?? '')) continue;
      // The cache may not show it yet: only the server knows that it is missing.
      const found = client.get(jobKind, reference.name ?? '', reference.namespace);
      if (found.ok) continue;
      if (!isNotFound(found.status)) return { wait: undefined, failure: found.status };
      this.#event('Normal', 'MissingJob', `Active job went missing: ${reference.name}`);
      this.#setActive(this.#active.filter(({ uid }) => uid !== reference.uid));
    }
    return undefined;
  }

  /** Whether the status on the server, which may be newer than the cache's, lists a Job as active. */
  #isListed(job: Job): boolean {
    const { client, cronJob } = this.#options;
    const fresh = client.get(cronJobKind, nameOf(cronJob), namespaceOf(cronJob));
    return fresh.ok && fresh.value.status?.active?.some(({ uid }) => uid === uidOf(job)) === true;
  }

  #noteSuccess(at: string | undefined): void {
    if (at === undefined || at <= (this.#status.lastSuccessfulTime ?? '')) return;
    this.#status = { ...this.#status, lastSuccessfulTime: at };
  }

  /** Starts the run that is due, if any (syncCronJob). */
  #schedule(): CronJobOutcome {
    const { cronJob } = this.#options;
    if (isTerminating(cronJob)) return NOTHING;
    const schedule = this.#parse();
    if (schedule === undefined || cronJob.spec.suspend === true) return NOTHING;
    const { time, tooManyMissed } = dueTime(cronJob, schedule, this.#options.now);
    if (tooManyMissed) {
      const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      this.#event('Warning', 'TooManyMissedTimes', `too many missed start times. ${advice}`);
    }
    const refused = time === undefined ? undefined : this.#start(time);
    if (refused !== undefined) return { wait: undefined, failure: refused };
    const now = { ...cronJob, status: this.#status };
    return { wait: untilNext(now, schedule, this.#options.now), failure: undefined };
  }

  #parse(): CronSchedule | undefined {
    const { schedule, timeZone } = this.#options.cronJob.spec;
    const zone = timeZone === undefined ? UTC : timeZoneOf(timeZone);
    if (zone === undefined) {
      const message = `invalid timeZone: ${goQuote(timeZone ?? '')}: unknown time zone ${timeZone}`;
      this.#event('Warning', 'UnknownTimeZone', message);
      return undefined;
    }
    const parsed = parseCronSchedule(schedule, zone);
    if (!('error' in parsed)) return parsed;
    this.#event(
      'Warning',
      'UnparseableSchedule',
      `unparseable schedule: ${goQuote(schedule)} : ${parsed.error}`,
    );
    return undefined;
  }

  /** Returns the refusal. */
  #start(time: number): Status | undefined {
    const { cronJob, now, client } = this.#options;
    const { startingDeadlineSeconds: deadline, concurrencyPolicy } = cronJob.spec;
    if (deadline !== undefined && time + deadline * 1000 < now) {
      const message = `Missed scheduled time to start a job: ${formatRFC1123Z(time)}`;
      this.#event('Warning', 'MissSchedule', message);
      return undefined;
    }
    const job = jobFrom(cronJob, time);
    const started = this.#active.some(({ name }) => name === nameOf(job));
    if (started || this.#status.lastScheduleTime === formatTime(time)) return undefined;
    if (concurrencyPolicy === 'Forbid' && this.#active.length > 0) {
      const why = 'prior execution is running and concurrency policy is Forbid';
      this.#event('Normal', 'JobAlreadyActive', `Not starting job because ${why}`);
      return undefined;
    }
    const replaced = concurrencyPolicy === 'Replace' ? this.#replaceActive() : undefined;
    if (replaced !== undefined) return replaced;
    const created = client.create(jobKind, job);
    if (!created.ok) return this.#notCreated(created.status, job, time);
    this.#event('Normal', 'SuccessfulCreate', `Created job ${nameOf(created.value)}`);
    this.#noteStart(created.value, time);
    return undefined;
  }

  #replaceActive(): Status | undefined {
    for (const { name = '', namespace } of this.#active) {
      const found = this.#options.client.get(jobKind, name, namespace);
      if (!found.ok) {
        this.#event('Warning', 'FailedGet', `Get job: ${found.status.message}`);
        return found.status;
      }
      const refused = this.#delete(found.value);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  /** A Job of that name may be our own, made by a sync that came no further. */
  #notCreated(status: Status, job: Job, time: number): Status | undefined {
    if (isNamespaceTerminating(status)) return undefined;
    if (!isAlreadyExists(status)) {
      this.#event('Warning', 'FailedCreate', `Error creating job: ${status.message}`);
      return status;
    }
    const { client, cronJob } = this.#options;
    const existing = client.get(jobKind, nameOf(job), namespaceOf(job));
    if (!existing.ok) return existing.status;
    if (controllerOf(existing.value)?.uid !== uidOf(cronJob)) return status;
    this.#noteStart(existing.value, time);
    return undefined;
  }

  #noteStart(job: Job, time: number): void {
    const reference: ObjectReference = {
      kind: 'Job',
      namespace: namespaceOf(job),
      name: nameOf(job),
      uid: uidOf(job),
      apiVersion: 'batch/v1',
      resourceVersion: String(revisionOf(job)),
    };
    if (finishedCondition(job) === undefined) this.#setActive([...this.#active, reference]);
    this.#status = { ...this.#status, lastScheduleTime: formatTime(time) };
  }
}

const NOTHING: CronJobOutcome = Object.freeze({ wait: undefined, failure: undefined });

function byStart(a: Job, b: Job): number {
  const time = (job: Job): number =>
    parseTime(job.status?.startTime ?? job.metadata.creationTimestamp ?? '') ?? 0;
  return time(a) - time(b) || (nameOf(a) < nameOf(b) ? -1 : 1);
}

/** The Job of a run: its name says for which minute it was made, so that it cannot be made twice. */
function jobFrom(cronJob: CronJob, time: number): Job {
  const { metadata = {}, spec } = cronJob.spec.jobTemplate;
  const { labels, annotations } = metadata;
  const zone = cronJob.spec.timeZone === undefined ? undefined : timeZoneOf(cronJob.spec.timeZone);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${nameOf(cronJob)}-${Math.floor(time / 60_000)}`,
      namespace: namespaceOf(cronJob),
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...annotations, [SCHEDULED_AT]: zonedTime(time, zone?.offsetAt(time) ?? 0) },
      ownerReferences: [newControllerRef(cronJobKind, cronJob)],
    },
    spec: spec ?? { template: {} },
  };
}

/** RFC 3339 as the clocks of a place show it. */
function zonedTime(ms: number, offset: number): string {
  if (offset === 0) return formatTime(ms);
  const minutes = Math.abs(offset) / 60_000;
  const two = (n: number): string => String(n).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  const local = formatTime(ms + offset).replace('Z', '');
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
