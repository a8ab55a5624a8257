import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { createdAtColumn, nameColumn } from '../columns.ts';
import {
  validateApproval,
  validateDefinition,
  validateDefinitionUpdate,
} from '../customresources/definitionvalidation.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionStatus } from '../generated/types.ts';
import { type KindDefinition, withDefaults } from '../kind.ts';

/** Names that follow from others, and no conversion (pkg/apis/apiextensions/v1/defaults.go). */
function applyDefaults(object: CustomResourceDefinition): CustomResourceDefinition {
  const { names } = object.spec;
  const { kind } = names;
  const named = withDefaults(names, {
    ...(kind === '' ? {} : { singular: kind.toLowerCase(), listKind: `${kind}List` }),
  });
  const spec = withDefaults(object.spec, { conversion: { strategy: 'None' } });
  return named === names && spec === object.spec ? object : { ...object, spec: { ...spec, names: named } };
}

/** A version that objects are stored in stays on record (strategy.PrepareForCreate and PrepareForUpdate). */
function withStorageVersion(
  object: CustomResourceDefinition,
  status: CustomResourceDefinitionStatus | undefined,
): CustomResourceDefinition {
  const storage = object.spec.versions.find((version) => version.storage)?.name;
  const known = status?.storedVersions ?? [];
  if (storage === undefined || known.includes(storage))
    return object.status === status || status === undefined ? object : { ...object, status };
  return { ...object, status: { ...status, storedVersions: [...known, storage] } };
}

/** apiextensions.k8s.io/v1 CustomResourceDefinition: a kind of one's own. */
export const customResourceDefinition: KindDefinition<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schemaType: 'CustomResourceDefinition',
  validateName: isDNS1123Subdomain,
  applyDefaults,
  prepareForCreate: (object) => withStorageVersion(object, undefined),
  prepareForUpdate: (next) => withStorageVersion(next, next.status),
  validate: (object) => [...validateDefinition(object), ...validateApproval(object)],
  validateUpdate: validateDefinitionUpdate,
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  defaultPropagation: 'Background',
  columns: [nameColumn, createdAtColumn],
};
