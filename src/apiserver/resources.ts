import { apiVersionOf, type KindDefinition } from '../api/kind.ts';
import type { ApiRequest } from '../api/request.ts';
import type { Resource } from './context.ts';
import { storagePrefix } from './storagekey.ts';

/** The parts of a resource that follow from its kind alone. */
export function namesOf(
  kind: KindDefinition,
): Pick<Resource, 'kind' | 'apiVersion' | 'groupResource' | 'groupKind' | 'prefix'> {
  return {
    kind,
    apiVersion: apiVersionOf(kind),
    groupResource: Object.freeze({ group: kind.group, resource: kind.plural }),
    groupKind: Object.freeze({ group: kind.group, kind: kind.kind }),
    prefix: storagePrefix(kind),
  };
}

/** Every resource served, found by group and plural, and by the keys it has in etcd. */
export class Resources {
  readonly #byGroup = new Map<string, Map<string, Resource>>();
  readonly #byPrefix = new Map<string, Resource>();
  readonly list: readonly Resource[];

  constructor(list: readonly Resource[]) {
    this.list = list;
    for (const resource of list) {
      const { group, plural } = resource.kind;
      let inGroup = this.#byGroup.get(group);
      if (inGroup === undefined) {
        inGroup = new Map();
        this.#byGroup.set(group, inGroup);
      }
      inGroup.set(plural, resource);
      this.#byPrefix.set(resource.prefix, resource);
    }
  }

  get(group: string, plural: string): Resource | undefined {
    return this.#byGroup.get(group)?.get(plural);
  }

  /** The resource that a request is for, in the version it asks for; undefined where that is not served. */
  of({ group, resource, version }: ApiRequest): Resource | undefined {
    const found = this.get(group, resource);
    if (version === undefined || found === undefined) return found;
    if (found.custom !== undefined) return found.custom.served.get(version);
    return found.versions?.get(version) ?? found;
  }

  /** The resource whose object lies at a key; undefined for keys of nobody. */
  ofKey(key: string): Resource | undefined {
    // `/registry/<folder>/...`, and for a few resources `/registry/<folder>/<folder>/...`.
    const first = key.indexOf('/', 10);
    if (first < 0) return undefined;
    const found = this.#byPrefix.get(key.slice(0, first + 1));
    if (found !== undefined) return found;
    const second = key.indexOf('/', first + 1);
    return second < 0 ? undefined : this.#byPrefix.get(key.slice(0, second + 1));
  }
}
