import { apiVersionOf, type KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { ApiRequest, ApiResponse, WatchEvent } from '../api/request.ts';
import type { Resource, VersionServing } from './context.ts';

/** A resource with the other versions of its kind, each over the same objects. */
export function withVersions(stored: Resource): Resource {
  const { versions } = stored.kind;
  if (versions === undefined) return stored;
  const others = new Map<string, Resource>();
  const resource: Resource = { ...stored, versions: others };
  for (const kind of versions)
    others.set(kind.version, withCacheOf(resource, { ...resource, version: serving(kind) }));
  return resource;
}

function serving(kind: KindDefinition): VersionServing {
  const { conversion } = kind;
  if (conversion === undefined) throw new Error(`${apiVersionOf(kind)} ${kind.kind} has no conversion`);
  const known = new WeakMap<KubeObject, KubeObject>();
  return {
    kind,
    apiVersion: apiVersionOf(kind),
    present(object) {
      let shown = known.get(object);
      if (shown === undefined) {
        shown = conversion.fromStored(object);
        known.set(object, shown);
      }
      return shown;
    },
    accept: (object) => conversion.toStored(kind.applyDefaults(object)),
  };
}

/** A version of a resource beside the one it is stored in: the objects are the same. */
export function withCacheOf(base: Resource, version: Resource): Resource {
  return {
    ...version,
    get cache() {
      return base.cache;
    },
    set cache(cache) {
      base.cache = cache;
    },
  };
}

/** How a resource shows its objects; undefined where that is as they are stored. */
export function presenterOf({ custom, version }: Resource): ((object: KubeObject) => KubeObject) | undefined {
  return custom?.present ?? version?.present;
}

/** An answer with its objects as the version that was asked for shows them. */
export function presented(
  response: ApiResponse,
  { kind }: Resource,
  present: (object: KubeObject) => KubeObject,
): ApiResponse {
  if (response.kind === 'object') {
    // A Scale is no object of the kind.
    if (response.object.kind !== kind.kind) return response;
    const warnings =
      kind.custom === undefined || kind.deprecation === undefined
        ? response.warnings
        : [kind.deprecation, ...response.warnings];
    return { ...response, object: present(response.object), warnings };
  }
  if (response.kind !== 'list') return response;
  return { ...response, list: { ...response.list, items: response.list.items.map(present) } };
}

/** A request for a watch whose events are told in the version that was asked for. */
export function presentingEvents(
  request: ApiRequest,
  present: (object: KubeObject) => KubeObject,
): ApiRequest {
  const { sink } = request;
  if (sink === undefined) return request;
  const event = (told: WatchEvent): void => {
    if (told.type === 'BOOKMARK' || told.type === 'ERROR') sink.event(told);
    else sink.event({ ...told, object: present(told.object) });
  };
  return { ...request, sink: { event, closed: () => sink.closed() } };
}
