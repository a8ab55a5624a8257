import { parseCronSchedule } from '../../api/cronschedule.ts';
import type { CronJob } from '../../api/generated/types.ts';
import { cronJob as cronJobKind } from '../../api/kinds/cronjob.ts';
import { namespaceOf } from '../../api/object.ts';
import { timeZoneOf } from '../../api/timezone.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { describeCommand } from './look.ts';
import type { WaitRule } from './wait.ts';

/** A CronJob waits for its next time, or for the Job of the last one. */
export const cronJobWaits: WaitRule<CronJob> = {
  kind: cronJobKind,
  waits: (cronJob, view) => {
    const { spec, status } = cronJob;
    const { workload: words } = view.words;
    if (spec?.suspend === true) return [{ text: words.suspended }];
    const [active] = status?.active ?? [];
    if (spec?.concurrencyPolicy === 'Forbid' && active !== undefined)
      return [
        {
          text: words.jobToEnd(active.name ?? ''),
          look: describeCommand('job', active.name ?? '', namespaceOf(cronJob)),
        },
      ];
    const schedule = parseCronSchedule(spec?.schedule ?? '', timeZoneOf(spec?.timeZone ?? 'UTC'));
    const next = 'error' in schedule ? undefined : schedule.next(view.now);
    return next === undefined ? [] : [{ text: words.nextTime(formatTime(next)) }];
  },
};
