import type { Answer, Program, Stdio, Wait } from '../../sim/program.ts';
import { runBuiltin } from './builtins.ts';
import { fileErrorText, resolvePath } from './filetree.ts';
import { childContext, FIRST_PAUSE_MS, type ShellState, subshell } from './shellstate.ts';
import { Collector, expandText, expandWords, wildcard } from './shexpand.ts';
import { type Command, type List, type Pipeline, parseScript, type Redirect } from './shparser.ts';
import { NO_INPUT, type ToolContext, type ToolInput, textInput } from './tool.ts';

type Run = Generator<Wait, void, Answer>;

/** Commands at one instant before time is made to pass, and how long that takes at most. */
const STEPS_PER_INSTANT = 100;
const LONGEST_PAUSE_MS = 1000;
/** Shells within shells. */
const MAX_DEPTH = 20;

/** Runs a script in a shell. Its status is the shell's afterwards. */
export function* runScript(state: ShellState, script: string): Run {
  const list = parseScript(script);
  if ('error' in list) {
    state.ctx.stdio.err(`${state.name}: ${list.error}\n`);
    state.status = 2;
    return;
  }
  yield* runList(state, list, false);
}

/** Runs commands one after the other. `tested`: a failure is looked at, so that `set -e` does not count. */
export function* runList(state: ShellState, list: List, tested: boolean): Run {
  for (const [i, { when, pipeline, background }] of list.entries()) {
    if (background === true) {
      runBeside(state, pipeline);
      continue;
    }
    if (when === 'success' && state.status !== 0) continue;
    if (when === 'failure' && state.status === 0) continue;
    const looked = tested || pipeline.negated || (list[i + 1]?.when ?? 'always') !== 'always';
    yield* runPipeline(state, pipeline, looked);
    if (state.leaving !== undefined) return;
    yield* runTraps(state);
    if (state.leaving !== undefined) return;
    if (state.exitOnError && !looked && state.status !== 0) {
      state.leaving = { to: 'exit', code: state.status };
      return;
    }
  }
}

/** Starts a pipeline that the shell does not wait for. */
function runBeside(state: ShellState, pipeline: Pipeline): void {
  const { jobs } = state.ctx;
  if (jobs === undefined) {
    state.ctx.stdio.err(`${state.name}: background commands (&) are not available here\n`);
    state.status = 2;
    return;
  }
  const child = subshell(state, { input: NO_INPUT, tty: false });
  const { number, pid } = jobs.start(programOf(child, pipeline));
  state.variables.set('!', String(pid));
  if (state.ctx.tty) state.ctx.stdio.err(`[${number}] ${pid}\n`);
  state.status = 0;
}

function* programOf(state: ShellState, pipeline: Pipeline): Program {
  yield* runPipeline(state, pipeline, true);
  return state.leaving?.to === 'exit' ? state.leaving.code : state.status;
}

/** What signals have been caught since the last command. */
function* runTraps(state: ShellState): Run {
  if (state.depth > 0) return;
  for (const signal of state.ctx.pendingSignals()) {
    const handler = state.traps.get(signal.replace(/^SIG/, ''));
    if (handler === undefined || handler === '') continue;
    const before = state.status;
    yield* runScript(state, handler);
    state.status = before;
  }
}

function* runPipeline(state: ShellState, { negated, commands }: Pipeline, tested: boolean): Run {
  const last = commands.at(-1) as Command;
  if (commands.length === 1) yield* runCommand(state, last, tested);
  else {
    let input: ToolInput = state.ctx.input;
    for (const command of commands.slice(0, -1)) {
      const out = new Collector((text) => state.ctx.stdio.err(text));
      yield* runCommand(subshell(state, { stdio: out, input, tty: false }), command, true);
      input = textInput(out.text);
    }
    const end = subshell(state, { input, tty: false });
    yield* runCommand(end, last, true);
    state.status = end.leaving?.to === 'exit' ? end.leaving.code : end.status;
  }
  if (negated) state.status = state.status === 0 ? 1 : 0;
}

function* runCommand(outer: ShellState, command: Command, tested: boolean): Run {
  yield* pace(outer);
  const redirected = yield* redirect(outer, command.redirects);
  if (redirected === undefined) {
    outer.status = 1;
    return;
  }
  const { change, flush } = redirected;
  if (command.type === 'simple') yield* runSimple(outer, command, change);
  else {
    const streams = command.redirects.length > 0;
    const isolated = command.type === 'group' && command.subshell;
    const state = isolated
      ? subshell(outer, change)
      : streams
        ? { ...outer, ctx: { ...outer.ctx, ...change } }
        : outer;
    yield* runCompound(state, command, tested);
    if (state !== outer) {
      outer.status = state.status;
      if (isolated) {
        if (state.leaving?.to === 'exit') outer.status = state.leaving.code;
      } else {
        outer.leaving = state.leaving;
        outer.ctx.directory = state.ctx.directory;
      }
    }
  }
  if (!flush()) outer.status = 1;
}

