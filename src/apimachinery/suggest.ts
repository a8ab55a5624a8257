import type { Schema, SchemaField } from './schema.ts';

/** What a field that does not exist was probably meant to be. */

/** A struct around the unknown field: its type, and the path that leads to it. */
export interface Ancestor {
  readonly typeName: string;
  readonly path: readonly (string | number)[];
}

/** Longer keys are no slips of a field's name. */
const MAX_KEY = 64;

/**
 * The path of the field that `key`, unknown in the last of `structs`, was probably meant to be; in
 * this order: the same name written otherwise (`image_pull_policy`), one slip away, a field of a
 * struct further out, a field one level further in (`spec.containers[].image`), a few slips away.
 */
export function suggestField(schema: Schema, structs: readonly Ancestor[], key: string): string | undefined {
  const here = structs.at(-1);
  if (here === undefined || key.length > MAX_KEY) return undefined;
  const names = fieldNames(schema, here.typeName);
  const same = names.find((name) => plain(name) === plain(key));
  if (same !== undefined) return join(here.path, same);
  const near = nearest(names, key);
  if (near !== undefined && near.distance === 1) return join(here.path, near.name);
  return (
    furtherOut(schema, structs, key) ??
    furtherIn(schema, here, key) ??
    (near === undefined ? undefined : join(here.path, near.name))
  );
}

function fieldNames(schema: Schema, typeName: string): string[] {
  return Object.hasOwn(schema, typeName) ? Object.keys(schema[typeName]?.fields ?? {}) : [];
}

/** A name as one might have written it otherwise: without case, hyphens and underscores. */
function plain(name: string): string {
  return name.replace(/[-_ ]/g, '').toLowerCase();
}

function join(path: readonly (string | number)[], ...names: readonly string[]): string {
  let text = '';
  for (const part of [...path, ...names]) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

function furtherOut(schema: Schema, structs: readonly Ancestor[], key: string): string | undefined {
  for (const struct of structs.slice(0, -1).reverse()) {
    const name = fieldNames(schema, struct.typeName).find((n) => plain(n) === plain(key));
    if (name !== undefined) return join(struct.path, name);
  }
  return undefined;
}

function furtherIn(schema: Schema, here: Ancestor, key: string): string | undefined {
  const fields = schema[here.typeName]?.fields ?? {};
  const wanted = plain(key);
  // The status is the system's to write: nothing in it was meant.
  const inner = Object.entries(fields).filter(([name]) => name !== 'status');
  const required = inner.toSorted(
    ([, a], [, b]) => Number(b.required ?? false) - Number(a.required ?? false),
  );
  for (const [name, field] of required) {
    const { ref, isListOf } = structIn(field);
    const match = ref === undefined ? undefined : fieldNames(schema, ref).find((n) => plain(n) === wanted);
    if (match !== undefined) return join(here.path, isListOf ? `${name}[]` : name, match);
  }
  return undefined;
}

function structIn(field: SchemaField): { ref: string | undefined; isListOf: boolean } {
  const isListOf = field.type === 'list';
  return { ref: isListOf ? field.items?.ref : field.type === 'ref' ? field.ref : undefined, isListOf };
}

function nearest(names: readonly string[], key: string): { name: string; distance: number } | undefined {
  const wanted = plain(key);
  const limit = wanted.length <= 3 ? 1 : Math.min(3, Math.floor(wanted.length / 3));
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(wanted, plain(name), limit);
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { name, distance };
  }
  return best;
}

/** Letters to add, drop, change or swap with their neighbour to make `a` of `b`; anything past `limit` is `limit + 1`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let twoBack: number[] = [];
  let back = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (back[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(change, (back[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (twoBack[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    twoBack = back;
    back = row;
  }
  return Math.min(back[b.length] ?? 0, limit + 1);
}
