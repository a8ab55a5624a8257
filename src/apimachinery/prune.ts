import type { Json, JsonObject } from './json.ts';
import { isList, isObject, put } from './object.ts';
import { formatQuantity, isQuantityError, parseQuantity } from './quantity.ts';
import type { Schema, SchemaField } from './schema.ts';

/** What decoding into a Go type and encoding again makes of a value. */

/**
 * The value without fields its type does not know, without nulls and without zeros and empty lists and
 * maps that the type can do without (`omitempty`): in a struct null means unset, in a list or map it means the zero
 * value of what belongs there. Shares what it keeps; the value itself if it keeps all.
 */
export function pruneUnknown(value: Json, schema: Schema, typeName: string): Json {
  return rebuild(value, { type: 'ref', ref: typeName }, schema, (scalar) => scalar);
}

/** As pruneUnknown, with quantities in canonical form too (`cpu: 0.5` to `500m`). */
export function normalizeAgainstSchema(value: Json, schema: Schema, typeName: string): Json {
  return rebuild(value, { type: 'ref', ref: typeName }, schema, canonicalQuantity);
}

type Scalar = (value: Json, field: SchemaField) => Json;

function canonicalQuantity(value: Json, field: SchemaField): Json {
  if (field.type !== 'quantity' || (typeof value !== 'string' && typeof value !== 'number')) return value;
  const q = parseQuantity(String(value));
  return isQuantityError(q) ? value : formatQuantity(q);
}

/** What Go makes of a null where a value of this type stands alone. */
function zeroValue(field: SchemaField): Json {
  switch (field.type) {
    case 'ref':
    case 'map':
      return {};
    case 'list':
      return [];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    case 'string':
    case 'bytes':
      return '';
    // Times are written as null when they are zero, and free-form JSON may be null.
    case 'time':
    case 'microTime':
    case 'any':
      return null;
  }
}

/** An element of a list or a value of a map. */
function rebuildItem(item: Json, field: SchemaField, schema: Schema, scalar: Scalar): Json {
  return item === null ? zeroValue(field) : rebuild(item, field, schema, scalar);
}

function rebuild(value: Json, field: SchemaField, schema: Schema, scalar: Scalar): Json {
  if (isList(value)) {
    const { items } = field;
    if (items === undefined) return value;
    const result = value.map((item) => rebuildItem(item, items, schema, scalar));
    return result.every((item, i) => item === value[i]) ? value : result;
  }
  if (!isObject(value)) return scalar(value, field);
  if (field.type !== 'map' && field.type !== 'ref') return value;
  return rebuildObject(value, field, schema, scalar);
}

function rebuildObject(object: JsonObject, field: SchemaField, schema: Schema, scalar: Scalar): JsonObject {
  const name = field.ref ?? '';
  const type = Object.hasOwn(schema, name) ? schema[name] : undefined;
  if (field.type === 'ref' && type === undefined) return object;
  const result: Record<string, Json | undefined> = {};
  let same = true;
  for (const key of Object.keys(object)) {
    const value = object[key];
    const fields = type?.fields ?? {};
    const inner = field.type === 'map' ? field.items : Object.hasOwn(fields, key) ? fields[key] : undefined;
    const unset = value === undefined || (value === null && field.type === 'ref');
    if (unset || (inner === undefined && field.type === 'ref')) {
      same = false;
      continue;
    }
    // Nulls in structs were left out above, so that a null here is a map's.
    const kept = inner === undefined ? value : rebuildItem(value, inner, schema, scalar);
    if (kept !== value) same = false;
    if (field.type === 'ref' && inner !== undefined && isOmitted(kept, inner)) {
      same = false;
      continue;
    }
    put(result, key, kept);
  }
  return same ? object : result;
}

/** Whether Go leaves the value out when it encodes a struct: zero or empty, and not required. */
function isOmitted(value: Json, { type, required, writtenWhenZero }: SchemaField): boolean {
  if (required === true || writtenWhenZero === true) return false;
  switch (type) {
    case 'list':
      return isList(value) && value.length === 0;
    case 'map':
      return isObject(value) && isEmptyObject(value);
    case 'integer':
    case 'number':
      return value === 0;
    case 'boolean':
      return value === false;
    case 'string':
      return value === '';
    default:
      return false;
  }
}

function isEmptyObject(object: JsonObject): boolean {
  for (const key in object) if (Object.hasOwn(object, key)) return false;
  return true;
}
