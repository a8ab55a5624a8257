import type { Json } from '../../apimachinery/json.ts';
import { entriesOf, isList, isObject } from '../../apimachinery/object.ts';

/** Names that need no quotes. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*$/;
/** What YAML would take for something else than a text. */
const AMBIGUOUS = /^(?:y|n|yes|no|on|off|true|false|null|~|nan|\.inf)$/i;

/** A value as KYAML (KEP-5295): YAML in flow style, texts in quotes, so that nothing can be misread. */
export function toKyaml(value: Json): string {
  return `---\n${write(value, '')}\n`;
}

function write(value: Json, indent: string): string {
  if (isList(value)) return writeList(value, indent);
  if (isObject(value)) return writeObject(value, indent);
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function writeObject(value: Readonly<Record<string, Json | undefined>>, indent: string): string {
  const inner = `${indent}  `;
  const lines = entriesOf(value)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, of]) => `${inner}${keyOf(key)}: ${write(of, inner)},\n`);
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`;
}

/** Objects in a list stand close: `[{` ... `}, {` ... `}]`. */
function writeList(list: readonly Json[], indent: string): string {
  if (list.length === 0) return '[]';
  if (list.every((item) => typeof item === 'object' && item !== null))
    return `[${list.map((item) => write(item, indent)).join(', ')}]`;
  const inner = `${indent}  `;
  return `[\n${list.map((item) => `${inner}${write(item, inner)},\n`).join('')}${indent}]`;
}

function keyOf(key: string): string {
  return PLAIN.test(key) && !AMBIGUOUS.test(key) ? key : JSON.stringify(key);
}
