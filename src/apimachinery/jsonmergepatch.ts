import { deepEqual, shareUnchanged } from './equal.ts';
import type { Json, JsonObject } from './json.ts';
import { Draft, entriesOf, exceedsDepth, isObject, MAX_DEPTH, own, put } from './object.ts';
import { PatchError } from './patcherror.ts';

/** JSON merge patches (RFC 7396; making them: pkg/util/jsonmergepatch/patch.go). */

/**
 * What `patch` makes of `original`: objects are merged, null deletes, all else replaces. Parts that
 * do not change are shared with the original; if none do, it is returned itself.
 */
export function applyJsonMergePatch(original: Json, patch: Json): Json | PatchError {
  if (exceedsDepth(patch, MAX_DEPTH)) return new PatchError(422, `exceeded max depth of ${MAX_DEPTH}`);
  return merge(original, patch);
}

function merge(original: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return shareUnchanged(original, patch);
  const draft = new Draft(isObject(original) ? original : {});
  for (const [key, value] of entriesOf(patch)) {
    if (value === null) draft.delete(key);
    else draft.set(key, merge(draft.get(key), value));
  }
  return draft.finish();
}

/** The patch that makes `modified` of `original`. */
export function createJsonMergePatch(original: JsonObject, modified: JsonObject): JsonObject {
  return diff(original, modified, true, true);
}

/**
 * The patch that `kubectl apply` sends for kinds without a strategic one: what `modified` says
 * where `current` differs, and deletions of what `original` had and `modified` does not.
 */
export function createThreeWayJsonMergePatch(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
): JsonObject {
  const changes = diff(current, modified, true, false);
  const deletions = diff(original, modified, false, true);
  return combine(deletions, changes);
}

function diff(original: JsonObject, modified: JsonObject, changes: boolean, deletions: boolean): JsonObject {
  const patch: Record<string, Json | undefined> = {};
  for (const [key, value] of entriesOf(modified)) {
    const before = own(original, key);
    if (isObject(before) && isObject(value)) {
      const inner = diff(before, value, changes, deletions);
      if (Object.keys(inner).length > 0) put(patch, key, inner);
    } else if (changes && !deepEqual(before, value)) put(patch, key, value);
  }
  if (deletions) {
    for (const [key] of entriesOf(original)) if (own(modified, key) === undefined) put(patch, key, null);
  }
  return patch;
}

/** One patch that does what both do; nulls stay. */
function combine(first: JsonObject, second: JsonObject): JsonObject {
  const draft = new Draft(first);
  for (const [key, value] of entriesOf(second)) {
    const before = draft.get(key);
    draft.set(key, isObject(before) && isObject(value) ? combine(before, value) : value);
  }
  return draft.finish();
}
