import { filter, joinLines, linesOf, valueOfFlag } from './instant.ts';

export const cut = filter(
  'cut',
  (text, options) => {
    const delimiter = valueOfFlag(options, 'd') ?? '\t';
    const fields = (valueOfFlag(options, 'f') ?? '1').split(',').map((part) => {
      const [from = '', to] = part.split('-');
      return {
        from: Number(from) || 1,
        to: to === undefined ? Number(from) : Number(to) || Number.POSITIVE_INFINITY,
      };
    });
    return joinLines(
      linesOf(text).map((line) => {
        const parts = line.split(delimiter);
        if (parts.length === 1) return line;
        return parts
          .filter((_, i) => fields.some(({ from, to }) => i + 1 >= from && i + 1 <= to))
          .join(delimiter);
      }),
    );
  },
  'df',
);
