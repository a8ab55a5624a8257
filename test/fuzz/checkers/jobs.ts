import type { Job, Pod } from '../../../src/api/generated/types.ts';
import { job as jobKind } from '../../../src/api/kinds/job.ts';
import { controllerOf, uidOf } from '../../../src/api/object.ts';
import type { Checker } from '../checker.ts';

/** Invariant 27: a Job counts each pod once, ends once, and ends for good. */
export const jobs: Checker = {
  name: 'a job counts rightly and ends once',
  open({ cluster }, { fail, saw }) {
    /** Job's uid -> its pods that have ended well, and those that have ended otherwise or are leaving. */
    const pods = new Map<string, Record<'well' | 'badly', Set<string>>>();
    const count = (pod: Pod): void => {
      const owner = controllerOf(pod);
      if (owner?.kind !== 'Job') return;
      const known = pods.get(owner.uid) ?? { well: new Set(), badly: new Set() };
      pods.set(owner.uid, known);
      const { phase } = pod.status ?? {};
      if (phase === 'Succeeded') known.well.add(uidOf(pod));
      if (phase === 'Failed' || pod.metadata.deletionTimestamp !== undefined) known.badly.add(uidOf(pod));
    };
    return {
      commit({ key, value, previous }) {
        if (value?.kind === 'Pod') count(value as Pod);
        if (value?.kind !== 'Job') return;
        const known = pods.get(uidOf(value));
        const ofAll = (value as Job).status;
        if ((ofAll?.succeeded ?? 0) > (known?.well.size ?? 0))
          fail(`${key}: says that ${ofAll?.succeeded} succeeded, ${known?.well.size ?? 0} did`);
        if ((ofAll?.failed ?? 0) > (known?.badly.size ?? 0))
          fail(`${key}: says that ${ofAll?.failed} failed, ${known?.badly.size ?? 0} did`);
        const { spec, status } = value as Job;
        const old = (previous?.value as Job | undefined)?.status;
        const { succeeded = 0, failed = 0 } = status ?? {};
        const completions = spec?.completions;
        if (completions !== undefined && succeeded > completions)
          fail(`${key}: ${succeeded} succeeded of ${completions}`);
        if (succeeded < (old?.succeeded ?? 0)) fail(`${key}: succeeded ${old?.succeeded} -> ${succeeded}`);
        if (failed < (old?.failed ?? 0)) fail(`${key}: failed ${old?.failed} -> ${failed}`);
        const limit = (spec?.backoffLimit ?? 6) + (spec?.parallelism ?? 1);
        if (failed > limit) fail(`${key}: ${failed} failed, with a limit of ${spec?.backoffLimit}`);
        const ended = ends(status);
        if (ended.length > 1) fail(`${key}: ended as ${ended.join(' and ')}`);
        if (ends(old).length > 0 && ended.join() !== ends(old).join())
          fail(`${key}: had ended as ${ends(old).join()}, now ${ended.join()}`);
        if (ended.length > 0 && (status?.active ?? 0) > 0)
          fail(`${key}: ended with ${status?.active} active pods`);
        saw();
      },
      *unsettled() {
        for (const { metadata, status, spec } of cluster.objects(jobKind)) {
          if (ends(status).length > 0 || spec?.suspend === true) continue;
          // Between a failure and the next try nothing runs.
          if ((status?.failed ?? 0) > 0) continue;
          if ((status?.active ?? 0) === 0) yield `Job ${metadata.name} neither works nor has ended`;
        }
      },
    };
  },
};

function ends(status: Job['status']): readonly string[] {
  return (status?.conditions ?? [])
    .filter((each) => each.status === 'True' && (each.type === 'Complete' || each.type === 'Failed'))
    .map(({ type }) => type);
}
