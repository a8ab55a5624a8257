import { deepEqual, shareUnchanged } from './equal.ts';
import { goPrint, goQuote } from './gostring.ts';
import type { Json, JsonObject } from './json.ts';
import { exceedsDepth, isList, isObject, MAX_DEPTH, own, put } from './object.ts';
import { isPatchError, PatchError } from './patcherror.ts';

/** JSON patches (RFC 6902), with the limits of the API server (endpoints/handlers/patch.go). */

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
const OPS: ReadonlySet<string> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/**
 * What the patch makes of the document; the operations apply in turn, or none do. Parts that do not
 * change are shared with the original; if none do, it is returned itself.
 */
export function applyJsonPatch(original: Json, patch: Json): Json | PatchError {
  if (!isList(patch)) return new PatchError(400, 'json patch must be a list of operations');
  if (patch.length > MAX_OPERATIONS) {
    const text = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    return new PatchError(413, text);
  }
  if (exceedsDepth(patch, MAX_DEPTH)) return new PatchError(422, `exceeded max depth of ${MAX_DEPTH}`);
  let doc = original;
  const copied = { size: 0 };
  for (const item of patch) {
    const operation = readOperation(item);
    if (isPatchError(operation)) return operation;
    const result = perform(doc, operation, copied);
    if (isPatchError(result)) return result;
    doc = result;
  }
  // Each operation may put what is deep already into something deep, so the depth shows only now.
  if (exceedsDepth(doc, MAX_DEPTH)) return wrong(`exceeded max depth of ${MAX_DEPTH}`);
  return shareUnchanged(original, doc);
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly tokens: readonly string[];
  readonly from: string;
  readonly fromTokens: readonly string[];
  readonly value: Json | undefined;
}

function readOperation(item: Json): Operation | PatchError {
  if (!isObject(item))
    return new PatchError(400, `json: cannot unmarshal ${goPrint(item)} into a JSON patch operation`);
  const [op, path, from] = [own(item, 'op'), own(item, 'path'), own(item, 'from')];
  if (typeof op !== 'string' || !OPS.has(op)) return new PatchError(422, `Unexpected kind: ${goPrint(op)}`);
  const tokens = parsePointer(path);
  if (tokens === undefined)
    return wrong(`${op} operation does not apply: invalid path ${goQuote(goPrint(path))}`);
  const needsFrom = op === 'move' || op === 'copy';
  const fromTokens = needsFrom ? parsePointer(from) : [];
  if (fromTokens === undefined) {
    return wrong(`${op} operation does not apply: invalid from ${goQuote(goPrint(from))}`);
  }
  const value = own(item, 'value');
  if (value === undefined && (op === 'add' || op === 'replace'))
    return wrong(`${op} operation needs a value`);
  return { op, path: String(path), tokens, from: String(from), fromTokens, value };
}

function wrong(error: string): PatchError {
  return new PatchError(422, error);
}

