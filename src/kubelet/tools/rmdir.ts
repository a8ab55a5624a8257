import { fileErrorText, resolvePath } from './filetree.ts';
import { instant } from './instant.ts';

export const rmdir = instant('rmdir', (ctx, args) => {
  let code = 0;
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const path = resolvePath(ctx.directory, name);
    const listed = ctx.files.list(path);
    const removed = listed.ok && listed.value.length === 0 ? ctx.files.remove(path) : listed;
    if (listed.ok && removed.ok && listed.value.length === 0) continue;
    const says = removed.ok ? 'Directory not empty' : fileErrorText(removed.error);
    ctx.stdio.err(`rmdir: '${name}': ${says}\n`);
    code = 1;
  }
  return code;
});
