import type { Answer, Program, Wait } from '../../sim/program.ts';
import { baseName, type FileInfo, fileErrorText, resolvePath } from './filetree.ts';
import { wildcard } from './shexpand.ts';
import type { Tool, ToolContext } from './tool.ts';

/** Files that one search looks at, and how deep. */
const MAX_FILES = 100_000;
const MAX_DEPTH = 100;

interface Entry {
  /** As it is printed: it begins with the path that was given. */
  readonly shown: string;
  readonly path: string;
  readonly info: FileInfo;
  readonly depth: number;
}

/** A test or an action: what follows is looked at when it is true. */
type Step = (entry: Entry) => Generator<Wait, boolean, Answer>;

interface Expression {
  readonly steps: readonly Step[];
  readonly minDepth: number;
  readonly maxDepth: number;
}

/** Walks directories: tests joined by "and", `!`, and the actions -print, -print0, -delete and -exec. */
export const find: Tool = {
  name: 'find',
  *run(ctx, args): Program {
    const first = args.findIndex((arg) => /^-.|^!$|^\($/.test(arg));
    const paths = first < 0 ? args : args.slice(0, first);
    const expression = parse(ctx, first < 0 ? [] : args.slice(first));
    if (typeof expression === 'string') {
      ctx.stdio.err(`find: ${expression}\n`);
      return 1;
    }
    let code = 0;
    for (const shown of paths.length === 0 ? ['.'] : paths) {
      const path = resolvePath(ctx.directory, shown);
      const info = ctx.files.stat(path);
      if (info === undefined) {
        ctx.stdio.err(`find: ${shown}: ${fileErrorText('ENOENT')}\n`);
        code = 1;
        continue;
      }
      // Listed before anything is done: -delete would pull the floor away.
      for (const entry of walk(ctx, { shown, path, info, depth: 0 }, expression)) {
        for (const step of expression.steps) if (!(yield* step(entry))) break;
      }
    }
    return code;
  },
};

function walk(ctx: ToolContext, top: Entry, { minDepth, maxDepth }: Expression): readonly Entry[] {
  const found: Entry[] = [];
  let seen = 0;
  const visit = (entry: Entry): void => {
    if (seen++ >= MAX_FILES) return;
    if (entry.depth >= minDepth) found.push(entry);
    if (entry.info.type !== 'directory' || entry.depth >= Math.min(maxDepth, MAX_DEPTH)) return;
    const names = ctx.files.list(entry.path);
    for (const name of names.ok ? names.value : []) {
      const path = resolvePath(entry.path, name);
      const info = ctx.files.stat(path);
      if (info !== undefined)
        visit({ shown: `${entry.shown.replace(/\/$/, '')}/${name}`, path, info, depth: entry.depth + 1 });
    }
  };
  visit(top);
  return found;
}

/** A step that needs no time. */
function test(holds: (entry: Entry) => boolean): Step {
  // biome-ignore lint/correctness/useYield: nothing to wait for.
  return function* (entry) {
    return holds(entry);
  };
}

function parse(ctx: ToolContext, words: readonly string[]): Expression | string {
  const steps: Step[] = [];
  let [minDepth, maxDepth, acts, negated] = [0, MAX_DEPTH, false, false];
  const add = (step: Step): void => {
    steps.push(negated ? not(step) : step);
    negated = false;
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '!' || word === '-not') {
      negated = !negated;
      continue;
    }
    if (word === '-a' || word === '-and') continue;
    if (word === '-exec') {
      const end = words.findIndex((w, at) => at > i && (w === ';' || w === '+'));
      if (end < 0) return '-exec requires an argument';
      add(execute(ctx, words.slice(i + 1, end)));
      [i, acts] = [end, true];
      continue;
    }
    const action = ACTIONS[word];
    if (action !== undefined) {
      add(action(ctx));
      acts = true;
      continue;
    }
    if (word === '-empty') {
      add(test((entry) => isEmpty(ctx, entry)));
      continue;
    }
    const value = words[++i];
    if (!TAKES_VALUE.has(word)) return `unrecognized: ${word}`;
    if (value === undefined) return `${word} requires an argument`;
    if (word === '-mindepth') minDepth = Number(value) || 0;
    else if (word === '-maxdepth') maxDepth = Number(value) || 0;
    else add(test(testOf(word, value)));
  }
  if (!acts) add((ACTIONS['-print'] as (ctx: ToolContext) => Step)(ctx));
  return { steps, minDepth, maxDepth };
}

function not(step: Step): Step {
  return function* (entry) {
    return !(yield* step(entry));
  };
}

const TAKES_VALUE: ReadonlySet<string> = new Set([
  '-iname',
  '-maxdepth',
  '-mindepth',
  '-mtime',
  '-name',
  '-path',
  '-type',
]);

function testOf(word: string, value: string): (entry: Entry) => boolean {
  switch (word) {
    case '-iname':
      return ({ path }) => wildcard(value.toLowerCase(), baseName(path).toLowerCase());
    case '-path':
      return ({ shown }) => wildcard(value, shown);
    case '-type':
      return ({ info }) => info.type === (value === 'd' ? 'directory' : value === 'f' ? 'file' : '');
    case '-mtime':
      // Files have no times here: all are as new as can be.
      return () => value.startsWith('-');
    default:
      return ({ path, shown }) => wildcard(value, path === '/' ? '/' : baseName(path) || shown);
  }
}

function isEmpty(ctx: ToolContext, { path, info }: Entry): boolean {
  if (info.type === 'file') return info.size === 0;
  const names = ctx.files.list(path);
  return names.ok && names.value.length === 0;
}

const ACTIONS: Readonly<Record<string, (ctx: ToolContext) => Step>> = {
  '-print': (ctx) =>
    test(({ shown }) => {
      ctx.stdio.out(`${shown}\n`);
      return true;
    }),
  '-print0': (ctx) =>
    test(({ shown }) => {
      ctx.stdio.out(`${shown}\0`);
      return true;
    }),
  '-delete': (ctx) =>
    test(({ path, shown }) => {
      const removed = ctx.files.remove(path);
      if (!removed.ok) ctx.stdio.err(`find: ${shown}: ${fileErrorText(removed.error)}\n`);
      return removed.ok;
    }),
};

function execute(ctx: ToolContext, words: readonly string[]): Step {
  const [name = '', ...args] = words;
  return function* (entry) {
    const tool = ctx.find(name);
    if (tool === undefined) {
      ctx.stdio.err(`find: ${name}: ${fileErrorText('ENOENT')}\n`);
      return false;
    }
    const own = { ...ctx, env: new Map(ctx.env) };
    return (
      (yield* tool.run(
        own,
        args.map((arg) => arg.replaceAll('{}', () => entry.shown)),
      )) === 0
    );
  };
}
