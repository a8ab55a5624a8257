import { deepEqual, shareUnchanged } from './equal.ts';
import { goPrint } from './gostring.ts';
import type { Json, JsonObject } from './json.ts';
import { Draft, entriesOf, exceedsDepth, isList, isObject, MAX_DEPTH, own } from './object.ts';
import { isPatchError, PatchError } from './patcherror.ts';
import type { Schema } from './schema.ts';
import {
  badType,
  DELETE_FROM_LIST,
  DIRECTIVE,
  elementKind,
  enforceOrder,
  type FieldMeta,
  isDeletion,
  keyOf,
  lookup,
  missingMergeKey,
  positions,
  RETAIN_KEYS,
  type SchemaNode,
  SET_ORDER,
  withoutMarked,
  withoutNulls,
} from './strategicschema.ts';

/** Strategic merge patches, applied (pkg/util/strategicpatch/patch.go). Making them: strategicdiff.ts. */

const BAD_PRIMITIVE_LIST = new PatchError(400, 'invalid patch format of primitive list');
const BAD_RETAIN_KEYS = new PatchError(400, 'invalid patch format of retainKeys');
const BAD_SET_ORDER = new PatchError(400, 'invalid patch format of setElementOrder list');

interface Merge {
  readonly schema: Schema;
  /** True where a patch meets an object: directives act. False where two patches are combined: they stay. */
  readonly acting: boolean;
}

/**
 * The object that `patch` makes of `original`, an object of the type `typeName` in the schema.
 * Parts that do not change are shared with the original; if none do, it is returned itself.
 */
export function applyStrategicMergePatch(
  original: JsonObject,
  patch: JsonObject,
  schema: Schema,
  typeName: string,
): JsonObject | PatchError {
  if (exceedsDepth(patch, MAX_DEPTH)) return new PatchError(422, `exceeded max depth of ${MAX_DEPTH}`);
  return mergeObjects({ schema, acting: true }, original, patch, { type: 'ref', ref: typeName });
}

/** One patch that does what `first` and then `second` do; both keep their directives. */
export function combineStrategicMergePatches(
  first: JsonObject,
  second: JsonObject,
  schema: Schema,
  typeName: string,
): JsonObject | PatchError {
  return mergeObjects({ schema, acting: false }, first, second, { type: 'ref', ref: typeName });
}

function mergeObjects(
  m: Merge,
  original: JsonObject,
  patch: JsonObject,
  node: SchemaNode,
): JsonObject | PatchError {
  const directive = own(patch, DIRECTIVE);
  if (directive === 'delete') return m.acting ? {} : patch;
  if (directive === 'replace') return replaceObject(m, original, patch, node);
  if (directive !== undefined) {
    return new PatchError(500, `unknown patch type: ${goPrint(directive)} in map: ${goPrint(patch)}`);
  }
  const draft = new Draft(original);
  const retained = retainKeys(m, draft, patch);
  if (isPatchError(retained)) return retained;
  const done = new Set<string>([DIRECTIVE, RETAIN_KEYS]);
  const ordered = mergeOrderedLists(m, draft, patch, node, done);
  if (isPatchError(ordered)) return ordered;
  for (const [key, value] of entriesOf(patch)) {
    if (done.has(key)) continue;
    const failed = key.startsWith(DELETE_FROM_LIST)
      ? deleteFromList(m, draft, key, value)
      : mergeKeyInto(m, draft, key, value, lookup(m.schema, node, key));
    if (isPatchError(failed)) return failed;
  }
  return draft.finish();
}

/** `$patch: replace`: the patch itself, with directives further down taken out. */
function replaceObject(
  m: Merge,
  original: JsonObject,
  patch: JsonObject,
  node: SchemaNode,
): JsonObject | PatchError {
  if (!m.acting) return patch;
  const { [DIRECTIVE]: _, ...rest } = patch;
  const result = mergeObjects(m, {}, rest, node);
  return isPatchError(result) ? result : (shareUnchanged(original, result) as JsonObject);
}

function retainKeys(m: Merge, draft: Draft, patch: JsonObject): PatchError | undefined {
  const keys = own(patch, RETAIN_KEYS);
  if (keys === undefined) return undefined;
  if (!m.acting) {
    const before = draft.get(RETAIN_KEYS);
    if (before !== undefined && !deepEqual(before, keys)) {
      return new PatchError(
        500,
        `${goPrint(before)} and ${goPrint(keys)} are not deep equal: this may happen when calculating the 3-way diff patch`,
      );
    }
    draft.set(RETAIN_KEYS, keys);
    return undefined;
  }
  if (!isList(keys)) return BAD_RETAIN_KEYS;
  const retained = new Set<Json>(keys);
  for (const [key, value] of entriesOf(patch)) {
    if (value === null || key === RETAIN_KEYS || key === DIRECTIVE) continue;
    if (key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER)) continue;
    if (!retained.has(key)) return BAD_RETAIN_KEYS;
  }
  for (const key of draft.keys()) if (!retained.has(key)) draft.delete(key);
  return undefined;
}

