import type { LimitRange, Pod } from '../../../src/api/generated/types.ts';
import { limitRange } from '../../../src/api/kinds/limitrange.ts';
import { milliOf, valueOf as unitsOf } from '../../../src/apimachinery/quantity.ts';
import type { Checker } from '../checker.ts';
import { asked } from '../fit.ts';

/** Invariant 13: a pod that is admitted has what the limits of its namespace give it, and keeps within them. */
export const limitRanges: Checker = {
  name: 'pods keep the limits of their namespace',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value, previous }) {
        if (value?.kind !== 'Pod' || previous?.value !== undefined) return;
        // A mirror pod was not asked.
        if (value.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
        for (const range of cluster.objects(limitRange, value.metadata.namespace)) {
          for (const complaint of complaints(value as Pod, range)) fail(`${key}: ${complaint}`);
          saw();
        }
      },
    };
  },
};

type Item = NonNullable<LimitRange['spec']>['limits'][number];

function* complaints(pod: Pod, range: LimitRange): Generator<string> {
  for (const item of range.spec?.limits ?? []) {
    if (item.type === 'Pod') {
      const most = item.max?.memory;
      const limits = pod.spec.containers.map(({ resources }) => resources?.limits?.memory);
      if (most !== undefined && limits.includes(undefined)) yield 'has no limit of memory';
      if (most !== undefined && asked(pod).memory > unitsOf(most)) yield `asks for more memory than ${most}`;
      continue;
    }
    for (const { name, resources } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])])
      yield* ofContainer(name, resources?.requests?.cpu, resources?.limits?.cpu, item);
  }
}

function* ofContainer(
  name: string,
  request: string | undefined,
  limit: string | undefined,
  { defaultRequest, default: defaults, min, max }: Item,
): Generator<string> {
  if (defaultRequest?.cpu !== undefined && request === undefined) yield `${name} asks for no cpu`;
  if (defaults?.cpu !== undefined && limit === undefined) yield `${name} has no limit of cpu`;
  if (min?.cpu !== undefined && milliOf(request) < milliOf(min.cpu))
    yield `${name} asks for ${request}, less than ${min.cpu}`;
  if (max?.cpu !== undefined && (limit === undefined || milliOf(limit) > milliOf(max.cpu)))
    yield `${name} is limited to ${limit}, more than ${max.cpu}`;
}
