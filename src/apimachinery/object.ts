import type { Json, JsonObject } from './json.ts';

/** Values nested deeper than this are refused wherever text from outside is read or merged. */
export const MAX_DEPTH = 512;

/** Whether a JSON value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a JSON value is a list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value of an own key; undefined if there is none. Nothing is read from a prototype. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets an own key of an object under construction, `__proto__` included, and nothing else. */
export function put(target: Record<string, Json | undefined>, key: string, value: Json): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The value with the keys of every object in alphabetical order, as Go marshals maps. */
export function sortKeys(value: Json): Json {
  if (isList(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const out: Record<string, Json | undefined> = {};
  for (const [key, inner] of entriesOf(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
    put(out, key, sortKeys(inner));
  return out;
}

/** JSON as Go's encoding/json writes it: keys sorted, `<`, `>` and `&` escaped; indented where asked. */
export function marshalJson(value: Json, indent?: number): string {
  const text = JSON.stringify(sortKeys(value), undefined, indent);
  return text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The entries whose value is set. */
export function entriesOf(object: JsonObject): [string, Json][] {
  return Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined);
}

/** Whether a value nests deeper than `limit` levels; does not recurse, so any depth is safe to ask about. */
export function exceedsDepth(value: Json | undefined, limit: number): boolean {
  let level: Json[] = value === undefined ? [] : [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    const below: Json[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const inner of Object.values(item))
        if (typeof inner === 'object' && inner !== null) below.push(inner);
    }
    level = below;
  }
  return false;
}

/** An object in which keys get changed; the object itself is given back as long as nothing does. */
export class Draft {
  readonly #base: JsonObject;
  #copy: Record<string, Json | undefined> | undefined;

  constructor(base: JsonObject) {
    this.#base = base;
  }

  get(key: string): Json | undefined {
    return own(this.#copy ?? this.#base, key);
  }

  set(key: string, value: Json): void {
    if (this.get(key) === value) return;
    this.#copy ??= { ...this.#base };
    put(this.#copy, key, value);
  }

  delete(key: string): void {
    if (this.get(key) === undefined) return;
    this.#copy ??= { ...this.#base };
    delete this.#copy[key];
  }

  keys(): string[] {
    return Object.keys(this.#copy ?? this.#base);
  }

  finish(): JsonObject {
    return this.#copy ?? this.#base;
  }
}
