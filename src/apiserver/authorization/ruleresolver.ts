import type {
  ClusterRoleBinding,
  PolicyRule,
  RoleBinding,
  RoleRef,
  Subject,
} from '../../api/generated/types.ts';
import { clusterRole } from '../../api/kinds/clusterrole.ts';
import { clusterRoleBinding } from '../../api/kinds/clusterrolebinding.ts';
import { role } from '../../api/kinds/role.ts';
import { roleBinding } from '../../api/kinds/rolebinding.ts';
import { RBAC_GROUP, serviceAccountUserName } from '../../api/rbac.ts';
import type { UserInfo } from '../../api/request.ts';
import type { Backend } from '../context.ts';
import { notInCache } from './authorizer.ts';

/** A rule that applies to somebody, and the binding that it comes from. */
export interface GrantedRule {
  readonly rule: PolicyRule;
  /** `ClusterRoleBinding "x" of ClusterRole "y" to Group "z"`. */
  readonly source: string;
}

/** The rules that were found, and the roles that were not. */
export interface Granted {
  readonly rules: readonly GrantedRule[];
  readonly errors: readonly string[];
}

const NONE: readonly PolicyRule[] = Object.freeze([]);

/** All ClusterRoleBindings, in the order in which they are looked at. */
export function clusterBindingsOf(server: Backend): readonly ClusterRoleBinding[] {
  return sorted(server.objects<ClusterRoleBinding>(clusterRoleBinding));
}

/** What ClusterRoleBindings grant to a user, everywhere (pkg/registry/rbac/validation/rule.go). */
export function clusterRulesOf(
  server: Backend,
  user: UserInfo,
  bindings: readonly ClusterRoleBinding[],
): Granted {
  return collect(server, user, bindings, '');
}

/** What the RoleBindings of a namespace grant to a user there. */
export function namespaceRulesOf(server: Backend, user: UserInfo, namespace: string): Granted {
  return collect(server, user, sorted(server.objects<RoleBinding>(roleBinding, namespace)), namespace);
}

/** In the order of names, so that the reason for a decision does not depend on history. */
function sorted<T extends RoleBinding | ClusterRoleBinding>(bindings: Iterable<T>): readonly T[] {
  const name = (binding: T): string => binding.metadata.name ?? '';
  return [...bindings].sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

function collect(
  server: Backend,
  user: UserInfo,
  bindings: readonly (RoleBinding | ClusterRoleBinding)[],
  namespace: string,
): Granted {
  const rules: GrantedRule[] = [];
  const errors: string[] = [];
  for (const binding of bindings) {
    const subject = (binding.subjects ?? []).find((candidate) => appliesTo(user, candidate, namespace));
    if (subject === undefined) continue;
    const found = rulesOfRole(server, binding.roleRef, namespace);
    if (typeof found === 'string') {
      errors.push(found);
      continue;
    }
    for (const rule of grantedBy(binding, subject, found, namespace)) rules.push(rule);
  }
  return { rules, errors };
}

interface Last {
  readonly subject: Subject;
  readonly found: readonly PolicyRule[];
  readonly granted: readonly GrantedRule[];
}

/** What each binding granted last: to a thousand kubelets, which are one group, it is the same. */
const lastGranted = new WeakMap<RoleBinding | ClusterRoleBinding, Last>();

function grantedBy(
  binding: RoleBinding | ClusterRoleBinding,
  subject: Subject,
  found: readonly PolicyRule[],
  namespace: string,
): readonly GrantedRule[] {
  const last = lastGranted.get(binding);
  if (last?.subject === subject && last.found === found) return last.granted;
  const source = sourceOf(binding, subject, namespace);
  const granted = found.map((rule) => ({ rule, source }));
  lastGranted.set(binding, { subject, found, granted });
  return granted;
}

/** The rules of the role that a binding refers to, or why there are none. */
export function rulesOfRole(
  server: Backend,
  ref: RoleRef,
  namespace: string,
): readonly PolicyRule[] | string {
  if (ref.kind === 'Role') {
    const found = server.lookup(role, namespace, ref.name);
    return found === undefined ? notInCache('role', RBAC_GROUP, ref.name) : (found.rules ?? NONE);
  }
  if (ref.kind !== 'ClusterRole') return `unsupported role reference kind: "${ref.kind}"`;
  const found = server.lookup(clusterRole, '', ref.name);
  return found === undefined ? notInCache('clusterrole', RBAC_GROUP, ref.name) : (found.rules ?? NONE);
}

function appliesTo(user: UserInfo, subject: Subject, bindingNamespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return user.name === subject.name;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount': {
      const namespace = (subject.namespace ?? '') === '' ? bindingNamespace : (subject.namespace ?? '');
      return namespace !== '' && user.name === serviceAccountUserName(namespace, subject.name);
    }
    default:
      return false;
  }
}

function sourceOf(binding: RoleBinding | ClusterRoleBinding, subject: Subject, namespace: string): string {
  const { name = '' } = binding.metadata;
  const what = namespace === '' ? `ClusterRoleBinding "${name}"` : `RoleBinding "${name}/${namespace}"`;
  const home = (subject.namespace ?? '') === '' ? namespace : subject.namespace;
  const whom = subject.kind === 'ServiceAccount' ? `${subject.name}/${home}` : subject.name;
  return `${what} of ${binding.roleRef.kind} "${binding.roleRef.name}" to ${subject.kind} "${whom}"`;
}
