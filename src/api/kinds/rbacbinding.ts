import { ageColumn, nameColumn } from '../columns.ts';
import { bindingDefaults } from '../defaults/rbac.ts';
import type { ClusterRoleBinding, RoleBinding } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { RBAC_GROUP, subjectsByKind } from '../rbac.ts';
import { isPathSegmentName } from '../validation/common.ts';
import { validateBinding, validateRoleRefUpdate } from '../validation/rbac.ts';

/** What RoleBinding and ClusterRoleBinding share: all but their names and their scope. */
export function rbacBinding<T extends RoleBinding | ClusterRoleBinding>(
  namespaced: boolean,
): Omit<KindDefinition<T>, 'kind' | 'plural' | 'singular' | 'schemaType'> {
  return {
    group: RBAC_GROUP,
    version: 'v1',
    shortNames: [],
    namespaced,
    validateName: isPathSegmentName,
    applyDefaults: bindingDefaults,
    validate: (binding) => validateBinding(binding, namespaced),
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
}
