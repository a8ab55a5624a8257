import { fileErrorText, resolvePath } from './filetree.ts';
import { hasFlag, instant, splitOptions } from './instant.ts';

export const cmp = instant('cmp', (ctx, args) => {
  const { options, operands } = splitOptions(args);
  const texts: string[] = [];
  for (const name of operands.slice(0, 2)) {
    const read = ctx.files.read(resolvePath(ctx.directory, name));
    if (!read.ok) {
      ctx.stdio.err(`cmp: ${name}: ${fileErrorText(read.error)}\n`);
      return 2;
    }
    texts.push(read.value);
  }
  const [a, b] = texts;
  if (a === undefined || b === undefined) {
    ctx.stdio.err('cmp: missing operand\n');
    return 2;
  }
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  if (hasFlag(options, 's')) return 1;
  const shorter = at === a.length ? operands[0] : at === b.length ? operands[1] : undefined;
  if (shorter !== undefined) ctx.stdio.err(`cmp: EOF on ${shorter}\n`);
  else
    ctx.stdio.out(
      `${operands[0]} ${operands[1]} differ: char ${at + 1}, line ${a.slice(0, at).split('\n').length}\n`,
    );
  return 1;
});
