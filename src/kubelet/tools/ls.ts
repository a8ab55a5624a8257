import { fileErrorText, resolvePath } from './filetree.ts';
import { hasFlag, instant, joinLines, splitOptions } from './instant.ts';
import { groupName, userName } from './names.ts';
import type { ToolContext } from './tool.ts';

const RULE = 'rwxrwxrwx';

export const ls = instant('ls', (ctx, args) => {
  const { options, operands } = splitOptions(args);
  const long = hasFlag(options, 'l');
  const all = hasFlag(options, 'a') || hasFlag(options, 'A');
  const paths = operands.length === 0 ? ['.'] : operands;
  let code = 0;
  for (const operand of paths) {
    const path = resolvePath(ctx.directory, operand);
    const info = ctx.files.stat(path);
    if (info === undefined) {
      ctx.stdio.err(`ls: ${operand}: ${fileErrorText('ENOENT')}\n`);
      code = 1;
      continue;
    }
    if (info.type === 'file' || hasFlag(options, 'd')) {
      ctx.stdio.out(`${long ? longLine(ctx, path, operand) : operand}\n`);
      continue;
    }
    const listed = ctx.files.list(path);
    if (!listed.ok) {
      ctx.stdio.err(`ls: can't open '${operand}': ${fileErrorText(listed.error)}\n`);
      code = 1;
      continue;
    }
    const names = listed.value.filter((name) => all || !name.startsWith('.'));
    if (paths.length > 1) ctx.stdio.out(`${operand}:\n`);
    if (long) ctx.stdio.out(`total ${names.length * 4}\n`);
    ctx.stdio.out(
      joinLines(names.map((name) => (long ? longLine(ctx, resolvePath(path, name), name) : name))),
    );
  }
  return code;
});

function longLine(ctx: ToolContext, path: string, name: string): string {
  const info = ctx.files.stat(path);
  const { mode = 0, uid = 0, gid = 0, size = 0 } = info ?? {};
  const kind = info?.type === 'directory' ? 'd' : '-';
  const owner = (userName(ctx, uid) ?? String(uid)).padEnd(8);
  const group = (groupName(ctx, gid) ?? String(gid)).padEnd(8);
  return `${kind}${modeText(mode)}    1 ${owner} ${group} ${String(size).padStart(9)} ${name}`;
}

/** `rwxr-xr-t`: permission bits as ls shows them. */
function modeText(mode: number): string {
  const bits = [...RULE].map((letter, i) => (((mode >> (8 - i)) & 1) === 1 ? letter : '-'));
  const mark = (bit: number, at: number, set: string, bare: string): void => {
    if ((mode & bit) !== 0) bits[at] = bits[at] === 'x' ? set : bare;
  };
  mark(0o4000, 2, 's', 'S');
  mark(0o2000, 5, 's', 'S');
  mark(0o1000, 8, 't', 'T');
  return bits.join('');
}
