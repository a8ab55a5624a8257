import type { JsonObject } from '../../apimachinery/json.ts';
import { isObject, own } from '../../apimachinery/object.ts';
import { type Failure, failure } from '../errors.ts';
import { idText, type ResId, sameId } from './resid.ts';
import type { Resource } from './resource.ts';

/** More than anybody writes by hand; what is compared with each other takes time. */
const MAX_RESOURCES = 1000;

/** The resources of a build in the order they were read (api/resmap). Methods give back what is wrong, if anything. */
export class ResMap {
  resources: Resource[] = [];

  /** Adds a resource whose id nothing else has. */
  append(resource: Resource): string | undefined {
    if (this.resources.length >= MAX_RESOURCES) return `there are more than ${MAX_RESOURCES} resources`;
    if (this.resources.some(({ id }) => sameId(id, resource.id)))
      return `may not add resource with an already registered id: ${idText(resource.id)}`;
    this.resources.push(resource);
    return undefined;
  }

  appendAll(resources: readonly Resource[]): string | undefined {
    for (const resource of resources) {
      const problem = this.append(resource);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** The resources that have or had the id. */
  everCalled(id: ResId): readonly Resource[] {
    return this.resources.filter((resource) => resource.allIds.some((own) => sameId(own, id)));
  }

  /** The one resource that a patch of this id is about. */
  target(id: ResId): Resource | Failure {
    const [first, ...more] = this.everCalled(id);
    if (first !== undefined && more.length === 0) return first;
    const count = first === undefined ? 'no' : 'multiple';
    return failure(
      `${count} matches for Id ${idText(id)}; failed to find unique target for patch ${idText(id)}`,
    );
  }

  /** Takes in what a generator made: a new resource, or one that is merged into, or put in place of, an old one. */
  absorb(made: Resource): string | undefined {
    const { id, behavior } = made;
    const matches = this.everCalled(id);
    const [old] = matches;
    if (old === undefined) {
      if (behavior === 'merge' || behavior === 'replace')
        return `id ${goSyntax(id)} does not exist; cannot merge or replace`;
      return this.append(made);
    }
    if (matches.length > 1)
      return `found multiple objects ${matches.map((match) => idText(match.id)).join(' ')} that could accept merge of ${idText(id)}`;
    if (behavior !== 'merge' && behavior !== 'replace')
      return `id ${goSyntax(id)} exists; behavior must be merge or replace`;
    old.value = replaced(old, made, behavior === 'merge');
    old.needsHash ||= made.needsHash;
    return undefined;
  }

  dropEmpties(): void {
    this.resources = this.resources.filter((resource) => !resource.isEmpty);
  }
}

/** The made resource under the old one's name, with the labels and annotations of both, and the data too if merged. */
function replaced(old: Resource, made: Resource, merge: boolean): JsonObject {
  const metadata = { ...made.metadata, ...named(old.metadata) };
  for (const key of ['labels', 'annotations'] as const) {
    const both = { ...old.map(key), ...made.map(key) };
    if (Object.keys(both).length > 0) Object.assign(metadata, { [key]: both });
  }
  const value: JsonObject = { ...made.value, metadata };
  if (!merge) return value;
  const data: Record<string, JsonObject> = {};
  for (const key of ['data', 'binaryData']) {
    const both = { ...objectAt(old.value, key), ...objectAt(made.value, key) };
    if (Object.keys(both).length > 0) data[key] = both;
  }
  return { ...value, ...data };
}

function named(metadata: JsonObject): JsonObject {
  const { name, namespace } = metadata;
  return { ...(name === undefined ? {} : { name }), ...(namespace === undefined ? {} : { namespace }) };
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const found = own(value, key);
  return isObject(found) ? found : {};
}

/** `%#v` of an id. */
function goSyntax(id: ResId): string {
  return `resid.ResId{Gvk:resid.Gvk{Group:"${id.group}", Version:"${id.version}", Kind:"${id.kind}", isClusterScoped:false}, Name:"${id.name}", Namespace:"${id.namespace}"}`;
}
