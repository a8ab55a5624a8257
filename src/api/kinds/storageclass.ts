import { semanticEqual } from '../../apimachinery/equal.ts';
import { type FieldError, forbidden, notSupported, required } from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain, isQualifiedName } from '../../apimachinery/validation.ts';
import { ageColumn } from '../columns.ts';
import type { StorageClass } from '../generated/types.ts';
import { type KindDefinition, withDefaults } from '../kind.ts';
import { nameOf } from '../object.ts';
import { checkImmutable, complain, isUnset } from '../validation/common.ts';
import { checkTopologyTerms } from '../validation/topologyterms.ts';

/** Claims that name no class get the class with this annotation, `true`. */
export const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const BETA_DEFAULT_CLASS = 'storageclass.beta.kubernetes.io/is-default-class';
/** The provisioner of classes whose volumes people make by hand. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

const RECLAIM_POLICIES: readonly string[] = Object.freeze(['Delete', 'Retain']);
const BINDING_MODES: readonly string[] = Object.freeze(['Immediate', 'WaitForFirstConsumer']);
const DEFAULTS: Partial<StorageClass> = Object.freeze({
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
});

/** Whether claims that name no class get this one. */
export function isDefaultClass({ metadata }: StorageClass): boolean {
  const { annotations } = metadata;
  return annotations?.[DEFAULT_CLASS] === 'true' || annotations?.[BETA_DEFAULT_CLASS] === 'true';
}

/** pkg/apis/storage/validation/validation.go ValidateStorageClass. */
function validate(object: StorageClass): readonly FieldError[] {
  const { provisioner, reclaimPolicy, volumeBindingMode } = object;
  const errors: FieldError[] = [];
  if (isUnset(provisioner)) errors.push(required('provisioner'));
  else complain(errors, 'provisioner', provisioner, isQualifiedName(provisioner.toLowerCase()));
  for (const name of Object.keys(object.parameters ?? {}))
    if (name === '')
      errors.push({
        type: 'FieldValueInvalid',
        field: 'parameters',
        badValue: name,
        detail: 'field can not be empty.',
      });
  if (reclaimPolicy !== undefined && !RECLAIM_POLICIES.includes(reclaimPolicy))
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES));
  if (isUnset(volumeBindingMode)) errors.push(required('volumeBindingMode'));
  else if (!BINDING_MODES.includes(volumeBindingMode))
    errors.push(notSupported('volumeBindingMode', volumeBindingMode, BINDING_MODES));
  checkTopologyTerms(errors, 'allowedTopologies', object.allowedTopologies);
  return errors;
}

function validateUpdate(next: StorageClass, old: StorageClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy'] as const)
    if (!semanticEqual(next[field], old[field]))
      errors.push(forbidden(field, `updates to ${field} are forbidden.`));
  checkImmutable(errors, 'volumeBindingMode', next.volumeBindingMode, old.volumeBindingMode);
  return errors;
}

/** storage.k8s.io/v1 StorageClass: a sort of storage, and who makes it. */
export const storageClass: KindDefinition<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  namespaced: false,
  schemaType: 'StorageClass',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withDefaults(object, DEFAULTS),
  validate,
  validateUpdate,
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    { name: 'Name', cell: (c) => (isDefaultClass(c) ? `${nameOf(c)} (default)` : nameOf(c)) },
    { name: 'Provisioner', cell: (c) => c.provisioner },
    { name: 'ReclaimPolicy', cell: (c) => c.reclaimPolicy ?? 'Delete' },
    { name: 'VolumeBindingMode', cell: (c) => c.volumeBindingMode ?? '<unset>' },
    { name: 'AllowVolumeExpansion', cell: (c) => String(c.allowVolumeExpansion ?? false) },
    ageColumn,
  ],
};
