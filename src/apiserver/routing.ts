import type { ApiRequest } from '../api/request.ts';
import { badRequest, methodNotAllowed, type Status, unknownResource } from '../apimachinery/status.ts';
import type { Resource, Subresource } from './context.ts';

/** Whom a request is for. */
export interface Route {
  readonly resource: Resource;
  /** Undefined: the object itself, or the collection. */
  readonly subresource: Subresource | undefined;
}

const NEEDS_NAME: ReadonlySet<string> = new Set(['get', 'update', 'patch', 'delete']);

/** Finds who serves a request: 404 for what is not served, 405 for what cannot be done to it. */
export function route(resource: Resource | undefined, request: ApiRequest): Route | Status {
  if (resource === undefined) return unknownResource();
  const { kind, groupResource } = resource;
  const { verb, name = '', namespace = '' } = request;
  const sub = request.subresource;
  if (sub !== undefined && sub !== '') {
    const subresource = resource.subresources.get(sub);
    if (subresource === undefined || name === '') return unknownResource();
    if (!subresource.verbs.includes(verb)) return methodNotAllowed(groupResource, verb);
    if (kind.namespaced && namespace === '') return unknownResource();
    return { resource, subresource };
  }
  if (kind.verbs !== undefined && !kind.verbs.includes(verb)) return methodNotAllowed(groupResource, verb);
  if (NEEDS_NAME.has(verb)) {
    if (name === '') return methodNotAllowed(groupResource, verb);
    if (kind.namespaced && namespace === '') return unknownResource();
    // A slash would make another path of it; the path segment rules (path/name.go) refuse the rest.
    if (name.includes('/') || name.includes('%') || name === '.' || name === '..') {
      return badRequest(`invalid name: ${JSON.stringify(name)}`);
    }
  }
  return { resource, subresource: undefined };
}
