import type { Program } from '../../sim/program.ts';
import { resolvePath } from './filetree.ts';
import { complain, hasFlag, splitOptions } from './instant.ts';
import { readAll, type Tool } from './tool.ts';

export const tee: Tool = {
  name: 'tee',
  *run(ctx, args): Program {
    const { options, operands } = splitOptions(args);
    const text = yield* readAll(ctx.input);
    ctx.stdio.out(text);
    let code = 0;
    for (const name of operands) {
      const written = ctx.files.write(resolvePath(ctx.directory, name), text, {
        append: hasFlag(options, 'a'),
      });
      if (!written.ok) code = complain(ctx, 'tee', name, written.error);
    }
    return code;
  },
};
