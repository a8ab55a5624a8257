import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isList, isObject, own } from '../../apimachinery/object.ts';
import { changeField, type FieldSpec } from './fieldspec.ts';
import { NAME_REFERENCES } from './namereferencetable.ts';
import { effectiveNamespace, type GvkPattern, idText, isClusterScoped, isSelected } from './resid.ts';
import type { ResMap } from './resmap.ts';
import type { Resource } from './resource.ts';

/** Puts the new names of resources wherever other resources name them (api/filters/nameref). */
export function fixNameReferences(map: ResMap): string | undefined {
  for (const referrer of map.resources) {
    const { originalId } = referrer;
    for (const { target, fields } of NAME_REFERENCES) {
      for (const field of fields) {
        if (!isSelected(originalId, field)) continue;
        const fix = new Fix(map, referrer, target, field);
        referrer.value = changeField(referrer.value, { path: field.path }, (value) => fix.change(value));
        if (fix.problem !== undefined)
          return `updating name reference in '${field.path}' field of '${idText(referrer.id)}': ${fix.problem}`;
      }
    }
  }
  return undefined;
}

/** One field of one resource that names resources of one type. */
class Fix {
  readonly #map: ResMap;
  readonly #referrer: Resource;
  readonly #target: GvkPattern;
  readonly #field: FieldSpec;
  problem: string | undefined;

  constructor(map: ResMap, referrer: Resource, target: GvkPattern, field: FieldSpec) {
    this.#map = map;
    this.#referrer = referrer;
    this.#target = target;
    this.#field = field;
  }

  change(value: Json | undefined): Json | undefined {
    if (isList(value)) return value.map((item) => this.change(item) ?? item);
    if (typeof value === 'string') return this.#select(value, this.#map.resources)?.id.name ?? value;
    return isObject(value) ? this.#changeObject(value) : value;
  }

  /** A subject or a service: name and, where the resource has one, namespace. */
  #changeObject(value: JsonObject): JsonObject {
    const name = own(value, 'name');
    if (typeof name !== 'string') {
      this.problem = "path config error; no 'name' field in node";
      return value;
    }
    const found = this.#select(name, this.#inNamespace(own(value, 'namespace')), true);
    if (found === undefined) return value;
    const { id } = found;
    return { ...value, name: id.name, ...(id.namespace === '' ? {} : { namespace: id.namespace }) };
  }

  #inNamespace(namespace: Json | undefined): readonly Resource[] {
    const all = this.#map.resources;
    if (namespace === undefined) return all;
    const before = all.filter((resource) => effectiveNamespace(resource.originalId) === namespace);
    return before.length > 0
      ? before
      : all.filter((resource) => effectiveNamespace(resource.id) === namespace);
  }

  /** The resource that was called so when the reference was written. */
  #select(name: string, among: readonly Resource[], anyNamespace = false): Resource | undefined {
    const candidates = among.filter(
      (resource) =>
        resource.previous.some((id) => id.name === name && isSelected(id, this.#target)) &&
        this.#fitsRole(resource) &&
        this.#reachable(resource),
    );
    if (candidates.length <= 1) return candidates[0];
    const related = candidates.filter((resource) => sameSurroundings(resource, this.#referrer));
    const [first, ...others] = related.length === 0 ? [] : related;
    if (first === undefined) return undefined;
    const identical = others.every(
      ({ id }) => id.name === first.id.name && (!anyNamespace || id.namespace === first.id.namespace),
    );
    if (!identical)
      this.problem = ` found multiple possible referrals: ${related.map(({ id }) => idText(id)).join(', ')}`;
    return identical ? first : undefined;
  }

  /** A role reference says itself whether it means a Role or a ClusterRole. */
  #fitsRole(resource: Resource): boolean {
    if (!this.#field.path.endsWith('roleRef/name')) return true;
    const ref = own(this.#referrer.value, 'roleRef');
    if (!isObject(ref)) return true;
    const [group, kind] = [own(ref, 'apiGroup'), own(ref, 'kind')];
    if (typeof group !== 'string' || typeof kind !== 'string') return true;
    return resource.previous.some((id) => isSelected(id, { group, kind }));
  }

  /** Names mean what is in the same namespace, or in none; accounts may be anywhere. */
  #reachable(resource: Resource): boolean {
    const [mine, other] = [this.#referrer.id, resource.id];
    if (isClusterScoped(mine) || isClusterScoped(other) || other.kind === 'ServiceAccount') return true;
    return effectiveNamespace(mine) === effectiveNamespace(other);
  }
}

/** Whether two resources were given the same prefixes and suffixes, as far as both were given any. */
function sameSurroundings(a: Resource, b: Resource): boolean {
  return sameEnding(a.prefixes, b.prefixes) && sameEnding(a.suffixes, b.suffixes);
}

function sameEnding(a: readonly string[], b: readonly string[]): boolean {
  const shared = Math.min(a.length, b.length);
  return a.slice(a.length - shared).every((item, i) => item === b[b.length - shared + i]);
}