/** Handles each `$setElementOrder/<key>` with the list it orders; both are added to `done`. */
function mergeOrderedLists(
  m: Merge,
  draft: Draft,
  patch: JsonObject,
  node: SchemaNode,
  done: Set<string>,
): PatchError | undefined {
  for (const [directive, order] of entriesOf(patch)) {
    if (!directive.startsWith(SET_ORDER)) continue;
    done.add(directive);
    if (!isList(order)) return badType('[]interface {}', order);
    if (!m.acting) {
      const before = draft.get(directive);
      if (before !== undefined && !deepEqual(before, order)) return BAD_SET_ORDER;
      draft.set(directive, order);
    }
    const key = directive.slice(SET_ORDER.length);
    const patchList = own(patch, key);
    const failed = mergeOrderedList(m, draft, key, patchList, order, lookup(m.schema, node, key));
    if (isPatchError(failed)) return failed;
    done.add(key);
  }
  return undefined;
}

function mergeOrderedList(
  m: Merge,
  draft: Draft,
  key: string,
  patchList: Json | undefined,
  order: readonly Json[],
  meta: FieldMeta,
): PatchError | undefined {
  const live = draft.get(key);
  if (live === undefined && patchList === undefined) return undefined;
  if (live !== undefined && !isList(live)) return badType('[]interface {}', live);
  if (patchList !== undefined && !isList(patchList)) return badType('[]interface {}', patchList);
  const wrong = orderContradiction(patchList ?? [], order, meta.mergeKey);
  if (wrong !== undefined) return wrong;
  const merged = orderedContent(m, live, patchList, meta);
  if (isPatchError(merged)) return merged;
  if (meta.mergeKey !== '') {
    const missing = missingMergeKey(meta.mergeKey, merged, order, live ?? []);
    if (missing !== undefined) return missing;
  }
  const liveOrder = orderAfterDeletions(live ?? [], patchList ?? [], meta.mergeKey);
  draft.set(key, shareUnchanged(live, enforceOrder(merged, order, liveOrder, meta.mergeKey)));
  return undefined;
}

/**
 * The order of the live list as the order of the whole is decided. Go deletes elements within the
 * list and appends into the room that is free then, so that new elements count as live ones there.
 */
function orderAfterDeletions(
  live: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
): readonly Json[] {
  const marks = patch.filter((item) => isObject(item) && own(item, DIRECTIVE) !== undefined);
  if (marks.length === 0 || !marks.every(isDeletion)) return live;
  const deleted = new Set(marks.map((item) => keyOf(item, mergeKey)));
  const kept = live.filter((item) => !deleted.has(keyOf(item, mergeKey)));
  const there = positions(kept, mergeKey);
  const added = patch.filter((item) => !isDeletion(item) && !there.has(keyOf(item, mergeKey)));
  return [...kept, ...added].slice(0, live.length);
}

/** What a list with an order holds, before it is put into that order. */
function orderedContent(
  m: Merge,
  live: readonly Json[] | undefined,
  patch: readonly Json[] | undefined,
  meta: FieldMeta,
): readonly Json[] | PatchError {
  if (live === undefined) return (withoutMarked(patch ?? []) ?? []) as readonly Json[];
  return patch === undefined ? live : mergeLists(m, live, patch, meta);
}

/** An error if the patch's elements are not all in the order list, in the same sequence. */
function orderContradiction(
  patch: readonly Json[],
  order: readonly Json[],
  mergeKey: string,
): PatchError | undefined {
  if (patch.length === 0 || order.length === 0) return undefined;
  const named = patch.filter((item) => !(isObject(item) && own(item, DIRECTIVE) !== undefined));
  const missing = mergeKey === '' ? undefined : missingMergeKey(mergeKey, named, order);
  if (missing !== undefined) return missing;
  let next = 0;
  for (const item of order) {
    if (next < named.length && keyOf(named[next] as Json, mergeKey) === keyOf(item, mergeKey)) next++;
  }
  if (next === named.length) return undefined;
  const text = `The order in patch list:\n${goPrint(patch)}\n doesn't match $setElementOrder list:\n${goPrint(order)}\n`;
  return new PatchError(500, text);
}

