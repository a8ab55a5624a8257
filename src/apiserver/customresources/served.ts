import { isConditionTrue } from '../../api/customresources/conditions.ts';
import { compareVersions, customKind } from '../../api/customresources/customkind.ts';
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import type { KindDefinition } from '../../api/kind.ts';
import type { KindSet } from '../../api/kindset.ts';
import type { KubeObject } from '../../api/object.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import type { JsonObject } from '../../apimachinery/json.ts';
import type { CustomServing, Resource } from '../context.ts';
import { withCacheOf } from '../versions.ts';

/** A resource as it is served for one state of its definition. */
interface Served {
  readonly definition: CustomResourceDefinition;
  readonly resource: Resource;
  /** The versions in which it is served, the one to take first. */
  readonly kinds: readonly KindDefinition[];
  /** Shared by its versions: whether its definition is being deleted. The resource stays. */
  readonly state: { terminating: boolean };
}

/** The resources that come and go with a change of the definitions. */
export interface ServedChange {
  /** New, or with another schema: their caches are empty. */
  readonly added: readonly Resource[];
  readonly removed: readonly Resource[];
}

const NO_CHANGE: ServedChange = Object.freeze({ added: Object.freeze([]), removed: Object.freeze([]) });

/**
 * The resources that definitions bring (apiextensions-apiserver pkg/apiserver/customresource_handler.go).
 * They follow from the definitions in etcd alone, so every server makes the same of them.
 */
export class CustomResources {
  readonly #newResource: (kind: KindDefinition) => Resource;
  readonly #builtin: KindSet;
  #served = new Map<string, Served>();

  /** `builtin`: what is served whatever anybody defines. */
  constructor(builtin: KindSet, newResource: (kind: KindDefinition) => Resource) {
    this.#builtin = builtin;
    this.#newResource = newResource;
  }

  /** The resource of each definition, in the version in which its objects are stored. */
  get list(): readonly Resource[] {
    return [...this.#served.values()].map(({ resource }) => resource);
  }

  /** What discovery tells of: the kinds of the definitions that are established. */
  get kinds(): readonly KindDefinition[] {
    return [...this.#served.values()].flatMap(({ definition, kinds }) =>
      isConditionTrue(definition, 'Established') ? kinds : [],
    );
  }

  /** Takes the definitions as they are now, in any order. */
  update(definitions: Iterable<CustomResourceDefinition>): ServedChange {
    const next = new Map<string, Served>();
    const added: Resource[] = [];
    for (const definition of [...definitions].sort(byName)) {
      const { group, names } = definition.spec;
      if (!isServed(definition) || this.#builtin.byResource(group, names.plural) !== undefined) continue;
      const name = definition.metadata.name ?? '';
      const known = this.#served.get(name);
      const kept = known !== undefined && isSame(known.definition, definition);
      const served = kept ? { ...known, definition } : this.#serve(definition);
      served.state.terminating = isConditionTrue(definition, 'Terminating');
      if (!kept) added.push(served.resource);
      next.set(name, served);
    }
    const removed = [...this.#served].flatMap(([name, { resource, definition }]) => {
      const now = next.get(name);
      return now !== undefined && isSame(definition, now.definition) ? [] : [resource];
    });
    this.#served = next;
    return added.length === 0 && removed.length === 0 ? NO_CHANGE : { added, removed };
  }

  #serve(definition: CustomResourceDefinition): Served {
    const { versions } = definition.spec;
    const kinds = new Map(versions.map((version) => [version.name, customKind(definition, version)]));
    const storage = versions.find((version) => version.storage)?.name ?? '';
    const base = this.#newResource(kinds.get(storage) as KindDefinition);
    const served = new Map<string, Resource>();
    const state = { terminating: false };
    const serving = (kind: KindDefinition): CustomServing => ({
      served,
      storedAs: base.apiVersion,
      get terminating() {
        return state.terminating;
      },
      present: presenter(kind),
    });
    const resource: Resource = { ...base, custom: serving(base.kind) };
    for (const { name, served: isOn } of versions) {
      if (!isOn) continue;
      const kind = kinds.get(name) as KindDefinition;
      served.set(
        name,
        name === storage
          ? resource
          : withCacheOf(resource, { ...this.#newResource(kind), custom: serving(kind) }),
      );
    }
    const order = [...served.keys()].sort(compareVersions);
    return { definition, resource, kinds: order.map((name) => kinds.get(name) as KindDefinition), state };
  }
}

/** Shows stored objects in a version: with its apiVersion, its fields and its defaults. */
function presenter(kind: KindDefinition): (object: KubeObject) => KubeObject {
  const known = new WeakMap<KubeObject, KubeObject>();
  const apiVersion = `${kind.group}/${kind.version}`;
  return (object) => {
    let shown = known.get(object);
    if (shown === undefined) {
      const read = kind.custom?.read(object as unknown as JsonObject, true).object ?? object;
      const current = read as unknown as KubeObject;
      shown = current.apiVersion === apiVersion ? current : { ...current, apiVersion };
      known.set(object, shown);
    }
    return shown;
  };
}

function isServed(definition: CustomResourceDefinition): boolean {
  return isConditionTrue(definition, 'NamesAccepted') || isConditionTrue(definition, 'Established');
}

function isSame(a: CustomResourceDefinition, b: CustomResourceDefinition): boolean {
  return (
    a.metadata.uid === b.metadata.uid &&
    deepEqual(a.spec, b.spec) &&
    deepEqual(a.status?.acceptedNames, b.status?.acceptedNames)
  );
}

function byName(a: CustomResourceDefinition, b: CustomResourceDefinition): number {
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}
