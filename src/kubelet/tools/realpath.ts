import { resolvePath } from './filetree.ts';
import { complain, instant } from './instant.ts';
import type { Tool } from './tool.ts';

/** There are no links in these file systems: a path is what it says. */
export const realpath = instant('realpath', (ctx, args) => {
  let code = 0;
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const path = resolvePath(ctx.directory, name);
    if (ctx.files.stat(path) === undefined) code = complain(ctx, 'realpath', name, 'ENOENT');
    else ctx.stdio.out(`${path}\n`);
  }
  return code;
});

/** `readlink -f`; without `-f` nothing is a link. */
export const readlink: Tool = instant('readlink', (ctx, args) => {
  if (!args.some((arg) => /^-\w*f/.test(arg))) return 1;
  for (const name of args.filter((arg) => !arg.startsWith('-')))
    ctx.stdio.out(`${resolvePath(ctx.directory, name)}\n`);
  return 0;
});
