import type { Program } from '../../sim/program.ts';
import { type FileError, fileErrorText, resolvePath } from './filetree.ts';
import { readAll, type Tool, type ToolContext } from './tool.ts';

/** A tool that never waits: `run` answers with the exit code. */
export function instant(name: string, run: (ctx: ToolContext, args: readonly string[]) => number): Tool {
  return {
    name,
    // biome-ignore lint/correctness/useYield: nothing to wait for.
    *run(ctx, args): Program {
      return run(ctx, args);
    },
  };
}

/** A tool that turns text into text: its files, or standard input without any. */
export function filter(
  name: string,
  run: (
    text: string,
    options: readonly string[],
    ctx: ToolContext,
  ) => string | { readonly text: string; readonly code: number },
  takesValue = '',
): Tool {
  return {
    name,
    *run(ctx, args): Program {
      const { options, operands } = splitOptions(args, takesValue);
      const texts: string[] = [];
      let code = 0;
      if (operands.length === 0) texts.push(yield* readAll(ctx.input));
      for (const operand of operands) {
        const read = operand === '-' ? undefined : ctx.files.read(resolvePath(ctx.directory, operand));
        if (read === undefined) texts.push(yield* readAll(ctx.input));
        else if (read.ok) texts.push(read.value);
        else code = complain(ctx, name, operand, read.error);
      }
      const result = run(texts.join(''), options, ctx);
      ctx.stdio.out(typeof result === 'string' ? result : result.text);
      return typeof result === 'string' ? code : code || result.code;
    },
  };
}

/** Prints `name: operand: No such file or directory`. Returns the exit code. */
export function complain(ctx: ToolContext, name: string, operand: string, error: FileError): number {
  ctx.stdio.err(`${name}: ${operand}: ${fileErrorText(error)}\n`);
  return 1;
}

/** Options before and between operands; those in `takesValue` (letters) bring their value along. */
export function splitOptions(
  args: readonly string[],
  takesValue = '',
): { readonly options: readonly string[]; readonly operands: readonly string[] } {
  const options: string[] = [];
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') operands.push(arg);
    else if (arg.length === 2 && takesValue.includes(arg.charAt(1))) options.push(arg + (args[++i] ?? ''));
    else options.push(arg);
  }
  return { options, operands };
}

/** Whether one of the short options has the letter. */
export function hasFlag(options: readonly string[], letter: string): boolean {
  return options.some((option) => /^-\w+$/.test(option) && option.includes(letter));
}

/** The value of `-n5`, as splitOptions leaves it. */
export function valueOfFlag(options: readonly string[], letter: string): string | undefined {
  return options.find((option) => option.startsWith(`-${letter}`))?.slice(2);
}

/** The lines of a text, without the empty one after the last newline. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

export function joinLines(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
