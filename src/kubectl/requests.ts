import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { ApiResponse, PatchType, RequestOptions } from '../api/request.ts';
import { internalError, type Status } from '../apimachinery/status.ts';
import type { KubectlContext } from './context.ts';
import { type Failure, failure, printWarnings } from './errors.ts';

/**
 * Writes as kubectl makes them. Bodies come from players, so they go to the server undecoded: it
 * checks fields and types. Warnings are printed before the result is known to the verb.
 */

type Answer = { readonly object: KubeObject } | Failure;

/** What kubectl asks of every write: who manages the fields, and whether to store anything. */
export interface WriteOptions extends RequestOptions {
  readonly subresource?: string;
}

/** POST of an object to its collection. `namespace` is empty for cluster-scoped kinds. */
export function createObject(
  context: KubectlContext,
  kind: KindDefinition,
  namespace: string,
  body: object,
  options: RequestOptions,
): Answer {
  return answer(context, context.client.raw({ verb: 'create', ...target(kind, namespace), body, options }));
}

/**
 * PUT of an object or of a subresource; one that does not say which state it replaces replaces the current one
 * (helper.Replace).
 */
export function replaceObject(
  context: KubectlContext,
  kind: KindDefinition,
  namespace: string,
  name: string,
  body: object,
  options: WriteOptions,
): Answer {
  const { subresource, ...rest } = options;
  const response = context.client.raw({
    verb: 'update',
    ...target(kind, namespace),
    name,
    body: withVersion(context, kind, namespace, name, body as KubeObject),
    options: rest,
    ...(subresource === undefined ? {} : { subresource }),
  });
  return answer(context, response);
}

/** GET of a subresource: the object that it shows. */
export function getSubresource(
  context: KubectlContext,
  kind: KindDefinition,
  namespace: string,
  name: string,
  subresource: string,
): Answer {
  return answer(context, context.client.raw({ verb: 'get', ...target(kind, namespace), name, subresource }));
}

function withVersion(
  context: KubectlContext,
  kind: KindDefinition,
  namespace: string,
  name: string,
  body: KubeObject,
): object {
  if (kind.allowUnconditionalUpdate || (body.metadata.resourceVersion ?? '') !== '') return body;
  const current = context.client.get(kind, name, namespace);
  const resourceVersion = current.ok ? current.value.metadata.resourceVersion : undefined;
  return resourceVersion === undefined ? body : { ...body, metadata: { ...body.metadata, resourceVersion } };
}

/** PATCH of an object or of a subresource. */
export function patchObject(
  context: KubectlContext,
  kind: KindDefinition,
  namespace: string,
  name: string,
  patchType: PatchType,
  patch: unknown,
  options: WriteOptions,
): Answer {
  const { subresource, ...rest } = options;
  const response = context.client.raw({
    verb: 'patch',
    ...target(kind, namespace),
    name,
    patchType,
    body: patch,
    options: rest,
    ...(subresource === undefined ? {} : { subresource }),
  });
  return answer(context, response);
}

/** GET of an object. */
export function getObject(
  context: KubectlContext,
  kind: KindDefinition,
  namespace: string,
  name: string,
): Answer {
  const result = context.client.get(kind, name, namespace);
  return result.ok ? { object: result.value } : failure(result.status);
}

/** DELETE of an object: the object while it is terminating, undefined once it is gone. */
export function deleteObject(
  context: KubectlContext,
  kind: KindDefinition,
  namespace: string,
  name: string,
  options: RequestOptions,
): { readonly object: KubeObject | undefined } | Failure {
  const result = context.client.delete(kind, name, namespace, options);
  return result.ok ? { object: result.value } : failure(result.status);
}

function target(
  kind: KindDefinition,
  namespace: string,
): { group: string; version: string; resource: string; namespace?: string } {
  return {
    group: kind.group,
    version: kind.version,
    resource: kind.plural,
    ...(namespace === '' ? {} : { namespace }),
  };
}

function answer(context: KubectlContext, response: ApiResponse): Answer {
  if (response.kind === 'error') {
    printWarnings(context, response.warnings);
    return failure(response.status);
  }
  if (response.kind !== 'object') return failure(unexpected(response.kind));
  printWarnings(context, response.warnings);
  return { object: response.object };
}

function unexpected(kind: string): Status {
  return internalError(`unexpected answer of kind ${kind}`);
}
