import { filter, hasFlag, joinLines, linesOf } from './instant.ts';

/** Numbers lines; empty ones only with `-ba`. */
export const nl = filter('nl', (text, options) => {
  let number = 0;
  const all = hasFlag(options, 'a');
  return joinLines(
    linesOf(text).map((line) =>
      line === '' && !all ? '       ' : `${String(++number).padStart(6)}\t${line}`,
    ),
  );
});
