import { goQuote } from './gostring.ts';
import type { Json, JsonObject } from './json.ts';
import { entriesOf, isList, isObject, MAX_DEPTH } from './object.ts';
import { isQuantityError, parseQuantity } from './quantity.ts';
import type { Schema, SchemaField } from './schema.ts';
import { type Ancestor, suggestField } from './suggest.ts';
import { timeProblem } from './time.ts';

/** Strict decoding: what a value says that its type does not know (sigs.k8s.io/json). */

/** A field that the type does not have. */
export interface UnknownField {
  /** From the root of the object, e.g. `spec.template.spec.containers[0].img`. */
  readonly path: string;
  /** The path that was probably meant; an element of a list not written yet is `[]`. */
  readonly suggestion?: string;
}

/** A value that does not fit its field. */
export interface TypeFault {
  readonly path: string;
  /** Go's words, e.g. `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. */
  readonly message: string;
}

/** What strict decoding found, in document order. Upstream stops at the first type error. */
export interface Validated {
  readonly unknownFields: readonly UnknownField[];
  readonly typeErrors: readonly TypeFault[];
}

/**
 * Who complains of a value of the wrong type: the JSON decoder, or the converter of decoded maps that
 * strategic merge patches go through (pkg/runtime/converter.go), which names no field.
 */
export type Wording = 'json' | 'converter';

/** Checks a value, depth-first, against the type of that name. */
export function validateAgainstSchema(
  value: Json,
  schema: Schema,
  typeName: string,
  wording: Wording = 'json',
): Validated {
  const walk = new Walk(schema, wording);
  walk.visit(value, { type: 'ref', ref: typeName });
  return walk;
}

/** `unknown field "spec.img"`: how upstream names it in a strict decoding error. */
export function unknownFieldMessage(path: string): string {
  return `unknown field ${goQuote(path)}`;
}

/** Upstream's text of strict decoding errors: `strict decoding error: unknown field "a", duplicate field "b"`. */
export function strictDecodingError(messages: readonly string[]): string {
  return `strict decoding error: ${messages.join(', ')}`;
}

/** Nobody reads more advice than this, and looking for it takes time. */
const MAX_SUGGESTIONS = 20;

class Walk implements Validated {
  readonly unknownFields: UnknownField[] = [];
  readonly typeErrors: TypeFault[] = [];
  readonly #schema: Schema;
  readonly #path: (string | number)[] = [];
  /** The structs around the value, outermost first. */
  readonly #structs: Ancestor[] = [];

  readonly #wording: Wording;

  constructor(schema: Schema, wording: Wording) {
    this.#schema = schema;
    this.#wording = wording;
  }

  visit(value: Json, field: SchemaField): void {
    if (value === null || this.#path.length > MAX_DEPTH) return;
    switch (field.type) {
      case 'ref':
        if (isObject(value)) this.#visitStruct(value, field);
        else this.#mismatch(value, field);
        return;
      case 'list':
        if (isList(value)) this.#visitList(value, field);
        else this.#mismatch(value, field);
        return;
      case 'map':
        if (isObject(value)) this.#visitMap(value, field);
        else this.#mismatch(value, field);
        return;
      default:
        this.#visitScalar(value, field);
    }
  }

  #visitStruct(object: JsonObject, field: SchemaField): void {
    const name = field.ref ?? '';
    const type = Object.hasOwn(this.#schema, name) ? this.#schema[name] : undefined;
    if (type === undefined) return;
    this.#structs.push({ typeName: name, path: [...this.#path] });
    for (const [key, value] of entriesOf(object)) {
      const inner = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
      this.#path.push(key);
      if (inner !== undefined) this.visit(value, inner);
      else this.#unknown(key);
      this.#path.pop();
    }
    this.#structs.pop();
  }

  #unknown(key: string): void {
    const many = this.unknownFields.length >= MAX_SUGGESTIONS;
    const suggestion = many ? undefined : suggestField(this.#schema, this.#structs, key);
    const path = formatPath(this.#path);
    this.unknownFields.push({ path, ...(suggestion === undefined ? {} : { suggestion }) });
  }

  #visitList(list: readonly Json[], field: SchemaField): void {
    const { items } = field;
    if (items === undefined) return;
    for (const [i, item] of list.entries()) {
      this.#path.push(i);
      this.visit(item, items);
      this.#path.pop();
    }
  }

  #visitMap(object: JsonObject, field: SchemaField): void {
    const { items } = field;
    if (items === undefined) return;
    for (const [key, value] of entriesOf(object)) {
      this.#path.push(key);
      this.visit(value, items);
      this.#path.pop();
    }
  }

