import type { Answer, Program, Wait } from '../../sim/program.ts';
import { readAll, type Tool, type ToolContext } from './tool.ts';

/** Commands that one xargs starts at most. */
const MAX_RUNS = 10_000;

interface Options {
  readonly perRun: number;
  /** What `-I` has replaced by each line; undefined: words are appended. */
  readonly place: string | undefined;
  readonly separator: 'words' | 'nul';
  readonly skipEmpty: boolean;
  readonly trace: boolean;
  readonly command: readonly string[];
}

/** Runs a command on the words, or with `-I` on the lines, of its input. */
export const xargs: Tool = {
  name: 'xargs',
  *run(ctx, args): Program {
    const options = readOptions(args);
    if (typeof options === 'string') {
      ctx.stdio.err(`xargs: ${options}\n`);
      return 1;
    }
    const items = itemsOf(yield* readAll(ctx.input), options);
    const [name = 'echo', ...fixed] = options.command;
    const tool = ctx.find(name);
    if (tool === undefined) {
      ctx.stdio.err(`xargs: ${name}: No such file or directory\n`);
      return 127;
    }
    let failed = false;
    for (const words of runsOf(items, fixed, options).slice(0, MAX_RUNS)) {
      if (options.trace) ctx.stdio.err(`${[name, ...words].join(' ')}\n`);
      const code = yield* runOne(ctx, tool, words);
      if (code === 255) return 124;
      if (code !== 0) failed = true;
    }
    return failed ? 123 : 0;
  },
};

function* runOne(ctx: ToolContext, tool: Tool, words: readonly string[]): Generator<Wait, number, Answer> {
  // What it runs has no input of its own: xargs has read it all.
  return yield* tool.run({ ...ctx, env: new Map(ctx.env), input: EMPTY }, words);
}

const EMPTY: ToolContext['input'] = Object.freeze({
  // biome-ignore lint/correctness/useYield: nothing to wait for.
  *read(): Generator<Wait, string | undefined, Answer> {
    return undefined;
  },
});

function itemsOf(text: string, { place, separator }: Options): readonly string[] {
  if (separator === 'nul')
    return text
      .replace(/\n$/, '')
      .split('\0')
      .filter((item) => item !== '');
  if (place !== undefined)
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  return [...text.matchAll(/(?:[^\s'"\\]|\\[\s\S]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replace(
      /\\([\s\S])|'([^']*)'|"([^"]*)"/g,
      (_, escaped?: string, single?: string, double?: string) => escaped ?? single ?? double ?? '',
    ),
  );
}

function runsOf(items: readonly string[], fixed: readonly string[], options: Options): (readonly string[])[] {
  const { perRun, place } = options;
  if (place !== undefined)
    return items.map((item) => fixed.map((word) => word.replaceAll(place, () => item)));
  if (items.length === 0) return options.skipEmpty ? [] : [fixed];
  const runs: (readonly string[])[] = [];
  for (let i = 0; i < items.length; i += perRun) runs.push([...fixed, ...items.slice(i, i + perRun)]);
  return runs;
}

function readOptions(args: readonly string[]): Options | string {
  let perRun = Number.MAX_SAFE_INTEGER;
  let place: string | undefined;
  let [nul, skipEmpty, trace] = [false, false, false];
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i] as string;
    if (!/^-./.test(arg)) break;
    const letter = arg.charAt(1);
    if (arg === '-0' || arg === '--null') nul = true;
    else if (arg === '-r' || arg === '--no-run-if-empty') skipEmpty = true;
    else if (arg === '-t') trace = true;
    else if ('nILPs'.includes(letter)) {
      const value = arg.length > 2 ? arg.slice(2) : args[++i];
      if (value === undefined) return `option requires an argument -- '${letter}'`;
      if (letter === 'I') place = value;
      else if (!/^[1-9]\d*$/.test(value)) return `invalid number '${value}'`;
      else if (letter === 'n' || letter === 'L') perRun = Number(value);
    } else return `unrecognized option: ${arg.replace(/^-/, '')}`;
  }
  const separator = nul ? 'nul' : 'words';
  return { perRun, place, separator, skipEmpty, trace, command: args.slice(i) };
}
