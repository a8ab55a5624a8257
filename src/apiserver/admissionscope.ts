import { toDynamic } from '../api/cel/admission.ts';
import { type Access, CelAuthorizer } from '../api/cel/authorizer.ts';
import type { Namespace } from '../api/generated/types.ts';
import type { KubeObject } from '../api/object.ts';
import { serviceAccountUserName } from '../api/rbac.ts';
import type { UserInfo } from '../api/request.ts';
import type { Json } from '../apimachinery/json.ts';
import { serviceAccountGroups } from './authentication/impersonation.ts';
import type { AdmissionRequest } from './context.ts';
import { aboutRequest, optionsOf, typed } from './webhooks/review.ts';

/** What expressions about a request may speak of (apiserver pkg/admission/plugin/cel/activation.go). */
export interface AdmissionScope {
  readonly object: unknown;
  readonly oldObject: unknown;
  readonly request: unknown;
  readonly namespaceObject: unknown;
  readonly authorizer: CelAuthorizer;
}

/** The scope of a request; `object` is undefined where it is about to go. The namespace is null where it is not told of. */
export function scopeOf(
  request: AdmissionRequest,
  object: KubeObject | undefined,
  namespace: Namespace | undefined,
): AdmissionScope {
  const about = {
    ...aboutRequest(request, object),
    dryRun: request.ctx.dryRun,
    ...optionsPart(request),
  };
  return {
    object: dynamic(object, request),
    oldObject: dynamic(request.old, request),
    request: toDynamic(about),
    namespaceObject: namespace === undefined ? null : toDynamic(shownNamespace(namespace)),
    authorizer: new CelAuthorizer(accessOf(request, object)),
  };
}

/** Who may do what, for the one who sent the request. */
function accessOf({ ctx, namespace, old }: AdmissionRequest, object: KubeObject | undefined): Access {
  const { kind } = ctx.resource;
  const { authorizer } = ctx.server;
  return {
    requested: {
      group: kind.group,
      resource: kind.plural,
      subresource: ctx.subresource,
      namespace,
      name: ctx.name === '' ? ((object ?? old)?.metadata.name ?? '') : ctx.name,
    },
    check({ serviceAccount, path, ...attributes }) {
      const user =
        serviceAccount === undefined
          ? ctx.request.user
          : serviceAccountUser(serviceAccount.namespace, serviceAccount.name);
      return path === ''
        ? authorizer.authorize({ ...attributes, user })
        : authorizer.authorizePath(user, attributes.verb, path);
    },
  };
}

/** The account as a user (serviceaccount.UserInfo). */
function serviceAccountUser(namespace: string, name: string): UserInfo {
  return { name: serviceAccountUserName(namespace, name), groups: serviceAccountGroups(namespace) };
}

function optionsPart(request: AdmissionRequest): { readonly options?: Json } {
  const options = optionsOf(request);
  return options === null ? {} : { options };
}

function dynamic(object: KubeObject | undefined, request: AdmissionRequest): unknown {
  return object === undefined ? null : toDynamic(typed(object, request) as unknown as Json);
}

/** A namespace without what expressions are not shown of it (CreateNamespaceObject). */
function shownNamespace({ metadata, spec, status }: Namespace): Json {
  const { ownerReferences: _o, managedFields: _m, ...shown } = metadata;
  return { metadata: shown, spec, status } as unknown as Json;
}
