import type { LimitRange, PriorityClass, ResourceQuota } from '../../api/generated/types.ts';
import { writeAnnotations } from './common.ts';
import { describer } from './describer.ts';

/** What each scope means, in upstream's words. */
const SCOPES: ReadonlyMap<string, string> = new Map([
  [
    'BestEffort',
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  ],
  [
    'NotBestEffort',
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
  ],
  [
    'Terminating',
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  ],
  [
    'NotTerminating',
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  ],
]);

/** ResourceQuotas (ResourceQuotaDescriber). */
export const resourceQuota = describer<ResourceQuota>(
  'resourcequotas',
  (w, { metadata, spec, status }) => {
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
    const scopes = [...(spec?.scopes ?? [])].sort();
    if (scopes.length > 0) {
      w.write(0, `Scopes:\t${scopes.join(', ')}\n`);
      for (const scope of scopes) {
        const help = SCOPES.get(scope);
        if (help !== undefined) w.write(0, ` * ${help}\n`);
      }
    }
    w.write(0, 'Resource\tUsed\tHard\n');
    w.write(0, '--------\t----\t----\n');
    const hard = status?.hard ?? {};
    for (const name of Object.keys(hard).sort())
      w.write(0, `${name}\t${status?.used?.[name] ?? '0'}\t${hard[name]}\n`);
  },
  { events: false },
);

/** LimitRanges (LimitRangeDescriber). */
export const limitRange = describer<LimitRange>(
  'limitranges',
  (w, { metadata, spec }) => {
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
    w.write(0, 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n');
    w.write(0, '----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n');
    for (const item of spec?.limits ?? []) {
      const maps = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
      const resources = new Set(maps.flatMap((map) => Object.keys(map ?? {})));
      for (const resource of [...resources].sort())
        w.write(0, `${item.type}\t${resource}\t${maps.map((map) => map?.[resource] ?? '-').join('\t')}\n`);
    }
  },
  { events: false },
);

/** PriorityClasses (PriorityClassDescriber). */
export const priorityClass = describer<PriorityClass>('priorityclasses', (w, object) => {
  w.field('Name', object.metadata.name ?? '');
  w.field('Value', object.value ?? 0);
  w.field('GlobalDefault', object.globalDefault === true);
  w.field('PreemptionPolicy', object.preemptionPolicy ?? '');
  w.field('Description', object.description ?? '');
  writeAnnotations(w, 'Annotations', object.metadata.annotations);
});
