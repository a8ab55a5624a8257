import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isList, isObject, own } from '../../apimachinery/object.ts';
import { type Structural, schemaUnder } from './structural.ts';

/**
 * Fills in the defaults of a schema wherever the object around them exists
 * (apiextensions-apiserver pkg/apiserver/schema/defaulting/algorithm.go). The value itself if nothing is missing.
 */
export function withSchemaDefaults(value: Json, schema: Structural): Json {
  if (isList(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    const filled = value.map((item) => withSchemaDefaults(item, items));
    return filled.every((item, i) => item === value[i]) ? value : filled;
  }
  return isObject(value) ? fillObject(value, schema) : value;
}

function fillObject(object: JsonObject, schema: Structural): JsonObject {
  let out: Record<string, Json | undefined> | undefined;
  const set = (key: string, value: Json): void => {
    if (own(object, key) === value) return;
    out ??= { ...object };
    out[key] = value;
  };
  for (const [key, property] of schema.properties) {
    const given = own(object, key);
    const missing = given === undefined || (given === null && !property.nullable);
    if (missing && property.defaultValue !== undefined)
      set(key, withSchemaDefaults(property.defaultValue, property));
  }
  for (const key of Object.keys(object)) {
    const inner = schemaUnder(schema, key);
    const given = own(object, key);
    if (inner !== undefined && given !== undefined && given !== null)
      set(key, withSchemaDefaults(given, inner));
  }
  return out ?? object;
}
