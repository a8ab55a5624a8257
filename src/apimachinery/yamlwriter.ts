import type { Json } from './json.ts';
import { entriesOf, isList, isObject } from './object.ts';
import { needsQuotes } from './yamlscalar.ts';

/** YAML as kubectl prints it, which is as go-yaml does (its emitterc.go and encode.go). */

/** Lines are folded at the first space past this column. */
const WIDTH = 80;
/** Longer keys are written with an explicit `?`. */
const MAX_SIMPLE_KEY = 128;

/** The value as a YAML document: keys sorted, lists not indented under their key, a newline at the end. */
export function toYaml(value: Json): string {
  if (isObject(value) && entriesOf(value).length > 0) return mapLines(value, '').slice(1);
  if (isList(value) && value.length > 0) return listLines(value, '').slice(1);
  return `${inline(value, '', 0)}\n`;
}

/** The lines of a map, each with a newline in front, the last with one behind. */
function mapLines(object: Readonly<Record<string, Json | undefined>>, indent: string): string {
  const parts: string[] = [];
  for (const [key, value] of entriesOf(object).sort(([a], [b]) => compareKeys(a, b))) {
    const shown = keyText(key);
    const head = shown.length > MAX_SIMPLE_KEY ? `? ${shown}\n${indent}:` : `${shown}:`;
    parts.push(`\n${indent}${head}${after(value, indent, indent.length + shown.length + 1)}`);
  }
  return `${parts.join('')}\n`;
}

/** What stands behind `key:`: a value on the line, or lines below it. */
function after(value: Json, indent: string, column: number): string {
  if (isObject(value) && entriesOf(value).length > 0) return mapLines(value, `${indent}  `).slice(0, -1);
  if (isList(value) && value.length > 0) return listLines(value, indent).slice(0, -1);
  return ` ${inline(value, indent, column + 1)}`;
}

function listLines(list: readonly Json[], indent: string): string {
  const inner = `${indent}  `;
  const parts = list.map((item) => {
    let text: string;
    if (isObject(item) && entriesOf(item).length > 0)
      text = mapLines(item, inner).slice(1 + inner.length, -1);
    else if (isList(item) && item.length > 0) text = listLines(item, inner).slice(1 + inner.length, -1);
    else text = inline(item, indent, inner.length);
    return `\n${indent}- ${text}`;
  });
  return `${parts.join('')}\n`;
}

function inline(value: Json, indent: string, column: number): string {
  if (typeof value === 'string') return scalarText(value, indent, column);
  if (isObject(value)) return '{}';
  return isList(value) ? '[]' : numberText(value);
}

function numberText(value: null | boolean | number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** go-yaml's order of keys: numbers within them count as numbers, letters come after other signs. */
export function compareKeys(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  let digits = false;
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i] ?? '', right[i] ?? ''];
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    const [xLetter, yLetter] = [isLetter(x), isLetter(y)];
    if (xLetter && yLetter) return x < y ? -1 : 1;
    if (xLetter || yLetter) return (digits ? xLetter : yLetter) ? -1 : 1;
    return compareNumbers(left, right, i);
  }
  return left.length - right.length;
}

function compareNumbers(left: readonly string[], right: readonly string[], at: number): number {
  // Behind a number that has begun, a zero is a digit like any other, not a leading one.
  let begun = '';
  if (left[at] === '0' || right[at] === '0') {
    for (let j = at - 1; j >= 0 && isDigit(left[j] ?? ''); j--) if (left[j] !== '0') begun = '1';
  }
  const [x, y] = [digitsFrom(left, at), digitsFrom(right, at)];
  const [xn, yn] = [Number(begun + (x || '0')), Number(begun + (y || '0'))];
  const same = x === '' && y === '' ? true : xn === yn;
  if (!same) return xn - yn;
  if (x.length !== y.length) return x.length - y.length;
  return (left[at] ?? '') < (right[at] ?? '') ? -1 : 1;
}

