import { deepEqual } from './equal.ts';
import type { Json, JsonObject } from './json.ts';
import { isList, isObject } from './object.ts';
import type { Schema, SchemaField } from './schema.ts';

/**
 * Sets of fields in the form in which `managedFields` has them (FieldsV1): `f:name` is a field,
 * `k:{"name":"web"}` an element of a list of maps, `v:"x"` one of a set, `.` the thing itself; what
 * has nothing below it is in the set. Sets are values: no operation changes its operands.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

const LEAF: FieldSet = Object.freeze({});
const SELF = '.';

/** How a value is taken: whole, or by its parts. */
type Shape =
  | { readonly type: 'whole' }
  | {
      readonly type: 'map';
      /** Whether its fields are known by name: a struct, not a map of anything. */
      readonly named: boolean;
      readonly fieldOf: (name: string) => SchemaField | undefined;
    }
  | { readonly type: 'keyed'; readonly items: SchemaField | undefined; readonly keys: readonly string[] }
  | { readonly type: 'set' };

const WHOLE: Shape = Object.freeze({ type: 'whole' });

function shapeOf(value: Json | undefined, field: SchemaField | undefined, schema: Schema): Shape {
  if (isObject(value)) {
    if (field === undefined || field.mapType === 'atomic') return WHOLE;
    if (field.type === 'map') return { type: 'map', named: false, fieldOf: () => field.items };
    const fields = field.ref === undefined ? undefined : schema[field.ref]?.fields;
    return fields === undefined
      ? WHOLE
      : {
          type: 'map',
          named: true,
          fieldOf: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined),
        };
  }
  if (!isList(value) || field === undefined) return WHOLE;
  if (field.listType === 'set') return { type: 'set' };
  const keys = field.listMapKeys ?? [];
  return field.listType === 'map' && keys.length > 0 ? { type: 'keyed', items: field.items, keys } : WHOLE;
}

/** `k:{"name":"web"}`: which element of a list of maps this is; keys without a value count as their default. */
function keyOf(item: Json, keys: readonly string[]): string {
  const values = keys.map((key) => [key, (isObject(item) ? item[key] : undefined) ?? defaultOf(key)]);
  return `k:${JSON.stringify(Object.fromEntries(values.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))))}`;
}

/** The only key that has a default upstream: a port's protocol. */
function defaultOf(key: string): Json {
  return key === 'protocol' ? 'TCP' : null;
}

/** The elements of a value that is taken by its parts: path element, value and schema of each. */
function partsOf(value: Json, shape: Shape): readonly (readonly [string, Json, SchemaField | undefined])[] {
  if (shape.type === 'map' && isObject(value))
    return Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([name, part]) => [`f:${name}`, part as Json, shape.fieldOf(name)]);
  if (shape.type === 'keyed' && isList(value))
    return value.map((item) => [keyOf(item, shape.keys), item, shape.items]);
  if (shape.type === 'set' && isList(value))
    return value.map((item) => [`v:${JSON.stringify(item)}`, item, undefined]);
  return [];
}

/** The type of a whole object. */
export function objectField(type: string): SchemaField {
  return { type: 'ref', ref: type };
}

/** The fields that a value sets. */
export function fieldsOf(value: Json, field: SchemaField | undefined, schema: Schema): FieldSet {
  const shape = shapeOf(value, field, schema);
  const parts = partsOf(value, shape);
  if (parts.length === 0) return LEAF;
  const set: Record<string, FieldSet> = {};
  for (const [element, part, partField] of parts) {
    const inner = fieldsOf(part, partField, schema);
    // An element of a list is there by itself, whatever is in it.
    set[element] = shape.type === 'keyed' && inner !== LEAF ? { [SELF]: LEAF, ...inner } : inner;
  }
  return set;
}

/** The fields of `next` that `old` has not, or has otherwise. Undefined: none. */
export function changedFields(
  next: Json,
  old: Json | undefined,
  field: SchemaField | undefined,
  schema: Schema,
): FieldSet | undefined {
  if (next === old) return undefined;
  if (old === undefined) return fieldsOf(next, field, schema);
  const shape = shapeOf(next, field, schema);
  const parts = partsOf(next, shape);
  if (parts.length === 0 || shapeOf(old, field, schema).type !== shape.type)
    return deepEqual(next, old) ? undefined : LEAF;
  const before = new Map(partsOf(old, shape).map(([element, part]) => [element, part]));
  const set: Record<string, FieldSet> = {};
  for (const [element, part, partField] of parts) {
    const was = before.get(element);
    const inner = changedFields(part, was, partField, schema);
    if (inner === undefined) continue;
    set[element] =
      was === undefined && shape.type === 'keyed' && inner !== LEAF ? { [SELF]: LEAF, ...inner } : inner;
  }
  return Object.keys(set).length === 0 ? undefined : set;
}

