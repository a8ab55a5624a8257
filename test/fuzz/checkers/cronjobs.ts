import type { CronJob, Job } from '../../../src/api/generated/types.ts';
import { cronJob } from '../../../src/api/kinds/cronjob.ts';
import { job as jobKind } from '../../../src/api/kinds/job.ts';
import { controllerOf } from '../../../src/api/object.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker } from '../checker.ts';
import { isScheduled, lastScheduled } from '../cronoracle.ts';

/** A Job may start so long after its time, ms. */
const GRACE_MS = 12_000;

/** Invariant 28: each time of a schedule starts one Job at most, and Forbid never lets two run. */
export const cronJobs: Checker = {
  name: 'a schedule starts each of its jobs once',
  open({ cluster }, { fail, saw }) {
    const started = new Set<string>();
    return {
      commit({ key, value, previous, modRevision }) {
        if (value?.kind !== 'Job' || previous?.value !== undefined) return;
        const owner = controllerOf(value);
        if (owner?.kind !== 'CronJob') return;
        const at = `${owner.uid} ${value.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']}`;
        if (started.has(at)) fail(`${key}: a second Job for ${at}`);
        started.add(at);
        const namespace = value.metadata.namespace ?? '';
        const cron = cluster.history.get(storageKey(cronJob, namespace, owner.name), modRevision)?.value as
          | CronJob
          | undefined;
        const stamp = value.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'] ?? '';
        const { schedule = '', timeZone = 'Etc/UTC' } = cron?.spec ?? {};
        if (cron !== undefined && !isScheduled(schedule, timeZone, Date.parse(stamp)))
          fail(`${key}: started for ${stamp}, which is not in "${schedule}" of ${timeZone}`);
        if (cron?.spec?.concurrencyPolicy === 'Forbid') {
          const others = cluster
            .objects(jobKind, namespace)
            .filter(
              (each) => controllerOf(each)?.uid === owner.uid && each.metadata.uid !== value.metadata.uid,
            )
            .filter((each) => !hasEnded(each) && each.metadata.deletionTimestamp === undefined);
          if (others.length > 0) fail(`${key}: started beside ${others[0]?.metadata.name}, though Forbid`);
        }
        saw();
      },
      *unsettled() {
        for (const { metadata, spec, status } of cluster.objects(cronJob)) {
          if (spec.suspend === true || spec.concurrencyPolicy === 'Forbid') continue;
          // A clock that was set may have shown a later time when the last one was started.
          const last = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '');
          const now = cluster.sim.now() - GRACE_MS;
          const due = lastScheduled(spec.schedule, spec.timeZone ?? 'Etc/UTC', last + 1, now);
          if (due !== undefined) yield `CronJob ${metadata.name} was due at ${new Date(due).toISOString()}`;
        }
      },
    };
  },
};

function hasEnded({ status }: Job): boolean {
  return (status?.conditions ?? []).some(
    (each) => each.status === 'True' && (each.type === 'Complete' || each.type === 'Failed'),
  );
}