function digitsFrom(chars: readonly string[], at: number): string {
  let digits = '';
  for (let i = at; i < chars.length && isDigit(chars[i] ?? ''); i++) digits += chars[i];
  return digits;
}

function isDigit(char: string): boolean {
  return /^\p{Nd}$/u.test(char);
}

function isLetter(char: string): boolean {
  return /^\p{L}$/u.test(char);
}

function keyText(key: string): string {
  const traits = analyze(key);
  if (needsQuotes(key)) return doubleQuoted(key, '', Number.NEGATIVE_INFINITY);
  if (traits.plain && !traits.multiline) return key;
  return traits.single && !traits.multiline
    ? singleQuoted(key, '', Number.NEGATIVE_INFINITY)
    : doubleQuoted(key, '', Number.NEGATIVE_INFINITY);
}

function scalarText(text: string, indent: string, column: number): string {
  const traits = analyze(text);
  const inner = `${indent}  `;
  if (text.includes('\n')) return traits.block ? literal(text, inner) : doubleQuoted(text, inner, column);
  if (needsQuotes(text)) return doubleQuoted(text, inner, column);
  if (traits.plain) return fold(text, inner, column);
  return traits.single ? singleQuoted(text, inner, column) : doubleQuoted(text, inner, column);
}

interface Traits {
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
  readonly multiline: boolean;
}

/** Signs that cannot be printed as they are, in any style but double quotes. */
const SPECIAL = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** What a plain scalar may not begin with, and what it may not hold. */
const INDICATOR = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:\s|$))|:(?:\s|$)|\s#/;

/** Which styles a text can be written in (`yaml_emitter_analyze_scalar`). */
function analyze(text: string): Traits {
  const multiline = text.includes('\n') || /[\u2028\u2029]/.test(text);
  const special = SPECIAL.test(text) || / [\n\u2028\u2029]/.test(text);
  const edges = /^[ \n]|[ \n]$/.test(text);
  return {
    plain: !special && !edges && !multiline && !INDICATOR.test(text),
    single: !special && !/[\n\u2028\u2029] /.test(text),
    block: !special && !text.endsWith(' '),
    multiline,
  };
}

function literal(text: string, indent: string): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const body = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  return `|${hint}${chomp}\n${body.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
}

/** A text with single spaces past the width made line breaks; a text from `column` on. */
function fold(text: string, indent: string, column: number): string {
  if (column + text.length <= WIDTH) return text;
  let out = '';
  let at = column;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    const lone = char === ' ' && text[i + 1] !== ' ' && text[i - 1] !== ' ';
    if (lone && at > WIDTH && i > 0 && i < text.length - 1) {
      out += `\n${indent}`;
      at = indent.length;
    } else {
      out += char;
      if (!isLowSurrogate(char)) at++;
    }
  }
  return out;
}

function isLowSurrogate(char: string): boolean {
  return char >= '\udc00' && char <= '\udfff';
}

function singleQuoted(text: string, indent: string, column: number): string {
  return `'${fold(text.replaceAll("'", "''"), indent, column + 1)}'`;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\x1b', '\\e'],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\x85', '\\N'],
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
]);

function escaped(char: string): string {
  const known = ESCAPES.get(char);
  if (known !== undefined) return known;
  if (!SPECIAL.test(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code >= 0xd800 && code <= 0xdfff) return '\\uFFFD';
  return code <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

function doubleQuoted(text: string, indent: string, column: number): string {
  let out = '"';
  let at = column + 1;
  let spaces = false;
  const chars = [...text];
  for (const [i, char] of chars.entries()) {
    if (char === ' ' && !spaces && at > WIDTH && i > 0 && i < chars.length - 1) {
      out += `\n${indent}`;
      at = indent.length;
      // A line that would begin with a space begins with a backslash.
      if (chars[i + 1] === ' ') {
        out += '\\';
        at++;
      }
    } else {
      const shown = escaped(char);
      out += shown;
      at += shown.length;
    }
    spaces = char === ' ';
  }
  return `${out}"`;
}
