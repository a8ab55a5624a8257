import type { Json, JsonObject } from '../apimachinery/json.ts';
import { put } from '../apimachinery/object.ts';
import { shellWord } from './commandwords.ts';

/** `fault NodeDown node=cargo-1`: the command that does what a fault of these fields does. */
export function faultCommand(fault: Readonly<Record<string, unknown>>): string {
  const { kind, ...fields } = fault;
  return ['fault', String(kind), ...Object.entries(fields).map(([name, value]) => wordOf(name, value))]
    .map(shellWord)
    .join(' ');
}

/** Quantities that look like numbers and are text to whoever reads them. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['cpu']);

function wordOf(name: string, value: unknown): string {
  const plain = typeof value === 'string' && valueIn(name, value) === value;
  return `${name}=${plain ? value : JSON.stringify(value)}`;
}

/** The fault that words name: its kind, then `field=value`; or the word that is no field. */
export function faultIn([kind = '', ...words]: readonly string[]): JsonObject | string {
  const fault: Record<string, Json> = { kind };
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 1) return word;
    const name = word.slice(0, equals);
    put(fault, name, valueIn(name, word.slice(equals + 1)));
  }
  return fault;
}

/** Numbers, and what is written as JSON; everything else is text. */
function valueIn(name: string, text: string): Json {
  if (TEXT_FIELDS.has(name) || !/^(?:-?\d|["[{]|true$|false$)/.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // It only began like JSON, as `2Gi` does.
    return text;
  }
}
