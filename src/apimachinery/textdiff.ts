/** Lines of context around a change, as `diff -u` has. */
const CONTEXT = 3;
/** Beyond this many line pairs the middle is shown as replaced whole: the table would be too large. */
const MAX_CELLS = 4_000_000;

interface Edit {
  readonly mark: ' ' | '-' | '+';
  readonly line: string;
}

/** The difference of two texts as `diff -u` prints it; empty when there is none. */
export function unifiedDiff(before: string, after: string, beforeName: string, afterName: string): string {
  if (before === after) return '';
  const edits = editsOf(linesOf(before), linesOf(after));
  const hunks = hunksOf(edits);
  return `--- ${beforeName}\n+++ ${afterName}\n${hunks}`;
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function editsOf(a: readonly string[], b: readonly string[]): readonly Edit[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const same = (line: string): Edit => ({ mark: ' ', line });
  const middle = compareMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return [...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - end).map(same)];
}

/** The longest common subsequence decides what stays. */
function compareMiddle(a: readonly string[], b: readonly string[]): Edit[] {
  const removed = a.map((line): Edit => ({ mark: '-', line }));
  const added = b.map((line): Edit => ({ mark: '+', line }));
  if (a.length === 0 || b.length === 0 || a.length * b.length > MAX_CELLS) return [...removed, ...added];
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push({ mark: ' ', line: a[i] as string });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1)))
      edits.push(removed[i++] as Edit);
    else edits.push(added[j++] as Edit);
  }
  return edits;
}

function hunksOf(edits: readonly Edit[]): string {
  let out = '';
  let [line, other] = [1, 1];
  for (let i = 0; i < edits.length; ) {
    const from = edits.findIndex((edit, k) => k >= i && edit.mark !== ' ');
    if (from < 0) break;
    const start = Math.max(i, from - CONTEXT);
    line += start - i;
    other += start - i;
    const end = hunkEnd(edits, from);
    const shown = edits.slice(start, end);
    const olds = shown.filter((edit) => edit.mark !== '+').length;
    const news = shown.filter((edit) => edit.mark !== '-').length;
    out += `@@ -${range(line, olds)} +${range(other, news)} @@\n`;
    out += shown.map((edit) => `${edit.mark}${edit.line}\n`).join('');
    line += olds;
    other += news;
    i = end;
  }
  return out;
}

/** Changes with no more than twice the context between them share a hunk. */
function hunkEnd(edits: readonly Edit[], from: number): number {
  let last = from;
  for (let k = from; k < edits.length && k - last <= 2 * CONTEXT; k++) if (edits[k]?.mark !== ' ') last = k;
  return Math.min(edits.length, last + CONTEXT + 1);
}

function range(line: number, count: number): string {
  return count === 1 ? String(line) : `${count === 0 ? line - 1 : line},${count}`;
}
