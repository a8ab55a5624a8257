import { resolvePath } from './filetree.ts';
import { instant, splitOptions } from './instant.ts';
import { groupName, userName } from './names.ts';

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
    const mode = info.mode.toString(8);
    const { uid = 0, gid = 0 } = info;
    const user = userName(ctx, uid) ?? 'UNKNOWN';
    const group = groupName(ctx, gid) ?? 'UNKNOWN';
    const kind = info.type === 'directory' ? 'directory' : 'regular file';
    const fields: Readonly<Record<string, string>> = {
      a: mode,
      F: kind,
      g: String(gid),
      G: group,
      n: operand,
      s: String(info.size),
      u: String(uid),
      U: user,
    };
    const text =
      format === undefined
        ? `  File: ${operand}\n  Size: ${info.size}\t${kind}\nAccess: (${mode.padStart(4, '0')})  Uid: (${String(uid).padStart(5)}/${user.padStart(8)})   Gid: (${String(gid).padStart(5)}/${group.padStart(8)})`
        : format.replace(/%([a-zA-Z])/g, (all, letter: string) => fields[letter] ?? all);
    ctx.stdio.out(`${text}\n`);
  }
  return code;
});
