/**
 * Completion indexes as Jobs write them down: `0-3,5` (pkg/controller/job/indexed_job_utils.go).
 * Intervals are sorted, do not overlap and do not touch.
 */

/** From `first` to `last`, both included. */
export interface IndexInterval {
  readonly first: number;
  readonly last: number;
}

export type IndexIntervals = readonly IndexInterval[];

export const NO_INDEXES: IndexIntervals = Object.freeze([]);

/** Reads intervals, as far as they are below `completions`; what cannot be read is left out. */
export function parseIndexes(text: string, completions: number): IndexIntervals {
  if (text === '') return NO_INDEXES;
  const found: IndexInterval[] = [];
  for (const part of text.split(',')) {
    const [from = '', to = from] = part.split('-');
    if (!/^\d+$/.test(from) || !/^\d+$/.test(to)) continue;
    const first = Number(from);
    if (first >= completions) break;
    found.push({ first, last: Math.min(Number(to), completions - 1) });
  }
  return mergeIntervals(found, NO_INDEXES);
}

/** Intervals as text: two neighbours are written `1,2`, more `1-3`. */
export function formatIndexes(intervals: IndexIntervals): string {
  return intervals
    .map(({ first, last }) => {
      if (first === last) return String(first);
      return `${first}${last === first + 1 ? ',' : '-'}${last}`;
    })
    .join(',');
}

/** Both together. Each must be in increasing order. */
export function mergeIntervals(a: IndexIntervals, b: IndexIntervals): IndexIntervals {
  if (b.length === 0 && a.length <= 1) return a;
  const merged: { first: number; last: number }[] = [];
  for (const next of [...a, ...b].sort((x, y) => x.first - y.first)) {
    const last = merged.at(-1);
    if (last === undefined || next.first > last.last + 1) merged.push({ ...next });
    else if (last.last < next.last) last.last = next.last;
  }
  return merged;
}

/** The intervals with some more indexes. */
export function withIndexes(intervals: IndexIntervals, indexes: Iterable<number>): IndexIntervals {
  const more = [...indexes].sort((x, y) => x - y).map((index) => ({ first: index, last: index }));
  return more.length === 0 ? intervals : mergeIntervals(intervals, more);
}

/** How many indexes there are. */
export function countIndexes(intervals: IndexIntervals): number {
  return intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

export function hasIndex(intervals: IndexIntervals, index: number): boolean {
  return intervals.some(({ first, last }) => first <= index && index <= last);
}

/** How many indexes are in both. */
export function countCommon(a: IndexIntervals, b: IndexIntervals): number {
  let common = 0;
  for (const x of a)
    for (const y of b) common += Math.max(0, Math.min(x.last, y.last) - Math.max(x.first, y.first) + 1);
  return common;
}

/** The lowest `count` indexes below `completions` that are in none of the intervals. */
export function firstMissing(intervals: IndexIntervals, count: number, completions: number): number[] {
  const found: number[] = [];
  let candidate = 0;
  for (const { first, last } of [...intervals, { first: completions, last: completions }]) {
    for (; candidate < Math.min(first, completions) && found.length < count; candidate++)
      found.push(candidate);
    candidate = Math.max(candidate, last + 1);
  }
  return found;
}

/** How many indexes a text names, or what is wrong with it (validateIndexesFormat). */
export function checkIndexes(text: string, completions: number): number | { readonly error: string } {
  let total = 0;
  let previous: number | undefined;
  for (const part of text === '' ? [] : text.split(',')) {
    const limits = part.split('-');
    if (limits.length > 2) {
      const rule =
        "violates the requirement that an index interval can have at most two parts separated by '-'";
      return { error: `the fragment ${JSON.stringify(part)} ${rule}` };
    }
    const numbers: number[] = [];
    for (const limit of limits) {
      if (!/^[+-]?\d+$/.test(limit))
        return { error: `cannot convert string to integer for index: ${JSON.stringify(limit)}` };
      if (Number(limit) >= completions) return { error: `too large index: ${JSON.stringify(limit)}` };
      numbers.push(Number(limit));
    }
    const [first = 0, last = first] = numbers;
    if (previous !== undefined && previous >= first)
      return { error: `non-increasing order, previous: ${previous}, current: ${first}` };
    if (numbers.length > 1 && first >= last)
      return { error: `non-increasing order, previous: ${first}, current: ${last}` };
    total += last - first + 1;
    previous = last;
  }
  return total;
}
