import { filter, hasFlag, joinLines, linesOf, valueOfFlag } from './instant.ts';

/** Fields (`-d: -f1,3-`) or characters (`-c1-5`) of each line; `-s` leaves out lines without the delimiter. */
export const cut = filter(
  'cut',
  (text, options) => {
    const delimiter = valueOfFlag(options, 'd') ?? '\t';
    const characters = valueOfFlag(options, 'c') ?? valueOfFlag(options, 'b');
    const ranges = rangesOf(characters ?? valueOfFlag(options, 'f') ?? '1');
    const wanted = (_: string, i: number): boolean =>
      ranges.some(({ from, to }) => i + 1 >= from && i + 1 <= to);
    if (characters !== undefined)
      return joinLines(linesOf(text).map((line) => [...line].filter(wanted).join('')));
    const lines = linesOf(text).filter((line) => line.includes(delimiter) || !hasFlag(options, 's'));
    return joinLines(
      lines.map((line) =>
        line.includes(delimiter) ? line.split(delimiter).filter(wanted).join(delimiter) : line,
      ),
    );
  },
  'bcdf',
);

function rangesOf(list: string): readonly { readonly from: number; readonly to: number }[] {
  return list.split(',').map((part) => {
    const [from = '', to] = part.split('-');
    return {
      from: Number(from) || 1,
      to: to === undefined ? Number(from) : Number(to) || Number.POSITIVE_INFINITY,
    };
  });
}