function* runCompound(
  state: ShellState,
  command: Exclude<Command, { type: 'simple' }>,
  tested: boolean,
): Run {
  switch (command.type) {
    case 'group':
      yield* runList(state, command.body, tested);
      return;
    case 'if':
      for (const { test, body } of command.branches) {
        yield* runList(state, test, true);
        if (state.leaving !== undefined) return;
        if (state.status !== 0) continue;
        yield* runList(state, body, tested);
        return;
      }
      state.status = 0;
      if (command.otherwise !== undefined) yield* runList(state, command.otherwise, tested);
      return;
    case 'for': {
      const values =
        command.words.length === 0
          ? state.parameters.slice(1)
          : yield* expandWords(state, command.words, substitute);
      for (const value of values) {
        state.variables.set(command.name, value);
        yield* runList(state, command.body, tested);
        if (leavesLoop(state)) return;
      }
      return;
    }
    case 'case':
      yield* runCase(state, command, tested);
      return;
    case 'function':
      state.functions.set(command.name, command.body);
      state.status = 0;
      return;
    case 'loop': {
      let status = 0;
      for (;;) {
        yield* runList(state, command.test, true);
        if (leavesLoop(state)) return;
        if ((state.status === 0) === command.until) break;
        yield* runList(state, command.body, tested);
        if (leavesLoop(state)) return;
        status = state.status;
        yield* pace(state);
      }
      state.status = status;
    }
  }
}

function* runCase(
  state: ShellState,
  { subject, branches }: Extract<Command, { type: 'case' }>,
  tested: boolean,
): Run {
  const text = yield* expandText(state, subject, substitute);
  state.status = 0;
  for (const { patterns, body } of branches)
    for (const pattern of patterns) {
      if (!wildcard(yield* expandText(state, pattern, substitute), text)) continue;
      yield* runList(state, body, tested);
      return;
    }
}

/** Functions within functions. */
const MAX_CALLS = 100;

function* runFunction(
  state: ShellState,
  body: Command,
  args: readonly string[],
  change: Partial<ToolContext>,
): Run {
  if (state.locals.length >= MAX_CALLS) {
    state.ctx.stdio.err(`${state.name}: maximum function nesting level exceeded\n`);
    state.leaving = { to: 'exit', code: 1 };
    return;
  }
  const before = state.parameters;
  const inner = Object.keys(change).length === 0 ? state : { ...state, ctx: { ...state.ctx, ...change } };
  const frame = new Map<string, string | undefined>();
  inner.parameters = [before[0] ?? state.name, ...args];
  inner.locals.push(frame);
  yield* runCommand(inner, body, true);
  inner.locals.pop();
  for (const [name, value] of frame)
    if (value === undefined) state.variables.delete(name);
    else state.variables.set(name, value);
  state.parameters = before;
  state.status = inner.leaving?.to === 'return' ? inner.leaving.code : inner.status;
  state.leaving = inner.leaving?.to === 'return' ? undefined : inner.leaving;
  state.ctx.directory = inner.ctx.directory;
}

/** Whether the loop is over; takes `break` and `continue` that are meant for it. */
function leavesLoop(state: ShellState): boolean {
  const { leaving } = state;
  if (leaving === undefined) return false;
  if ('code' in leaving) return true;
  if (leaving.loops > 1) {
    state.leaving = { to: leaving.to, loops: leaving.loops - 1 };
    return true;
  }
  state.leaving = undefined;
  return leaving.to === 'break';
}

function* runSimple(
  state: ShellState,
  command: Extract<Command, { type: 'simple' }>,
  change: Partial<ToolContext>,
): Run {
  const before = state.status;
  const words = yield* expandWords(state, command.words, substitute);
  const values: [string, string][] = [];
  for (const { name, value } of command.assignments)
    values.push([name, yield* expandText(state, value, substitute)]);
  if (state.leaving !== undefined) return;
  const [name, ...args] = words;
  if (name === undefined) {
    for (const [key, value] of values) state.variables.set(key, value);
    // `x=$(false)` has the status of what was substituted.
    if (state.status === before && values.length > 0 && !hasCommand(command)) state.status = 0;
    return;
  }
  const own = state.functions.get(name);
  if (own !== undefined) {
    for (const [key, value] of values) state.variables.set(key, value);
    yield* runFunction(state, own, args, change);
    return;
  }
  const builtin = yield* runBuiltin(name, { state, args, stdio: change.stdio ?? state.ctx.stdio }, runScript);
  if (builtin !== undefined) {
    if (state.leaving === undefined) state.status = builtin;
    return;
  }
  const ctx = childContext(state, change);
  for (const [key, value] of values) ctx.env.set(key, value);
  const tool = state.depth < MAX_DEPTH ? state.ctx.find(name) : undefined;
  if (tool === undefined) {
    ctx.stdio.err(notFound(state, name));
    state.status = 127;
    return;
  }
  state.status = yield* tool.run(ctx, args);
}

