import { filter, hasFlag, joinLines, linesOf } from './instant.ts';

export const uniq = filter('uniq', (text, options) => {
  const runs: { line: string; count: number }[] = [];
  for (const line of linesOf(text)) {
    const last = runs.at(-1);
    if (last?.line === line) last.count++;
    else runs.push({ line, count: 1 });
  }
  const counted = hasFlag(options, 'c');
  return joinLines(runs.map(({ line, count }) => (counted ? `${String(count).padStart(7)} ${line}` : line)));
});
