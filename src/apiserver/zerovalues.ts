import { schema } from '../api/schema.ts';
import type { Json, JsonObject } from '../apimachinery/json.ts';
import { isList, isObject, own } from '../apimachinery/object.ts';
import type { SchemaField } from '../apimachinery/schema.ts';

const NO_OBJECT: JsonObject = Object.freeze({});
const NO_LIST: readonly Json[] = Object.freeze([]);

/**
 * The value with every required field that it leaves out at its zero value, as Go's decoder leaves
 * it: `""`, 0, false, an empty list or struct. What follows can then rely on the types. Shares what
 * does not change; the value itself if nothing is missing.
 */
export function withZeroValues(value: JsonObject, typeName: string): JsonObject {
  return fill(value, { type: 'ref', ref: typeName }) as JsonObject;
}

function fill(value: Json, field: SchemaField): Json {
  if (isList(value)) {
    const { items } = field;
    if (items === undefined || isScalar(items)) return value;
    const filled = value.map((item) => fill(item ?? zeroOf(items), items));
    return filled.every((item, i) => item === value[i]) ? value : filled;
  }
  if (!isObject(value)) return value;
  if (field.type === 'map') return fillMap(value, field.items);
  return field.type === 'ref' ? fillStruct(value, field.ref ?? '') : value;
}

function fillMap(value: JsonObject, items: SchemaField | undefined): JsonObject {
  if (items === undefined || isScalar(items)) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, fill(item ?? zeroOf(items), items)] as const,
  );
  return entries.every(([key, item]) => item === own(value, key)) ? value : Object.fromEntries(entries);
}

function fillStruct(value: JsonObject, typeName: string): JsonObject {
  const type = Object.hasOwn(schema, typeName) ? schema[typeName] : undefined;
  if (type === undefined) return value;
  let out: Record<string, Json | undefined> | undefined;
  for (const [name, field] of Object.entries(type.fields)) {
    const before = own(value, name);
    if (before === undefined && (field.required !== true || isPointer(field))) continue;
    const after = fill(before ?? zeroOf(field), field);
    if (after === before) continue;
    out ??= { ...value };
    out[name] = after;
  }
  return out ?? value;
}

/** Selectors are pointers in Go although they are required: to have none is not to have an empty one. */
function isPointer({ ref }: SchemaField): boolean {
  return ref === 'LabelSelector';
}

function isScalar({ type }: SchemaField): boolean {
  return type !== 'ref' && type !== 'list' && type !== 'map';
}

function zeroOf({ type }: SchemaField): Json {
  switch (type) {
    case 'list':
      return NO_LIST;
    case 'integer':
    case 'number':
    case 'intOrString':
      return 0;
    case 'boolean':
      return false;
    case 'quantity':
      return '0';
    case 'any':
      return null;
    case 'ref':
    case 'map':
      return NO_OBJECT;
    default:
      return '';
  }
}
