import type { Json, JsonObject } from './json.ts';
import { entriesOf, isList, isObject, own, put } from './object.ts';

/**
 * Whether two values are equal as JSON: the order of keys does not matter, a key set to undefined
 * is not there. Shared structure is not descended into.
 */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  return !Array.isArray(b) && equalObjects(a as Record<string, unknown>, b as Record<string, unknown>);
}

function equalObjects(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  let count = 0;
  for (const key in a) {
    const value = a[key];
    if (value === undefined) continue;
    if (!Object.hasOwn(b, key) || !deepEqual(value, b[key])) return false;
    count++;
  }
  for (const key in b) if (b[key] !== undefined) count--;
  return count === 0;
}

/**
 * Whether two values are equal as Kubernetes sees them (`equality.Semantic`): in a field, nothing,
 * null and an empty list are the same. An empty object is something: `emptyDir: {}` is a choice.
 */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [unsetA, unsetB] = [isUnset(a), isUnset(b)];
  if (unsetA || unsetB) return unsetA && unsetB;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => semanticEqual(item, b[i]));
  }
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key of Object.keys(x)) {
    if (!semanticEqual(x[key], Object.hasOwn(y, key) ? y[key] : undefined)) return false;
  }
  return Object.keys(y).every((key) => Object.hasOwn(x, key) || isUnset(y[key]));
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/**
 * `next`, with every part that equals its counterpart in `previous` replaced by it: what did not
 * change keeps its identity. Equal values give back `previous` itself.
 */
export function shareUnchanged(previous: Json | undefined, next: Json): Json {
  if (previous === next || previous === undefined) return next;
  if (isList(previous) && isList(next)) return shareList(previous, next);
  if (isObject(previous) && isObject(next)) return shareObject(previous, next);
  return next;
}

function shareList(previous: readonly Json[], next: readonly Json[]): readonly Json[] {
  const shared = next.map((item, i) => shareUnchanged(previous[i], item));
  if (shared.length === previous.length && shared.every((item, i) => item === previous[i])) return previous;
  return shared.every((item, i) => item === next[i]) ? next : shared;
}

function shareObject(previous: JsonObject, next: JsonObject): JsonObject {
  const shared: Record<string, Json | undefined> = {};
  const entries = entriesOf(next);
  let [asBefore, asGiven] = [true, true];
  for (const [key, value] of entries) {
    const before = own(previous, key);
    const part = shareUnchanged(before, value);
    put(shared, key, part);
    if (part !== before) asBefore = false;
    if (part !== value) asGiven = false;
  }
  if (asBefore && entries.length === entriesOf(previous).length) return previous;
  return asGiven ? next : shared;
}
