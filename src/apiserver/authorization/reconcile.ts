import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { RBAC_GROUP, uncovered } from '../../api/rbac.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import { CONTROLLER_BINDINGS, CONTROLLER_ROLES } from './policy/controllerroles.ts';
import { ROLE_BINDINGS, ROLES } from './policy/namespaceroles.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES } from './policy/roles.ts';

const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

/** The roles and bindings that a server with RBAC puts into its cluster, by resource, in upstream's order. */
export const BOOTSTRAP_POLICY: readonly {
  readonly resource: string;
  readonly objects: readonly KubeObject[];
}[] = [
  { resource: 'clusterroles', objects: [...CLUSTER_ROLES, ...CONTROLLER_ROLES] },
  { resource: 'clusterrolebindings', objects: [...CLUSTER_ROLE_BINDINGS, ...CONTROLLER_BINDINGS] },
  { resource: 'roles', objects: ROLES },
  { resource: 'rolebindings', objects: ROLE_BINDINGS },
];

/**
 * What a role or binding of the server's own is to become: what was taken from it is put back, what was
 * added stays, and nothing happens to one whose annotation says so
 * (pkg/registry/rbac/rest/storage_rbac.go, component-helpers auth/rbac/reconciliation). Undefined when
 * it is as it should be.
 */
export function reconciled(existing: KubeObject, wanted: KubeObject): KubeObject | undefined {
  if (existing.metadata.annotations?.[AUTOUPDATE] === 'false') return undefined;
  const metadata = {
    ...existing.metadata,
    labels: { ...existing.metadata.labels, ...wanted.metadata.labels },
    annotations: { ...existing.metadata.annotations, ...wanted.metadata.annotations },
  };
  const next = 'roleRef' in wanted ? withSubjects(existing, wanted) : withRules(existing, wanted);
  const result = { ...next, metadata };
  return deepEqual(result, existing) ? undefined : result;
}

function withRules(existing: KubeObject, wanted: KubeObject): KubeObject {
  const role = existing as ClusterRole;
  const { rules = [], aggregationRule } = wanted as ClusterRole;
  const missing = uncovered(role.rules ?? [], rules);
  return {
    ...role,
    ...(missing.length === 0 ? {} : { rules: [...(role.rules ?? []), ...missing] }),
    ...(aggregationRule === undefined ? {} : { aggregationRule }),
  } satisfies ClusterRole | Role;
}

function withSubjects(existing: KubeObject, wanted: KubeObject): KubeObject {
  const binding = existing as ClusterRoleBinding;
  const has = binding.subjects ?? [];
  const missing = ((wanted as RoleBinding).subjects ?? []).filter(
    (subject) => !has.some((known) => deepEqual(known, subject)),
  );
  return missing.length === 0
    ? binding
    : ({ ...binding, subjects: [...has, ...missing] } as ClusterRoleBinding);
}

/** The API group of all of them. */
export const POLICY_GROUP = RBAC_GROUP;