/** The tokens of a JSON pointer, unescaped; undefined if it is none. */
function parsePointer(path: Json | undefined): readonly string[] | undefined {
  if (path === '') return [];
  if (typeof path !== 'string' || !path.startsWith('/')) return undefined;
  const tokens = path.slice(1).split('/');
  if (tokens.length > MAX_DEPTH || tokens.some((token) => /~(?![01])/.test(token))) return undefined;
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function perform(doc: Json, o: Operation, copied: { size: number }): Json | PatchError {
  switch (o.op) {
    case 'add':
      return insert(doc, o, o.value ?? null);
    case 'remove':
      return edit(doc, o.tokens, (parent, token) => removeFrom(parent, token, o.op, o.path));
    case 'replace':
      return o.tokens.length === 0
        ? (o.value ?? null)
        : edit(doc, o.tokens, (parent, token) => replaceIn(parent, token, o.value ?? null, o.path));
    case 'move':
      return move(doc, o);
    case 'copy':
      return copy(doc, o, copied);
    default:
      return deepEqual(find(doc, o.tokens) ?? null, o.value ?? null)
        ? doc
        : wrong(`testing value ${o.path} failed: test failed`);
  }
}

function insert(doc: Json, o: Operation, value: Json): Json | PatchError {
  if (o.tokens.length === 0) return value;
  return edit(doc, o.tokens, (parent, token) => addTo(parent, token, value, o.op, o.path));
}

function move(doc: Json, o: Operation): Json | PatchError {
  const value = find(doc, o.fromTokens);
  if (value === undefined)
    return wrong(`move operation does not apply: doc is missing from path: ${o.from}: missing value`);
  if (o.from === o.path) return doc;
  if (o.path.startsWith(`${o.from}/`))
    return wrong(`move operation does not apply: ${o.from} cannot be moved into itself`);
  const without = edit(doc, o.fromTokens, (parent, token) => removeFrom(parent, token, o.op, o.from));
  return isPatchError(without) ? without : insert(without, o, value);
}

function copy(doc: Json, o: Operation, copied: { size: number }): Json | PatchError {
  const value = find(doc, o.fromTokens);
  if (value === undefined)
    return wrong(`copy operation does not apply: doc is missing from path: ${o.from}: missing value`);
  copied.size += sizeOf(value, MAX_COPIED - copied.size);
  if (copied.size > MAX_COPIED) {
    const text = `Unable to complete the copy, the accumulated size increase of copy is ${copied.size}, exceeding the limit ${MAX_COPIED}`;
    return new PatchError(413, text);
  }
  return insert(doc, o, value);
}

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

function find(doc: Json, tokens: readonly string[]): Json | undefined {
  let value: Json | undefined = doc;
  for (const token of tokens) {
    if (isList(value)) value = value[listIndex(token, value.length) ?? -1];
    else if (isObject(value)) value = own(value, token);
    else return undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/** The place a token names in a list that has `length` of them; undefined if it names none. */
function listIndex(token: string, length: number): number | undefined {
  if (!/^(0|[1-9][0-9]{0,9})$/.test(token)) return undefined;
  const i = Number(token);
  return i < length ? i : undefined;
}

type Change = (parent: JsonObject | readonly Json[], token: string) => Json | PatchError;

/** The document with the parent of the path's end changed; only what leads there is made anew. */
function edit(doc: Json, tokens: readonly string[], change: Change, at = 0): Json | PatchError {
  const token = tokens[at];
  if (token === undefined) return wrong('operation does not apply to the whole document');
  if (!isList(doc) && !isObject(doc)) return missing(tokens);
  if (at === tokens.length - 1) return change(doc, token);
  const inner = find(doc, [token]);
  if (inner === undefined) return missing(tokens);
  const result = edit(inner, tokens, change, at + 1);
  if (isPatchError(result) || result === inner) return isPatchError(result) ? result : doc;
  return isList(doc) ? doc.with(Number(token), result) : withKey(doc, token, result);
}

function missing(tokens: readonly string[]): PatchError {
  const path = tokens.map((t) => `/${t.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return wrong(`operation does not apply: doc is missing path: ${goQuote(path)}: missing value`);
}

function withKey(object: JsonObject, key: string, value: Json): JsonObject {
  const result = { ...object };
  put(result, key, value);
  return result;
}

function addTo(
  parent: JsonObject | readonly Json[],
  token: string,
  value: Json,
  op: string,
  path: string,
): Json | PatchError {
  if (!isList(parent)) return withKey(parent as JsonObject, token, value);
  const i = token === '-' ? parent.length : listIndex(token, parent.length + 1);
  if (i === undefined)
    return wrong(
      `${op} operation does not apply: error in add for path: '${path}': invalid index referenced`,
    );
  return parent.toSpliced(i, 0, value);
}

function replaceIn(
  parent: JsonObject | readonly Json[],
  token: string,
  value: Json,
  path: string,
): Json | PatchError {
  if (find(parent, [token]) === undefined) {
    return wrong(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  }
  return isList(parent) ? parent.with(Number(token), value) : withKey(parent as JsonObject, token, value);
}

function removeFrom(
  parent: JsonObject | readonly Json[],
  token: string,
  op: string,
  path: string,
): Json | PatchError {
  if (find(parent, [token]) === undefined) {
    return wrong(`${op} operation does not apply: doc is missing key: ${path}: missing value`);
  }
  if (isList(parent)) return parent.toSpliced(Number(token), 1);
  const { [token]: _, ...rest } = parent as JsonObject;
  return rest;
}
