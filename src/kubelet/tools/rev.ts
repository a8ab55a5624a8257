import { filter, joinLines, linesOf } from './instant.ts';

export const rev = filter('rev', (text) =>
  joinLines(linesOf(text).map((line) => [...line].reverse().join(''))),
);
