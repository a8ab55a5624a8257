import { unifiedDiff } from '../../apimachinery/textdiff.ts';
import type { Program } from '../../sim/program.ts';
import { baseName, fileErrorText, resolvePath } from './filetree.ts';
import { hasFlag, splitOptions } from './instant.ts';
import { readAll, type Tool, type ToolContext } from './tool.ts';

const TROUBLE = 2;

/** busybox' diff: unified, 0 when the same, 1 when different, 2 when a file cannot be read. */
export const diff: Tool = {
  name: 'diff',
  *run(ctx, args): Program {
    const { options, operands } = splitOptions(args, 'UL');
    const [first, second] = operands;
    if (first === undefined || second === undefined) {
      ctx.stdio.err('diff: missing operand\n');
      return TROUBLE;
    }
    const stdin = operands.includes('-') ? yield* readAll(ctx.input) : '';
    const absent = hasFlag(options, 'N') ? '' : undefined;
    const before = textOf(ctx, first, second, stdin) ?? absent;
    const after = textOf(ctx, second, first, stdin) ?? absent;
    if (before === undefined || after === undefined) {
      ctx.stdio.err(
        `diff: can't stat '${before === undefined ? first : second}': ${fileErrorText('ENOENT')}\n`,
      );
      return TROUBLE;
    }
    if (before === after) return 0;
    if (hasFlag(options, 'q')) ctx.stdio.out(`Files ${first} and ${second} differ\n`);
    else ctx.stdio.out(unifiedDiff(before, after, first, second));
    return 1;
  },
};

/** The text of a file; in a directory, of the file that is called as the other. */
function textOf(ctx: ToolContext, name: string, other: string, stdin: string): string | undefined {
  if (name === '-') return stdin;
  const path = resolvePath(ctx.directory, name);
  const isDirectory = ctx.files.stat(path)?.type === 'directory';
  const read = ctx.files.read(isDirectory ? resolvePath(path, baseName(other)) : path);
  return read.ok ? read.value : undefined;
}
