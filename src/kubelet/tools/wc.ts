import type { Program } from '../../sim/program.ts';
import { resolvePath } from './filetree.ts';
import { complain, hasFlag, joinLines, splitOptions } from './instant.ts';
import { readAll, type Tool } from './tool.ts';

/** Counts by file, with the file's name, and altogether. */
export const wc: Tool = {
  name: 'wc',
  *run(ctx, args): Program {
    const { options, operands } = splitOptions(args);
    const letters = ['l', 'w', 'm', 'c'].filter((letter) => hasFlag(options, letter));
    const wanted = letters.length === 0 ? ['l', 'w', 'c'] : letters;
    const rows: { readonly counts: readonly number[]; readonly name: string }[] = [];
    let code = 0;
    if (operands.length === 0) rows.push({ counts: countsOf(yield* readAll(ctx.input)), name: '' });
    for (const name of operands) {
      const read = ctx.files.read(resolvePath(ctx.directory, name));
      if (read.ok) rows.push({ counts: countsOf(read.value), name });
      else code = complain(ctx, 'wc', name, read.error);
    }
    if (operands.length > 1)
      rows.push({
        counts: [0, 1, 2].map((i) => rows.reduce((sum, row) => sum + (row.counts[i] ?? 0), 0)),
        name: 'total',
      });
    const width = wanted.length === 1 ? 0 : 9;
    ctx.stdio.out(
      joinLines(
        rows.map(({ counts, name }) => {
          const numbers = wanted.map((letter) => String(counts[COLUMNS[letter] ?? 0]).padStart(width));
          const shown = numbers.join(width === 0 ? '' : ' ');
          return name === '' ? shown : `${shown} ${name}`;
        }),
      ),
    );
    return code;
  },
};

/** Texts are counted in characters: bytes are the same here. */
const COLUMNS: Readonly<Record<string, 0 | 1 | 2>> = { l: 0, w: 1, m: 2, c: 2 };

/** Lines, words and characters. */
function countsOf(text: string): readonly [number, number, number] {
  return [text.split('\n').length - 1, text.split(/\s+/).filter((word) => word !== '').length, text.length];
}
