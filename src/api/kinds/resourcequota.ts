import type { FieldError } from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { ResourceQuota } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { checkImmutable } from '../validation/common.ts';
import { validateResourceQuota } from '../validation/resourcequota.ts';

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
  validate: validateResourceQuota,
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
