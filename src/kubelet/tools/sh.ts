import type { Answer, Program, Wait } from '../../sim/program.ts';
import { fileErrorText, resolvePath } from './filetree.ts';
import { userName } from './names.ts';
import { newShell, type ShellState } from './shellstate.ts';
import { runList, runScript } from './shinterpreter.ts';
import { needsMore, parseScript } from './shparser.ts';
import { MORE_PROMPT, type Tool, type ToolContext } from './tool.ts';

/** A POSIX-like shell under one of its names: `-c` scripts, files, standard input, or line by line for a person. */
function shell(name: string): Tool {
  return {
    name,
    *run(ctx, args): Program {
      const options = args.findIndex((arg) => !arg.startsWith('-'));
      const flags = args.slice(0, options < 0 ? undefined : options).join('');
      const rest = options < 0 ? [] : args.slice(options);
      const script = flags.includes('c') ? (rest[0] ?? '') : undefined;
      if (script !== undefined && rest.length === 0) {
        ctx.stdio.err(`${name}: -c requires an argument\n`);
        return 2;
      }
      const parameters = script === undefined ? (rest.length === 0 ? [name] : rest) : rest.slice(1);
      const state = newShell({ ...ctx }, name, parameters.length === 0 ? [name] : parameters);
      state.exitOnError = flags.includes('e');
      if (script !== undefined) yield* runScript(state, script);
      else if (rest[0] !== undefined) yield* runFile(state, ctx, rest[0]);
      else yield* interact(state);
      return yield* finish(state);
    },
  };
}

function* runFile(state: ShellState, ctx: ToolContext, file: string): Generator<Wait, void, Answer> {
  const text = ctx.files.read(resolvePath(ctx.directory, file));
  if (text.ok) {
    yield* runScript(state, text.value);
    return;
  }
  ctx.stdio.err(`${state.name}: can't open '${file}': ${fileErrorText(text.error)}\n`);
  state.status = 2;
}

/** Reads commands until the input ends or `exit` is called. */
function* interact(state: ShellState): Generator<Wait, void, Answer> {
  const { ctx } = state;
  let begun = '';
  for (;;) {
    const line = yield* ctx.input.read(ctx.tty ? promptOf(state, begun !== '') : '');
    if (line === undefined) return;
    const script = begun === '' ? line : `${begun}\n${line}`;
    if (needsMore(script)) {
      begun = script;
      continue;
    }
    begun = '';
    const list = parseScript(script);
    if ('error' in list) {
      ctx.stdio.err(`${state.name}: ${list.error}\n`);
      state.status = 2;
      continue;
    }
    yield* runList(state, list, false);
    if (state.leaving?.to === 'exit') return;
    state.leaving = undefined;
  }
}

function promptOf(state: ShellState, more: boolean): string {
  if (more) return MORE_PROMPT;
  const { ctx } = state;
  const { uid } = ctx.credentials;
  const sign = uid === 0 ? '#' : '$';
  if (state.name !== 'bash') return `${ctx.directory} ${sign} `;
  return `${userName(ctx, uid) ?? 'I have no name!'}@${ctx.hostname}:${ctx.directory}${sign} `;
}

function* finish(state: ShellState): Program {
  const code = state.leaving?.to === 'exit' ? state.leaving.code : state.status;
  const handler = state.traps.get('EXIT') ?? '';
  if (handler === '') return code;
  state.leaving = undefined;
  yield* runScript(state, handler);
  return code;
}

export const sh: Tool = shell('sh');
export const ash: Tool = shell('ash');
export const bash: Tool = shell('bash');
export const zsh: Tool = shell('zsh');
