import {
  child,
  type FieldError,
  formatFieldErrors,
  index,
  invalid,
  key as keyPath,
  notSupported,
} from './fielderror.ts';
import { isQualifiedName, isValidLabelValue } from './validation.ts';

/** Labels of an object; undefined is no labels. */
export type Labels = Readonly<Record<string, string>> | undefined;

/** How a requirement relates a key to values (`selection.Operator`). */
export type Operator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';

/** One condition on one label. */
export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** A compiled label selector: the conjunction of its requirements, sorted by key (pkg/labels/selector.go). */
export interface Selector {
  /** The requirements; none in a selector of everything, and none in a selector of nothing. */
  readonly requirements: readonly Requirement[];
  /** Whether an object with these labels is selected. */
  matches(labels: Labels): boolean;
  /** Whether the selector selects everything. */
  isEmpty(): boolean;
  /** The text of `-l`, e.g. `app=web,tier in (a,b)`. */
  toString(): string;
}

/** Why a selector cannot be read, in upstream's words. */
export interface SelectorError {
  readonly error: string;
}

/** `metav1.LabelSelectorRequirement`; operator In, NotIn, Exists or DoesNotExist. */
export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** `metav1.LabelSelector`, as it stands in objects. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

const OPERATOR_TEXT: ReadonlyMap<Operator, string> = new Map<Operator, string>([
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['in', ' in '],
  ['notin', ' notin '],
  ['gt', '>'],
  ['lt', '<'],
]);

const OPERATORS: readonly Operator[] = ['in', 'notin', '=', '==', '!=', 'gt', 'lt', 'exists', '!'];

/** Whether one requirement holds; a missing label satisfies `!=`, `notin` and `!`. */
export function requirementMatches(r: Requirement, labels: Labels): boolean {
  const actual = labels !== undefined && Object.hasOwn(labels, r.key) ? labels[r.key] : undefined;
  switch (r.operator) {
    case 'in':
    case '=':
    case '==':
      return actual !== undefined && r.values.includes(actual);
    case 'notin':
    case '!=':
      return actual === undefined || !r.values.includes(actual);
    case 'exists':
      return actual !== undefined;
    case '!':
      return actual === undefined;
    case 'gt':
    case 'lt':
      return actual !== undefined && compares(r.operator, actual, r.values);
  }
}

function compares(operator: 'gt' | 'lt', actual: string, values: readonly string[]): boolean {
  const left = parseInt64(actual);
  const right = values.length === 1 ? parseInt64(values[0] ?? '') : undefined;
  if (left === undefined || right === undefined) return false;
  return operator === 'gt' ? left > right : left < right;
}

const MAX_INT64 = 2n ** 63n - 1n;

/** `strconv.ParseInt(s, 10, 64)`; undefined where it fails. */
function parseInt64(text: string): bigint | undefined {
  if (text.length > 100 || !/^[+-]?[0-9]+$/.test(text)) return undefined;
  const n = text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
  return n > MAX_INT64 || n < -MAX_INT64 - 1n ? undefined : n;
}

function formatRequirement(r: Requirement): string {
  if (r.operator === '!') return `!${r.key}`;
  if (r.operator === 'exists') return r.key;
  const values = r.values.length === 1 ? (r.values[0] ?? '') : [...r.values].sort().join(',');
  const shown = r.operator === 'in' || r.operator === 'notin' ? `(${values})` : values;
  return r.key + OPERATOR_TEXT.get(r.operator) + shown;
}

class Conjunction implements Selector {
  readonly requirements: readonly Requirement[];

  constructor(requirements: readonly Requirement[]) {
    this.requirements = requirements;
  }

  matches(labels: Labels): boolean {
    for (const r of this.requirements) if (!requirementMatches(r, labels)) return false;
    return true;
  }

  isEmpty(): boolean {
    return this.requirements.length === 0;
  }

  toString(): string {
    return this.requirements.map(formatRequirement).join(',');
  }
}

const NO_REQUIREMENTS: readonly Requirement[] = Object.freeze([]);

/** Selects every object. */
export const EVERYTHING: Selector = Object.freeze(new Conjunction(NO_REQUIREMENTS));

/** Selects no object. */
export const NOTHING: Selector = Object.freeze({
  requirements: NO_REQUIREMENTS,
  matches: () => false,
  isEmpty: () => false,
  toString: () => '',
});

