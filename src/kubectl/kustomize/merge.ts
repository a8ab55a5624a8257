import type { KindDefinition } from '../../api/kind.ts';
import { schema } from '../../api/schema.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isList, isObject, own, put } from '../../apimachinery/object.ts';
import type { SchemaField } from '../../apimachinery/schema.ts';

/**
 * Strategic merge as kustomize does it (kyaml/yaml/merge2): like the API server's, but elements of a
 * merged list that the patch names come first, in the patch's order, and a list of which nothing is
 * known is replaced.
 */
export function mergePatch(
  kind: KindDefinition | undefined,
  original: JsonObject,
  patch: JsonObject,
): JsonObject {
  const field: SchemaField | undefined =
    kind === undefined ? undefined : { type: 'ref', ref: kind.schemaType };
  return mergeObjects(field, original, patch) ?? {};
}

const DIRECTIVE = '$patch';

/** The merged object; undefined where the patch deletes it. */
function mergeObjects(
  field: SchemaField | undefined,
  original: JsonObject,
  patch: JsonObject,
): JsonObject | undefined {
  const directive = own(patch, DIRECTIVE);
  if (directive === 'delete') return undefined;
  if (directive === 'replace') return without(patch, DIRECTIVE);
  const merged: Record<string, Json | undefined> = { ...original };
  for (const [key, value] of Object.entries(patch)) {
    if (key === DIRECTIVE || value === undefined) continue;
    const next = mergeField(fieldOf(field, key), own(original, key), value);
    if (next === undefined) delete merged[key];
    else put(merged, key, next);
  }
  return merged;
}

function mergeField(
  field: SchemaField | undefined,
  original: Json | undefined,
  patch: Json,
): Json | undefined {
  if (patch === null) return undefined;
  if (isObject(patch)) return mergeObjects(field, isObject(original) ? original : {}, patch);
  if (isList(patch)) return mergeLists(field, isList(original) ? original : [], patch);
  return patch;
}

function mergeLists(
  field: SchemaField | undefined,
  original: readonly Json[],
  patch: readonly Json[],
): readonly Json[] | undefined {
  const directive = patch.find(
    (item) => isObject(item) && Object.keys(item).length === 1 && own(item, DIRECTIVE) !== undefined,
  );
  const items = patch.filter((item) => item !== directive);
  const order = isObject(directive) ? own(directive, DIRECTIVE) : undefined;
  if (order === 'delete') return undefined;
  if (order === 'replace') return items;
  if (!(field?.patchStrategy ?? '').split(',').includes('merge')) return items;
  const keys = keysOf(field, [...items, ...original]);
  if (keys.length === 0)
    return [...items, ...original.filter((item) => !items.some((own) => deepEqual(own, item)))];
  const left = [...original];
  const merged: Json[] = [];
  for (const item of items) {
    if (!isObject(item)) continue;
    const at = left.findIndex(
      (other) => isObject(other) && keys.every((key) => deepEqual(own(other, key), own(item, key))),
    );
    const old = at < 0 ? undefined : left.splice(at, 1)[0];
    const next = mergeObjects(field?.items, isObject(old) ? old : {}, item);
    if (next !== undefined) merged.push(next);
  }
  return [...merged, ...left];
}

/** What identifies an element: the keys of the schema that any element has. */
function keysOf(field: SchemaField | undefined, items: readonly Json[]): readonly string[] {
  const keys = field?.listMapKeys ?? (field?.patchMergeKey === undefined ? [] : [field.patchMergeKey]);
  return keys.filter((key) => items.some((item) => isObject(item) && own(item, key) !== undefined));
}

function fieldOf(field: SchemaField | undefined, key: string): SchemaField | undefined {
  if (field?.type === 'map') return field.items;
  if (field?.type !== 'ref' || field.ref === undefined || !Object.hasOwn(schema, field.ref)) return undefined;
  const fields = schema[field.ref]?.fields;
  return fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function without(object: JsonObject, key: string): JsonObject {
  const { [key]: _, ...rest } = object;
  return rest;
}
