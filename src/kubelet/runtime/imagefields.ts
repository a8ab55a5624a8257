import { parseDuration } from '../../apimachinery/duration.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import {
  isQuantityError,
  milliValue,
  parseQuantity,
  type Quantity,
  value,
} from '../../apimachinery/quantity.ts';
import { editDistance } from '../../apimachinery/suggest.ts';

/** Reads image data as people write it: `after: 2s`, `memory: 64Mi`, `ports: [8080]`. */

/** Longest text, list and map in image data. */
const MAX_TEXT = 65_536;
const MAX_ITEMS = 1000;
const MAX_MS = 10 * 365 * 86_400_000;

/** Where errors are collected: one sentence each, beginning with the place. */
export class FieldReader {
  readonly #object: JsonObject;
  readonly #place: string;
  readonly #errors: string[];
  readonly #known = new Set<string>();

  constructor(value: Json | undefined, place: string, errors: string[]) {
    this.#place = place;
    this.#errors = errors;
    if (isObject(value)) this.#object = value;
    else {
      this.#object = {};
      errors.push(`${place}: must be a map, got ${typeName(value)}`);
    }
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  /** The path of a field, for nested readers. */
  at(name: string): string {
    return `${this.#place}.${name}`;
  }

  raw(name: string): Json | undefined {
    return this.#get(name);
  }

  text(name: string): string | undefined {
    const found = this.#get(name);
    if (found === undefined) return undefined;
    if (typeof found === 'number' || typeof found === 'boolean') return String(found);
    if (typeof found === 'string' && found.length <= MAX_TEXT) return found;
    return this.#wrong(name, 'a text', found);
  }

  boolean(name: string): boolean | undefined {
    const found = this.#get(name);
    if (found === undefined || typeof found === 'boolean') return found;
    return this.#wrong(name, 'true or false', found);
  }

  integer(name: string, low: number, high: number): number | undefined {
    const found = this.#get(name);
    if (found === undefined) return undefined;
    if (typeof found === 'number' && Number.isInteger(found) && found >= low && found <= high) return found;
    return this.#wrong(name, `a whole number from ${low} to ${high}`, found);
  }

  /** A share of a whole, from 0 to 1. */
  share(name: string): number | undefined {
    const found = this.#get(name);
    if (found === undefined) return undefined;
    if (typeof found === 'number' && found >= 0 && found <= 1) return found;
    return this.#wrong(name, 'a number from 0 to 1', found);
  }

  /** ms of `2s`, `1m30s`; a bare number counts seconds. */
  duration(name: string): number | undefined {
    const found = this.#get(name);
    if (found === undefined) return undefined;
    const ms =
      typeof found === 'number' ? found * 1000 : parseDuration(typeof found === 'string' ? found : '');
    if (typeof ms === 'number' && ms >= 0 && ms <= MAX_MS) return Math.round(ms);
    return this.#wrong(name, 'a duration such as 2s or 1m30s', found);
  }

  /** Bytes of `64Mi`. */
  size(name: string): number | undefined {
    return this.#quantity(name, 'a size such as 64Mi', value);
  }

  /** Millicores of `250m`. */
  cpu(name: string): number | undefined {
    return this.#quantity(name, 'an amount of cpu such as 250m', milliValue);
  }

  texts(name: string): readonly string[] | undefined {
    const found = this.#get(name);
    if (found === undefined) return undefined;
    if (typeof found === 'string') return [found];
    const ok = Array.isArray(found) && found.length <= MAX_ITEMS && found.every((x) => typeof x === 'string');
    if (ok) return found as readonly string[];
    return this.#wrong(name, 'a list of texts', found);
  }

  ports(name: string): readonly number[] | undefined {
    const found = this.#get(name);
    if (found === undefined) return undefined;
    const list = Array.isArray(found) ? found : [found];
    const ok = list.length <= MAX_ITEMS && list.every(isPort);
    return ok ? (list as number[]) : this.#wrong(name, 'a list of ports from 1 to 65535', found);
  }

  /** The entries of a map field, in their order. */
  entries(name: string): readonly (readonly [string, Json])[] | undefined {
    const found = this.#get(name);
    if (found === undefined) return undefined;
    if (isObject(found) && Object.keys(found).length <= MAX_ITEMS)
      return Object.entries(found) as [string, Json][];
    return this.#wrong(name, 'a map', found);
  }

  /** A map of texts. */
  textMap(name: string): readonly (readonly [string, string])[] | undefined {
    const entries = this.entries(name);
    if (entries === undefined) return undefined;
    const bad = entries.find(([, v]) => typeof v === 'object' || String(v).length > MAX_TEXT);
    if (bad !== undefined) return this.#wrong(`${name}.${bad[0]}`, 'a text', bad[1]);
    return entries.map(([k, v]) => [k, String(v)]);
  }

  reader(name: string): FieldReader | undefined {
    const found = this.#get(name);
    return found === undefined ? undefined : new FieldReader(found, this.at(name), this.#errors);
  }

  /** Adds an error about a field that was read. */
  fail(name: string, sentence: string): void {
    this.#errors.push(`${this.at(name)}: ${sentence}`);
  }

  /** To be called last: what nobody asked for is an error. */
  finish(): void {
    for (const name of Object.keys(this.#object)) {
      if (this.#known.has(name)) continue;
      const near = [...this.#known].find(
        (known) => editDistance(known.toLowerCase(), name.toLowerCase(), 2) <= 2,
      );
      const hint =
        near === undefined ? `known are ${[...this.#known].sort().join(', ')}` : `did you mean ${near}?`;
      this.#errors.push(`${this.at(name)}: unknown field; ${hint}`);
    }
  }

  #get(name: string): Json | undefined {
    this.#known.add(name);
    const found = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
    return found === null ? undefined : found;
  }

  #quantity(name: string, what: string, of: (q: Quantity) => number): number | undefined {
    const found = this.#get(name);
    if (found === undefined) return undefined;
    const q = parseQuantity(
      typeof found === 'number' ? String(found) : typeof found === 'string' ? found : '',
    );
    const amount = isQuantityError(q) ? -1 : of(q);
    return amount >= 0 && Number.isSafeInteger(amount) ? amount : this.#wrong(name, what, found);
  }

  #wrong(name: string, wanted: string, found: Json): undefined {
    const shown = typeof found === 'string' ? JSON.stringify(found.slice(0, 60)) : typeName(found);
    const text = typeof found === 'number' ? String(found) : shown;
    this.#errors.push(`${this.at(name)}: must be ${wanted}, got ${text}`);
    return undefined;
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPort(port: Json): boolean {
  return typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535;
}

function typeName(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a map' : typeof value;
}
