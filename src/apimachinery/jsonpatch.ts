import { unknownFieldMessage } from './decode.ts';
import { deepEqual, shareUnchanged } from './equal.ts';
import { goPrint, goQuote } from './gostring.ts';
import { type Json, type JsonObject, jsonTypeName } from './json.ts';
import { exceedsDepth, isList, isObject, MAX_DEPTH, own, put } from './object.ts';
import { isPatchError, PatchError } from './patcherror.ts';

/**
 * JSON patches as the API server applies them (endpoints/handlers/patch.go): RFC 6902 as read by
 * evanphx/json-patch v4, which takes more than the RFC does. A missing member may be replaced, a
 * missing value is null, and an index below zero counts from the end of the list.
 */

/** One operation of a JSON patch; paths are JSON pointers. */
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

const MAX_OPERATIONS = 10_000;
/** Characters of JSON that all `copy` operations of a patch may add together. */
const MAX_COPIED = 3 * 1024 * 1024;
const MEMBERS: ReadonlySet<string> = new Set(['op', 'path', 'from', 'value']);
const MISSING = 'missing value';
const INVALID_INDEX = 'invalid index referenced';

/**
 * What the patch makes of the document; the operations apply in turn, or none do. Parts that do not
 * change are shared with the original; if none do, it is returned itself.
 */
