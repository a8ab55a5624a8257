import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { ObjectReference, ServiceAccount } from '../generated/types.ts';
import { type KindDefinition, mapShared, withField } from '../kind.ts';

/** Of a reference to a secret only the name counts (strategy.cleanSecretReferences). */
function onlyName(ref: ObjectReference): ObjectReference {
  const keys = Object.keys(ref);
  if (keys.length === 0 || (keys.length === 1 && ref.name !== undefined)) return ref;
  return ref.name === undefined ? {} : { name: ref.name };
}

function cleanSecretReferences(account: ServiceAccount): ServiceAccount {
  if (account.secrets === undefined) return account;
  return withField(account, 'secrets', mapShared(account.secrets, onlyName));
}

/** v1 ServiceAccount: the identity of what runs in a pod. */
export const serviceAccount: KindDefinition<ServiceAccount> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  schemaType: 'ServiceAccount',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => object,
  prepareForCreate: cleanSecretReferences,
  prepareForUpdate: cleanSecretReferences,
  validate: () => [],
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  subresources: ['token'],
  columns: [nameColumn, ageColumn],
};
