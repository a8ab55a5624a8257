import { filter, hasFlag, joinLines, linesOf } from './instant.ts';

export const sort = filter('sort', (text, options) => {
  const numeric = hasFlag(options, 'n');
  const number = (line: string): number => Number.parseFloat(line) || 0;
  const sorted = linesOf(text).sort((a, b) => {
    const order = numeric ? number(a) - number(b) : 0;
    return order !== 0 ? order : a < b ? -1 : a > b ? 1 : 0;
  });
  const lines = hasFlag(options, 'r') ? sorted.reverse() : sorted;
  return joinLines(hasFlag(options, 'u') ? lines.filter((line, i) => line !== lines[i - 1]) : lines);
});
