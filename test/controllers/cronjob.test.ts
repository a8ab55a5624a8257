import { describe, expect, it } from 'vitest';
import type { CronJob, CronJobSpec, Job } from '../../src/api/generated/types.ts';
import { cronJob as kind } from '../../src/api/kinds/cronjob.ts';
import { job as jobKind } from '../../src/api/kinds/job.ts';
import { nameOf } from '../../src/api/object.ts';
import { formatTime } from '../../src/apimachinery/time.ts';
import { cronJobController } from '../../src/controllers/cronjob.ts';
import { Cluster, must } from './support.ts';

const MINUTE = 60_000;
const jobTemplate = {
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'work' }] } } },
};

/** No Job controller runs: Jobs go on until the test ends them. */
function cluster(spec: Partial<CronJobSpec> = {}): Cluster {
  const c = new Cluster({ controllers: [cronJobController] });
  c.create(kind, cronJobOf(spec));
  return c;
}

function cronJobOf(spec: Partial<CronJobSpec> = {}): CronJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick', namespace: 'default' },
    spec: { schedule: '* * * * *', jobTemplate, ...spec },
  };
}

const jobs = (c: Cluster): readonly Job[] => c.list(jobKind);
const active = (c: Cluster): number => c.get(kind, 'tick').status?.active?.length ?? 0;
const runs = (c: Cluster): number => jobs(c).length;

function finish(c: Cluster, job: Job | undefined, type: 'Complete' | 'Failed' = 'Complete'): void {
  if (job === undefined) throw new Error('no job');
  const time = formatTime(c.sim.now());
  const condition = { type, status: 'True', lastTransitionTime: time };
  const completed = type === 'Complete' ? { completionTime: time } : {};
  const status = { startTime: time, ...completed, conditions: [condition] };
  must(c.admin.updateStatus(jobKind, { ...job, status }));
}

describe('a CronJob', () => {
  it('makes a Job each time, named after the minute, and lists it as active', () => {
    const c = cluster();
    c.run(2.5 * MINUTE);
    expect(runs(c)).toBe(2);
    const [job] = jobs(c);
    const minute = Date.parse('2026-01-05T00:01:00Z') / MINUTE;
    expect(nameOf(job as Job)).toBe(`tick-${minute}`);
    expect(job?.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']).toBe(
      '2026-01-05T00:01:00Z',
    );
    expect(active(c)).toBe(2);
    expect(c.get(kind, 'tick').status?.lastScheduleTime).toBe('2026-01-05T00:02:00Z');
    expect(c.events('tick')).toContain(
      `Normal SuccessfulCreate from cronjob-controller: Created job tick-${minute}`,
    );
  });

  it('notes what has come to its end', () => {
    const c = cluster();
    c.run(1.5 * MINUTE);
    finish(c, jobs(c)[0]);
    c.run(1_000);
    expect(active(c)).toBe(0);
    expect(c.get(kind, 'tick').status?.lastSuccessfulTime).toBe(jobs(c)[0]?.status?.completionTime);
    expect(c.events('tick').some((e) => /SawCompletedJob .*, condition: Complete$/.test(e))).toBe(true);
  });

  it('waits for the one before with Forbid, and starts the run that was missed', () => {
    const c = cluster({ concurrencyPolicy: 'Forbid' });
    for (let i = 0; i < 40; i++) {
      c.run(5_000);
      expect(active(c)).toBeLessThanOrEqual(1);
    }
    expect(runs(c)).toBe(1);
    expect(c.events('tick')).toContain(
      'Normal JobAlreadyActive from cronjob-controller: Not starting job because prior execution is running and concurrency policy is Forbid',
    );
    finish(c, jobs(c)[0]);
    c.run(2_000);
    expect(runs(c)).toBe(2);
  });

  it('leaves one running with Replace', () => {
    const c = cluster({ concurrencyPolicy: 'Replace' });
    c.run(3.5 * MINUTE);
    expect(runs(c)).toBe(1);
    expect(active(c)).toBe(1);
    expect(nameOf(jobs(c)[0] as Job)).toBe(`tick-${Date.parse('2026-01-05T00:03:00Z') / MINUTE}`);
  });

  it('does nothing while it is suspended, and then starts only the latest missed run', () => {
    const c = cluster({ suspend: true });
    c.run(10 * MINUTE);
    expect(runs(c)).toBe(0);
    c.merge(kind, 'tick', { spec: { suspend: false } });
    c.run(1_000);
    expect(runs(c)).toBe(1);
  });

  it('starts no run that is later than its deadline', () => {
    const c = cluster({ suspend: true, startingDeadlineSeconds: 20 });
    c.run(5 * MINUTE + 40_000);
    c.merge(kind, 'tick', { spec: { suspend: false } });
    c.run(5_000);
    expect(runs(c)).toBe(0);
    c.run(MINUTE);
    expect(runs(c)).toBe(1);
  });

  it('warns of more than a hundred missed runs, and starts the latest all the same', () => {
    const c = cluster({ suspend: true });
    c.run(102 * MINUTE);
    c.merge(kind, 'tick', { spec: { suspend: false } });
    c.run(1_000);
    expect(runs(c)).toBe(1);
    expect(c.events('tick')).toContain(
      'Warning TooManyMissedTimes from cronjob-controller: too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
    );
  });

  it('keeps as many finished Jobs as its limits say', () => {
    const c = cluster({ successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 1 });
    for (let i = 0; i < 8; i++) {
      c.run(MINUTE);
      for (const job of jobs(c))
        if (job.status?.conditions === undefined) finish(c, job, i % 2 === 0 ? 'Complete' : 'Failed');
    }
    c.run(1_000);
    const kept = jobs(c)
      .map((job) => job.status?.conditions?.[0]?.type)
      .toSorted();
    expect(kept).toEqual(['Complete', 'Complete', 'Failed']);
  });

  it('says that a Job it had started is missing', () => {
    const c = cluster();
    c.run(1.2 * MINUTE);
    const [job] = jobs(c);
    c.remove(jobKind, nameOf(job as Job), 'Background');
    c.run(1_000);
    expect(active(c)).toBe(0);
    expect(c.events('tick')).toContain(
      `Normal MissingJob from cronjob-controller: Active job went missing: ${nameOf(job as Job)}`,
    );
  });

  /** Invariant 28. */
  it('starts each run at most once, whenever its controller is killed', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const c = cluster();
      const random = c.sim.stream(`kills ${seed}`);
      const names: string[] = [];
      for (let i = 0; i < 60; i++) {
        c.run(Math.floor(random.float() * 10_000));
        c.restart();
        for (const job of jobs(c)) if (!names.includes(nameOf(job))) names.push(nameOf(job));
      }
      c.run(5_000);
      const minutes = Math.floor((c.sim.now() - Date.parse('2026-01-05T00:00:00Z')) / MINUTE);
      const created = c.events('tick').filter((e) => e.includes('SuccessfulCreate'));
      expect(new Set(created).size).toBe(created.length);
      expect(runs(c)).toBeLessThanOrEqual(minutes);
      expect(active(c)).toBe(runs(c));
    }
  });
});
