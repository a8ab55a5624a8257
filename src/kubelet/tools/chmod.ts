import { resolvePath } from './filetree.ts';
import { complain, instant, splitOptions } from './instant.ts';
import type { Tool } from './tool.ts';

/** Rights and owners are fixed in these file systems: the file must be there and writable, and that is all. */
function changer(name: string): Tool {
  return instant(name, (ctx, args) => {
    const { operands } = splitOptions(args.filter((arg) => !/^-[rwxst]+$/.test(arg)));
    let code = 0;
    for (const operand of operands.slice(1)) {
      const path = resolvePath(ctx.directory, operand);
      const error = ctx.files.stat(path) === undefined ? 'ENOENT' : ctx.files.access(path);
      if (error !== undefined) code = complain(ctx, name, operand, error);
    }
    if (operands.length >= 2) return code;
    ctx.stdio.err(`${name}: missing operand\n`);
    return 1;
  });
}

export const chmod: Tool = changer('chmod');
export const chown: Tool = changer('chown');
