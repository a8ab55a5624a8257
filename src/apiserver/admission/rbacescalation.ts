import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
} from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { compactRules, goQuotedList, RBAC_GROUP, ruleText, uncovered } from '../../api/rbac.ts';
import type { UserInfo } from '../../api/request.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import { forbidden, type Status } from '../../apimachinery/status.ts';
import { ALLOW_ALL } from '../authorization/authorizer.ts';
import { rulesOfRole } from '../authorization/ruleresolver.ts';
import type { AdmissionRequest, RequestContext } from '../context.ts';
import type { AdmissionPlugin } from './admission.ts';

const ROLES: ReadonlySet<string> = new Set(['clusterroles', 'roles']);
const BINDINGS: ReadonlySet<string> = new Set(['clusterrolebindings', 'rolebindings']);

/**
 * Nobody gives away what they do not have: who writes a role must hold its rules or the verb `escalate`,
 * who binds one its rules or the verb `bind`. Upstream this is not a plugin but the storage of these
 * kinds (pkg/registry/rbac/{role,rolebinding,...}/policybased), which stands where the last
 * mutating plugin hands over.
 */
export const rbacEscalation: AdmissionPlugin = {
  name: 'RBACEscalation',
  handles: ({ operation, group, resource, subresource }) =>
    group === RBAC_GROUP &&
    subresource === '' &&
    (operation === 'CREATE' || operation === 'UPDATE') &&
    (ROLES.has(resource) || BINDINGS.has(resource)),
  admit(request, object) {
    const { ctx } = request;
    if (ctx.server.authorizer === ALLOW_ALL) return object;
    const refusal = ROLES.has(ctx.resource.kind.plural)
      ? checkRole(request, object as ClusterRole | Role)
      : checkBinding(request, object as ClusterRoleBinding | RoleBinding);
    return refusal ?? object;
  },
};

function checkRole({ ctx, old }: AdmissionRequest, role: ClusterRole | Role): Status | undefined {
  const aggregation = (role as ClusterRole).aggregationRule;
  if (old !== undefined) {
    const before = old as ClusterRole;
    if (same(before.rules, role.rules) && same(before.aggregationRule, aggregation)) return undefined;
  }
  if (isAllowed(ctx, 'escalate', ctx.resource.kind.plural, ctx.name)) return undefined;
  // An aggregated role may come to hold anything.
  if (aggregation !== undefined && !isAllowed(ctx, '*', '*', '', '*')) {
    const why = 'must have cluster-admin privileges to use the aggregationRule';
    return forbidden(ctx.resource.groupResource, nameOfTarget(ctx, role), why);
  }
  return confirm(ctx, role, role.rules ?? []);
}

function checkBinding(
  { ctx, old }: AdmissionRequest,
  binding: ClusterRoleBinding | RoleBinding,
): Status | undefined {
  const before = old as ClusterRoleBinding | undefined;
  if (
    before !== undefined &&
    same(before.roleRef, binding.roleRef) &&
    same(before.subjects, binding.subjects)
  )
    return undefined;
  const { kind, name } = binding.roleRef;
  const resource = kind === 'Role' ? 'roles' : 'clusterroles';
  if (isAllowed(ctx, 'bind', resource, name)) return undefined;
  const rules = rulesOfRole(ctx.server, binding.roleRef, ctx.namespace);
  if (typeof rules !== 'string') return confirm(ctx, binding, rules);
  // The role's own 404 (policybased/storage.go returns the resolver's error).
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: rules,
    reason: 'NotFound',
    details: { name, group: RBAC_GROUP, kind: kind.toLowerCase() },
    code: 404,
  };
}

/** Refuses rules that the user does not have (validation.ConfirmNoEscalation). */
function confirm(ctx: RequestContext, object: KubeObject, rules: readonly PolicyRule[]): Status | undefined {
  const { user } = ctx.request;
  const held = ctx.server.authorizer.rulesFor(user, ctx.namespace);
  const missing = uncovered(held.rules, rules);
  if (missing.length === 0) return undefined;
  const texts = [...new Set(compactRules(missing).map(ruleText))].sort();
  const errors = held.errors.length === 0 ? '' : `; resolution errors: [${held.errors.join(' ')}]`;
  const why = `${describe(user)} is attempting to grant RBAC permissions not currently held:\n${texts.join('\n')}${errors}`;
  return forbidden(ctx.resource.groupResource, nameOfTarget(ctx, object), why);
}

function describe({ name, groups }: UserInfo): string {
  return `user "${name}" (groups=${goQuotedList(groups)})`;
}

function nameOfTarget(ctx: RequestContext, object: KubeObject): string {
  return ctx.name !== '' ? ctx.name : (object.metadata.name ?? '');
}

function isAllowed(
  ctx: RequestContext,
  verb: string,
  resource: string,
  name: string,
  group: string = RBAC_GROUP,
): boolean {
  const { user } = ctx.request;
  const namespace = group === '*' ? '' : ctx.namespace;
  return ctx.server.authorizer.authorize({ user, verb, group, resource, subresource: '', namespace, name })
    .allowed;
}

/** Equal, where Go makes no difference between absent and empty. */
function same(a: unknown, b: unknown): boolean {
  const empty = (value: unknown): boolean =>
    value === undefined || (Array.isArray(value) && value.length === 0);
  return a === b || (empty(a) && empty(b)) || deepEqual(a, b);
}
