import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import { fieldOf, typeOf } from '../api/schema.ts';
import { deepEqual } from '../apimachinery/equal.ts';
import type { Json, JsonObject } from '../apimachinery/json.ts';
import { entriesOf, isList, isObject, own } from '../apimachinery/object.ts';
import { cmp, isQuantityError, parseQuantity } from '../apimachinery/quantity.ts';
import type { SchemaField } from '../apimachinery/schema.ts';
import { shown } from './issue.ts';
import { shortPaths } from './shortpath.ts';
import type { Phrases } from './texts/phrases.ts';
import type { GoalLeaf } from './types.ts';

/**
 * Partial objects, compared leaf by leaf (the convention of Kyverno Chainsaw and KUTTL): what the
 * partial object names must be so, what it leaves out may be anything. Lists of maps are matched by
 * their merge key, lists that are sets by their members, all others element by element and whole.
 * `null` wants a field to be absent.
 */
export interface Partial {
  /** How many leaves there are; at least 1. */
  readonly size: number;
  /** How many of them match; an object that does not exist matches none. */
  matched(object: KubeObject | undefined): number;
  /** Every leaf with what there is. `subject` leads the paths, which are short: `web · readyReplicas`. */
  explain(object: KubeObject | undefined, subject: string, phrases: Phrases): readonly GoalLeaf[];
  /** The leaves with their whole paths, for sentences. */
  readonly terms: readonly { readonly path: string; readonly wanted: Json }[];
}

/** A leaf, or the way to several. Paths are relative to the object. */
type Matcher =
  | {
      readonly type: 'leaf';
      readonly path: string;
      readonly wanted: Json;
      readonly test: (actual: Json | undefined) => boolean;
    }
  | { readonly type: 'map'; readonly fields: readonly (readonly [string, Matcher])[] }
  | { readonly type: 'list'; readonly items: readonly ListItem[] };

interface ListItem {
  readonly find: (elements: readonly Json[]) => Json | undefined;
  readonly matcher: Matcher;
}

type LeafMatcher = Extract<Matcher, { type: 'leaf' }>;

/** Fields that say which object is meant, not what should be true of it. */
const IDENTITY: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata.name', 'metadata.namespace']);

/** Reads a partial object of a kind. With nothing but its identity it asks that the object exists. */
export function compilePartial(kind: KindDefinition, partial: JsonObject): Partial {
  const root = compileMap(partial, '', { type: 'ref', ref: kind.schemaType });
  const terms: { path: string; wanted: Json }[] = [];
  visit(root, undefined, (leaf) => terms.push({ path: leaf.path, wanted: leaf.wanted }));
  if (terms.length === 0) return existence(kind.kind);
  const short = shortPaths(terms.map(({ path }) => path));
  return {
    size: terms.length,
    terms,
    matched(object) {
      if (object === undefined) return 0;
      let count = 0;
      visit(root, object as unknown as Json, (leaf, actual) => {
        if (leaf.test(actual)) count++;
      });
      return count;
    },
    explain(object, subject, phrases) {
      const leaves: GoalLeaf[] = [];
      visit(root, object as unknown as Json | undefined, (leaf, actual) => {
        leaves.push({
          path: `${subject} · ${short[leaves.length] ?? leaf.path}`,
          wanted: wantedText(leaf.wanted, phrases),
          got: object === undefined ? phrases.noObject(kind.kind) : valueText(actual, phrases),
          ok: object !== undefined && leaf.test(actual),
        });
      });
      return leaves;
    },
  };
}

function existence(kind: string): Partial {
  return {
    size: 1,
    terms: [],
    matched: (object) => (object === undefined ? 0 : 1),
    explain: (object, subject, phrases) => [
      {
        path: subject,
        wanted: phrases.exists,
        got: object === undefined ? phrases.noObject(kind) : phrases.exists,
        ok: object !== undefined,
      },
    ],
  };
}

/** Calls `take` for every leaf with what stands at its place. */
function visit(
  matcher: Matcher,
  actual: Json | undefined,
  take: (leaf: LeafMatcher, actual: Json | undefined) => void,
): void {
  if (matcher.type === 'leaf') {
    take(matcher, actual);
    return;
  }
  if (matcher.type === 'map') {
    const map = isObject(actual) ? actual : undefined;
    for (const [key, inner] of matcher.fields)
      visit(inner, map === undefined ? undefined : own(map, key), take);
    return;
  }
  const elements = isList(actual) ? actual : [];
  for (const { find, matcher: inner } of matcher.items) visit(inner, find(elements), take);
}

function compile(wanted: Json, path: string, field: SchemaField | undefined): Matcher {
  if (wanted === null) return absentLeaf(path);
  if (isObject(wanted)) {
    if (entriesOf(wanted).length === 0) return presentLeaf(path);
    return compileMap(wanted, path, field);
  }
  if (isList(wanted)) return compileList(wanted, path, field);
  return scalarLeaf(wanted, path, field);
}

