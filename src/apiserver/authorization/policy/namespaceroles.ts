import type { PolicyRule, Role, RoleBinding } from '../../../api/generated/types.ts';
import { RBAC_GROUP } from '../../../api/rbac.ts';
import { deepFreeze } from '../../../apimachinery/freeze.ts';
import { clusterRole, EVENTS, READ, rule, subject } from './shorthand.ts';

const SYSTEM = 'kube-system';
const PUBLIC = 'kube-public';
const CONTROLLER = 'system:controller:';
const LEASES = 'coordination.k8s.io';

function role(namespace: string, name: string, rules: readonly PolicyRule[]): Role {
  const { metadata, apiVersion } = clusterRole(name, rules);
  return deepFreeze({ apiVersion, kind: 'Role', metadata: { ...metadata, namespace }, rules });
}

function bound(namespace: string, name: string, roleName: string, ...subjects: string[]): RoleBinding {
  const { metadata, apiVersion } = clusterRole(name, []);
  return deepFreeze({
    apiVersion,
    kind: 'RoleBinding',
    metadata: { ...metadata, namespace },
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: roleName },
    subjects: subjects.map(subject),
  });
}

function leader(name: string): Role {
  return role(SYSTEM, `system::leader-locking-${name}`, [
    rule('watch', '-', 'configmaps'),
    rule('get update', '-', 'configmaps', name),
    rule('watch', LEASES, 'leases'),
    rule('get update', LEASES, 'leases', name),
  ]);
}

/** The Roles of the system's namespaces (bootstrappolicy/namespace_policy.go). */
export const ROLES: readonly Role[] = [
  role(SYSTEM, 'extension-apiserver-authentication-reader', [
    rule(READ, '-', 'configmaps', 'extension-apiserver-authentication'),
  ]),
  role(SYSTEM, `${CONTROLLER}bootstrap-signer`, [rule(READ, '-', 'secrets')]),
  role(SYSTEM, `${CONTROLLER}cloud-provider`, [rule('create get list watch', '-', 'configmaps')]),
  role(SYSTEM, `${CONTROLLER}token-cleaner`, [rule('delete get list watch', '-', 'secrets'), EVENTS]),
  leader('kube-controller-manager'),
  leader('kube-scheduler'),
  role(PUBLIC, `${CONTROLLER}bootstrap-signer`, [
    rule(READ, '-', 'configmaps'),
    rule('update', '-', 'configmaps', 'cluster-info'),
    EVENTS,
  ]),
];

/** Who has them. */
export const ROLE_BINDINGS: readonly RoleBinding[] = [
  bound(
    SYSTEM,
    'system::extension-apiserver-authentication-reader',
    'extension-apiserver-authentication-reader',
    'User:system:kube-controller-manager',
    'User:system:kube-scheduler',
  ),
  bound(
    SYSTEM,
    'system::leader-locking-kube-controller-manager',
    'system::leader-locking-kube-controller-manager',
    'User:system:kube-controller-manager',
    `ServiceAccount:${SYSTEM}/kube-controller-manager`,
  ),
  bound(
    SYSTEM,
    'system::leader-locking-kube-scheduler',
    'system::leader-locking-kube-scheduler',
    'User:system:kube-scheduler',
    `ServiceAccount:${SYSTEM}/kube-scheduler`,
  ),
  bound(
    SYSTEM,
    `${CONTROLLER}bootstrap-signer`,
    `${CONTROLLER}bootstrap-signer`,
    `ServiceAccount:${SYSTEM}/bootstrap-signer`,
  ),
  bound(
    SYSTEM,
    `${CONTROLLER}cloud-provider`,
    `${CONTROLLER}cloud-provider`,
    `ServiceAccount:${SYSTEM}/cloud-provider`,
  ),
  bound(
    SYSTEM,
    `${CONTROLLER}token-cleaner`,
    `${CONTROLLER}token-cleaner`,
    `ServiceAccount:${SYSTEM}/token-cleaner`,
  ),
  bound(
    PUBLIC,
    `${CONTROLLER}bootstrap-signer`,
    `${CONTROLLER}bootstrap-signer`,
    `ServiceAccount:${SYSTEM}/bootstrap-signer`,
  ),
];