function hasCommand(command: Extract<Command, { type: 'simple' }>): boolean {
  return command.assignments.some(({ value }) => value.some(({ type }) => type === 'command'));
}

function notFound(state: ShellState, name: string): string {
  if (state.name === 'bash')
    return name.includes('/')
      ? `bash: line 1: ${name}: No such file or directory\n`
      : `bash: line 1: ${name}: command not found\n`;
  return `${state.name}: ${name}: not found\n`;
}

/** `$(script)`. */
function* substitute(state: ShellState, script: string): Generator<Wait, string, Answer> {
  if (state.depth >= MAX_DEPTH) return '';
  const out = new Collector((text) => state.ctx.stdio.err(text));
  const inner = subshell(state, { stdio: out, tty: false });
  yield* runScript(inner, script);
  state.status = inner.leaving?.to === 'exit' ? inner.leaving.code : inner.status;
  return out.text;
}

/** The streams of a command; undefined when a file cannot be read. `flush` writes what was collected. */
function* redirect(
  state: ShellState,
  redirects: readonly Redirect[],
): Generator<Wait, { change: Partial<ToolContext>; flush: () => boolean } | undefined, Answer> {
  if (redirects.length === 0) return NO_REDIRECTS;
  const { ctx } = state;
  const files: { readonly path: string; readonly append: boolean; readonly text: Collector }[] = [];
  let out = (text: string): void => ctx.stdio.out(text);
  let err = (text: string): void => ctx.stdio.err(text);
  let input: ToolInput | undefined;
  for (const { stream, append, word } of redirects) {
    if (stream === 'errToOut') err = out;
    else if (stream === 'outToErr') out = err;
    else if (stream === 'document') input = textInput(yield* expandText(state, word, substitute));
    else {
      const name = yield* expandText(state, word, substitute);
      const path = resolvePath(ctx.directory, name);
      if (stream === 'in') {
        const read = ctx.files.read(path);
        if (!read.ok) {
          ctx.stdio.err(`${state.name}: can't open ${name}: ${fileErrorText(read.error).toLowerCase()}\n`);
          return undefined;
        }
        input = textInput(read.value);
        continue;
      }
      const device = DEVICES.get(path);
      const text = new Collector();
      const sink =
        device === 'null'
          ? (): void => {}
          : device === 'out'
            ? (t: string): void => ctx.stdio.out(t)
            : device === 'err'
              ? (t: string): void => ctx.stdio.err(t)
              : (t: string): void => text.out(t);
      if (device === undefined) {
        if (!write(state, name, path, '', append)) return undefined;
        files.push({ path, append, text });
      }
      if (stream === 'out') out = sink;
      else err = sink;
    }
  }
  const stdio: Stdio = { out: (text) => out(text), err: (text) => err(text) };
  const change: Partial<ToolContext> = { stdio, ...(input === undefined ? {} : { input, tty: false }) };
  const flush = (): boolean =>
    files.every(({ path, text }) => text.text === '' || write(state, path, path, text.text, true));
  return { change, flush };
}

const NO_REDIRECTS = Object.freeze({ change: Object.freeze({}), flush: () => true });

const DEVICES: ReadonlyMap<string, 'null' | 'out' | 'err'> = new Map([
  ['/dev/null', 'null'],
  ['/dev/stdout', 'out'],
  ['/proc/1/fd/1', 'out'],
  ['/dev/stderr', 'err'],
  ['/proc/1/fd/2', 'err'],
]);

function write(state: ShellState, name: string, path: string, text: string, append: boolean): boolean {
  const written = state.ctx.files.write(path, text, { append });
  if (written.ok) return true;
  state.ctx.stdio.err(`${state.name}: can't create ${name}: ${fileErrorText(written.error)}\n`);
  return false;
}

/** Lets time pass in loops that never wait, longer and longer the longer they go on. */
function* pace(state: ShellState): Run {
  const { ctx } = state;
  const p = state.pace;
  const now = ctx.now();
  if (now !== p.at) {
    p.steps = 0;
    p.at = now;
    p.pause = FIRST_PAUSE_MS;
  }
  if (++p.steps < STEPS_PER_INSTANT) return;
  yield { type: 'sleep', ms: Math.max(p.pause, ctx.work(p.pause)) };
  p.steps = 0;
  p.at = ctx.now();
  p.pause = Math.min(LONGEST_PAUSE_MS, p.pause * 2);
}