  #visitScalar(value: Json, field: SchemaField): void {
    const problem = scalarProblem(value, field);
    if (problem === 'type') this.#mismatch(value, field);
    else if (problem !== undefined) this.#report(problem);
  }

  #mismatch(value: Json, field: SchemaField): void {
    const converter = this.#wording === 'converter' ? cannotConvert(value, field) : undefined;
    if (converter !== undefined) {
      this.#report(converter);
      return;
    }
    const struct = this.#structs.at(-1);
    const into =
      struct === undefined
        ? 'Go value'
        : `Go struct field ${struct.typeName}.${this.#path.slice(0, this.#structDepth()).filter(isName).join('.')}`;
    this.#report(`json: cannot unmarshal ${jsonKind(value, field)} into ${into} of type ${goType(field)}`);
  }

  /** How much of the path leads to a field of the innermost struct; map keys and places in lists follow. */
  #structDepth(): number {
    return (this.#structs.at(-1)?.path.length ?? 0) + 1;
  }

  #report(message: string): void {
    this.typeErrors.push({ path: formatPath(this.#path), message });
  }
}

function isName(segment: string | number): boolean {
  return typeof segment === 'string';
}

/** `spec.containers[0].image`. */
export function formatPath(segments: readonly (string | number)[]): string {
  let path = '';
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`;
    else path += path === '' ? segment : `.${segment}`;
  }
  return path;
}

const INTEGER_LIMITS: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 };

/** `type` where the value is of the wrong kind, another text where upstream words it on its own. */
function scalarProblem(value: Json, field: SchemaField): string | undefined {
  switch (field.type) {
    case 'string':
      return typeof value === 'string' ? undefined : 'type';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'type';
    case 'number':
      return typeof value === 'number' ? undefined : 'type';
    case 'integer':
      return isInteger(value, field.format ?? 'int64') ? undefined : 'type';
    case 'intOrString':
      return typeof value === 'string' || isInteger(value, 'int32') ? undefined : 'type';
    case 'quantity':
      return quantityProblem(value);
    case 'time':
    case 'microTime':
      return typeof value === 'string' ? timeProblem(value) : 'type';
    case 'bytes':
      return typeof value === 'string' ? base64Problem(value) : 'type';
    default:
      return undefined;
  }
}

function isInteger(value: Json, format: string): boolean {
  if (typeof value !== 'number' || !Number.isInteger(value)) return false;
  const limit = INTEGER_LIMITS[format] ?? 2 ** 63;
  return value >= -limit && value < limit;
}

function quantityProblem(value: Json): string | undefined {
  // Upstream parses whatever text stands there, so an object or a bool is a badly formed quantity.
  const q = parseQuantity(typeof value === 'string' || typeof value === 'number' ? String(value) : 'x');
  return isQuantityError(q) ? q.error : undefined;
}

/** Go's base64 decoder skips line ends and names the first byte it cannot use. */
function base64Problem(value: string): string | undefined {
  const bad = /[^A-Za-z0-9+/=\r\n]/.exec(value);
  if (bad !== null) return `illegal base64 data at input byte ${bad.index}`;
  const text = value.replace(/[\r\n]/g, '');
  const padding = text.indexOf('=');
  const body = padding < 0 ? text : text.slice(0, padding);
  const needed = (4 - (body.length % 4)) % 4;
  if (needed === 3) return `illegal base64 data at input byte ${Math.max(body.length - 1, 0)}`;
  if (text.length - body.length === needed) return undefined;
  return `illegal base64 data at input byte ${Math.min(body.length + needed, text.length)}`;
}

/** What the converter says of a value; undefined for types that read JSON themselves. */
function cannotConvert(value: Json, field: SchemaField): string | undefined {
  const from = goKind(value);
  switch (field.type) {
    case 'ref':
      return `cannot restore struct from: ${from}`;
    case 'map':
      return `cannot restore map from ${from}`;
    case 'list':
    case 'bytes':
      return `cannot restore slice from ${from}`;
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number': {
      const to = goType(field);
      // Go can make a text of a whole number, and a whole number of another: the converter will not.
      const convertible =
        field.type !== 'boolean' && (from === 'int64' || (from === 'float64' && to !== 'string'));
      return convertible ? `cannot convert ${from} to ${to}` : `unrecognized type: ${to}`;
    }
    default:
      return undefined;
  }
}

/** The reflect.Kind of decoded JSON. */
function goKind(value: Json): string {
  if (isList(value)) return 'slice';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'object' ? 'map' : typeof value === 'boolean' ? 'bool' : 'string';
}

/** What Go calls the JSON value; a number that is of no use to an integer is printed. */
function jsonKind(value: Json, field: SchemaField): string {
  if (isList(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') {
    return field.type === 'integer' || field.type === 'intOrString' ? `number ${value}` : 'number';
  }
  return typeof value;
}

/** The Go type of a field, as error texts print it. */
export function goType(field: SchemaField): string {
  switch (field.type) {
    case 'list':
      return `[]${field.items === undefined ? 'interface {}' : goType(field.items)}`;
    case 'map':
      return field.items?.type === 'quantity'
        ? 'v1.ResourceList'
        : `map[string]${field.items === undefined ? 'interface {}' : goType(field.items)}`;
    case 'ref':
      return `v1.${field.ref ?? ''}`;
    case 'boolean':
      return 'bool';
    case 'integer':
      return field.format ?? 'int64';
    case 'number':
      return 'float64';
    case 'intOrString':
      return 'int32';
    case 'bytes':
      return '[]uint8';
    case 'quantity':
      return 'resource.Quantity';
    case 'any':
      return 'interface {}';
    default:
      return 'string';
  }
}
