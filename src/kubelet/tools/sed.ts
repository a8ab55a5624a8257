import { RE2JS } from 're2js';
import type { Program } from '../../sim/program.ts';
import { filter, joinLines, linesOf } from './instant.ts';
import type { Tool } from './tool.ts';

/** `sed 's/pattern/replacement/[g]'`: the one use that start scripts make of it. */
export const sed: Tool = {
  name: 'sed',
  *run(ctx, args): Program {
    const at = args.findIndex((arg) => !arg.startsWith('-'));
    const m = /^s(.)((?:\\.|(?!\1)[^\\])*)\1((?:\\.|(?!\1)[^\\])*)\1(g?)$/.exec(args[at] ?? '');
    if (m === null) {
      ctx.stdio.err(`sed: unsupported command '${args[at] ?? ''}'\n`);
      return 1;
    }
    const replace = replacer(m[2] ?? '', m[3] ?? '', m[4] === 'g');
    if (replace === undefined) {
      ctx.stdio.err(`sed: bad regex '${m[2]}'\n`);
      return 1;
    }
    const lines = filter('sed', (text) => joinLines(linesOf(text).map(replace)));
    return yield* lines.run(ctx, args.slice(at + 1));
  },
};

function replacer(
  pattern: string,
  replacement: string,
  all: boolean,
): ((line: string) => string) | undefined {
  try {
    const compiled = RE2JS.compile(pattern.replace(/\\\//g, '/'));
    const text = replacement
      .replace(/\\\//g, '/')
      .replaceAll('$', '\\$')
      .replace(/\\(\d)/g, '$$$1')
      .replace(/&/g, '$$0');
    return (line) =>
      all ? compiled.matcher(line).replaceAll(text) : compiled.matcher(line).replaceFirst(text);
  } catch {
    return undefined;
  }
}
