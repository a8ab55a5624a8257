import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import { customResourceDefinition } from '../../api/kinds/customresourcedefinition.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiRequest, ApiResponse, WatchEvent } from '../../api/request.ts';
import { methodNotAllowed } from '../../apimachinery/status.ts';
import type { KeyValue } from '../../etcd/store.ts';
import { type RequestContext, type Resource, refuse } from '../context.ts';
import { storagePrefix } from '../storagekey.ts';

const PREFIX = storagePrefix(customResourceDefinition);

/** The definitions among everything that lies in etcd. */
export function definitionsAmong(
  records: readonly KeyValue<KubeObject>[],
): readonly CustomResourceDefinition[] {
  return records.flatMap(({ key, value }) =>
    key.startsWith(PREFIX) && value !== undefined ? [value as CustomResourceDefinition] : [],
  );
}

/** Nothing is created any more of a kind whose definition is being deleted. */
export function refusedWhileTerminating(ctx: RequestContext): ApiResponse | undefined {
  if (ctx.resource.custom?.terminating !== true) return undefined;
  const status = methodNotAllowed(ctx.resource.groupResource, ctx.request.verb);
  const message = `${ctx.request.verb} not allowed while custom resource definition is terminating`;
  return refuse({ ...status, message });
}

/** An answer with its objects as the version that was asked for shows them. */
export function presented(response: ApiResponse, resource: Resource): ApiResponse {
  const { custom, kind } = resource;
  if (custom === undefined) return response;
  if (response.kind === 'object') {
    // A Scale is no object of the kind.
    if (response.object.kind !== kind.kind) return response;
    const object = custom.present(response.object);
    const warnings = kind.deprecation === undefined ? [] : [kind.deprecation];
    return { ...response, object, warnings: [...warnings, ...response.warnings] };
  }
  if (response.kind !== 'list') return response;
  return { ...response, list: { ...response.list, items: response.list.items.map(custom.present) } };
}

/** A request for a watch whose events are told in the version that was asked for. */
export function presentingEvents(request: ApiRequest, { custom }: Resource): ApiRequest {
  const { sink } = request;
  if (custom === undefined || sink === undefined) return request;
  const event = (told: WatchEvent): void => {
    if (told.type === 'BOOKMARK' || told.type === 'ERROR') sink.event(told);
    else sink.event({ ...told, object: custom.present(told.object) });
  };
  return { ...request, sink: { event, closed: () => sink.closed() } };
}
