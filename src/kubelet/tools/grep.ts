import { RE2JS } from 're2js';
import type { Program } from '../../sim/program.ts';
import { resolvePath } from './filetree.ts';
import { complain, hasFlag, joinLines, linesOf, splitOptions, valueOfFlag } from './instant.ts';
import { readAll, type Tool } from './tool.ts';

export const grep: Tool = {
  name: 'grep',
  *run(ctx, args): Program {
    const { options, operands } = splitOptions(args, 'emABC');
    const given = valueOfFlag(options, 'e');
    const pattern = given ?? operands[0];
    const paths = given === undefined ? operands.slice(1) : operands;
    if (pattern === undefined) {
      ctx.stdio.err('grep: usage: grep [-Eivcnqow] PATTERN [FILE]...\n');
      return 2;
    }
    const test = matcher(pattern, options);
    if (typeof test === 'string') {
      ctx.stdio.err(`grep: ${test}\n`);
      return 2;
    }
    let code = 0;
    const found: string[] = [];
    const sources: [string, string][] = [];
    if (paths.length === 0) sources.push(['', yield* readAll(ctx.input)]);
    for (const path of paths) {
      const read = ctx.files.read(resolvePath(ctx.directory, path));
      if (read.ok) sources.push([paths.length > 1 ? `${path}:` : '', read.value]);
      else code = complain(ctx, 'grep', path, read.error) + 1;
    }
    const invert = hasFlag(options, 'v');
    for (const [prefix, text] of sources)
      for (const [i, line] of linesOf(text).entries())
        if (test(line) !== invert) found.push(`${prefix}${hasFlag(options, 'n') ? `${i + 1}:` : ''}${line}`);
    if (hasFlag(options, 'c')) ctx.stdio.out(`${found.length}\n`);
    else if (!hasFlag(options, 'q')) ctx.stdio.out(joinLines(found));
    return code !== 0 ? code : found.length > 0 ? 0 : 1;
  },
};

/** Patterns run in linear time: they come from manifests. */
function matcher(pattern: string, options: readonly string[]): ((line: string) => boolean) | string {
  const fixed = hasFlag(options, 'F');
  const extended = hasFlag(options, 'E');
  const body = fixed ? RE2JS.quote(pattern) : extended ? pattern : basicToExtended(pattern);
  const whole = hasFlag(options, 'w') ? `\\b(?:${body})\\b` : hasFlag(options, 'x') ? `^(?:${body})$` : body;
  try {
    const compiled = RE2JS.compile(whole, hasFlag(options, 'i') ? RE2JS.CASE_INSENSITIVE : 0);
    return (line) => compiled.matcher(line).find();
  } catch {
    return `bad regex '${pattern}'`;
  }
}

/** In basic expressions `\|`, `\+`, `\(` are the operators and the bare characters are themselves. */
function basicToExtended(pattern: string): string {
  return pattern.replace(/\\([|+?(){}])|([|+?(){}])/g, (_, operator: string | undefined, plain: string) =>
    operator === undefined ? `\\${plain}` : operator,
  );
}