/** What `applied` sets, in `live`; all else stays (typed merge of structured-merge-diff). */
export function mergeFields(
  live: Json | undefined,
  applied: Json,
  field: SchemaField | undefined,
  schema: Schema,
): Json {
  const shape = shapeOf(applied, field, schema);
  if (live === undefined || shape.type === 'whole' || shapeOf(live, field, schema).type !== shape.type)
    return applied;
  const existing = new Map(partsOf(live, shape).map(([element, part]) => [element, part]));
  const merged = new Map(existing);
  for (const [element, part, partField] of partsOf(applied, shape))
    merged.set(element, mergeFields(existing.get(element), part, partField, schema));
  if (shape.type !== 'map') {
    const names = partsOf(applied, shape).map(([element]) => element);
    return orderOfMerged([...existing.keys()], names).map((element) => merged.get(element) ?? null);
  }
  return Object.fromEntries([...merged].map(([element, part]) => [element.slice(2), part]));
}

/**
 * The order of a merged list: elements of the configuration in its order, the others where they were, as
 * far as the two agree (typed/merge.go visitListItems).
 */
function orderOfMerged(live: readonly string[], applied: readonly string[]): readonly string[] {
  const [inLive, inApplied] = [new Set(live), new Set(applied)];
  const shared = applied.filter((element) => inLive.has(element));
  const order: string[] = [];
  let [l, r, s] = [0, 0, 0];
  const takeApplied = (element: string): void => {
    order.push(element);
    r++;
    if (element === shared[s]) s++;
  };
  while (l < live.length || r < applied.length) {
    const [ours, theirs] = [live[l], applied[r]];
    if (ours !== undefined && ours === theirs) {
      takeApplied(ours);
      l++;
    } else if (ours !== undefined && !inApplied.has(ours)) {
      order.push(ours);
      l++;
    } else if (theirs === undefined || (ours !== undefined && s < shared.length && ours !== shared[s])) l++;
    else takeApplied(theirs);
  }
  return order;
}

/**
 * The value without some of its fields; what `kept` speaks of stays. A struct of which nobody owns a
 * field any more goes as a whole, with what was filled in by default (Set.EnsureNamedFieldsAreMembers);
 * an element of a list or map goes with all that is in it, whoever's that is.
 */
export function withoutFields(
  value: Json,
  removed: FieldSet,
  kept: FieldSet | undefined,
  field: SchemaField | undefined,
  schema: Schema,
): Json {
  const shape = shapeOf(value, field, schema);
  const parts = partsOf(value, shape).flatMap(([element, part, partField]): [string, Json][] => {
    const gone = removed[element];
    if (gone === undefined) return [[element, part]];
    const owned = kept?.[element];
    const isNamed = shape.type === 'map' && shape.named;
    if (isNamed ? owned === undefined : isMember(gone)) return [];
    return [[element, withoutFields(part, gone, owned, partField, schema)]];
  });
  if (shape.type === 'whole') return value;
  if (shape.type !== 'map') return parts.map(([, part]) => part);
  return Object.fromEntries(parts.map(([element, part]) => [element.slice(2), part]));
}

function isMember(set: FieldSet): boolean {
  return Object.hasOwn(set, SELF) || Object.keys(set).length === 0;
}

export function union(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [none, other] = [Object.keys(a).length === 0, Object.keys(b).length === 0];
  if (none && other) return LEAF;
  const set: Record<string, FieldSet> = { ...a };
  for (const [element, inner] of Object.entries(b)) set[element] = union(a[element], inner) as FieldSet;
  if (none || other) set[SELF] = LEAF;
  return set;
}

/** What is in `a` and not in `b`; undefined when that is nothing. */
export function difference(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return a;
  return combine(a, b, (inB) => !inB, difference);
}

/** What is in both; undefined when that is nothing. */
export function intersection(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return undefined;
  return combine(a, b, (inB) => inB, intersection);
}

function combine(
  a: FieldSet,
  b: FieldSet,
  keeps: (inB: boolean) => boolean,
  inner: (a: FieldSet | undefined, b: FieldSet | undefined) => FieldSet | undefined,
): FieldSet | undefined {
  const set: Record<string, FieldSet> = {};
  if (isMember(a) && keeps(isMember(b))) set[SELF] = LEAF;
  for (const [element, own] of Object.entries(a)) {
    if (element === SELF) continue;
    const found = inner(own, b[element]);
    if (found !== undefined) set[element] = found;
  }
  const names = Object.keys(set);
  if (names.length === 0) return undefined;
  return names.length === 1 && names[0] === SELF ? LEAF : set;
}

/** The paths in a set, as conflicts name them: `.spec.containers[name="web"].image`. */
export function pathsOf(set: FieldSet, prefix = ''): readonly string[] {
  const inner = Object.entries(set).filter(([element]) => element !== SELF);
  return [
    ...(isMember(set) && prefix !== '' ? [prefix] : []),
    ...inner.flatMap(([element, below]) => pathsOf(below, prefix + textOf(element))),
  ];
}

function textOf(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const keys = JSON.parse(rest) as JsonObject;
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`;
}
