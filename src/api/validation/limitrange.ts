import {
  child,
  duplicate,
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
import { isQualifiedName } from '../../apimachinery/validation.ts';
import type { LimitRange, LimitRangeItem } from '../generated/types.ts';
import { type Amounts, amountsOf } from '../quota/amounts.ts';
import { complain } from './common.ts';
import { checkContainerResourceName, checkResourceName, isOvercommitAllowed } from './resources.ts';

/** Rules of LimitRanges (pkg/apis/core/validation/validation.go ValidateLimitRange). */

const ONE = quantityFromValue(1);
const TYPES: ReadonlySet<string> = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);
/** In the order in which upstream looks at their names. */
const PARTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

type Parts = Readonly<Record<(typeof PARTS)[number], Amounts>>;

/** ValidateLimitRange. */
export function validateLimitRange({ spec }: LimitRange): readonly FieldError[] {
  const errors: FieldError[] = [];
  const types = new Set<string>();
  for (const [i, item] of spec.limits.entries()) {
    const path = index('spec.limits', i);
    checkType(errors, child(path, 'type'), item.type);
    if (types.has(item.type)) errors.push(duplicate(child(path, 'type'), item.type));
    types.add(item.type);
    checkItem(errors, item, path);
  }
  return errors;
}

function checkType(errors: FieldError[], path: string, type: string): void {
  const complaints = isQualifiedName(type);
  complain(errors, path, type, complaints);
  if (complaints.length === 0 && !type.includes('/') && !TYPES.has(type))
    errors.push(invalid(path, type, 'must be a standard limit type or fully qualified'));
}

function checkItem(errors: FieldError[], item: LimitRangeItem, path: string): void {
  const isPod = item.type === 'Pod';
  const checkName = isPod || item.type === 'Container' ? checkContainerResourceName : checkResourceName;
  for (const part of PARTS) {
    const names = Object.keys(item[part] ?? {});
    if (isPod && (part === 'default' || part === 'defaultRequest')) {
      if (names.length > 0)
        errors.push(forbidden(child(path, part), "may not be specified when `type` is 'Pod'"));
      continue;
    }
    if (part === 'maxLimitRequestRatio') checkClaim(errors, item, path);
    for (const name of names) checkName(errors, key(child(path, part), name), name);
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

function checkClaim(errors: FieldError[], item: LimitRangeItem, path: string): void {
  if (item.type !== 'PersistentVolumeClaim') return;
  if (item.min?.storage !== undefined || item.max?.storage !== undefined) return;
  const why = 'either minimum or maximum storage value is required, but neither was provided';
  errors.push(required(child(path, 'limits'), why));
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
  checkRatio(errors, parts, name, key(child(path, 'maxLimitRequestRatio'), name));
  const [limit, request] = [parts.default.get(name), parts.defaultRequest.get(name)];
  if (limit === undefined || request === undefined || isOvercommitAllowed(name)) return;
  if (cmp(limit, request) === 0) return;
  const [most, least] = [formatQuantity(limit), formatQuantity(request)];
  const why = `default value ${most} must equal to defaultRequest value ${least} in ${name}`;
  errors.push(invalid(key(child(path, 'defaultRequest'), name), least, why));
}

function checkRatio(errors: FieldError[], parts: Parts, name: string, path: string): void {
  const ratio = parts.maxLimitRequestRatio.get(name);
  if (ratio === undefined) return;
  const shown = formatQuantity(ratio);
  if (cmp(ratio, ONE) < 0) errors.push(invalid(path, shown, `ratio ${shown} is less than 1`));
  const [min, max] = [parts.min.get(name), parts.max.get(name)];
  if (min === undefined || max === undefined || approximate(min) === 0) return;
  const limit = approximate(max) / approximate(min);
  if (approximate(ratio) > limit)
    errors.push(invalid(path, shown, `ratio ${shown} is greater than max/min = ${limit.toFixed(6)}`));
}
