import { createdAtColumn, nameColumn } from '../columns.ts';
import type { Role } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { RBAC_GROUP } from '../rbac.ts';
import { isPathSegmentName } from '../validation/common.ts';
import { validateRules } from '../validation/rbac.ts';

/** rbac.authorization.k8s.io/v1 Role: what may be done in a namespace. */
export const role: KindDefinition<Role> = {
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  shortNames: [],
  namespaced: true,
  schemaType: 'Role',
  validateName: isPathSegmentName,
  applyDefaults: (object) => object,
  validate: (object) => validateRules(object.rules, true),
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [nameColumn, createdAtColumn],
};
