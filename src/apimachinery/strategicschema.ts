import { goPrint } from './gostring.ts';
import type { Json, JsonObject } from './json.ts';
import { Draft, entriesOf, isList, isObject, own } from './object.ts';
import { PatchError } from './patcherror.ts';
import type { Schema, SchemaField } from './schema.ts';

/** What strategic merge needs of the schema, and the words of its directives (pkg/util/strategicpatch). */

/** How a patch marks a whole object or list element: `$patch: delete`, `replace`. */
export const DIRECTIVE = '$patch';
/** Lists the keys of an object that stay; the others go. */
export const RETAIN_KEYS = '$retainKeys';
/** Leads the name of a list of primitives to delete. */
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';
/** Leads the name of a list that says how its elements are to be ordered. */
export const SET_ORDER = '$setElementOrder/';

/** A place in the schema: a struct, a map, or (undefined) nothing known. */
export type SchemaNode = SchemaField | undefined;

/** How the field of a key is to be merged. */
export interface FieldMeta {
  /** The schema of the field's object, or of its list's elements. */
  readonly node: SchemaNode;
  readonly strategy: 'merge' | 'replace' | 'default';
  readonly retainKeys: boolean;
  readonly mergeKey: string;
}

const UNKNOWN: FieldMeta = Object.freeze({
  node: undefined,
  strategy: 'default',
  retainKeys: false,
  mergeKey: '',
});

const metaCache = new WeakMap<SchemaField, FieldMeta>();

/** How `key` of an object at `node` is merged; what the schema does not know merges by default. */
export function lookup(schema: Schema, node: SchemaNode, key: string): FieldMeta {
  const field = fieldOf(schema, node, key);
  if (field === undefined) return UNKNOWN;
  const known = metaCache.get(field);
  if (known !== undefined) return known;
  const strategies = field.patchStrategy?.split(',') ?? [];
  const meta: FieldMeta = {
    node: field.type === 'list' ? field.items : field,
    strategy: strategies.includes('merge') ? 'merge' : strategies.includes('replace') ? 'replace' : 'default',
    retainKeys: strategies.includes('retainKeys'),
    mergeKey: field.patchMergeKey ?? '',
  };
  metaCache.set(field, meta);
  return meta;
}

