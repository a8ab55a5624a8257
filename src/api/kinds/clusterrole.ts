import { type FieldError, index, required } from '../../apimachinery/fielderror.ts';
import { createdAtColumn, nameColumn } from '../columns.ts';
import type { ClusterRole } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { RBAC_GROUP } from '../rbac.ts';
import { isPathSegmentName } from '../validation/common.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { validateRules } from '../validation/rbac.ts';

function validate(role: ClusterRole): readonly FieldError[] {
  const errors = [...validateRules(role.rules, false)];
  if (role.aggregationRule === undefined) return errors;
  const path = 'aggregationRule.clusterRoleSelectors';
  const selectors = role.aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    errors.push(required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  }
  selectors.forEach((selector, i) => {
    const at = index(path, i);
    errors.push(...validateLabelSelector(selector, at));
  });
  return errors;
}

/** rbac.authorization.k8s.io/v1 ClusterRole: what may be done anywhere, or wherever it is bound. */
export const clusterRole: KindDefinition<ClusterRole> = {
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  shortNames: [],
  namespaced: false,
  schemaType: 'ClusterRole',
  validateName: isPathSegmentName,
  applyDefaults: (object) => object,
  validate: validate,
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [nameColumn, createdAtColumn],
};
