import { type FileTree, resolvePath } from './filetree.ts';
import { complain, hasFlag, instant, splitOptions } from './instant.ts';

const MAX_DEPTH = 100;
const BLOCK = 4096;

export const du = instant('du', (ctx, args) => {
  const { options, operands } = splitOptions(args, 'd');
  const human = hasFlag(options, 'h');
  let code = 0;
  for (const operand of operands.length === 0 ? ['.'] : operands) {
    const path = resolvePath(ctx.directory, operand);
    if (ctx.files.stat(path) === undefined) {
      code = complain(ctx, 'du', operand, 'ENOENT');
      continue;
    }
    const print = (size: number, shown: string): void => {
      const kilobytes = Math.ceil(size / 1024);
      ctx.stdio.out(`${human ? humanSize(size) : kilobytes}\t${shown}\n`);
    };
    const total = sizeOf(ctx.files, path, operand, 0, hasFlag(options, 's') ? undefined : print);
    if (hasFlag(options, 's')) print(total, operand);
  }
  return code;
});

/** `4.0K`, `1.2M`. */
export function humanSize(bytes: number): string {
  let [size, unit] = [bytes / 1024, 0];
  while (size >= 1024 && unit < 3) [size, unit] = [size / 1024, unit + 1];
  return `${size >= 10 || size === 0 ? Math.ceil(size) : size.toFixed(1)}${'KMGT'.charAt(unit)}`;
}

function sizeOf(
  files: FileTree,
  path: string,
  shown: string,
  depth: number,
  print: ((size: number, shown: string) => void) | undefined,
): number {
  const info = files.stat(path);
  if (info === undefined || depth > MAX_DEPTH) return 0;
  let total = Math.max(BLOCK, Math.ceil(info.size / BLOCK) * BLOCK);
  if (info.type === 'file') {
    if (info.size === 0) total = 0;
    if (depth === 0) print?.(total, shown);
    return total;
  }
  const names = files.list(path);
  for (const name of names.ok ? names.value : [])
    total += sizeOf(files, resolvePath(path, name), `${shown.replace(/\/$/, '')}/${name}`, depth + 1, print);
  print?.(total, shown);
  return total;
}
