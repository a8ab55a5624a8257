import type { Job } from '../../api/generated/types.ts';
import { finishedCondition } from '../../api/jobstatus.ts';
import { job as jobKind } from '../../api/kinds/job.ts';
import { isPodActive } from '../../controllers/ownership.ts';
import type { Wait, WaitRule } from './wait.ts';
import { endingPods, missingPods, podsOf, unreadyPods } from './workloadpods.ts';

/** A Job waits for its pods to end well, or for its back-off to pass. */
export const jobWaits: WaitRule<Job> = {
  kind: jobKind,
  waits: (job, view) => {
    const { spec, status } = job;
    const { workload: words } = view.words;
    const finished = finishedCondition(job);
    if (finished?.type === 'Complete') return [];
    if (finished !== undefined)
      return [{ text: words.jobFailed(finished.reason ?? '', finished.message ?? '') }];
    if (spec?.suspend === true) return [{ text: words.suspended }];
    const pods = podsOf(job, view);
    const active = pods.filter(isPodActive);
    const failed = status?.failed ?? 0;
    const waits: Wait[] = [];
    if (active.length === 0 && failed > 0)
      waits.push({ text: words.failedPods(failed, spec?.backoffLimit ?? 6) });
    else if (active.length === 0) waits.push(...missingPods(job, 0, spec?.parallelism ?? 1, view));
    const unready = unreadyPods(pods, view);
    if (active.length > 0 && unready.length === 0) waits.push({ text: words.podsToEnd(active.length) });
    return [...waits, ...unready, ...endingPods(pods, view)];
  },
};
