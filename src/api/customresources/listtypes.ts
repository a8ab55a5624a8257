import { duplicate, type FieldError, index } from '../../apimachinery/fielderror.ts';
import { goJson } from '../../apimachinery/gostring.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { entriesOf, isList, isObject, own } from '../../apimachinery/object.ts';
import { type Structural, schemaUnder } from './structural.ts';

/** No element of a set or of a list of maps comes twice (pkg/apiserver/schema/listtype/validation.go). */
export function validateListTypes(value: Json, schema: Structural, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  visit(value, schema, path, errors);
  return errors;
}

function visit(value: Json, schema: Structural, path: string, errors: FieldError[]): void {
  if (isList(value)) {
    if (schema.listType === 'set') findTwins(value, (item) => item, path, errors);
    if (schema.listType === 'map') findTwins(value, (item) => keysOf(item, schema), path, errors);
    const { items } = schema;
    if (items !== undefined)
      for (const [i, item] of value.entries()) visit(item, items, index(path, i), errors);
  } else if (isObject(value)) {
    for (const [key, inner] of entriesOf(value)) {
      const below = schemaUnder(schema, key);
      const at = schema.properties.has(key) ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`;
      if (below !== undefined) visit(inner, below, at, errors);
    }
  }
}

function keysOf(item: Json, { listMapKeys, items }: Structural): Json {
  const keys: JsonObject = Object.fromEntries(
    listMapKeys.flatMap((key): [string, Json][] => {
      const value = isObject(item) ? own(item, key) : undefined;
      const given = value ?? items?.properties.get(key)?.defaultValue;
      return given === undefined ? [] : [[key, given]];
    }),
  );
  return keys;
}

function findTwins(
  list: readonly Json[],
  keyOf: (item: Json) => Json,
  path: string,
  errors: FieldError[],
): void {
  const seen = new Set<string>();
  list.forEach((item, i) => {
    const key = keyOf(item);
    const text = goJson(key);
    if (seen.has(text)) errors.push(duplicate(index(path, i), key));
    seen.add(text);
  });
}
