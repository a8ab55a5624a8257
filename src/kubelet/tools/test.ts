import { resolvePath } from './filetree.ts';
import { instant } from './instant.ts';
import type { ToolContext } from './tool.ts';

/** `test` and its other name `[`. Exit codes: 0 true, 1 false, 2 cannot say. */
export const test = instant('test', (ctx, args) => evaluate(ctx, args));

export const bracket = instant('[', (ctx, args) => {
  if (args.at(-1) === ']') return evaluate(ctx, args.slice(0, -1));
  ctx.stdio.err('sh: [: missing ]\n');
  return 2;
});

/** bash's `[[`, as busybox has it too: another name, no patterns. */
export const doubleBracket = instant('[[', (ctx, args) => {
  if (args.at(-1) === ']]') return evaluate(ctx, args.slice(0, -1));
  ctx.stdio.err('sh: [[: missing ]]\n');
  return 2;
});

const NUMERIC: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};

function evaluate(ctx: ToolContext, args: readonly string[]): number {
  for (const [word, whenTrue] of [
    ['-o', 0],
    ['-a', 1],
  ] as const) {
    const at = args.indexOf(word, 1);
    if (at <= 0 || at === args.length - 1) continue;
    const left = evaluate(ctx, args.slice(0, at));
    return left === whenTrue || left === 2 ? left : evaluate(ctx, args.slice(at + 1));
  }
  if (args[0] === '!' && args.length > 1) {
    const code = evaluate(ctx, args.slice(1));
    return code === 2 ? 2 : 1 - code;
  }
  const [a = '', op = '', b = ''] = args;
  if (args.length === 3) return binary(ctx, a, op, b);
  if (args.length === 2) return unary(ctx, a, op);
  return args.length === 1 && a !== '' ? 0 : 1;
}

function unary(ctx: ToolContext, op: string, operand: string): number {
  if (op === '-n') return operand === '' ? 1 : 0;
  if (op === '-z') return operand === '' ? 0 : 1;
  const path = resolvePath(ctx.directory, operand);
  const info = operand === '' ? undefined : ctx.files.stat(path);
  switch (op) {
    case '-e':
    case '-r':
      return info === undefined ? 1 : 0;
    case '-f':
      return info?.type === 'file' ? 0 : 1;
    case '-d':
      return info?.type === 'directory' ? 0 : 1;
    case '-s':
      return (info?.size ?? 0) > 0 ? 0 : 1;
    case '-x':
      return info !== undefined && (info.type === 'directory' || (info.mode & 0o111) !== 0) ? 0 : 1;
    case '-w':
      return info !== undefined && ctx.files.access(path) === undefined ? 0 : 1;
    default:
      ctx.stdio.err(`sh: ${op}: unknown operand\n`);
      return 2;
  }
}

function binary(ctx: ToolContext, a: string, op: string, b: string): number {
  if (op === '=' || op === '==') return a === b ? 0 : 1;
  if (op === '!=') return a === b ? 1 : 0;
  const compare = Object.hasOwn(NUMERIC, op) ? NUMERIC[op] : undefined;
  const bad = compare === undefined ? op : [a, b].find((text) => !/^\s*-?\d+\s*$/.test(text));
  if (compare !== undefined && bad === undefined) return compare(Number(a), Number(b)) ? 0 : 1;
  ctx.stdio.err(compare === undefined ? `sh: ${op}: unknown operand\n` : `sh: ${bad}: bad number\n`);
  return 2;
}
