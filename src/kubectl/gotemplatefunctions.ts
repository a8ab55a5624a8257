import { base64DecodeText } from '../apimachinery/base64.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import type { Json } from '../apimachinery/json.ts';
import { entriesOf, isList, isObject } from '../apimachinery/object.ts';

/** A value of a template: JSON, or nothing. */
export type TemplateValue = Json | undefined;

type Result = { readonly value: TemplateValue } | { readonly error: string };

/** Go's truth: zero, nothing and what is empty are false. */
export function isTrue(value: TemplateValue): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'object') return Boolean(value);
  return isList(value) ? value.length > 0 : entriesOf(value).length > 0;
}

/** As Go's fmt prints it with `%v`: `map[a:1]`, `[a b]`, `<no value>`. */
export function formatValue(value: TemplateValue): string {
  if (value === undefined || value === null) return '<no value>';
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(inner).join(' ')}]`;
  const entries = entriesOf(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, of]) => `${key}:${inner(of)}`).join(' ')}]`;
}

function inner(value: TemplateValue): string {
  return value === null || value === undefined ? '<nil>' : formatValue(value);
}

/** Numbers are float64: large ones get an exponent. */
function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  return String(value).replace(/e([-+])(\d)$/, 'e$10$2');
}

type Function = (args: readonly TemplateValue[]) => Result;

const FUNCTIONS: ReadonlyMap<string, Function> = new Map<string, Function>([
  [
    'and',
    (args) => ({
      value:
        args.find((arg) => !isTrue(arg)) ??
        (args.every(isTrue) ? args.at(-1) : args.find((arg) => !isTrue(arg))),
    }),
  ],
  ['or', (args) => ({ value: args.find(isTrue) ?? args.at(-1) })],
  ['not', ([arg]) => ({ value: !isTrue(arg) })],
  ['len', ([arg]) => lengthOf(arg)],
  ['index', ([from, ...keys]) => index(from, keys)],
  ['slice', ([from, begin, end]) => slice(from, begin, end)],
  ['print', (args) => ({ value: args.map(formatValue).join('') })],
  ['println', (args) => ({ value: `${args.map(formatValue).join(' ')}\n` })],
  ['printf', ([format, ...values]) => ({ value: goPrintf(String(format ?? ''), values) })],
  ['html', (args) => ({ value: escapeHtml(args.map(formatValue).join('')) })],
  [
    'urlquery',
    (args) => ({ value: encodeURIComponent(args.map(formatValue).join('')).replace(/%20/g, '+') }),
  ],
  ['eq', ([first, ...others]) => ({ value: others.some((other) => equal(first, other)) })],
  ['ne', ([a, b]) => ({ value: !equal(a, b) })],
  ['lt', ([a, b]) => ordered(a, b, (order) => order < 0)],
  ['le', ([a, b]) => ordered(a, b, (order) => order <= 0)],
  ['gt', ([a, b]) => ordered(a, b, (order) => order > 0)],
  ['ge', ([a, b]) => ordered(a, b, (order) => order >= 0)],
  ['exists', ([from, ...keys]) => ({ value: exists(from, keys) })],
  ['base64decode', ([text]) => decode(text)],
]);

/** Calls one of text/template's or kubectl's functions; undefined when there is none of that name. */
export function callFunction(name: string, args: readonly TemplateValue[]): Result | undefined {
  const found = FUNCTIONS.get(name);
  if (found === undefined) return undefined;
  return args.length === 0 && name !== 'print' && name !== 'println'
    ? { error: 'wrong number of args' }
    : found(args);
}

function lengthOf(value: TemplateValue): Result {
  if (typeof value === 'string') return { value: value.length };
  if (value === undefined || value === null || typeof value !== 'object')
    return { error: 'len of nil pointer' };
  return { value: isList(value) ? value.length : entriesOf(value).length };
}

function index(from: TemplateValue, keys: readonly TemplateValue[]): Result {
  let value = from;
  for (const key of keys) {
    if (value === undefined || value === null) return { error: 'index of untyped nil' };
    if (typeof value !== 'object') return { error: `can't index item of type ${typeof value}` };
    if (isList(value)) {
      if (typeof key !== 'number') return { error: 'cannot index slice/array with type string' };
      if (key < 0 || key >= value.length) return { error: `reflect: slice index out of range: ${key}` };
      value = value[key];
    } else
      value =
        typeof key === 'string' && Object.hasOwn(value, key)
          ? (value as Readonly<Record<string, Json>>)[key]
          : undefined;
  }
  return { value };
}

function slice(from: TemplateValue, begin: TemplateValue, end: TemplateValue): Result {
  const [b, e] = [typeof begin === 'number' ? begin : 0, typeof end === 'number' ? end : undefined];
  if (typeof from === 'string') return { value: from.slice(b, e) };
  return from !== undefined && isList(from) ? { value: from.slice(b, e) } : { error: "can't slice item" };
}

function equal(a: TemplateValue, b: TemplateValue): boolean {
  return (a ?? undefined) === (b ?? undefined);
}

function ordered(a: TemplateValue, b: TemplateValue, holds: (order: number) => boolean): Result {
  if (typeof a === 'number' && typeof b === 'number') return { value: holds(a - b) };
  if (typeof a === 'string' && typeof b === 'string') return { value: holds(a < b ? -1 : a > b ? 1 : 0) };
  return { error: 'incompatible types for comparison' };
}

function exists(from: TemplateValue, keys: readonly TemplateValue[]): boolean {
  let value = from;
  for (const key of keys) {
    if (value === undefined || value === null) return false;
    if (isList(value)) value = typeof key === 'number' ? value[key] : undefined;
    else if (isObject(value))
      value = Object.hasOwn(value, String(key))
        ? (value as Readonly<Record<string, Json>>)[String(key)]
        : undefined;
    else return false;
    if (value === undefined) return false;
  }
  return true;
}

function decode(text: TemplateValue): Result {
  const plain = base64DecodeText(String(text ?? ''));
  return plain === undefined ? { error: 'base64 decode failed: illegal base64 data' } : { value: plain };
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&#34;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (char) => names[char] ?? char);
}

const MAX_WIDTH = 1000;

/** `%v`, `%s`, `%q`, `%d`, `%f`, `%t`, `%%` with width and precision. */
function goPrintf(format: string, values: readonly TemplateValue[]): string {
  let used = 0;
  return format.replace(
    /%([-0]?)(\d*)(?:\.(\d+))?([vsqdfgtx%])/g,
    (_, flag: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (used >= values.length) return `%!${verb}(MISSING)`;
      const value = values[used++];
      const text =
        verb === 'q'
          ? goQuote(formatValue(value))
          : verb === 'f' && typeof value === 'number'
            ? value.toFixed(Math.min(Number(precision ?? 6), 100))
            : verb === 'd' && typeof value !== 'number'
              ? `%!d(${typeof value === 'string' ? `string=${value}` : formatValue(value)})`
              : formatValue(value);
      const size = Math.min(MAX_WIDTH, Number(width));
      if (flag === '-') return text.padEnd(size);
      return text.padStart(size, flag === '0' ? '0' : ' ');
    },
  );
}
