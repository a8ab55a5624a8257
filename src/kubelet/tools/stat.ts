import { resolvePath } from './filetree.ts';
import { instant, splitOptions } from './instant.ts';

export const stat = instant('stat', (ctx, args) => {
  const { options, operands } = splitOptions(args, 'c');
  const format = options.find((option) => option.startsWith('-c'))?.slice(2);
  let code = 0;
  for (const operand of operands) {
    const info = ctx.files.stat(resolvePath(ctx.directory, operand));
    if (info === undefined) {
      ctx.stdio.err(`stat: can't stat '${operand}': No such file or directory\n`);
      code = 1;
      continue;
    }
    const mode = (info.mode & 0o777).toString(8);
    const kind = info.type === 'directory' ? 'directory' : 'regular file';
    const fields: Readonly<Record<string, string>> = {
      a: mode,
      F: kind,
      g: '0',
      G: 'root',
      n: operand,
      s: String(info.size),
      u: '0',
      U: 'root',
    };
    const text =
      format === undefined
        ? `  File: ${operand}\n  Size: ${info.size}\t${kind}\nAccess: (0${mode})  Uid: (    0/    root)   Gid: (    0/    root)`
        : format.replace(/%([a-zA-Z])/g, (all, letter: string) => fields[letter] ?? all);
    ctx.stdio.out(`${text}\n`);
  }
  return code;
});
