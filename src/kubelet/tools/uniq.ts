import { filter, hasFlag, joinLines, linesOf } from './instant.ts';

export const uniq = filter('uniq', (text, options) => {
  const runs: { line: string; count: number }[] = [];
  const same = (a: string, b: string): boolean =>
    hasFlag(options, 'i') ? a.toLowerCase() === b.toLowerCase() : a === b;
  for (const line of linesOf(text)) {
    const last = runs.at(-1);
    if (last !== undefined && same(last.line, line)) last.count++;
    else runs.push({ line, count: 1 });
  }
  const wanted = runs.filter(
    ({ count }) => (count > 1 || !hasFlag(options, 'd')) && (count === 1 || !hasFlag(options, 'u')),
  );
  const counted = hasFlag(options, 'c');
  return joinLines(
    wanted.map(({ line, count }) => (counted ? `${String(count).padStart(7)} ${line}` : line)),
  );
});
