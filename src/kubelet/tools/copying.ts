import { baseName, type FileError, type FileTree, resolvePath } from './filetree.ts';
import { complain, hasFlag, instant, splitOptions } from './instant.ts';
import type { Tool } from './tool.ts';

/** `cp` and `mv`: the latter takes away what it copied. */
export function copyTool(name: string, move: boolean): Tool {
  return instant(name, (ctx, args) => {
    const { options, operands } = splitOptions(args);
    const deep = move || hasFlag(options, 'r') || hasFlag(options, 'R') || hasFlag(options, 'a');
    const last = operands.at(-1);
    if (last === undefined || operands.length < 2) {
      ctx.stdio.err(`${name}: missing file operand\n`);
      return 1;
    }
    const to = resolvePath(ctx.directory, last);
    let code = 0;
    for (const operand of operands.slice(0, -1)) {
      const from = resolvePath(ctx.directory, operand);
      const into = ctx.files.stat(to)?.type === 'directory' ? resolvePath(to, baseName(from)) : to;
      const problem = copy(ctx.files, from, into, deep) ?? (move ? removal(ctx.files, from) : undefined);
      if (problem !== undefined) code = complain(ctx, name, operand, problem);
    }
    return code;
  });
}

function copy(files: FileTree, from: string, to: string, deep: boolean): FileError | undefined {
  if (to === from || to.startsWith(`${from}/`)) return 'EEXIST';
  const listed = files.list(from);
  if (!listed.ok) {
    const read = files.read(from);
    if (!read.ok) return read.error;
    const written = files.write(to, read.value);
    return written.ok ? undefined : written.error;
  }
  if (!deep) return 'EISDIR';
  const made = files.makeDirectory(to);
  if (!made.ok && made.error !== 'EEXIST') return made.error;
  for (const name of listed.value) {
    const problem = copy(files, resolvePath(from, name), resolvePath(to, name), deep);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function removal(files: FileTree, path: string): FileError | undefined {
  const removed = files.remove(path);
  return removed.ok ? undefined : removed.error;
}
