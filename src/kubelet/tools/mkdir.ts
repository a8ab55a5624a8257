import { resolvePath } from './filetree.ts';
import { complain, hasFlag, instant, splitOptions } from './instant.ts';

export const mkdir = instant('mkdir', (ctx, args) => {
  const { options, operands } = splitOptions(args, 'm');
  const parents = hasFlag(options, 'p');
  let code = 0;
  for (const name of operands) {
    const parts = resolvePath(ctx.directory, name).split('/').slice(1);
    const from = parents ? 1 : parts.length;
    for (let length = from; length <= parts.length; length++) {
      const path = `/${parts.slice(0, length).join('/')}`;
      if (parents && ctx.files.stat(path)?.type === 'directory') continue;
      const made = ctx.files.makeDirectory(path);
      if (made.ok) continue;
      code = complain(ctx, 'mkdir', name, made.error);
      break;
    }
  }
  return code;
});
