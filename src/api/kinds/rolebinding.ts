import { ageColumn, nameColumn } from '../columns.ts';
import { bindingDefaults } from '../defaults/rbac.ts';
import type { RoleBinding } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { RBAC_GROUP, subjectsByKind } from '../rbac.ts';
import { isPathSegmentName } from '../validation/common.ts';
import { validateBinding, validateRoleRefUpdate } from '../validation/rbac.ts';

/** rbac.authorization.k8s.io/v1 RoleBinding: who may do, in its namespace, what a role allows. */
export const roleBinding: KindDefinition<RoleBinding> = {
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  shortNames: [],
  namespaced: true,
  schemaType: 'RoleBinding',
  validateName: isPathSegmentName,
  applyDefaults: bindingDefaults,
  validate: (binding) => validateBinding(binding, true),
  validateUpdate: (next, old) => validateRoleRefUpdate(next.roleRef, old.roleRef),
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Role', cell: (b) => `${b.roleRef.kind}/${b.roleRef.name}` },
    ageColumn,
    { name: 'Users', wide: true, cell: (b) => subjectsByKind(b.subjects).users },
    { name: 'Groups', wide: true, cell: (b) => subjectsByKind(b.subjects).groups },
    { name: 'ServiceAccounts', wide: true, cell: (b) => subjectsByKind(b.subjects).accounts },
  ],
};
