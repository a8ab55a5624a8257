import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isObject, own, put } from '../../apimachinery/object.ts';

/** The value at a path in dot notation, e.g. `.spec.replicas`; undefined where there is none. */
export function valueAt(object: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = object;
  for (const name of namesIn(path)) value = isObject(value) ? own(value, name) : undefined;
  return value;
}

/** The object with another value at a path; what is on the way and missing is made. */
export function withValueAt(object: JsonObject, path: string, value: Json): JsonObject {
  const [name, ...rest] = namesIn(path);
  if (name === undefined) return object;
  const inner = own(object, name);
  const below = isObject(inner) ? inner : {};
  const next: Record<string, Json | undefined> = { ...object };
  put(next, name, rest.length === 0 ? value : withValueAt(below, `.${rest.join('.')}`, value));
  return next;
}

function namesIn(path: string): readonly string[] {
  return path.split('.').filter((name) => name !== '');
}
