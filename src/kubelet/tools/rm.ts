import { resolvePath } from './filetree.ts';
import { complain, hasFlag, instant, splitOptions } from './instant.ts';

export const rm = instant('rm', (ctx, args) => {
  const { options, operands } = splitOptions(args);
  const force = hasFlag(options, 'f');
  const deep = hasFlag(options, 'r') || hasFlag(options, 'R');
  let code = 0;
  for (const name of operands) {
    const path = resolvePath(ctx.directory, name);
    const info = ctx.files.stat(path);
    if (info === undefined && force) continue;
    if (info?.type === 'directory' && !deep) code = complain(ctx, 'rm', name, 'EISDIR');
    else {
      const removed = ctx.files.remove(path);
      if (!removed.ok) code = complain(ctx, 'rm', name, removed.error);
    }
  }
  return code;
});
