import type { KubeObject } from '../../api/object.ts';
import type { Json } from '../../apimachinery/json.ts';
import { compileJsonPath, relaxedJsonPath } from '../../apimachinery/jsonpath.ts';
import { approximate, isQuantityError, parseQuantity } from '../../apimachinery/quantity.ts';
import { asJson } from './value.ts';

/** Sorts objects by a field, as `--sort-by` does; a text says what is wrong with the expression. */
export function sortBy<T extends { readonly object: KubeObject }>(
  items: readonly T[],
  expression: string,
): readonly T[] | string {
  const relaxed = relaxedJsonPath(expression);
  if (typeof relaxed !== 'string') return relaxed.error;
  const path = compileJsonPath(relaxed, true);
  if ('error' in path) return path.error;
  let found = false;
  const keyed = items.map((item) => {
    const results = path.find(asJson(item.object));
    const key = 'error' in results ? undefined : results.flat()[0];
    if (key !== undefined) found = true;
    return { item, key };
  });
  if (items.length > 0 && !found)
    return `couldn't find any field with path "${relaxed}" in the list of objects`;
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

/** Missing values come first, numbers and quantities by size, other texts naturally (`a2` before `a10`). */
function compare(a: Json | undefined, b: Json | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [String(a), String(b)];
  const [p, q] = [parseQuantity(x), parseQuantity(y)];
  if (!isQuantityError(p) && !isQuantityError(q)) return approximate(p) - approximate(q);
  return compareNaturally(x, y);
}

function compareNaturally(a: string, b: string): number {
  const [x, y] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [p, q] = [x[i] as string, y[i] as string];
    if (p === q) continue;
    if (/^\d/.test(p) && /^\d/.test(q) && Number(p) !== Number(q)) return Number(p) - Number(q);
    return p < q ? -1 : 1;
  }
  return x.length - y.length;
}
