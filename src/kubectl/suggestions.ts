/** The edit distance of two words (Levenshtein), at most `limit + 1`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The longest word that is worth a guess; what is longer is no typing error. */
const MAX_WORD = 64;

/** The words that may have been meant: at most two edits away, or beginning with what was typed (cobra). */
export function suggestions(typed: string, words: Iterable<string>): readonly string[] {
  if (typed === '' || typed.length > MAX_WORD) return [];
  const lower = typed.toLowerCase();
  const found: string[] = [];
  for (const word of words) {
    if (editDistance(lower, word.toLowerCase(), 2) <= 2 || word.toLowerCase().startsWith(lower))
      found.push(word);
  }
  return found;
}

/** The one word nearest to what was typed, if any is near. */
export function nearest(typed: string, words: Iterable<string>): string | undefined {
  if (typed.length > MAX_WORD || typed.length < 2) return undefined;
  let best: string | undefined;
  let bestDistance = 3;
  for (const word of words) {
    const prefix = typed.length >= 3 && word.startsWith(typed) ? 1 : 3;
    const distance = Math.min(prefix, editDistance(typed, word, 2));
    if (distance < bestDistance && distance < Math.max(typed.length - 1, 2))
      [best, bestDistance] = [word, distance];
  }
  return best;
}
