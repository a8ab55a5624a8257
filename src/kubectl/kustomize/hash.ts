import { utf8Encode } from '../../apimachinery/base64.ts';
import { goJson } from '../../apimachinery/gostring.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isObject, own } from '../../apimachinery/object.ts';
import { sha256 } from '../../apimachinery/sha256.ts';

/** Digits that could spell words, and what stands for them. */
const SAFE: ReadonlyMap<string, string> = new Map([
  ['0', 'g'],
  ['1', 'h'],
  ['3', 'k'],
  ['a', 'm'],
  ['e', 't'],
]);
const LENGTH = 10;

/** What a generated name ends in: ten letters of the content's SHA-256 (kustomize api/hasher, kubectl pkg/util/hash). */
export function contentHash(content: JsonObject): string {
  const hex = sha256(utf8Encode(goJson(sorted(content)))).slice(0, LENGTH);
  return [...hex].map((digit) => SAFE.get(digit) ?? digit).join('');
}

/** The hash of a ConfigMap, a Secret, or any other object as a whole. */
export function resourceHash(object: JsonObject): string {
  const kind = own(object, 'kind');
  if (kind !== 'ConfigMap' && kind !== 'Secret') return contentHash(object);
  const metadata = own(object, 'metadata');
  const more = kind === 'ConfigMap' ? 'binaryData' : 'stringData';
  const extra = own(object, more);
  return contentHash({
    kind,
    name: (isObject(metadata) ? own(metadata, 'name') : undefined) ?? '',
    data: own(object, 'data') ?? '',
    ...(kind === 'Secret' ? { type: own(object, 'type') ?? '' } : {}),
    ...(isObject(extra) ? { [more]: extra } : {}),
  });
}

/** The value with the keys of its objects in order, as Go writes maps. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]));
}
