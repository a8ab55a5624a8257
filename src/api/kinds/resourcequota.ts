import { child, type FieldError, invalid, key, notSupported } from '../../apimachinery/fielderror.ts';
import { isQuantityError, milliOf, parseQuantity, sign } from '../../apimachinery/quantity.ts';
import { isDNS1123Subdomain, isQualifiedName } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { ResourceQuota, ResourceQuotaSpec } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { scopesOf } from '../quota/evaluate.ts';
import { checkImmutable, complain, IS_NEGATIVE } from '../validation/common.ts';

const SCOPES: ReadonlySet<string> = new Set([
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
]);
const OPERATORS: readonly string[] = ['DoesNotExist', 'Exists', 'In', 'NotIn'];
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
  /^(cpu|memory|ephemeral-storage|(requests|limits)\.(cpu|memory|ephemeral-storage)|requests\.storage|(requests\.)?hugepages-.+|count\/.+|requests\..+\/.+)$/;
const NOT_STANDARD = 'must be a standard resource for quota';

function validate(quota: ResourceQuota): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkHard(errors, quota.spec);
  checkScopes(errors, quota);
  return errors;
}

function checkHard(errors: FieldError[], spec: ResourceQuotaSpec | undefined): void {
  for (const [name, text] of Object.entries(spec?.hard ?? {})) {
    const path = key('spec.hard', name);
    complain(errors, path, name, isQualifiedName(name));
    if (!name.includes('/') && !STANDARD.test(name) && !INTEGERS.has(name))
      errors.push(invalid(path, name, NOT_STANDARD));
    const amount = parseQuantity(String(text));
    if (isQuantityError(amount)) continue;
    if (sign(amount) < 0) errors.push(invalid(path, text, IS_NEGATIVE));
    if ((INTEGERS.has(name) || name.startsWith('count/')) && milliOf(text) % 1000 !== 0)
      errors.push(invalid(path, text, 'must be an integer'));
  }
}

function checkScopes(errors: FieldError[], quota: ResourceQuota): void {
  const { scopes = [], scopeSelector } = quota.spec ?? {};
  const names = new Set(scopesOf(quota).map(({ scopeName }) => scopeName));
  const path = 'spec.scopes';
  for (const scope of scopes) if (!SCOPES.has(scope)) errors.push(invalid(path, scopes, 'unsupported scope'));
  const conflicts = [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ] as const;
  for (const [a, b] of conflicts)
    if (names.has(a) && names.has(b)) errors.push(invalid(path, scopes, 'conflicting scopes'));
  const hard = Object.keys(quota.spec?.hard ?? {});
  if (names.has('BestEffort') && hard.some((name) => name !== 'pods' && name !== 'count/pods'))
    errors.push(invalid(path, scopes, 'unsupported scope applied to resource'));
  (scopeSelector?.matchExpressions ?? []).forEach(({ scopeName, operator, values = [] }, i) => {
    const at = `spec.scopeSelector.matchExpressions[${i}]`;
    if (!SCOPES.has(scopeName)) errors.push(invalid(child(at, 'scopeName'), scopeName, 'unsupported scope'));
    if (!OPERATORS.includes(operator)) errors.push(notSupported(child(at, 'operator'), operator, OPERATORS));
    const needsValues = operator === 'In' || operator === 'NotIn';
    if (needsValues && values.length === 0)
      errors.push({
        type: 'FieldValueRequired',
        field: child(at, 'values'),
        detail: "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      });
    if (!needsValues && OPERATORS.includes(operator) && values.length > 0)
      errors.push(
        invalid(
          child(at, 'values'),
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        ),
      );
  });
}

function validateUpdate(next: ResourceQuota, old: ResourceQuota): readonly FieldError[] {
  const errors: FieldError[] = [];
  const sorted = (quota: ResourceQuota): readonly string[] => [...(quota.spec?.scopes ?? [])].sort();
  checkImmutable(errors, 'spec.scopes', sorted(next), sorted(old));
  return errors;
}

/** `pods: 1/4, requests.cpu: 1/2`: what is used of what there is, limits apart (printResourceQuota). */
function cell(quota: ResourceQuota, limits: boolean): string {
  const hard = quota.status?.hard ?? {};
  return Object.keys(hard)
    .sort()
    .filter((name) => name.includes('limits') === limits)
    .map((name) => `${name}: ${quota.status?.used?.[name] ?? '0'}/${hard[name]}`)
    .join(', ');
}

/** v1 ResourceQuota: how much of everything a namespace may use. */
export const resourceQuota: KindDefinition<ResourceQuota> = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  shortNames: ['quota'],
  namespaced: true,
  schemaType: 'ResourceQuota',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => (object.spec === undefined ? { ...object, spec: {} } : object),
  validate,
  validateUpdate,
  statusSubresource: true,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Request', cell: (quota) => cell(quota, false) },
    { name: 'Limit', cell: (quota) => cell(quota, true) },
    ageColumn,
  ],
};
