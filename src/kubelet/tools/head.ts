import { filter, joinLines, linesOf } from './instant.ts';

/** The first lines (`-n 5`, `-5`, all but the last with `-n -5`) or characters (`-c 5`). */
export const head = filter(
  'head',
  (text, options) => {
    const characters = options.map((option) => /^-c(\d+)$/.exec(option)?.[1]).find((n) => n !== undefined);
    if (characters !== undefined) return text.slice(0, Number(characters));
    const butLast = options.map((option) => /^-n-(\d+)$/.exec(option)?.[1]).find((n) => n !== undefined);
    const lines = linesOf(text);
    return joinLines(
      lines.slice(
        0,
        butLast === undefined ? lineCount(options) : Math.max(0, lines.length - Number(butLast)),
      ),
    );
  },
  'nc',
);

/** `-n 5` or `-5`; 10 without. */
export function lineCount(options: readonly string[]): number {
  const given = options.map((option) => /^-n?(\d+)$/.exec(option)?.[1]).find((n) => n !== undefined);
  return given === undefined ? 10 : Number(given);
}
