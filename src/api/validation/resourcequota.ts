import { child, type FieldError, invalid, key, required } from '../../apimachinery/fielderror.ts';
import { isQuantityError, milliOf, parseQuantity, sign } from '../../apimachinery/quantity.ts';
import { isQualifiedName } from '../../apimachinery/validation.ts';
import type {
  ResourceQuota,
  ResourceQuotaSpec,
  ScopedResourceSelectorRequirement,
  ScopeSelector,
} from '../generated/types.ts';
import { complain, IS_NEGATIVE } from './common.ts';

/** Rules of ResourceQuotas (pkg/apis/core/validation/validation.go ValidateResourceQuotaSpec). */

/** Of these there are whole numbers only. */
const INTEGERS: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
/** Names without a domain that a quota may have (helper.IsStandardQuotaResourceName). */
const STANDARD =
  /^(cpu|memory|ephemeral-storage|(requests|limits)\.(cpu|memory|ephemeral-storage)|requests\.storage|(requests\.)?hugepages-.+)$/;
const COUNTED = /^(count\/.+|requests\..+\/.+)$/;
/** What of a pod's containers a quota may limit for some pods only. */
const COMPUTE = /^((requests|limits)\.)?(cpu|memory)$/;

/** The scopes there are, each with the names that it may be applied to (IsResourceQuotaScopeValidForResource). */
const SCOPES: ReadonlyMap<string, (name: string) => boolean> = new Map([
  ...['Terminating', 'NotTerminating', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity'].map(
    (scope): [string, (name: string) => boolean] => [scope, (name) => name === 'pods' || COMPUTE.test(name)],
  ),
  ['BestEffort', (name) => name === 'pods'],
  ['VolumeAttributesClass', (name) => name === 'persistentvolumeclaims' || name === 'requests.storage'],
]);
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
const EXIST_ONLY: ReadonlySet<string> = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
]);
const MUST_EXIST =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

/** ValidateResourceQuota. */
export function validateResourceQuota({ spec = {} }: ResourceQuota): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkHard(errors, spec);
  checkScopes(errors, spec);
  checkSelector(errors, spec);
  return errors;
}

function isStandard(name: string): boolean {
  return STANDARD.test(name) || INTEGERS.has(name);
}

function checkHard(errors: FieldError[], { hard = {} }: ResourceQuotaSpec): void {
  for (const [name, text] of Object.entries(hard)) {
    const path = key('spec.hard', name);
    complain(errors, path, name, isQualifiedName(name));
    if (!name.includes('/') && !isStandard(name) && !COUNTED.test(name))
      errors.push(invalid(path, name, 'must be a standard resource for quota'));
    const amount = parseQuantity(String(text));
    if (isQuantityError(amount)) continue;
    if (sign(amount) < 0) errors.push(invalid(path, text, IS_NEGATIVE));
    if ((INTEGERS.has(name) || name.startsWith('count/')) && milliOf(text) % 1000 !== 0)
      errors.push(invalid(path, text, 'must be an integer'));
  }
}

/** Whether a scope says nothing of some resource that the quota limits. */
function isMisapplied(scope: string, { hard = {} }: ResourceQuotaSpec): boolean {
  const isValid = SCOPES.get(scope);
  return isValid !== undefined && Object.keys(hard).some((name) => isStandard(name) && !isValid(name));
}

function checkConflicts(
  errors: FieldError[],
  path: string,
  shown: unknown,
  found: ReadonlySet<string>,
): void {
  for (const [a, b] of CONFLICTS)
    if (found.has(a) && found.has(b)) errors.push(invalid(path, shown, 'conflicting scopes'));
}

function checkScopes(errors: FieldError[], spec: ResourceQuotaSpec): void {
  const { scopes = [] } = spec;
  const path = 'spec.scopes';
  for (const scope of scopes) {
    if (!SCOPES.has(scope)) errors.push(invalid(path, scopes, 'unsupported scope'));
    if (isMisapplied(scope, spec))
      errors.push(invalid(path, scopes, 'unsupported scope applied to resource'));
  }
  checkConflicts(errors, path, scopes, new Set(scopes));
}

/** Upstream names the list of expressions here, not the expression. */
function checkSelector(errors: FieldError[], spec: ResourceQuotaSpec): void {
  const { scopeSelector, scopes } = spec;
  if (scopeSelector === undefined) return;
  const path = 'spec.scopeSelector.matchExpressions';
  const expressions = scopeSelector.matchExpressions ?? [];
  for (const expression of expressions) {
    const { scopeName, operator } = expression;
    if (!SCOPES.has(scopeName))
      errors.push(invalid(child(path, 'scopeName'), scopeName, 'unsupported scope'));
    if (isMisapplied(scopeName, spec))
      errors.push(invalid(path, asUpstreamHasIt(scopeSelector), 'unsupported scope applied to resource'));
    if (EXIST_ONLY.has(scopeName) && operator !== 'Exists')
      errors.push(invalid(child(path, 'operator'), operator, MUST_EXIST));
    checkValues(errors, path, expression);
  }
  checkConflicts(errors, path, scopes ?? null, new Set(expressions.map(({ scopeName }) => scopeName)));
}

function checkValues(
  errors: FieldError[],
  path: string,
  { operator, values = [] }: ScopedResourceSelectorRequirement,
): void {
  const valuesPath = child(path, 'values');
  if (operator === 'In' || operator === 'NotIn') {
    const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (values.length === 0) errors.push(required(valuesPath, why));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (values.length > 0) errors.push(invalid(valuesPath, values, why));
  } else errors.push(invalid(child(path, 'operator'), operator, 'not a valid selector operator'));
}

/** The selector under the names of upstream's internal type, which its messages show. */
function asUpstreamHasIt({ matchExpressions = [] }: ScopeSelector): object {
  return {
    MatchExpressions: matchExpressions.map(({ scopeName, operator, values }) => ({
      ScopeName: scopeName,
      Operator: operator,
      Values: values ?? null,
    })),
  };
}
