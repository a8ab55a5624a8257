import { deepEqual } from './equal.ts';
import { goPrint } from './gostring.ts';
import type { Json, JsonObject } from './json.ts';
import { entriesOf, isList, isObject, own, put } from './object.ts';
import { isPatchError, type PatchError } from './patcherror.ts';
import type { Schema } from './schema.ts';
import { combineStrategicMergePatches } from './strategicmergepatch.ts';
import {
  DELETE_FROM_LIST,
  DIRECTIVE,
  elementKind,
  type FieldMeta,
  keyOf,
  lookup,
  missingMergeKey,
  positions,
  RETAIN_KEYS,
  type SchemaNode,
  SET_ORDER,
  sortBy,
} from './strategicschema.ts';

/** Strategic merge patches, made from differences (pkg/util/strategicpatch/patch.go). */

interface Diff {
  readonly schema: Schema;
  readonly ignoreChanges: boolean;
  readonly ignoreDeletions: boolean;
}

type Patch = Record<string, Json | undefined>;

/** The patch that makes `modified` of `original`, both of the type `typeName` in the schema. */
export function createTwoWayMergePatch(
  original: JsonObject,
  modified: JsonObject,
  schema: Schema,
  typeName: string,
): JsonObject | PatchError {
  const d = { schema, ignoreChanges: false, ignoreDeletions: false };
  return diffObjects(d, original, modified, { type: 'ref', ref: typeName }, false);
}

/**
 * The patch that `kubectl apply` sends: sets what `modified` (the file) says where `current` (the
 * live object) differs, and deletes what `original` (the file applied last) said and the file no
 * longer does. What others put into the live object stays.
 */
export function createThreeWayMergePatch(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
  schema: Schema,
  typeName: string,
): JsonObject | PatchError {
  const node: SchemaNode = { type: 'ref', ref: typeName };
  const changes = { schema, ignoreChanges: false, ignoreDeletions: true };
  const delta = diffObjects(changes, current, modified, node, false);
  if (isPatchError(delta)) return delta;
  const removals = { schema, ignoreChanges: true, ignoreDeletions: false };
  const deletions = diffObjects(removals, original, modified, node, false);
  if (isPatchError(deletions)) return deletions;
  return combineStrategicMergePatches(deletions, delta, schema, typeName);
}

function diffObjects(
  d: Diff,
  original: JsonObject,
  modified: JsonObject,
  node: SchemaNode,
  retainKeys: boolean,
): JsonObject | PatchError {
  const patch: Patch = {};
  for (const [key, value] of entriesOf(modified)) {
    const before = own(original, key);
    let failed: PatchError | undefined;
    if (isObject(before) && isObject(value)) {
      failed = diffField(d, patch, key, before, value, lookup(d.schema, node, key));
    } else if (isList(before) && isList(value)) {
      failed = diffListField(d, patch, key, before, value, lookup(d.schema, node, key));
    } else if (!d.ignoreChanges && before !== value) put(patch, key, value);
    if (failed !== undefined) return failed;
  }
  const removed = entriesOf(original).filter(([key]) => own(modified, key) === undefined);
  if (!d.ignoreDeletions) for (const [key] of removed) put(patch, key, null);
  const retained = retainKeys ? entriesOf(modified).filter(([, v]) => v !== null) : [];
  if (retained.length > 0 && (Object.keys(patch).length > 0 || removed.some(([, v]) => v !== null))) {
    put(patch, RETAIN_KEYS, retained.map(([key]) => key).sort());
  }
  return patch;
}

function diffField(
  d: Diff,
  patch: Patch,
  key: string,
  before: JsonObject,
  after: JsonObject,
  meta: FieldMeta,
): PatchError | undefined {
  if (before === after) return undefined;
  if (meta.strategy === 'replace') {
    if (!d.ignoreChanges && !deepEqual(before, after)) put(patch, key, after);
    return undefined;
  }
  const inner = diffObjects(d, before, after, meta.node, meta.retainKeys);
  if (isPatchError(inner)) return inner;
  if (Object.keys(inner).length > 0) put(patch, key, inner);
  return undefined;
}

