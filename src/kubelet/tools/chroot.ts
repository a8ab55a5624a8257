import type { Program } from '../../sim/program.ts';
import { isCapable } from './credentials.ts';
import { fileErrorText, resolvePath } from './filetree.ts';
import { filesBelow } from './routedfiles.ts';
import type { Tool } from './tool.ts';

/** Runs a command, or a shell, with another directory as root. The command is found where this one was. */
export const chroot: Tool = {
  name: 'chroot',
  *run(ctx, [directory, name = 'sh', ...args]): Program {
    const complain = (words: string): number => {
      ctx.stdio.err(`chroot: ${words}\n`);
      return 1;
    };
    if (directory === undefined) return complain('missing operand');
    const root = resolvePath(ctx.directory, directory);
    const refused = isCapable(ctx.credentials, 'SYS_CHROOT') ? undefined : 'EPERM';
    const missing = ctx.files.stat(root)?.type === 'directory' ? undefined : 'ENOENT';
    const error = refused ?? missing;
    if (error !== undefined)
      return complain(`can't change root directory to '${directory}': ${fileErrorText(error)}`);
    const tool = ctx.find(name);
    if (tool === undefined) return complain(`can't execute '${name}': ${fileErrorText('ENOENT')}`);
    return yield* tool.run({ ...ctx, files: filesBelow(ctx.files, root), directory: '/' }, args);
  },
};
