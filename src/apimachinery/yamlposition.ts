import { isMap, isScalar, isSeq, type LineCounter } from 'yaml';

/** Where things stand in a manifest. */

/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly col: number;
}

/** Finds the places of field paths such as `spec.containers[0].image` or `metadata.labels[app]`. */
export interface Lookup {
  /** Where the value at the path stands; if there is none, the nearest thing around it. */
  position(path: string): Position;
  /** Where the key (or list element) at the path stands; if there is none, the nearest around it. */
  keyPosition(path: string): Position;
}

/** The lookup of a document. */
export function newLookup(root: unknown, lines: LineCounter): Lookup {
  const at = (node: unknown): Position => {
    const { line, col } = lines.linePos(offsetOf(node) ?? 0);
    return { line, col };
  };
  return {
    position: (path) => at(find(root, path).value),
    keyPosition: (path) => at(find(root, path).key),
  };
}

interface Found {
  readonly key: unknown;
  readonly value: unknown;
}

function find(root: unknown, path: string): Found {
  let found: Found = { key: root, value: root };
  let rest = path;
  while (rest !== '') {
    const step = stepInto(found.value, rest);
    if (step === undefined) return { key: found.key, value: found.key };
    // A key without a value has no place of its own for it.
    found = { key: step.key, value: offsetOf(step.value) === undefined ? step.key : step.value };
    rest = step.rest;
  }
  return found;
}

function stepInto(node: unknown, path: string): (Found & { rest: string }) | undefined {
  if (isSeq(node)) {
    const m = /^\[([0-9]+)\]\.?/.exec(path);
    const item = m === null ? undefined : node.items[Number(m[1])];
    return m === null || item === undefined
      ? undefined
      : { key: item, value: item, rest: path.slice(m[0].length) };
  }
  if (!isMap(node)) return undefined;
  let best: (Found & { rest: string }) | undefined;
  for (const pair of node.items) {
    const name = isScalar(pair.key) ? String(pair.key.value) : undefined;
    // Keys may hold dots, so the shortest rest, i.e. the longest key, is the one that is meant.
    const rest = name === undefined ? undefined : afterKey(path, name);
    if (rest !== undefined && (best === undefined || rest.length < best.rest.length)) {
      best = { key: pair.key, value: pair.value, rest };
    }
  }
  return best;
}

/** What follows the key at the start of the path, written `key` or `[key]`; undefined if it is another. */
function afterKey(path: string, key: string): string | undefined {
  const bracketed = `[${key}]`;
  const length = path.startsWith(bracketed)
    ? bracketed.length
    : path.startsWith(key)
      ? key.length
      : undefined;
  if (length === undefined) return undefined;
  const rest = path.slice(length);
  if (rest === '' || rest.startsWith('[')) return rest;
  return rest.startsWith('.') ? rest.slice(1) : undefined;
}

function offsetOf(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) ? Number(range[0]) : undefined;
}