function diffListField(
  d: Diff,
  patch: Patch,
  key: string,
  before: readonly Json[],
  after: readonly Json[],
  meta: FieldMeta,
): PatchError | undefined {
  if (before === after) return undefined;
  if (meta.strategy !== 'merge' || before.length === 0) {
    if (!d.ignoreChanges && !deepEqual(before, after)) put(patch, key, after);
    return undefined;
  }
  const kind = elementKind(before, after);
  if (isPatchError(kind)) return kind;
  if (kind === 'scalar') {
    diffScalars(d, patch, key, before, after);
    return undefined;
  }
  return diffElements(d, patch, key, before, after, meta);
}

function diffScalars(
  d: Diff,
  patch: Patch,
  key: string,
  before: readonly Json[],
  after: readonly Json[],
): void {
  const added = d.ignoreChanges ? [] : surplus(after, before);
  // The patch deletes all that are equal, also where only one of several goes.
  const deleted = d.ignoreDeletions ? [] : [...new Set(surplus(before, after))];
  if (added.length > 0) put(patch, key, added);
  if (deleted.length > 0) put(patch, DELETE_FROM_LIST + key, deleted);
  if (deleted.length > 0 || (!d.ignoreChanges && !deepEqual(before, after)))
    put(patch, SET_ORDER + key, after);
}

/** What stands in a list more often than in the other. */
function surplus(list: readonly Json[], other: readonly Json[]): Json[] {
  const left = new Map<Json, number>();
  for (const item of other) left.set(item, (left.get(item) ?? 0) + 1);
  return list.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}

function diffElements(
  d: Diff,
  patch: Patch,
  key: string,
  before: readonly Json[],
  after: readonly Json[],
  meta: FieldMeta,
): PatchError | undefined {
  const { mergeKey } = meta;
  const missing = missingMergeKey(mergeKey, before, after);
  if (missing !== undefined) return missing;
  const changes: Json[] = [];
  const deletions: Json[] = [];
  for (const [old, now] of pairs(before, after, mergeKey)) {
    if (now === undefined) {
      if (!d.ignoreDeletions)
        deletions.push({ [DIRECTIVE]: 'delete', [mergeKey]: keyOf(old as Json, mergeKey) as Json });
      continue;
    }
    const change =
      old === undefined ? (d.ignoreChanges ? undefined : now) : changedElement(d, old, now, meta);
    if (isPatchError(change)) return change;
    if (change !== undefined) changes.push(change);
  }
  const list = [...sortBy(changes, positions(after, mergeKey), mergeKey), ...deletions];
  if (list.length > 0) put(patch, key, list);
  if (list.length > 0 || (!d.ignoreChanges && !sameOrder(before, after, mergeKey))) {
    put(
      patch,
      SET_ORDER + key,
      after.map((item) => ({ [mergeKey]: keyOf(item, mergeKey) })),
    );
  }
  return undefined;
}

/**
 * The elements of two lists by their merge key, each with its like in the other list. Several of one
 * key (Service ports of one number for TCP and UDP) are paired from the last one on, and what is left
 * over is gone: deleting it will delete all of that key.
 */
function pairs(
  before: readonly Json[],
  after: readonly Json[],
  mergeKey: string,
): [Json | undefined, Json | undefined][] {
  const [old, now] = [byKey(before, mergeKey), byKey(after, mergeKey)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort();
  return keys.flatMap((key) => {
    const [was, is] = [old.get(key) ?? [], now.get(key) ?? []];
    const count = Math.max(was.length, is.length);
    return Array.from({ length: count }, (_, i): [Json | undefined, Json | undefined] => [was[i], is[i]]);
  });
}

/** The elements of each key, the last one first, as Go's unstable sort leaves short lists. */
function byKey(list: readonly Json[], mergeKey: string): Map<string, Json[]> {
  const groups = new Map<string, Json[]>();
  for (const item of list.toReversed()) {
    const key = goPrint(keyOf(item, mergeKey));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** What changed within an element, with its merge key; undefined if nothing did. */
function changedElement(
  d: Diff,
  before: Json,
  after: Json,
  meta: FieldMeta,
): JsonObject | PatchError | undefined {
  const inner = diffObjects(d, before as JsonObject, after as JsonObject, meta.node, meta.retainKeys);
  if (isPatchError(inner)) return inner;
  return Object.keys(inner).length === 0
    ? undefined
    : { ...inner, [meta.mergeKey]: keyOf(after, meta.mergeKey) };
}

function sameOrder(before: readonly Json[], after: readonly Json[], mergeKey: string): boolean {
  if (before.length !== after.length) return false;
  return before.every((item, i) => keyOf(item, mergeKey) === keyOf(after[i] as Json, mergeKey));
}
