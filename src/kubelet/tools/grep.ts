import { RE2JS } from 're2js';
import type { Program } from '../../sim/program.ts';
import { resolvePath } from './filetree.ts';
import { complain, hasFlag, joinLines, linesOf, splitOptions, valueOfFlag } from './instant.ts';
import { readAll, type Tool, type ToolContext } from './tool.ts';

const MAX_FILES = 10_000;

interface Source {
  /** Empty for standard input. */
  readonly name: string;
  readonly text: string;
}

export const grep: Tool = {
  name: 'grep',
  *run(ctx, args): Program {
    const { options, operands } = splitOptions(args.map(shortOption), 'emABC');
    const given = valueOfFlag(options, 'e');
    const pattern = given ?? operands[0];
    const paths = given === undefined ? operands.slice(1) : operands;
    if (pattern === undefined) {
      ctx.stdio.err('grep: usage: grep [-EFHabchilnoqrvwx] [-A N] [-B N] [-C N] [-m N] PATTERN [FILE]...\n');
      return 2;
    }
    const letters = options.filter((option) => !/^-[emABC]/.test(option));
    const matcher = compile(pattern, letters);
    if (typeof matcher === 'string') {
      ctx.stdio.err(`grep: ${matcher}\n`);
      return 2;
    }
    const recursive = hasFlag(letters, 'r') || hasFlag(letters, 'R');
    const { sources, code } = readFiles(ctx, paths.length === 0 && recursive ? ['.'] : paths, recursive);
    if (paths.length === 0 && !recursive) sources.push({ name: '', text: yield* readAll(ctx.input) });
    const named = (hasFlag(letters, 'H') || recursive || paths.length > 1) && !hasFlag(letters, 'h');
    let [found, out] = [0, ''];
    for (const source of sources) {
      const result = search(source, matcher, options, letters, named);
      found += result.count;
      out += result.text;
    }
    if (!hasFlag(letters, 'q')) ctx.stdio.out(out);
    return code !== 0 ? code : found > 0 ? 0 : 1;
  },
};

const LONG: Readonly<Record<string, string>> = {
  '--count': '-c',
  '--extended-regexp': '-E',
  '--fixed-strings': '-F',
  '--ignore-case': '-i',
  '--invert-match': '-v',
  '--line-number': '-n',
  '--only-matching': '-o',
  '--quiet': '-q',
  '--recursive': '-r',
};

function shortOption(arg: string): string {
  return LONG[arg] ?? (arg.startsWith('--color') ? '-a' : arg);
}

function readFiles(
  ctx: ToolContext,
  paths: readonly string[],
  recursive: boolean,
): { readonly sources: Source[]; readonly code: number } {
  const sources: Source[] = [];
  let code = 0;
  const visit = (shown: string): void => {
    if (sources.length >= MAX_FILES) return;
    const path = resolvePath(ctx.directory, shown);
    const names = recursive && ctx.files.stat(path)?.type === 'directory' ? ctx.files.list(path) : undefined;
    if (names !== undefined) {
      for (const name of names.ok ? names.value : []) visit(`${shown.replace(/\/$/, '')}/${name}`);
      return;
    }
    const read = ctx.files.read(path);
    if (read.ok) sources.push({ name: shown, text: read.value });
    else code = complain(ctx, 'grep', shown, read.error) + 1;
  };
  for (const path of paths) visit(path);
  return { sources, code };
}

function search(
  { name, text }: Source,
  matcher: RE2JS,
  options: readonly string[],
  letters: readonly string[],
  named: boolean,
): { readonly count: number; readonly text: string } {
  const number = (letter: string): number => Number(valueOfFlag(options, letter) ?? 0) || 0;
  const [before, after] = [number('B') || number('C'), number('A') || number('C')];
  const limit = number('m') || Number.POSITIVE_INFINITY;
  const invert = hasFlag(letters, 'v');
  const lines = linesOf(text);
  const hits = lines
    .flatMap((line, i) => (matcher.matcher(line).find() === invert ? [] : [i]))
    .slice(0, limit);
  const prefix = named ? `${name === '' ? '(standard input)' : name}:` : '';
  if (hasFlag(letters, 'c')) return { count: hits.length, text: `${prefix}${hits.length}\n` };
  if (hasFlag(letters, 'l')) return { count: hits.length, text: hits.length > 0 ? `${name}\n` : '' };
  const shown: string[] = [];
  const numbered = (i: number, sign: string): string =>
    `${prefix.replace(/:$/, sign)}${hasFlag(letters, 'n') ? `${i + 1}${sign}` : ''}`;
  if (hasFlag(letters, 'o')) {
    for (const i of hits)
      for (const part of parts(matcher, lines[i] as string)) shown.push(numbered(i, ':') + part);
    return { count: hits.length, text: joinLines(shown) };
  }
  const isHit = new Set(hits);
  let last = -1;
  for (const hit of hits) {
    const from = Math.max(last + 1, hit - before);
    if (last >= 0 && from > last + 1 && before + after > 0) shown.push('--');
    for (let i = from; i <= Math.min(lines.length - 1, hit + after); i++) {
      shown.push(numbered(i, isHit.has(i) ? ':' : '-') + (lines[i] as string));
      last = i;
    }
  }
  return { count: hits.length, text: joinLines(shown) };
}

/** What of a line matches. */
function parts(matcher: RE2JS, line: string): readonly string[] {
  const found: string[] = [];
  const m = matcher.matcher(line);
  while (m.find()) if ((m.group(0) ?? '') !== '') found.push(m.group(0) as string);
  return found;
}

/** Patterns run in linear time: they come from manifests. */
function compile(pattern: string, letters: readonly string[]): RE2JS | string {
  const fixed = hasFlag(letters, 'F');
  const extended = hasFlag(letters, 'E') || hasFlag(letters, 'P');
  const body = fixed ? RE2JS.quote(pattern) : extended ? pattern : basicToExtended(pattern);
  const whole = hasFlag(letters, 'w') ? `\\b(?:${body})\\b` : hasFlag(letters, 'x') ? `^(?:${body})$` : body;
  try {
    return RE2JS.compile(whole, hasFlag(letters, 'i') ? RE2JS.CASE_INSENSITIVE : 0);
  } catch {
    return `bad regex '${pattern}'`;
  }
}

/** In basic expressions `\|`, `\+`, `\(` are the operators and the bare characters are themselves. */
export function basicToExtended(pattern: string): string {
  return pattern.replace(/\\([|+?(){}])|([|+?(){}])/g, (_, operator: string | undefined, plain: string) =>
    operator === undefined ? `\\${plain}` : operator,
  );
}
