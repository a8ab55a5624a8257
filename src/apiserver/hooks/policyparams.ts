import type {
  ParamKind,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../api/generated/types.ts';
import { validatingAdmissionPolicy as POLICIES } from '../../api/kinds/validatingadmissionpolicy.ts';
import type { KubeObject } from '../../api/object.ts';
import type { UserInfo } from '../../api/request.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import { forbidden } from '../../apimachinery/fielderror.ts';
import type { HookResult, KindHooks, RequestContext } from '../context.ts';
import { paramKindOf } from '../policies/params.ts';

const SUPERUSERS = 'system:masters';

/** Nobody reads by a policy what they may not read (pkg/registry/admissionregistration/validatingadmissionpolicy/authz.go). */
export const policyHooks: KindHooks = hooksOf<ValidatingAdmissionPolicy>(
  ({ spec }) => spec.paramKind,
  (ctx, { spec: { paramKind } }) => {
    if (paramKind === undefined || mayRead(ctx, 'get', paramKind, '', '*')) return undefined;
    const which = `(kind=${paramKind.kind}, apiVersion=${paramKind.apiVersion})`;
    const why = `user ${userText(ctx.request.user)} must have "get" permission on all objects of the referenced paramKind ${which}`;
    return { path: 'spec.paramKind', why };
  },
);

/** The same of a binding (validatingadmissionpolicybinding/authz.go). */
export const policyBindingHooks: KindHooks = hooksOf<ValidatingAdmissionPolicyBinding>(
  ({ spec }) => [spec.policyName, spec.paramRef],
  (ctx, { spec: { policyName = '', paramRef } }) => {
    if (paramRef === undefined) return undefined;
    const { name = '', namespace = '' } = paramRef;
    const paramKind = ctx.server.lookup(POLICIES, '', policyName)?.spec.paramKind;
    const verb = name === '' ? 'list' : 'get';
    if (mayRead(ctx, verb, paramKind, namespace, name === '' ? '*' : name)) return undefined;
    const why = `user ${userText(ctx.request.user)} does not have "${verb}" permission on the object referenced by paramRef`;
    return { path: 'spec.paramRef', why };
  },
);

/** Hooks that check what is well-formed, and when it has changed. */
function hooksOf<T extends KubeObject>(
  watched: (object: T) => unknown,
  check: (ctx: RequestContext, object: T) => { readonly path: string; readonly why: string } | undefined,
): KindHooks {
  const begin = (ctx: RequestContext, object: KubeObject): HookResult => {
    if (ctx.request.user.groups.includes(SUPERUSERS)) return { object };
    if (ctx.resource.kind.validate(object).length > 0) return { object };
    const refusal = check(ctx, object as T);
    return refusal === undefined ? { object } : { errors: [forbidden(refusal.path, refusal.why)] };
  };
  return {
    beginCreate: begin,
    beginUpdate: (ctx, next, old) =>
      deepEqual(watched(next as T), watched(old as T)) ? { object: next } : begin(ctx, next),
  };
}

/** Whether the user may read parameters; of a kind that is not known, all there is. */
function mayRead(
  ctx: RequestContext,
  verb: string,
  paramKind: ParamKind | undefined,
  namespace: string,
  name: string,
): boolean {
  const kind = paramKind === undefined ? undefined : paramKindOf(ctx.server, paramKind);
  const group = kind?.group ?? groupOf(paramKind);
  const resource = kind?.plural ?? '*';
  const { user } = ctx.request;
  return ctx.server.authorizer.authorize({ user, verb, group, resource, subresource: '', namespace, name })
    .allowed;
}

function groupOf(paramKind: ParamKind | undefined): string {
  if (paramKind === undefined) return '*';
  const [group = '', version] = (paramKind.apiVersion ?? '').split('/');
  return version === undefined ? '' : group;
}

/** As Go prints a user. */
function userText({ name, uid = '', groups }: UserInfo): string {
  return `&{${name} ${uid} [${groups.join(' ')}] map[]}`;
}
