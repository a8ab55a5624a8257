import { goPrint } from './gostring.ts';
import type { Json, JsonObject } from './json.ts';
import { isList, isObject } from './object.ts';
import type { Schema, SchemaField } from './schema.ts';

/**
 * Whether a configuration has the shape of its type, as server-side apply looks at it, in the words of
 * structured-merge-diff (typed/validate.go): unlike decoding it takes no unknown field, and no list in
 * which two elements are the same.
 */

/** What is wrong at a path such as `.spec.containers[name="web"].image`. */
export interface TypedError {
  readonly path: string;
  readonly message: string;
}

/** All that is wrong with a value, in the order of its fields. */
export function typedErrors(value: Json, field: SchemaField, schema: Schema): readonly TypedError[] {
  const errors: TypedError[] = [];
  check({ errors, schema }, '', value, field);
  return errors;
}

/** The errors as one text. */
export function formatTypedErrors(errors: readonly TypedError[]): string {
  const texts = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return texts.length === 1 ? (texts[0] ?? '') : ['errors:', ...texts.map((text) => `  ${text}`)].join('\n');
}

interface Check {
  readonly errors: TypedError[];
  readonly schema: Schema;
}

function check(c: Check, path: string, value: Json, field: SchemaField): void {
  if (value === null) return;
  const wrong = (message: string): void => {
    c.errors.push({ path, message });
  };
  switch (field.type) {
    case 'string':
    case 'bytes':
      if (typeof value !== 'string')
        wrong(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
      return;
    case 'integer':
    case 'number':
      if (typeof value !== 'number') wrong(`expected numeric (int or float), got ${goType(value)}`);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') wrong(`expected boolean, got &{${goPrint(value)}}`);
      return;
    case 'quantity':
    case 'intOrString':
    case 'time':
    case 'microTime':
      if (typeof value === 'object') wrong(`expected any scalar, got &{${goPrint(value)}}`);
      return;
    case 'any':
      return;
    case 'list':
      if (isList(value)) checkList(c, path, value, field);
      else wrong(`expected list, got &{${goPrint(value)}}`);
      return;
    case 'map':
    case 'ref':
      if (isObject(value)) checkMap(c, path, value, field);
      else wrong(`expected map, got &{${goPrint(value)}}`);
  }
}

function checkMap(c: Check, path: string, value: JsonObject, field: SchemaField): void {
  const fields = field.ref === undefined ? undefined : c.schema[field.ref]?.fields;
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    const at = `${path}.${name}`;
    if (field.type === 'map') {
      if (field.items !== undefined) check(c, at, inner, field.items);
      continue;
    }
    if (fields === undefined) continue;
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (known === undefined) c.errors.push({ path: at, message: 'field not declared in schema' });
    else check(c, at, inner, known);
  }
}

function checkList(c: Check, path: string, list: readonly Json[], field: SchemaField): void {
  const seen = new Set<string>();
  for (const [i, item] of list.entries()) {
    const element = elementOf(item, i, field);
    if (typeof element !== 'string') {
      c.errors.push({ path, message: `element ${i}: ${element.error}` });
      continue;
    }
    if (seen.has(element)) c.errors.push({ path, message: `duplicate entries for key ${element}` });
    seen.add(element);
    if (field.items !== undefined) check(c, path + element, item, field.items);
  }
}

/** How a path names an element, or why it cannot. */
function elementOf(item: Json, i: number, field: SchemaField): string | { readonly error: string } {
  const keys = field.listMapKeys ?? [];
  if (field.listType === 'map' && keys.length > 0) {
    if (item === null) return { error: "associative list with keys has an element that's explicitly null" };
    if (!isObject(item)) return { error: 'associative list with keys may not have non-map elements' };
    return keyedElement(item, keys);
  }
  if (field.listType !== 'set') return `[${i}]`;
  if (item === null) return { error: "associative list without keys has an element that's explicitly null" };
  if (typeof item === 'object')
    return {
      error: `associative list without keys has an element that's a ${isList(item) ? 'list' : 'map'} type`,
    };
  return `[=${JSON.stringify(item)}]`;
}

function keyedElement(item: JsonObject, keys: readonly string[]): string | { readonly error: string } {
  const parts: string[] = [];
  for (const key of [...keys].sort()) {
    // The only key that has a default: a port's protocol.
    const value = item[key] ?? (key === 'protocol' ? 'TCP' : undefined);
    if (value === undefined) {
      const error = `associative list with keys has an element that omits key field "${key}" (and doesn't have default value)`;
      return { error };
    }
    parts.push(`${key}=${JSON.stringify(value)}`);
  }
  return `[${parts.join(',')}]`;
}

function goType(value: Json): string {
  if (isList(value)) return '[]interface {}';
  return typeof value === 'boolean'
    ? 'bool'
    : typeof value === 'string'
      ? 'string'
      : 'map[string]interface {}';
}

/** `%#v` of a value in Go. */
function goSyntax(value: Json): string {
  if (value === null) return 'interface {}(nil)';
  if (isList(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const inner = entries.map(([name, part]) => `${JSON.stringify(name)}:${goSyntax(part ?? null)}`);
  return `map[string]interface {}{${inner.join(', ')}}`;
}
