import { goJson, goQuote } from './gostring.ts';

/** What is wrong with a field; the values are the cause reasons of a Status (`field.ErrorType` upstream). */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooShort'
  | 'FieldValueTooMany'
  | 'FieldValueTooFew'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

/**
 * One refused field (`field.Error`, pkg/util/validation/field/errors.go): the path, the value that
 * was given (absent where upstream does not show it) and what is wrong with it.
 */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  readonly badValue?: unknown;
  readonly detail: string;
}

/** The words each type opens its message with. */
const TYPE_TEXT: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooShort: 'Too short',
  FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};

/** Types whose message shows the value that was given. */
const SHOWS_VALUE: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueNotFound',
  'FieldValueDuplicate',
  'FieldValueInvalid',
  'FieldValueNotSupported',
  'FieldValueTooMany',
  'FieldValueTooFew',
  'FieldValueTypeInvalid',
]);

/** The path of a field inside an object: `child('spec', 'replicas')` is `spec.replicas`; an empty path is the root. */
export function child(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** The path of a list element: `spec.containers[0]`. */
export function index(path: string, i: number): string {
  return `${path}[${i}]`;
}

/** The path of a map entry: `metadata.labels[app]`. */
export function key(path: string, k: string): string {
  return `${path}[${k}]`;
}

/** The field must be given. */
export function required(path: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field: path, detail };
}

/** The value is malformed or out of bounds. */
export function invalid(path: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: path, badValue: value, detail };
}

/** The value does not have the type of the field. */
export function typeInvalid(path: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field: path, badValue: value, detail };
}

/** The value must be unique and is not. */
export function duplicate(path: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field: path, badValue: value, detail: '' };
}

/** The value refers to something that does not exist. */
export function notFound(path: string, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field: path, badValue: value, detail: '' };
}

/** The value is none of an enumeration; `supported` is printed in the order given. */
export function notSupported(path: string, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`;
  return { type: 'FieldValueNotSupported', field: path, badValue: value, detail };
}

/** The field may not be set, or changed, as things stand. */
export function forbidden(path: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field: path, detail };
}

/** The value takes more than `max` bytes; a negative `max` leaves the number out. */
export function tooLong(path: string, max: number): FieldError {
  const detail =
    max < 0 ? 'value is too long' : `may not be more than ${max} ${max === 1 ? 'byte' : 'bytes'}`;
  return { type: 'FieldValueTooLong', field: path, detail };
}

/** The list has `actual` elements where `max` are allowed; negative numbers are left out of the message. */
export function tooMany(path: string, actual: number, max: number): FieldError {
  const detail = max < 0 ? 'has too many items' : `must have at most ${max} ${max === 1 ? 'item' : 'items'}`;
  return { type: 'FieldValueTooMany', field: path, ...(actual < 0 ? {} : { badValue: actual }), detail };
}

/** Something other than the request went wrong while the field was checked. */
export function internal(path: string, detail: string): FieldError {
  return { type: 'InternalError', field: path, detail };
}

/** `<Type text>[: <value>][: <detail>]`: the message without the path, as in a Status cause. */
export function errorBody(e: FieldError): string {
  const text = TYPE_TEXT[e.type];
  const shown = SHOWS_VALUE.has(e.type) && Object.hasOwn(e, 'badValue');
  const head = shown ? `${text}: ${formatValue(e.badValue, e.field)}` : text;
  return e.detail === '' ? head : `${head}: ${e.detail}`;
}

/** `<path>: <body>`: the message with the path, as in the text of an Invalid Status. */
export function formatFieldError(e: FieldError): string {
  return `${e.field}: ${errorBody(e)}`;
}

/** Several errors as upstream prints an aggregate: repeated texts once, one bare, more as `[a, b]`, none empty. */
export function formatFieldErrors(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(formatFieldError))];
  return texts.length === 1 ? (texts[0] ?? '') : texts.length === 0 ? '' : `[${texts.join(', ')}]`;
}

/** A value whose Go syntax is known: it is shown as it is. */
export class GoSyntax {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function formatValue(value: unknown, path: string): string {
  if (value instanceof GoSyntax) return value.text;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (typeof value === 'string') return goQuote(value);
  return goJson(withSortedMaps(value, MAPS.has(path.slice(path.lastIndexOf('.') + 1))));
}

/** Fields that are maps: Go prints the keys of those in alphabetical order, the fields of structs as they are declared. */
const MAPS: ReadonlySet<string> = new Set([
  ...['labels', 'annotations', 'matchLabels', 'nodeSelector', 'data', 'binaryData', 'parameters'],
  ...['capacity', 'limits', 'requests', 'hard'],
]);

function withSortedMaps(value: unknown, isMap: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withSortedMaps(item, false));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => [
    name,
    withSortedMaps(inner, !isMap && MAPS.has(name)),
  ]);
  return Object.fromEntries(isMap ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : entries);
}
