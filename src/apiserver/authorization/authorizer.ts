import type { PolicyRule } from '../../api/generated/types.ts';
import type { ApiRequest, UserInfo } from '../../api/request.ts';
import { formatGroupResource } from '../../apimachinery/status.ts';

/** What somebody wants to do with a resource (authorizer.Attributes). */
export interface Attributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** Empty for cluster-scoped resources and across all namespaces. */
  readonly namespace: string;
  /** Empty where no single object is meant. */
  readonly name: string;
  readonly fieldSelector?: string;
}

/** What an authorizer says: yes, or why not. */
export type Decision =
  | { readonly allowed: true; readonly reason?: string }
  | { readonly allowed: false; readonly reason?: string };

/** Rules that apply to somebody, and what could not be found out. */
export interface RulesFor {
  readonly rules: readonly PolicyRule[];
  readonly errors: readonly string[];
  readonly incomplete: boolean;
}

/** Decides whether a user may do something. */
export interface Authorizer {
  authorize(attributes: Attributes): Decision;
  /** Whether a user may use a verb such as `get` on a path such as `/healthz`. */
  authorizePath(user: UserInfo, verb: string, path: string): Decision;
  /** What a user may do in a namespace (`''`: cluster-wide). */
  rulesFor(user: UserInfo, namespace: string): RulesFor;
}

export const YES: Decision = Object.freeze({ allowed: true });
export const NO: Decision = Object.freeze({ allowed: false });

const EVERYTHING: RulesFor = Object.freeze({
  rules: Object.freeze([
    Object.freeze({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }),
    Object.freeze({ nonResourceURLs: ['*'], verbs: ['*'] }),
  ]),
  errors: Object.freeze([]),
  incomplete: false,
});

/** `--authorization-mode=AlwaysAllow`. */
export const ALLOW_ALL: Authorizer = Object.freeze({
  authorize: () => YES,
  authorizePath: () => YES,
  rulesFor: () => EVERYTHING,
});

const EXACT_NAME = /(?:^|,)metadata\.name==?([^,]*)/;

/**
 * What a request wants. A list or watch of one name is a request for that object
 * (endpoints/request/requestinfo.go).
 */
export function attributesOf(request: ApiRequest): Attributes {
  const { user, verb, group, resource, subresource = '', name, options } = request;
  const namespace = request.namespace ?? homeOf(request);
  const fieldSelector = options?.fieldSelector;
  if (fieldSelector === undefined || fieldSelector === '') {
    // The name of what is created is in the body, which has not been read yet.
    const named = verb === 'create' && subresource === '' ? '' : (name ?? '');
    return { user, verb, group, resource, subresource, namespace, name: named };
  }
  const exact = name ?? EXACT_NAME.exec(fieldSelector)?.[1] ?? '';
  return { user, verb, group, resource, subresource, namespace, name: exact, fieldSelector };
}

/** A namespace lies in itself: whoever may see what is in it may see that it is there. */
function homeOf({ group, resource, name = '', verb }: ApiRequest): string {
  return group === '' && resource === 'namespaces' && verb !== 'create' ? name : '';
}

/** Upstream's sentence for a refusal (endpoints/handlers/responsewriters/errors.go). */
export function forbiddenMessage(attributes: Attributes, reason = ''): string {
  const { user, verb, resource, subresource, group, namespace } = attributes;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const text = `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
  return reason === '' ? text : `${text}: ${reason}`;
}

/** The sentence about a path. */
export function forbiddenPathMessage(user: UserInfo, verb: string, path: string, reason = ''): string {
  const text = `User "${user.name}" cannot ${verb} path "${path}"`;
  return reason === '' ? text : `${text}: ${reason}`;
}

/** `role.rbac.authorization.k8s.io "x" not found`: what a lister says. */
export function notInCache(resource: string, group: string, name: string): string {
  return `${formatGroupResource({ group, resource })} "${name}" not found`;
}