function deleteFromList(m: Merge, draft: Draft, directive: string, value: Json): PatchError | undefined {
  if (!m.acting) {
    draft.set(directive, value);
    return undefined;
  }
  if (!isList(value)) return BAD_PRIMITIVE_LIST;
  const key = directive.slice(DELETE_FROM_LIST.length);
  const list = draft.get(key);
  if (!isList(list)) return undefined;
  const gone = new Set<Json>(value);
  const kept = list.filter((item) => !gone.has(item));
  if (kept.length < list.length) draft.set(key, kept);
  return undefined;
}

function mergeKeyInto(
  m: Merge,
  draft: Draft,
  key: string,
  value: Json,
  meta: FieldMeta,
): PatchError | undefined {
  const before = draft.get(key);
  if (value === null) {
    if (m.acting) draft.delete(key);
    else draft.set(key, null);
    return undefined;
  }
  let merged: Json | PatchError | undefined;
  if (isObject(before) && isObject(value)) {
    merged = meta.strategy === 'replace' ? value : mergeObjects(m, before, value, meta.node);
  } else if (isList(before) && isList(value)) merged = mergeLists(m, before, value, meta);
  else merged = withoutMarked(m.acting ? withoutNulls(value) : value);
  if (isPatchError(merged)) return merged;
  if (merged === undefined) draft.delete(key);
  else draft.set(key, shareUnchanged(before, merged));
  return undefined;
}

function mergeLists(
  m: Merge,
  original: readonly Json[],
  patch: readonly Json[],
  meta: FieldMeta,
): readonly Json[] | PatchError {
  if (meta.strategy !== 'merge') return patch;
  if (patch.length === 0) return original;
  const kind = elementKind(original, patch);
  if (isPatchError(kind)) return kind;
  if (kind === 'scalar') return enforceOrder([...new Set([...original, ...patch])], patch, original, '');
  const { mergeKey } = meta;
  if (mergeKey === '') return new PatchError(500, 'cannot merge lists without merge key');
  const special = m.acting
    ? specialElements(original, patch, mergeKey)
    : { base: original, rest: patch, replace: false };
  if (isPatchError(special)) return special;
  const missing = missingMergeKey(mergeKey, special.rest, special.base);
  if (missing !== undefined) return missing;
  const merged = mergeElements(m, special.base, special.rest, meta);
  if (isPatchError(merged) || special.replace) return merged;
  return shareUnchanged(
    original,
    enforceOrder(merged, special.rest, special.base, mergeKey),
  ) as readonly Json[];
}

interface SpecialElements {
  /** What is left of the original. */
  readonly base: readonly Json[];
  /** The patch without marked elements. */
  readonly rest: readonly Json[];
  readonly replace: boolean;
}

/** Acts on the elements marked `$patch`: `delete` by merge key, `replace` for the whole list. */
function specialElements(
  original: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
): SpecialElements | PatchError {
  const rest: Json[] = [];
  const deleted = new Set<Json>();
  let replace = false;
  for (const item of patch) {
    const directive = isObject(item) ? own(item, DIRECTIVE) : undefined;
    if (directive === undefined) rest.push(item);
    else if (isDeletion(item)) {
      const missing = missingMergeKey(mergeKey, [item]);
      if (missing !== undefined) return missing;
      deleted.add(keyOf(item, mergeKey) as Json);
    } else if (directive === 'replace') replace = true;
    else if (directive === 'merge')
      return new PatchError(500, 'merging lists cannot yet be specified in the patch');
    else return new PatchError(500, `unknown patch type: ${goPrint(directive)} in map: ${goPrint(item)}`);
  }
  if (replace) return { base: [], rest, replace };
  const base =
    deleted.size === 0 ? original : original.filter((item) => !deleted.has(keyOf(item, mergeKey) as Json));
  return { base, rest, replace };
}

/** Each element of the patch merged into the element of the same key, or added. */
function mergeElements(
  m: Merge,
  base: readonly Json[],
  patch: readonly Json[],
  meta: FieldMeta,
): Json[] | PatchError {
  const merged = [...base];
  const places = positions(base, meta.mergeKey);
  for (const item of patch) {
    const key = keyOf(item, meta.mergeKey);
    const place = places.get(key);
    const before = place === undefined ? undefined : (merged[place] as JsonObject);
    let result: JsonObject | PatchError = item as JsonObject;
    if (m.acting || before !== undefined) {
      result = mergeObjects(m, before ?? {}, item as JsonObject, meta.node);
    }
    if (isPatchError(result)) return result;
    if (place !== undefined) merged[place] = result;
    else {
      places.set(key, merged.length);
      merged.push(result);
    }
  }
  return merged;
}
