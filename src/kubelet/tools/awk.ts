import type { Program } from '../../sim/program.ts';
import { AwkMachine } from './awkmachine.ts';
import { parseAwk } from './awkparser.ts';
import { fileErrorText, resolvePath } from './filetree.ts';
import { linesOf } from './instant.ts';
import { readAll, type Tool, type ToolContext } from './tool.ts';
import { unescapeText } from './unescape.ts';

/** awk without user functions, getline and output to files. */
export const awk: Tool = {
  name: 'awk',
  *run(ctx, args): Program {
    const call = readCall(ctx, args);
    if (typeof call === 'string') return complain(ctx, call);
    const rules = parseAwk(call.program);
    if (typeof rules === 'string') return complain(ctx, rules);
    const machine = new AwkMachine(rules, call.variables);
    let text = '';
    let code = 0;
    if (machine.reads && call.files.length === 0) text = yield* readAll(ctx.input);
    for (const file of machine.reads ? call.files : []) {
      const read = ctx.files.read(resolvePath(ctx.directory, file));
      if (read.ok) text += read.value;
      else code = complain(ctx, `${file}: ${fileErrorText(read.error)}`);
    }
    machine.run(linesOf(text), call.files[0] ?? '');
    ctx.stdio.out(machine.output);
    if (machine.error !== undefined) return complain(ctx, machine.error);
    return machine.exitCode === 0 ? code : machine.exitCode;
  },
};

interface Call {
  readonly program: string;
  readonly files: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
}

function readCall(ctx: ToolContext, args: readonly string[]): Call | string {
  const variables = new Map<string, string>();
  let program: string | undefined;
  let i = 0;
  for (; args[i]?.startsWith('-') === true && args[i] !== '-'; i++) {
    const arg = args[i] as string;
    if (arg === '--') {
      i++;
      break;
    }
    const letter = arg.charAt(1);
    if (!'Fvf'.includes(letter)) return `unrecognized option: ${letter}`;
    const value = arg.length > 2 ? arg.slice(2) : args[++i];
    if (value === undefined) return `option requires an argument -- '${letter}'`;
    if (letter === 'F') variables.set('FS', value === 't' ? '\t' : unescapeText(value));
    else if (letter === 'v') {
      const equals = value.indexOf('=');
      if (equals < 1) return `bad -v: ${value}`;
      variables.set(value.slice(0, equals), unescapeText(value.slice(equals + 1)));
    } else {
      const read = ctx.files.read(resolvePath(ctx.directory, value));
      if (!read.ok) return `${value}: ${fileErrorText(read.error)}`;
      program = (program ?? '') + read.value;
    }
  }
  if (program === undefined) program = args[i++];
  if (program === undefined) return 'usage: awk [-F SEPARATOR] [-v NAME=VALUE] PROGRAM [FILE]...';
  return { program, files: args.slice(i), variables };
}

function complain(ctx: ToolContext, says: string): number {
  ctx.stdio.err(`awk: ${says}\n`);
  return 2;
}
