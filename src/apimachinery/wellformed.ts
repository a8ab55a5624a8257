import type { Json, JsonObject } from './json.ts';
import { entriesOf, isList, put } from './object.ts';

/**
 * The value with every half of a surrogate pair that stands alone replaced by U+FFFD, in keys and texts, as
 * Go's decoder does it: what is stored is UTF-8. The value itself if nothing is wrong.
 */
export function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    const items = value.map(wellFormed);
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  const object = value as JsonObject;
  const result: Record<string, Json | undefined> = {};
  let same = true;
  for (const [key, inner] of entriesOf(object)) {
    const kept = wellFormed(inner);
    if (kept !== inner || !key.isWellFormed()) same = false;
    put(result, key.toWellFormed(), kept);
  }
  return same ? object : result;
}
