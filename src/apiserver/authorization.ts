import type { ApiRequest } from '../api/request.ts';

/** What an authorizer says: yes, or why not. */
export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reason?: string };

/** Decides whether a user may do what a request asks. */
export interface Authorizer {
  authorize(request: ApiRequest): Decision;
}

const YES: Decision = Object.freeze({ allowed: true });

/** `--authorization-mode=AlwaysAllow`. */
export const ALLOW_ALL: Authorizer = Object.freeze({ authorize: () => YES });

/** Upstream's sentence for a refusal (endpoints/handlers/responsewriters/errors.go). */
export function forbiddenMessage(request: ApiRequest, reason = ''): string {
  const { user, verb, resource, subresource, group, namespace } = request;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where =
    namespace === undefined || namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const text = `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
  return reason === '' ? text : `${text}: ${reason}`;
}