function compileMap(wanted: JsonObject, path: string, field: SchemaField | undefined): Matcher {
  const type = field?.ref === undefined ? undefined : typeOf(field.ref);
  const fields: (readonly [string, Matcher])[] = [];
  for (const [key, value] of entriesOf(wanted)) {
    const inner = joinPath(path, key, type === undefined);
    if (IDENTITY.has(inner)) continue;
    const of = type === undefined ? (field?.type === 'map' ? field.items : undefined) : fieldOf(type, key);
    // metadata: {name} is identity through and through, not an empty map that must be there.
    if (
      inner === 'metadata' &&
      isObject(value) &&
      entriesOf(value).every(([k]) => k === 'name' || k === 'namespace')
    )
      continue;
    fields.push([key, compile(value, inner, of)]);
  }
  return { type: 'map', fields };
}

function compileList(wanted: readonly Json[], path: string, field: SchemaField | undefined): Matcher {
  if (wanted.length === 0) {
    return leaf(path, wanted, (actual) => actual === undefined || actual === null || isEmpty(actual));
  }
  if (!wanted.every(isObject)) {
    if (field?.listType === 'set') return { type: 'list', items: wanted.map((value) => member(value, path)) };
    return leaf(path, wanted, (actual) => deepEqual(actual, wanted));
  }
  const keys = mergeKeys(field);
  const elementField = field?.items;
  const items = wanted.map((element, i): ListItem => {
    const by = keys.filter((key) => own(element, key) !== undefined);
    if (by.length > 0) {
      const name = by.map((key) => `${key}=${String(own(element, key))}`).join(',');
      return {
        find: (elements) =>
          elements.find((e) => isObject(e) && by.every((key) => deepEqual(own(e, key), own(element, key)))),
        matcher: compileElement(element, by, `${path}[${name}]`, elementField),
      };
    }
    const matcher = compile(element, `${path}[${i}]`, elementField);
    if (keys.length > 0) return { find: (elements) => bestOf(elements, matcher), matcher };
    return { find: (elements) => elements[i], matcher };
  });
  if (keys.length > 0) return { type: 'list', items };
  return { type: 'list', items: [...items, lengthItem(wanted.length, path)] };
}

/** An element found by its key matches in that; without further fields it only has to be there. */
function compileElement(
  element: JsonObject,
  by: readonly string[],
  path: string,
  field: SchemaField | undefined,
): Matcher {
  const rest = Object.fromEntries(entriesOf(element).filter(([key]) => !by.includes(key)));
  return entriesOf(rest).length === 0 ? presentLeaf(path) : compileMap(rest, path, field);
}

function mergeKeys(field: SchemaField | undefined): readonly string[] {
  const keys = new Set<string>(field?.listMapKeys ?? []);
  if (field?.patchMergeKey !== undefined) keys.add(field.patchMergeKey);
  return [...keys];
}

function bestOf(elements: readonly Json[], matcher: Matcher): Json | undefined {
  let best: Json | undefined;
  let most = -1;
  for (const element of elements) {
    let count = 0;
    visit(matcher, element, (inner, actual) => {
      if (inner.test(actual)) count++;
    });
    if (count > most) [best, most] = [element, count];
  }
  return best;
}

/** A member that a set must have; the whole set is what there is. */
function member(value: Json, path: string): ListItem {
  return {
    find: (elements) => elements as Json,
    matcher: leaf(
      path,
      value,
      (actual) => isList(actual) && actual.some((element) => deepEqual(element, value)),
    ),
  };
}

function lengthItem(length: number, path: string): ListItem {
  return {
    find: (elements) => elements.length,
    matcher: leaf(`${path}.length`, length, (actual) => actual === length),
  };
}

function scalarLeaf(wanted: Json, path: string, field: SchemaField | undefined): Matcher {
  if (field?.type !== 'quantity') return leaf(path, wanted, (actual) => actual === wanted);
  const amount = parseQuantity(String(wanted));
  return leaf(path, wanted, (actual) => {
    if (actual === undefined || isQuantityError(amount)) return actual === wanted;
    const other = parseQuantity(String(actual));
    return !isQuantityError(other) && cmp(amount, other) === 0;
  });
}

function absentLeaf(path: string): Matcher {
  return leaf(path, null, (actual) => actual === undefined || actual === null);
}

function presentLeaf(path: string): Matcher {
  return leaf(path, {}, (actual) => actual !== undefined && actual !== null);
}

function leaf(path: string, wanted: Json, test: (actual: Json | undefined) => boolean): LeafMatcher {
  return { type: 'leaf', path, wanted, test };
}

/** What there is, in few words: of objects and lists of them only that they are there, or how many. */
function valueText(actual: Json | undefined, phrases: Phrases): string {
  if (actual === undefined || actual === null) return phrases.none;
  if (isObject(actual)) return phrases.exists;
  if (isList(actual) && actual.some(isObject)) return String(actual.length);
  return typeof actual === 'string' ? actual : shown(actual);
}

function wantedText(wanted: Json, phrases: Phrases): string {
  if (wanted === null) return phrases.none;
  if (isObject(wanted)) return phrases.any;
  return typeof wanted === 'string' ? wanted : shown(wanted);
}

function isEmpty(value: Json): boolean {
  return isList(value) && value.length === 0;
}

/** Names that are no plain words (label keys) are bracketed, as in field paths of Kubernetes. */
function joinPath(path: string, key: string, free: boolean): string {
  if (free && path !== '' && !/^[A-Za-z0-9]+$/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}
