import { resolvePath } from './filetree.ts';
import { complain, instant } from './instant.ts';

export const touch = instant('touch', (ctx, args) => {
  let code = 0;
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const path = resolvePath(ctx.directory, name);
    if (ctx.files.stat(path) !== undefined) continue;
    const written = ctx.files.write(path, '');
    if (!written.ok) code = complain(ctx, 'touch', name, written.error);
  }
  return code;
});
