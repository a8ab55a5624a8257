import { ageColumn, nameColumn } from '../columns.ts';
import { bindingDefaults } from '../defaults/rbac.ts';
import type { ClusterRoleBinding } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { RBAC_GROUP, subjectsByKind } from '../rbac.ts';
import { isPathSegmentName } from '../validation/common.ts';
import { validateBinding, validateRoleRefUpdate } from '../validation/rbac.ts';

/** rbac.authorization.k8s.io/v1 ClusterRoleBinding: who may do, everywhere, what a ClusterRole allows. */
export const clusterRoleBinding: KindDefinition<ClusterRoleBinding> = {
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  shortNames: [],
  namespaced: false,
  schemaType: 'ClusterRoleBinding',
  validateName: isPathSegmentName,
  applyDefaults: bindingDefaults,
  validate: (binding) => validateBinding(binding, false),
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