export function applyJsonPatch(original: Json, patch: Json): Json | PatchError {
  const unreadable = checkTypes(patch);
  if (unreadable !== undefined) return new PatchError(400, `error decoding patch: ${unreadable}`);
  const operations = patch as readonly (JsonObject | null)[];
  if (operations.length > MAX_OPERATIONS) {
    const text = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`;
    return new PatchError(413, text);
  }
  if (exceedsDepth(patch, MAX_DEPTH)) return wrong(`exceeded max depth of ${MAX_DEPTH}`);
  let doc = original;
  const copied = { size: 0 };
  for (const operation of operations) {
    const result = perform(doc, operation ?? {}, copied);
    if (isPatchError(result)) return result;
    doc = result;
  }
  // Each operation may put what is deep already into something deep, so the depth shows only now.
  if (exceedsDepth(doc, MAX_DEPTH)) return wrong(`exceeded max depth of ${MAX_DEPTH}`);
  return shareUnchanged(original, doc);
}

function wrong(error: string): PatchError {
  return new PatchError(422, error);
}

/** The decoder's complaint about a patch that is no list of operations. */
function checkTypes(patch: Json): string | undefined {
  if (!isList(patch)) return cannotUnmarshal(patch, 'Go value of type []handlers.jsonPatchOp');
  for (const item of patch) {
    if (item === null) continue;
    if (!isObject(item)) return cannotUnmarshal(item, 'Go value of type handlers.jsonPatchOp');
    for (const field of ['op', 'path', 'from']) {
      const value = own(item, field) ?? null;
      if (value !== null && typeof value !== 'string')
        return cannotUnmarshal(value, `Go struct field jsonPatchOp.${field} of type string`);
    }
  }
  return undefined;
}

/** Members of operations that mean nothing: `unknown field "[0].foo"`, as strict decoding tells of them. */
export function unknownInJsonPatch(patch: Json): readonly string[] {
  if (!isList(patch)) return [];
  return patch.flatMap((item, i) =>
    isObject(item)
      ? Object.keys(item)
          .filter((key) => !MEMBERS.has(key))
          .map((key) => unknownFieldMessage(`[${i}].${key}`))
      : [],
  );
}

function cannotUnmarshal(value: Json, into: string): string {
  return `json: cannot unmarshal ${jsonTypeName(value)} into ${into}`;
}

/** A member that is there as text. */
function text(operation: JsonObject, field: 'path' | 'from'): string | undefined {
  const value = own(operation, field);
  return typeof value === 'string' ? value : undefined;
}

function perform(doc: Json, operation: JsonObject, copied: { size: number }): Json | PatchError {
  const op = own(operation, 'op') ?? 'unknown';
  switch (op) {
    case 'add':
      return addOperation(doc, operation);
    case 'remove':
      return removeOperation(doc, operation);
    case 'replace':
      return replaceOperation(doc, operation);
    case 'move':
      return moveOperation(doc, operation);
    case 'copy':
      return copyOperation(doc, operation, copied);
    case 'test':
      return testOperation(doc, operation);
    default:
      return wrong(`Unexpected kind: ${goPrint(op)}`);
  }
}

function addOperation(doc: Json, operation: JsonObject): Json | PatchError {
  const path = text(operation, 'path');
  if (path === undefined) return wrong(`add operation failed to decode path: ${MISSING}`);
  const result = edit(doc, path, (parent, key) => addTo(parent, key, own(operation, 'value') ?? null));
  if (result === NOWHERE)
    return wrong(`add operation does not apply: doc is missing path: "${path}": ${MISSING}`);
  return isFault(result) ? wrong(`error in add for path: '${path}': ${result.fault}`) : result;
}

function removeOperation(doc: Json, operation: JsonObject): Json | PatchError {
  const path = text(operation, 'path');
  if (path === undefined) return wrong(`remove operation failed to decode path: ${MISSING}`);
  const result = edit(doc, path, removeFrom);
  if (result === NOWHERE)
    return wrong(`remove operation does not apply: doc is missing path: "${path}": ${MISSING}`);
  return isFault(result) ? wrong(`error in remove for path: '${path}': ${result.fault}`) : result;
}

function replaceOperation(doc: Json, operation: JsonObject): Json | PatchError {
  const path = text(operation, 'path');
  if (path === undefined) return wrong(`replace operation failed to decode path: ${NO_PATH}`);
  const value = own(operation, 'value') ?? null;
  if (path === '') {
    const whole = isObject(value) || isList(value);
    return whole ? value : wrong('replace operation value must be object or array: %!w(<nil>)');
  }
  const result = edit(doc, path, (parent, key) => {
    const place = get(parent, key);
    if (isFault(place)) return place;
    return isList(parent) ? parent.with(place.index, value) : withKey(parent, key, value);
  });
  if (result === NOWHERE)
    return wrong(`replace operation does not apply: doc is missing path: ${path}: ${MISSING}`);
  return isFault(result)
    ? wrong(`replace operation does not apply: doc is missing key: ${path}: ${MISSING}`)
    : result;
}

function moveOperation(doc: Json, operation: JsonObject): Json | PatchError {
  const from = text(operation, 'from');
  if (from === undefined) return wrong(`move operation failed to decode from: ${NO_FROM}`);
  let value: Json = null;
  let last = '';
  const without = edit(doc, from, (parent, key) => {
    last = key;
    const place = get(parent, key);
    if (isFault(place)) return place;
    value = place.value ?? null;
    return removeFrom(parent, key);
  });
  if (without === NOWHERE)
    return wrong(`move operation does not apply: doc is missing from path: ${from}: ${MISSING}`);
  if (isFault(without)) return wrong(`error in move for path: '${last}': ${without.fault}`);
  const path = text(operation, 'path');
  if (path === undefined) return wrong(`move operation failed to decode path: ${NO_PATH}`);
  const result = edit(without, path, (parent, key) => addTo(parent, key, value));
  if (result === NOWHERE)
    return wrong(`move operation does not apply: doc is missing destination path: ${path}: ${MISSING}`);
  return isFault(result) ? wrong(`error in move for path: '${path}': ${result.fault}`) : result;
}

function copyOperation(doc: Json, operation: JsonObject, copied: { size: number }): Json | PatchError {
  const from = text(operation, 'from');
  if (from === undefined) return wrong(`copy operation failed to decode from: ${NO_FROM}`);
  const found = find(doc, from);
  if (found === undefined)
    return wrong(`copy operation does not apply: doc is missing from path: ${from}: ${MISSING}`);
  if (isFault(found)) return wrong(`error in copy for from: '${from}': ${found.fault}`);
  const path = text(operation, 'path');
  if (path === undefined) return wrong(`copy operation failed to decode path: ${MISSING}`);
  const value = found.value ?? null;
  const result = edit(doc, path, (parent, key) => addTo(parent, key, value));
  if (result === NOWHERE)
    return wrong(`copy operation does not apply: doc is missing destination path: ${path}: ${MISSING}`);
  copied.size += sizeOf(value, MAX_COPIED - copied.size);
  if (copied.size > MAX_COPIED) {
    return wrong(
      `Unable to complete the copy, the accumulated size increase of copy is ${copied.size}, exceeding the limit ${MAX_COPIED}`,
    );
  }
  return isFault(result) ? wrong(`error while adding value during copy: ${result.fault}`) : result;
}

function testOperation(doc: Json, operation: JsonObject): Json | PatchError {
  const path = text(operation, 'path');
  if (path === undefined) return wrong(`test operation failed to decode path: ${NO_PATH}`);
  const found = path === '' ? { value: doc } : find(doc, path);
  if (found === undefined)
    return wrong(`test operation does not apply: is missing path: ${path}: ${MISSING}`);
  if (isFault(found)) return wrong(`error in test for path: '${path}': ${found.fault}`);
  const same = deepEqual(found.value ?? null, own(operation, 'value') ?? null);
  return same ? doc : wrong(`testing value ${path} failed: test failed`);
}

const NO_PATH = `operation missing path field: ${MISSING}`;
const NO_FROM = `operation, missing from field: ${MISSING}`;

/** About the length of the value as JSON, infinite where it is too deep; counting stops past `limit`. */
function sizeOf(value: Json | undefined, limit: number, depth = 0): number {
  if (depth > MAX_DEPTH) return Number.POSITIVE_INFINITY;
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  let size = 2;
  for (const [key, inner] of Object.entries(value)) {
    size += (isList(value) ? 1 : key.length + 4) + sizeOf(inner, limit - size, depth + 1);
    if (size > limit) return size;
  }
  return size;
}

type Container = JsonObject | readonly Json[];

/** Why the last step of a path cannot be taken. */
interface Fault {
  readonly fault: string;
}

/** What stands at a place; in a list, also at which index. */
interface Place {
  readonly value: Json | undefined;
  readonly index: number;
}

/** The answer for a path whose parents are not there. */
const NOWHERE = Symbol('nowhere');

type Change = (parent: Container, key: string) => Container | Fault;

function isFault<T extends object>(value: T | Json | Fault | undefined): value is Fault {
  return value instanceof FaultValue;
}

class FaultValue implements Fault {
  readonly fault: string;
  constructor(fault: string) {
    this.fault = fault;
  }
}

/** The steps of a path. What stands before its first slash is of no consequence; undefined without a slash. */
function stepsOf(path: string): readonly string[] | undefined {
  const parts = path.split('/', MAX_DEPTH + 2);
  if (parts.length < 2 || parts.length > MAX_DEPTH + 1) return undefined;
  return parts.slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What a path leads to; undefined if its parents are not there. */
function find(doc: Json, path: string): Place | Fault | undefined {
  let found: Place | Fault | undefined;
  const seen = edit(doc, path, (parent, key) => {
    found = get(parent, key);
    return parent;
  });
  return seen === NOWHERE ? undefined : found;
}

/** The document with the parent of the path's end changed; only what leads there is made anew. */
function edit(doc: Json, path: string, change: Change): Json | Fault | typeof NOWHERE {
  const steps = stepsOf(path);
  return steps === undefined ? NOWHERE : editAt(doc, steps, 0, change);
}

function editAt(
  doc: Json,
  steps: readonly string[],
  at: number,
  change: Change,
): Json | Fault | typeof NOWHERE {
  if (!isList(doc) && !isObject(doc)) return NOWHERE;
  const key = steps[at] ?? '';
  if (at === steps.length - 1) return change(doc, key);
  const place = get(doc, key);
  if (isFault(place) || place.value === undefined) return NOWHERE;
  const result = editAt(place.value, steps, at + 1, change);
  if (result === NOWHERE || isFault(result)) return result;
  if (result === place.value) return doc;
  return isList(doc) ? doc.with(place.index, result) : withKey(doc, key, result);
}

function withKey(object: JsonObject, key: string, value: Json): JsonObject {
  const result = { ...object };
  put(result, key, value);
  return result;
}

function get(parent: Container, key: string): Place | Fault {
  if (!isList(parent)) return { value: own(parent as JsonObject, key), index: -1 };
  const index = indexIn(key, parent.length);
  return typeof index === 'number' ? { value: parent[index], index } : index;
}

function addTo(parent: Container, key: string, value: Json): Container | Fault {
  if (!isList(parent)) return withKey(parent as JsonObject, key, value);
  if (key === '-') return [...parent, value];
  const number = atoi(key);
  if (typeof number !== 'number')
    return new FaultValue(`value was not a proper array index: '${key}': ${number.fault}`);
  const index = indexIn(key, parent.length + 1);
  return typeof index === 'number' ? parent.toSpliced(index, 0, value) : index;
}

function removeFrom(parent: Container, key: string): Container | Fault {
  const place = get(parent, key);
  if (isFault(place)) return place;
  if (isList(parent)) return parent.toSpliced(place.index, 1);
  if (place.value === undefined)
    return new FaultValue(`Unable to remove nonexistent key: ${key}: ${MISSING}`);
  const { [key]: _, ...rest } = parent as JsonObject;
  return rest;
}

/** The place a key names in a list that has `length` of them. */
function indexIn(key: string, length: number): number | Fault {
  const index = atoi(key);
  if (typeof index !== 'number') return index;
  if (index >= length || index < -length)
    return new FaultValue(`Unable to access invalid index: ${index}: ${INVALID_INDEX}`);
  return index < 0 ? index + length : index;
}

/** `strconv.Atoi`. */
function atoi(digits: string): number | Fault {
  const why = !/^[+-]?[0-9]+$/.test(digits)
    ? 'invalid syntax'
    : Number.isSafeInteger(Number(digits))
      ? undefined
      : 'value out of range';
  return why === undefined
    ? Number(digits)
    : new FaultValue(`strconv.Atoi: parsing ${goQuote(digits)}: ${why}`);
}
