import { type Json, jsonTypeName } from '../../apimachinery/json.ts';
import { isList, isObject } from '../../apimachinery/object.ts';

/** What a field of a kustomization may hold: Go's `encoding/json` with unknown fields refused. */
export type Shape =
  | { readonly type: 'string' | 'bool' | 'int64' | 'any' }
  | { readonly type: 'list' | 'map'; readonly items: Shape }
  | { readonly type: 'struct'; readonly name: string; readonly fields: Readonly<Record<string, Shape>> };

export const TEXT: Shape = { type: 'string' };
export const FLAG: Shape = { type: 'bool' };
export const NUMBER: Shape = { type: 'int64' };
export const ANY: Shape = { type: 'any' };
export const TEXTS: Shape = { type: 'list', items: TEXT };
export const TEXT_MAP: Shape = { type: 'map', items: TEXT };

/** A list of structs, or a struct. */
export function structs(name: string, fields: Readonly<Record<string, Shape>>): Shape {
  return { type: 'list', items: struct(name, fields) };
}

export function struct(name: string, fields: Readonly<Record<string, Shape>>): Shape {
  return { type: 'struct', name, fields };
}

/**
 * The value with the fields' proper names, or Go's complaint. As Go reads JSON, the case of a field's
 * name does not matter and null leaves a field out. `at` is the Go struct and the path in it so far.
 */
export function decode(
  value: Json,
  shape: Shape,
  at = '',
): { readonly value: Json } | { readonly error: string } {
  const wrong = {
    error: `json: cannot unmarshal ${jsonTypeName(value)} into Go struct field ${at} of type ${goType(shape)}`,
  };
  switch (shape.type) {
    case 'any':
      return { value };
    case 'string':
      return typeof value === 'string' ? { value } : wrong;
    case 'bool':
      return typeof value === 'boolean' ? { value } : wrong;
    case 'int64':
      return typeof value === 'number' ? { value } : wrong;
    case 'list':
      return isList(value) ? decodeList(value, shape.items, at) : wrong;
    case 'map':
      return isObject(value) ? decodeMap(value, shape.items, at) : wrong;
    case 'struct':
      return isObject(value) ? decodeStruct(value, shape, at) : wrong;
  }
}

type Decoded = ReturnType<typeof decode>;

function decodeList(list: readonly Json[], items: Shape, at: string): Decoded {
  const values: Json[] = [];
  for (const item of list) {
    const decoded = item === null && items.type === 'string' ? { value: '' } : decode(item, items, at);
    if ('error' in decoded) return decoded;
    values.push(decoded.value);
  }
  return { value: values };
}

function decodeMap(map: Readonly<Record<string, Json | undefined>>, items: Shape, at: string): Decoded {
  const values: [string, Json][] = [];
  for (const [key, item] of Object.entries(map)) {
    const decoded =
      item === null && items.type === 'string' ? { value: '' } : decode(item ?? null, items, at);
    if ('error' in decoded) return decoded;
    values.push([key, decoded.value]);
  }
  return { value: Object.fromEntries(values) };
}

function decodeStruct(
  value: Readonly<Record<string, Json | undefined>>,
  shape: Extract<Shape, { type: 'struct' }>,
  at: string,
): Decoded {
  const path = at.includes('.') ? at.slice(at.indexOf('.') + 1) : '';
  const values: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const name = fieldNamed(shape.fields, key);
    const field = name === undefined ? undefined : shape.fields[name];
    if (name === undefined || field === undefined)
      return { error: `json: unknown field ${JSON.stringify(key)}` };
    if (item === null || item === undefined) continue;
    const decoded = decode(item, field, `${shape.name}.${path === '' ? '' : `${path}.`}${name}`);
    if ('error' in decoded) return decoded;
    values.push([name, decoded.value]);
  }
  return { value: Object.fromEntries(values) };
}

function goType(shape: Shape): string {
  switch (shape.type) {
    case 'list':
      return `[]${goType(shape.items)}`;
    case 'map':
      return `map[string]${goType(shape.items)}`;
    case 'struct':
      return `types.${shape.name}`;
    case 'any':
      return 'interface {}';
    default:
      return shape.type;
  }
}

/** The field that a key means: the one spelled so, or else one that differs in case alone. */
function fieldNamed(fields: Readonly<Record<string, Shape>>, key: string): string | undefined {
  if (Object.hasOwn(fields, key)) return key;
  const folded = key.toLowerCase();
  return Object.keys(fields).find((name) => name.toLowerCase() === folded);
}
