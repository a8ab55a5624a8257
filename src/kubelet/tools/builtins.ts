import type { Answer, Stdio, Wait } from '../../sim/program.ts';
import { fileErrorText, resolvePath } from './filetree.ts';
import type { ShellState } from './shellstate.ts';

/** How a builtin is called: the shell, its arguments, where it writes. */
export interface BuiltinCall {
  readonly state: ShellState;
  readonly args: readonly string[];
  readonly stdio: Stdio;
}

type Run = (state: ShellState, script: string) => Generator<Wait, void, Answer>;

const NAME = /^[A-Za-z_]\w*$/;

/** Runs a command that only the shell itself can do; undefined when it is none. Answers its status. */
export function* runBuiltin(
  name: string,
  call: BuiltinCall,
  run: Run,
): Generator<Wait, number | undefined, Answer> {
  const { state, args, stdio } = call;
  switch (name) {
    case ':':
      return 0;
    case 'cd':
      return changeDirectory(call);
    case 'exit':
      state.leaving = { to: 'exit', code: args[0] === undefined ? state.status : Number(args[0]) & 255 };
      return state.leaving.code;
    case 'return':
      state.leaving = { to: 'return', code: args[0] === undefined ? state.status : Number(args[0]) & 255 };
      return state.leaving.code;
    case 'local':
      return makeLocal(call);
    case 'break':
    case 'continue':
      state.leaving = { to: name, loops: Math.max(1, Number(args[0] ?? '1') || 1) };
      return 0;
    case 'export':
      return exportNames(call);
    case 'unset':
      for (const variable of args) {
        state.variables.delete(variable);
        state.exported.delete(variable);
      }
      return 0;
    case 'set':
      for (const arg of args) if (/^[-+]\w*e/.test(arg)) state.exitOnError = arg.startsWith('-');
      return 0;
    case 'shift':
      state.parameters = [state.parameters[0] ?? '', ...state.parameters.slice(2)];
      return 0;
    case 'trap':
      for (const signal of args.slice(1)) state.traps.set(signal.replace(/^SIG/, ''), args[0] ?? '');
      return 0;
    case 'wait':
      return 0;
    case 'jobs':
      for (const line of state.ctx.jobs?.list() ?? []) stdio.out(`${line}\n`);
      return 0;
    case 'read':
      return yield* readLine(call);
    case 'eval':
      yield* run(state, args.join(' '));
      return state.status;
    case 'exec':
      if (args.length === 0) return 0;
      // The program takes the shell's place: nothing of the script is left after it.
      yield* run(state, args.map(quote).join(' '));
      state.leaving ??= { to: 'exit', code: state.status };
      return state.status;
    case 'command':
      if (/^-[vV]$/.test(args[0] ?? '')) return find(call, 'path');
      yield* run(state, args.map(quote).join(' '));
      return state.status;
    case 'type':
      return find(call, 'sentence');
    case 'pwd':
      stdio.out(`${state.ctx.directory}\n`);
      return 0;
    default:
      return undefined;
  }
}

/** `local x=1`: what the variable was comes back when the function ends. */
function makeLocal({ state, args, stdio }: BuiltinCall): number {
  const frame = state.locals.at(-1);
  if (frame === undefined) {
    stdio.err(`${state.name}: local: not in a function\n`);
    return 1;
  }
  for (const arg of args) {
    const equals = arg.indexOf('=');
    const name = equals < 0 ? arg : arg.slice(0, equals);
    if (!NAME.test(name)) continue;
    if (!frame.has(name)) frame.set(name, state.variables.get(name));
    state.variables.set(name, equals < 0 ? '' : arg.slice(equals + 1));
  }
  return 0;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function changeDirectory({ state, args, stdio }: BuiltinCall): number {
  const to = args[0] ?? state.variables.get('HOME') ?? '/';
  const path = resolvePath(state.ctx.directory, to);
  const info = state.ctx.files.stat(path);
  if (info?.type === 'directory') {
    state.ctx.directory = path;
    return 0;
  }
  const says = fileErrorText(info === undefined ? 'ENOENT' : 'ENOTDIR');
  stdio.err(`${state.name}: cd: can't cd to ${to}: ${says}\n`);
  return 2;
}

function exportNames({ state, args, stdio }: BuiltinCall): number {
  for (const arg of args) {
    const equals = arg.indexOf('=');
    const name = equals < 0 ? arg : arg.slice(0, equals);
    if (!NAME.test(name)) {
      stdio.err(`${state.name}: export: ${arg}: bad variable name\n`);
      return 2;
    }
    if (equals >= 0) state.variables.set(name, arg.slice(equals + 1));
    state.exported.add(name);
  }
  return 0;
}

function* readLine({ state, args }: BuiltinCall): Generator<Wait, number, Answer> {
  const names = args.filter((arg) => NAME.test(arg));
  const line = yield* state.ctx.input.read('');
  const fields = (line ?? '').trim().split(/[ \t]+/);
  const last = names.length - 1;
  for (const [i, name] of names.entries())
    state.variables.set(name, i === last ? fields.slice(i).join(' ') : (fields[i] ?? ''));
  if (names.length === 0) state.variables.set('REPLY', line ?? '');
  return line === undefined ? 1 : 0;
}

const BUILTINS: ReadonlySet<string> = new Set(
  ': . break cd command continue eval exec exit export local read return set shift trap type unset wait'.split(
    ' ',
  ),
);

/** `command -v` and `type`: what a name would run. */
function find({ state, args, stdio }: BuiltinCall, as: 'path' | 'sentence'): number {
  let code = 0;
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const tool = state.ctx.find(name);
    if (BUILTINS.has(name)) stdio.out(as === 'path' ? `${name}\n` : `${name} is a shell builtin\n`);
    else if (tool !== undefined) stdio.out(as === 'path' ? `/bin/${name}\n` : `${name} is /bin/${name}\n`);
    else {
      if (as === 'sentence') stdio.err(`${state.name}: type: ${name}: not found\n`);
      code = 127;
    }
  }
  return code;
}
