import { filter, hasFlag, joinLines, linesOf, valueOfFlag } from './instant.ts';

/** Lines in order: `-n` by number, `-h` by size, `-k` by field, `-t` between fields, `-r`, `-u`, `-f`. */
export const sort = filter(
  'sort',
  (text, options) => {
    const letters = options.filter((option) => !/^-[kto]/.test(option));
    const key = /^(\d+)(?:\.\d+)?(?:,(\d+))?([nhrf]*)/.exec(valueOfFlag(options, 'k') ?? '');
    const has = (letter: string): boolean => hasFlag(letters, letter) || (key?.[3] ?? '').includes(letter);
    const separator = valueOfFlag(options, 't');
    const keyOf = (line: string): string => {
      if (key === null) return line;
      const fields = separator === undefined ? line.trim().split(/\s+/) : line.split(separator);
      return fields.slice(Number(key[1]) - 1, key[2] === undefined ? undefined : Number(key[2])).join(' ');
    };
    const order = comparing(has('n') ? 'number' : has('h') ? 'size' : has('f') ? 'folded' : 'text');
    const sorted = linesOf(text)
      .map((line) => ({ line, key: keyOf(line) }))
      .sort((a, b) => order(a.key, b.key) || (a.line < b.line ? -1 : a.line > b.line ? 1 : 0));
    const lines = (has('r') ? sorted.reverse() : sorted).map(({ line }) => line);
    return joinLines(has('u') ? lines.filter((line, i) => line !== lines[i - 1]) : lines);
  },
  'kto',
);

const UNITS: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

function comparing(how: 'number' | 'size' | 'folded' | 'text'): (a: string, b: string) => number {
  const number = (text: string): number => Number.parseFloat(text) || 0;
  const size = (text: string): number =>
    number(text) * (UNITS[/^\s*[\d.]+([KMGT])/i.exec(text)?.[1]?.toUpperCase() ?? ''] ?? 1);
  if (how === 'number') return (a, b) => number(a) - number(b);
  if (how === 'size') return (a, b) => size(a) - size(b);
  const shown = (text: string): string => (how === 'folded' ? text.toUpperCase() : text);
  return (a, b) => (shown(a) < shown(b) ? -1 : shown(a) > shown(b) ? 1 : 0);
}
