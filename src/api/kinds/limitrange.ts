import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  key,
  required,
} from '../../apimachinery/fielderror.ts';
import {
  approximate,
  cmp,
  formatQuantity,
  type Quantity,
  quantityFromValue,
} from '../../apimachinery/quantity.ts';
import { isDNS1123Subdomain, isQualifiedName } from '../../apimachinery/validation.ts';
import { createdAtColumn, nameColumn } from '../columns.ts';
import type { LimitRange, LimitRangeItem } from '../generated/types.ts';
import { type KindDefinition, mapShared, withField } from '../kind.ts';
import { type Amounts, amountsOf } from '../quota/amounts.ts';
import { complain } from '../validation/common.ts';

const ONE = quantityFromValue(1);

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

function validate(object: LimitRange): readonly FieldError[] {
  const errors: FieldError[] = [];
  const types = new Set<string>();
  object.spec.limits.forEach((item, i) => {
    const path = index('spec.limits', i);
    complain(errors, child(path, 'type'), item.type, isQualifiedName(item.type));
    if (types.has(item.type))
      errors.push({
        type: 'FieldValueDuplicate',
        field: child(path, 'type'),
        badValue: item.type,
        detail: '',
      });
    types.add(item.type);
    checkItem(errors, item, path);
  });
  return errors;
}

interface Parts {
  readonly min: Amounts;
  readonly max: Amounts;
  readonly default: Amounts;
  readonly defaultRequest: Amounts;
  readonly maxLimitRequestRatio: Amounts;
}

function checkItem(errors: FieldError[], item: LimitRangeItem, path: string): void {
  const isPod = item.type === 'Pod';
  if (isPod) {
    for (const part of ['default', 'defaultRequest'] as const)
      if (Object.keys(item[part] ?? {}).length > 0)
        errors.push(forbidden(child(path, part), "may not be specified when `type` is 'Pod'"));
  }
  if (
    item.type === 'PersistentVolumeClaim' &&
    item.min?.storage === undefined &&
    item.max?.storage === undefined
  ) {
    const why = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(required(child(path, 'limits'), why));
  }
  const parts: Parts = {
    min: amountsOf(item.min),
    max: amountsOf(item.max),
    default: isPod ? new Map() : amountsOf(item.default),
    defaultRequest: isPod ? new Map() : amountsOf(item.defaultRequest),
    maxLimitRequestRatio: amountsOf(item.maxLimitRequestRatio),
  };
  const names = new Set(Object.values(parts).flatMap((amounts: Amounts) => [...amounts.keys()]));
  for (const name of [...names].sort()) checkOrder(errors, parts, name, path);
}

/** Each pair that must not be the other way round, and how upstream says so. */
const ORDER: readonly (readonly [keyof Parts, keyof Parts, keyof Parts, string, string])[] = [
  ['min', 'max', 'min', 'min value', 'max value'],
  ['min', 'defaultRequest', 'defaultRequest', 'min value', 'default request value'],
  ['defaultRequest', 'max', 'defaultRequest', 'default request value', 'max value'],
  ['defaultRequest', 'default', 'defaultRequest', 'default request value', 'default limit value'],
  ['min', 'default', 'default', 'min value', 'default value'],
  ['default', 'max', 'default', 'default value', 'max value'],
];

function checkOrder(errors: FieldError[], parts: Parts, name: string, path: string): void {
  for (const [low, high, about, lowText, highText] of ORDER) {
    const [a, b] = [parts[low].get(name), parts[high].get(name)];
    if (a === undefined || b === undefined || cmp(a, b) <= 0) continue;
    const shown = formatQuantity(parts[about].get(name) as Quantity);
    const why = `${lowText} ${formatQuantity(a)} is greater than ${highText} ${formatQuantity(b)}`;
    errors.push(invalid(key(child(path, about), name), shown, why));
  }
  const ratio = parts.maxLimitRequestRatio.get(name);
  if (ratio === undefined) return;
  const at = key(child(path, 'maxLimitRequestRatio'), name);
  const shown = formatQuantity(ratio);
  if (cmp(ratio, ONE) < 0) errors.push(invalid(at, shown, `ratio ${shown} is less than 1`));
  const [min, max] = [parts.min.get(name), parts.max.get(name)];
  if (min === undefined || max === undefined || approximate(min) === 0) return;
  const limit = approximate(max) / approximate(min);
  if (approximate(ratio) > limit)
    errors.push(invalid(at, shown, `ratio ${shown} is greater than max/min = ${limit.toFixed(6)}`));
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
  validate,
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [nameColumn, createdAtColumn],
};