/** A selector of objects that satisfy all requirements. */
export function newSelector(requirements: readonly Requirement[]): Selector {
  if (requirements.length === 0) return EVERYTHING;
  return new Conjunction(requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)));
}

/** A selector of objects that carry all these labels, e.g. of a Service; no labels select everything. */
export function selectorFromSet(set: Labels): Selector {
  return newSelector(Object.entries(set ?? {}).map(([key, v]) => ({ key, operator: '=', values: [v] })));
}

const EXPRESSION_OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/**
 * Compiles the LabelSelector of an object (`metav1.LabelSelectorAsSelector`): undefined selects
 * nothing, an empty one everything.
 */
export function labelSelectorAsSelector(ps: LabelSelector | undefined | null): Selector | SelectorError {
  if (ps === undefined || ps === null) return NOTHING;
  const requirements: Requirement[] = [];
  for (const [key, v] of Object.entries(ps.matchLabels ?? {})) {
    const r = newRequirement(key, '=', [v]);
    if ('error' in r) return r;
    requirements.push(r);
  }
  for (const { key, operator, values = [] } of ps.matchExpressions ?? []) {
    const op = EXPRESSION_OPERATORS.get(operator);
    if (op === undefined) return { error: `"${operator}" is not a valid label selector operator` };
    const r = newRequirement(key, op, values);
    if ('error' in r) return r;
    requirements.push(r);
  }
  return newSelector(requirements);
}

const compiled = new WeakMap<LabelSelector, Selector>();

/**
 * The selector of a stored, so valid and immutable, LabelSelector; compiled once per object. What
 * cannot be compiled selects nothing.
 */
export function compiledSelector(ps: LabelSelector | undefined | null): Selector {
  if (ps === undefined || ps === null) return NOTHING;
  const known = compiled.get(ps);
  if (known !== undefined) return known;
  const result = labelSelectorAsSelector(ps);
  const selector = 'error' in result ? NOTHING : result;
  compiled.set(ps, selector);
  return selector;
}

/** A LabelSelector as kubectl prints it (`metav1.FormatLabelSelector`): `<none>` where it selects everything. */
export function formatLabelSelector(ps: LabelSelector | undefined | null): string {
  const selector = labelSelectorAsSelector(ps);
  if ('error' in selector) return '<error>';
  const text = selector.toString();
  return text === '' ? '<none>' : text;
}

/** A valid requirement, or what is wrong with it. `path` leads the messages where it is not empty. */
export function newRequirement(
  key: string,
  operator: Operator,
  values: readonly string[],
  path = '',
): Requirement | SelectorError {
  const errors = validateRequirement(key, operator, values, path);
  return errors.length > 0 ? { error: formatFieldErrors(errors) } : { key, operator, values };
}

function validateRequirement(
  key: string,
  operator: Operator,
  values: readonly string[],
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const badKey = isQualifiedName(key);
  if (badKey.length > 0) errors.push(invalid(child(path, 'key'), key, badKey.join('; ')));
  const valuesPath = child(path, 'values');
  const wrong = wrongValueCount(operator, values.length);
  if (wrong !== undefined) errors.push(invalid(valuesPath, values, wrong));
  if (!OPERATORS.includes(operator)) errors.push(notSupported(child(path, 'operator'), operator, OPERATORS));
  values.forEach((v, i) => {
    if ((operator === 'gt' || operator === 'lt') && parseInt64(v) === undefined) {
      errors.push(invalid(index(valuesPath, i), v, "for 'Gt', 'Lt' operators, the value must be an integer"));
    }
  });
  values.forEach((v, i) => {
    const bad = isValidLabelValue(v);
    if (bad.length > 0) errors.push(invalid(keyPath(index(valuesPath, i), key), v, bad.join('; ')));
  });
  return errors;
}

function wrongValueCount(operator: Operator, count: number): string | undefined {
  switch (operator) {
    case 'in':
    case 'notin':
      return count > 0 ? undefined : "for 'in', 'notin' operators, values set can't be empty";
    case '=':
    case '==':
    case '!=':
      return count === 1 ? undefined : 'exact-match compatibility requires one single value';
    case 'exists':
    case '!':
      return count === 0 ? undefined : 'values set must be empty for exists and does not exist';
    case 'gt':
    case 'lt':
      return count === 1 ? undefined : "for 'Gt', 'Lt' operators, exactly one value is required";
  }
}
