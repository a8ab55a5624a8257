import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { createdAtColumn, nameColumn } from '../columns.ts';
import type { LimitRange, LimitRangeItem } from '../generated/types.ts';
import { type KindDefinition, mapShared, withField } from '../kind.ts';
import { validateLimitRange } from '../validation/limitrange.ts';

/** What a container gets follows from what it may have (pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem). */
function itemDefaults(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  const same = (a: object, b: object | undefined): boolean =>
    Object.keys(a).length === Object.keys(b ?? {}).length;
  if (same(limits, item.default) && same(requests, item.defaultRequest)) return item;
  return {
    ...item,
    ...(Object.keys(limits).length === 0 ? {} : { default: limits }),
    ...(Object.keys(requests).length === 0 ? {} : { defaultRequest: requests }),
  };
}

function applyDefaults(object: LimitRange): LimitRange {
  const spec = object.spec ?? { limits: [] };
  return withField(object, 'spec', withField(spec, 'limits', mapShared(spec.limits ?? [], itemDefaults)));
}

/** v1 LimitRange: what a container, pod or claim of a namespace gets, and may have, of each resource. */
export const limitRange: KindDefinition<LimitRange> = {
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  singular: 'limitrange',
  shortNames: ['limits'],
  namespaced: true,
  schemaType: 'LimitRange',
  validateName: isDNS1123Subdomain,
  applyDefaults,
  validate: validateLimitRange,
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [nameColumn, createdAtColumn],
};
