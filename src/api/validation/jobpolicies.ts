import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
} from '../../apimachinery/fielderror.ts';
import { isQualifiedName } from '../../apimachinery/validation.ts';
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicyRule,
} from '../generated/types.ts';
import { checkIndexes } from '../indexes.ts';
import { checkNonNegative, complain } from './common.ts';

/** When a Job fails or succeeds early (pkg/apis/batch/validation/validation.go). */

const MAX_RULES = 20;
const MAX_CODES = 255;
const MAX_PATTERNS = 20;
const MAX_INDEXES_TEXT = 65_536;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

function validValues(values: readonly string[]): string {
  return `valid values: [${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}

function checkChoice(
  errors: FieldError[],
  path: string,
  value: string | undefined,
  values: readonly string[],
): void {
  if (value === undefined || value === '') errors.push(required(path, validValues(values)));
  else if (!values.includes(value)) errors.push(notSupported(path, value, values));
}

/** validatePodFailurePolicy. */
export function checkPodFailurePolicy(errors: FieldError[], path: string, spec: JobSpec): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const rulesPath = child(path, 'rules');
  if (rules.length > MAX_RULES) errors.push(tooMany(rulesPath, rules.length, MAX_RULES));
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {};
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  for (const [i, rule] of rules.entries()) checkRule(errors, index(rulesPath, i), rule, spec, names);
}

function checkRule(
  errors: FieldError[],
  path: string,
  rule: PodFailurePolicyRule,
  spec: JobSpec,
  names: ReadonlySet<string>,
): void {
  const actionPath = child(path, 'action');
  if (rule.action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    errors.push(invalid(actionPath, rule.action, 'requires the backoffLimitPerIndex to be set'));
  else checkChoice(errors, actionPath, rule.action, ACTIONS);
  const patterns = rule.onPodConditions ?? [];
  if (rule.onExitCodes !== undefined)
    checkExitCodes(errors, child(path, 'onExitCodes'), rule.onExitCodes, names);
  if (patterns.length > 0) checkPatterns(errors, child(path, 'onPodConditions'), patterns);
  if (rule.onExitCodes !== undefined && patterns.length > 0)
    errors.push(omitted(path, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (rule.onExitCodes === undefined && patterns.length === 0)
    errors.push(omitted(path, 'specifying one of OnExitCodes and OnPodConditions is required'));
}

/** An Invalid error that does not repeat the value (field.OmitValueType). */
function omitted(path: string, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: path, detail };
}

function checkPatterns(
  errors: FieldError[],
  path: string,
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
): void {
  if (patterns.length > MAX_PATTERNS) errors.push(tooMany(path, patterns.length, MAX_PATTERNS));
  for (const [i, { type, status }] of patterns.entries()) {
    const at = index(path, i);
    complain(errors, child(at, 'type'), type ?? '', isQualifiedName(type ?? ''));
    checkChoice(errors, child(at, 'status'), status, STATUSES);
  }
}

function checkExitCodes(
  errors: FieldError[],
  path: string,
  requirement: PodFailurePolicyOnExitCodesRequirement,
  names: ReadonlySet<string>,
): void {
  const { operator, containerName, values = [] } = requirement;
  checkChoice(errors, child(path, 'operator'), operator, OPERATORS);
  if (containerName !== undefined && !names.has(containerName)) {
    const why = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalid(child(path, 'containerName'), containerName, why));
  }
  const valuesPath = child(path, 'values');
  if (values.length === 0) errors.push(invalid(valuesPath, values, 'at least one value is required'));
  else if (values.length > MAX_CODES) errors.push(tooMany(valuesPath, values.length, MAX_CODES));
  const seen = new Set<number>();
  for (const [i, value] of values.entries()) {
    const at = index(valuesPath, i);
    if (operator === 'In' && value === 0)
      errors.push(invalid(at, value, 'must not be 0 for the In operator'));
    if (seen.has(value)) errors.push(duplicate(at, value));
    seen.add(value);
  }
  if (values.some((value, i) => i > 0 && (values[i - 1] as number) > value))
    errors.push(invalid(valuesPath, values, 'must be ordered'));
}

/** validateSuccessPolicy. */
export function checkSuccessPolicy(errors: FieldError[], path: string, spec: JobSpec): void {
  const rules = spec.successPolicy?.rules ?? [];
  const rulesPath = child(path, 'rules');
  if (rules.length === 0) {
    const why = 'at least one rules must be specified when the successPolicy is specified';
    errors.push(required(rulesPath, why));
  }
  if (rules.length > MAX_RULES) errors.push(tooMany(rulesPath, rules.length, MAX_RULES));
  for (const [i, rule] of rules.entries())
    checkSuccessRule(errors, index(rulesPath, i), rule, spec.completions ?? 0);
}

function checkSuccessRule(
  errors: FieldError[],
  path: string,
  rule: SuccessPolicyRule,
  completions: number,
): void {
  const { succeededCount, succeededIndexes } = rule;
  if (succeededCount === undefined && succeededIndexes === undefined)
    errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  let total = 0;
  if (succeededIndexes !== undefined) {
    const at = child(path, 'succeededIndexes');
    if (succeededIndexes.length > MAX_INDEXES_TEXT) errors.push(tooLong(at, MAX_INDEXES_TEXT));
    const counted = checkIndexes(succeededIndexes, completions);
    if (typeof counted === 'number') total = counted;
    else errors.push(invalid(at, succeededIndexes, `error parsing succeededIndexes: ${counted.error}`));
  }
  if (succeededCount === undefined) return;
  const at = child(path, 'succeededCount');
  checkNonNegative(errors, at, succeededCount);
  const atMost = (limit: number, of: string): void => {
    if (succeededCount > limit)
      errors.push(invalid(at, succeededCount, `must be less than or equal to ${limit} (${of})`));
  };
  atMost(completions, 'the number of specified completions');
  if (succeededIndexes !== undefined)
    atMost(total, 'the number of indexes in the specified succeededIndexes field');
}