function fieldOf(schema: Schema, node: SchemaNode, key: string): SchemaField | undefined {
  if (node?.type === 'map') return node.items;
  if (node?.type !== 'ref' || node.ref === undefined || !Object.hasOwn(schema, node.ref)) return undefined;
  const fields = schema[node.ref]?.fields;
  return fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** What elements of a list are, all of them alike. */
export type ElementKind = 'object' | 'scalar';

/** The kind of the elements of these lists; an error if they differ, or are lists themselves. */
export function elementKind(...lists: readonly (readonly Json[])[]): ElementKind | PatchError {
  let kind: string | undefined;
  for (const list of lists) {
    for (const item of list) {
      if (isList(item)) return new PatchError(422, 'lists of lists are not supported');
      const type = item === null ? 'null' : typeof item;
      if (kind !== undefined && kind !== type) {
        return new PatchError(500, `list element types are not identical: ${goPrint(lists)}`);
      }
      kind = type;
    }
  }
  return kind === 'object' ? 'object' : 'scalar';
}

/** Whether a list element is marked `$patch: delete`. */
export function isDeletion(item: Json): boolean {
  return isObject(item) && own(item, DIRECTIVE) === 'delete';
}

/** What identifies a list element: the value of its merge key, or a primitive itself. */
export function keyOf(item: Json, mergeKey: string): Json | undefined {
  return mergeKey === '' ? item : isObject(item) ? own(item, mergeKey) : undefined;
}

/** An error if some element of a list of objects lacks the merge key. */
export function missingMergeKey(
  mergeKey: string,
  ...lists: readonly (readonly Json[])[]
): PatchError | undefined {
  for (const list of lists) {
    for (const item of list) {
      if (!isObject(item)) return badType('map[string]interface {}', item);
      if (own(item, mergeKey) === undefined) {
        return new PatchError(500, `map: ${goPrint(item)} does not contain declared merge key: ${mergeKey}`);
      }
    }
  }
  return undefined;
}

/** `ErrBadArgType`: a value of a patch that is of another type than it must be. */
export function badType(expected: string, value: Json): PatchError {
  return new PatchError(500, `expected a ${expected}, but received a ${goTypeName(value)}`);
}

function goTypeName(value: Json): string {
  if (value === null) return '%!s(<nil>)';
  if (isList(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

/**
 * A merged list in its final order: elements that the patch names in the patch's order, the others
 * in the order they had, each put before the first of the patch's that came after it.
 */
export function enforceOrder(
  items: readonly Json[],
  patchOrder: readonly Json[],
  liveOrder: readonly Json[],
  mergeKey: string,
): Json[] {
  const inPatch = positions(patchOrder, mergeKey);
  const inLive = positions(liveOrder, mergeKey);
  const patched: Json[] = [];
  const others: Json[] = [];
  for (const item of items) (inPatch.has(keyOf(item, mergeKey)) ? patched : others).push(item);
  const left = sortBy(others, inLive, mergeKey);
  const right = sortBy(patched, inPatch, mergeKey);
  const merged: Json[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    const li = inLive.get(keyOf(left[i] as Json, mergeKey));
    const ri = inLive.get(keyOf(right[j] as Json, mergeKey));
    if (li !== undefined && ri !== undefined && li < ri) merged.push(left[i++] as Json);
    else merged.push(right[j++] as Json);
  }
  return merged.concat(left.slice(i), right.slice(j));
}

/** Elements by their place in `order`; those to be deleted, and those it does not know, at the end. */
export function sortBy(
  items: readonly Json[],
  order: ReadonlyMap<Json | undefined, number>,
  mergeKey: string,
): Json[] {
  const rank = (item: Json): number =>
    isDeletion(item)
      ? Number.MAX_SAFE_INTEGER
      : (order.get(keyOf(item, mergeKey)) ?? Number.MAX_SAFE_INTEGER - 1);
  return items.toSorted((a, b) => rank(a) - rank(b));
}

/** The first place of each element. */
export function positions(list: readonly Json[], mergeKey: string): Map<Json | undefined, number> {
  const places = new Map<Json | undefined, number>();
  list.forEach((item, i) => {
    const key = keyOf(item, mergeKey);
    if (!places.has(key)) places.set(key, i);
  });
  return places;
}

/** A value without its nulls, at any depth, and the same value if it has none. */
export function withoutNulls(value: Json): Json {
  if (isList(value)) {
    const items = value.map(withoutNulls);
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (!isObject(value)) return value;
  const entries = entriesOf(value);
  const kept = entries.filter(([, v]) => v !== null).map(([k, v]): [string, Json] => [k, withoutNulls(v)]);
  const same = kept.length === entries.length && kept.every(([, v], i) => v === entries[i]?.[1]);
  return same ? value : (Object.fromEntries(kept) as JsonObject);
}

/**
 * A value without the objects in it that carry `$patch`, as it is put where nothing was; undefined if
 * nothing is left of it.
 */
export function withoutMarked(value: Json): Json | undefined {
  if (isList(value)) {
    const kept = value.map(withoutMarked).filter((item) => item !== undefined);
    if (kept.length === 0 && value.length > 0) return undefined;
    return kept.length === value.length && kept.every((item, i) => item === value[i]) ? value : kept;
  }
  if (!isObject(value)) return value;
  if (own(value, DIRECTIVE) !== undefined) return undefined;
  const draft = new Draft(value);
  for (const [key, inner] of entriesOf(value)) {
    const kept = withoutMarked(inner);
    if (kept === undefined) draft.delete(key);
    else draft.set(key, kept);
  }
  return draft.finish();
}
