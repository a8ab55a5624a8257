import { fileErrorText, resolvePath } from './filetree.ts';
import { hasFlag, instant, joinLines, splitOptions } from './instant.ts';
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
    const names = (listed.ok ? listed.value : []).filter((name) => all || !name.startsWith('.'));
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
  const mode = info?.mode ?? 0;
  const bits = [...RULE].map((letter, i) => (((mode >> (8 - i)) & 1) === 1 ? letter : '-')).join('');
  const kind = info?.type === 'directory' ? 'd' : '-';
  return `${kind}${bits}    1 root     root     ${String(info?.size ?? 0).padStart(9)} ${name}`;
}
