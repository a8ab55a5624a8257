import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { entriesOf, isList, isObject } from '../../apimachinery/object.ts';
import { normalizeAgainstSchema } from '../../apimachinery/prune.ts';
import { schema as builtin } from '../schema.ts';
import { additionalSchema, rebuilt, type Structural } from './structural.ts';

/** Fields of an object in its own right, which no schema needs to mention. */
const OBJECT_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** A value without what its schema does not know, and the paths of what that was, sorted. */
export interface Pruned {
  readonly value: JsonObject;
  readonly unknownFields: readonly string[];
}

/**
 * Drops the fields of an object that its schema does not specify, and nulls where null is no value
 * (apiextensions-apiserver pkg/apiserver/schema/{pruning,defaulting}). Shares what it keeps.
 */
export function prune(object: JsonObject, root: Structural): Pruned {
  const unknown: string[] = [];
  const value = visit(object, { ...root, embedded: true }, '', unknown) as JsonObject;
  return { value, unknownFields: unknown.sort() };
}

function visit(value: Json, schema: Structural | undefined, path: string, unknown: string[]): Json {
  if (isList(value)) {
    const items = value.map((item, i) => {
      if (schema?.preserveUnknown === true && schema.items === undefined) return item;
      return visit(item, schema?.items, `${path}[${i}]`, unknown);
    });
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (!isObject(value)) return value;
  const entries: [string, Json][] = [];
  for (const [key, inner] of entriesOf(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    const kept = visitField(key, inner, schema, at, unknown);
    if (kept !== undefined) entries.push([key, kept]);
  }
  return rebuilt(value, entries);
}

function visitField(
  key: string,
  value: Json,
  schema: Structural | undefined,
  path: string,
  unknown: string[],
): Json | undefined {
  if (schema?.embedded === true && OBJECT_FIELDS.has(key)) return embeddedField(key, value, path);
  const property = schema?.properties.get(key);
  if (property !== undefined) {
    if (value === null && !property.nullable) return undefined;
    return visit(value, property, path, unknown);
  }
  if (schema?.preserveUnknown === true) return value;
  if (schema?.additional === true) return visit(value, undefined, path, unknown);
  const additional = schema === undefined ? undefined : additionalSchema(schema);
  if (additional !== undefined) return visit(value, additional, path, unknown);
  unknown.push(path);
  return undefined;
}

/** Metadata of an embedded object is metadata; that of the object itself has been read already. */
function embeddedField(key: string, value: Json, path: string): Json {
  if (key !== 'metadata' || path === 'metadata' || !isObject(value)) return value;
  return normalizeAgainstSchema(value, builtin, 'ObjectMeta');
}
