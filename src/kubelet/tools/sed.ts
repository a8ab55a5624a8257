import { RE2JS } from 're2js';
import type { Program } from '../../sim/program.ts';
import { resolvePath } from './filetree.ts';
import { basicToExtended } from './grep.ts';
import { complain, joinLines, linesOf } from './instant.ts';
import { substitute } from './substitute.ts';
import { readAll, type Tool } from './tool.ts';

/** Lines a command is for: all, one, from one to another, those that match. */
interface Range {
  readonly from: number | '$' | RE2JS;
  readonly to: number | '$' | undefined;
}

interface Command {
  readonly range: Range | undefined;
  readonly negated: boolean;
  readonly act:
    | { readonly type: 'd' | 'p' | 'q' }
    | { readonly type: 's'; readonly replace: Replace; readonly print: boolean };
}

type Replace = (line: string) => string;

interface Call {
  readonly script: string;
  readonly files: readonly string[];
  readonly quiet: boolean;
  readonly inPlace: boolean;
  readonly extended: boolean;
}

/** sed with the commands s, d, p and q, addressed by number, `$`, range or pattern. */
export const sed: Tool = {
  name: 'sed',
  *run(ctx, args): Program {
    const call = readCall(args);
    const commands = call === undefined ? 'no script' : readScript(call.script, call.extended);
    if (call === undefined || typeof commands === 'string') {
      ctx.stdio.err(`sed: ${String(commands)}\n`);
      return 1;
    }
    if (call.files.length === 0) {
      ctx.stdio.out(edit(yield* readAll(ctx.input), commands, call.quiet));
      return 0;
    }
    let code = 0;
    for (const name of call.files) {
      const path = resolvePath(ctx.directory, name);
      const read = ctx.files.read(path);
      const edited = read.ok ? edit(read.value, commands, call.quiet) : '';
      const written = call.inPlace && read.ok ? ctx.files.write(path, edited) : undefined;
      if (!read.ok) code = complain(ctx, 'sed', name, read.error);
      else if (written?.ok === false) code = complain(ctx, 'sed', name, written.error);
      else if (!call.inPlace) ctx.stdio.out(edited);
    }
    return code;
  },
};

function readCall(args: readonly string[]): Call | undefined {
  const scripts: string[] = [];
  const files: string[] = [];
  let [quiet, inPlace, extended] = [false, false, false];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '-e' || arg === '--expression') scripts.push(args[++i] ?? '');
    else if (/^-[nrEis]+$/.test(arg) || arg === '--in-place') {
      if (arg.includes('n') && !arg.startsWith('--')) quiet = true;
      if (arg.includes('i')) inPlace = true;
      if (/[rE]/.test(arg)) extended = true;
    } else if (/^-i\./.test(arg)) inPlace = true;
    else files.push(arg);
  }
  const script = scripts.length > 0 ? scripts.join('\n') : files.shift();
  return script === undefined ? undefined : { script, files, quiet, inPlace, extended };
}

function edit(text: string, commands: readonly Command[], quiet: boolean): string {
  const lines = linesOf(text);
  const out: string[] = [];
  for (const [i, original] of lines.entries()) {
    let line = original;
    let [deleted, quits] = [false, false];
    for (const { range, negated, act } of commands) {
      if (inRange(range, i + 1, lines.length, line) === negated) continue;
      if (act.type === 'd') {
        deleted = true;
        break;
      }
      if (act.type === 's') {
        const before = line;
        line = act.replace(line);
        if (act.print && line !== before) out.push(line);
      } else if (act.type === 'p') out.push(line);
      else quits = true;
      if (quits) break;
    }
    if (!deleted && !quiet) out.push(line);
    if (quits) break;
  }
  const joined = joinLines(out);
  // A last line without newline stays without.
  return text !== '' && !text.endsWith('\n') && out.length > 0 ? joined.slice(0, -1) : joined;
}

function inRange(range: Range | undefined, number: number, last: number, line: string): boolean {
  if (range === undefined) return true;
  const { from, to } = range;
  if (from instanceof RE2JS) return from.matcher(line).find();
  const at = (place: number | '$'): number => (place === '$' ? last : place);
  return to === undefined ? number === at(from) : number >= at(from) && number <= Math.max(at(from), at(to));
}

const ADDRESS = /^(?:(\d+|\$)(?:,(\d+|\$))?|\/((?:\\.|[^/\\])*)\/)?\s*(!?)\s*/;

function readScript(script: string, extended: boolean): readonly Command[] | string {
  const commands: Command[] = [];
  let rest = script;
  for (;;) {
    rest = rest.replace(/^[\s;]+/, '');
    if (rest === '') return commands;
    const [all, from, to, pattern, negation] = ADDRESS.exec(rest) as RegExpExecArray;
    const compiled = pattern === undefined ? undefined : compile(pattern, extended, '');
    if (pattern !== undefined && compiled === undefined) return `bad regex '${pattern}'`;
    const range =
      compiled !== undefined
        ? { from: compiled, to: undefined }
        : from === undefined
          ? undefined
          : { from: place(from), to: to === undefined ? undefined : place(to) };
    rest = rest.slice(all.length);
    const letter = rest.charAt(0);
    const negated = negation === '!';
    if (letter === 'd' || letter === 'p' || letter === 'q') {
      commands.push({ range, negated, act: { type: letter } });
      rest = rest.slice(1);
      continue;
    }
    const m = /^s([^\s\\\w])((?:\\[\s\S]|(?!\1)[^\\])*)\1((?:\\[\s\S]|(?!\1)[^\\])*)\1([giIp]*)/.exec(rest);
    if (m === null) return `unsupported command '${rest.split('\n')[0]}'`;
    const replace = replacer(m[2] ?? '', m[3] ?? '', m[4] ?? '', m[1] ?? '/', extended);
    if (replace === undefined) return `bad regex '${m[2]}'`;
    commands.push({ range, negated, act: { type: 's', replace, print: (m[4] ?? '').includes('p') } });
    rest = rest.slice(m[0].length);
  }
}

function place(text: string): number | '$' {
  return text === '$' ? '$' : Number(text);
}

function compile(pattern: string, extended: boolean, flags: string): RE2JS | undefined {
  try {
    const body = extended ? pattern : basicToExtended(pattern);
    return RE2JS.compile(body, /i/i.test(flags) ? RE2JS.CASE_INSENSITIVE : 0);
  } catch {
    return undefined;
  }
}

function replacer(
  pattern: string,
  replacement: string,
  flags: string,
  separator: string,
  extended: boolean,
): Replace | undefined {
  const plain = (text: string): string => text.replaceAll(`\\${separator}`, separator);
  const compiled = compile(plain(pattern), extended, flags);
  if (compiled === undefined) return undefined;
  const put = plain(replacement).replace(/\\n/g, '\n');
  const options = { all: flags.includes('g'), groups: true };
  return (line) => substitute(compiled, line, put, options).text;
}
