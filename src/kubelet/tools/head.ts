import { filter, joinLines, linesOf } from './instant.ts';

export const head = filter(
  'head',
  (text, options) => joinLines(linesOf(text).slice(0, lineCount(options))),
  'n',
);

/** `-n 5` or `-5`; 10 without. */
export function lineCount(options: readonly string[]): number {
  const given = options.map((option) => /^-n?(\d+)$/.exec(option)?.[1]).find((n) => n !== undefined);
  return given === undefined ? 10 : Number(given);
}
