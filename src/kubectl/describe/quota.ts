import type { LimitRange, LimitRangeItem, PriorityClass, ResourceQuota } from '../../api/generated/types.ts';
import { formatLabels } from '../printers/value.ts';
import { quantity } from './common.ts';
import { describer } from './describer.ts';
import type { DescribeWriter } from './writer.ts';

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
    writeScopes(w, spec?.scopes, 0, ' * ');
    w.write(0, 'Resource\tUsed\tHard\n');
    w.write(0, '--------\t----\t----\n');
    const hard = status?.hard ?? {};
    for (const name of Object.keys(hard).sort())
      w.write(0, `${name}\t${quantity(status?.used?.[name])}\t${quantity(hard[name])}\n`);
  },
  { events: false },
);

/** The scopes of a quota, each explained in a line after the bullet (`helpTextForResourceQuotaScope`). */
export function writeScopes(
  w: DescribeWriter,
  given: readonly string[] | undefined,
  level: number,
  bullet: string,
): void {
  const scopes = [...(given ?? [])].sort();
  if (scopes.length === 0) return;
  w.field('Scopes', scopes.join(', '), level);
  for (const scope of scopes) {
    const help = SCOPES.get(scope);
    if (help !== undefined) w.write(level, `${bullet}${help}\n`);
  }
}

/** A row a resource of each limit (`describeLimitRangeSpec`). */
export function writeLimits(
  w: DescribeWriter,
  limits: readonly LimitRangeItem[] | undefined,
  prefix: string,
): void {
  for (const item of limits ?? []) {
    const maps = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
    const resources = new Set(maps.flatMap((map) => Object.keys(map ?? {})));
    for (const resource of [...resources].sort()) {
      const cells = maps.map((map) => (map?.[resource] === undefined ? '-' : quantity(map[resource])));
      w.write(0, `${prefix}${item.type}\t${resource}\t${cells.join('\t')}\n`);
    }
  }
}

/** LimitRanges (LimitRangeDescriber). */
export const limitRange = describer<LimitRange>(
  'limitranges',
  (w, { metadata, spec }) => {
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
    w.write(0, 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n');
    w.write(0, '----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n');
    writeLimits(w, spec?.limits, '');
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
  w.field('Annotations', formatLabels(object.metadata.annotations));
});
