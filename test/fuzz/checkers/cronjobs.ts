import type { CronJob, Job } from '../../../src/api/generated/types.ts';
import { cronJob } from '../../../src/api/kinds/cronjob.ts';
import { job as jobKind } from '../../../src/api/kinds/job.ts';
import { controllerOf } from '../../../src/api/object.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker } from '../checker.ts';

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
    };
  },
};

function hasEnded({ status }: Job): boolean {
  return (status?.conditions ?? []).some(
    (each) => each.status === 'True' && (each.type === 'Complete' || each.type === 'Failed'),
  );
}
