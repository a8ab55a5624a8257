import type { Program } from '../../sim/program.ts';
import { resolvePath } from './filetree.ts';
import { lineCount } from './head.ts';
import { complain, hasFlag, joinLines, linesOf, splitOptions } from './instant.ts';
import { readAll, type Tool } from './tool.ts';

const POLL_MS = 1000;

/** The end of a text: the last lines (`-n 5`), those from one on (`-n +2`), the last characters (`-c 5`). */
function ending(options: readonly string[]): (text: string) => string {
  const given = (pattern: RegExp): number | undefined => {
    const found = options.map((option) => pattern.exec(option)?.[1]).find((n) => n !== undefined);
    return found === undefined ? undefined : Number(found);
  };
  const characters = given(/^-c(\d+)$/);
  if (characters !== undefined) return (text) => (characters === 0 ? '' : text.slice(-characters));
  const from = given(/^-n\+(\d+)$/);
  if (from !== undefined) return (text) => joinLines(linesOf(text).slice(Math.max(0, from - 1)));
  const count = lineCount(options);
  return (text) => (count === 0 ? '' : joinLines(linesOf(text).slice(-count)));
}

export const tail: Tool = {
  name: 'tail',
  *run(ctx, args): Program {
    const { options, operands } = splitOptions(args, 'nc');
    const last = ending(options);
    const path = operands[0];
    const file = path === undefined ? undefined : resolvePath(ctx.directory, path);
    const read = file === undefined ? undefined : ctx.files.read(file);
    if (read?.ok === false) return complain(ctx, 'tail', path ?? '', read.error);
    const text = read === undefined ? yield* readAll(ctx.input) : read.value;
    ctx.stdio.out(last(text));
    if (file === undefined || !(hasFlag(options, 'f') || hasFlag(options, 'F'))) return 0;
    // `tail -f /dev/null` is how containers are kept up: it needs no polling.
    while (file === '/dev/null') yield { type: 'signal', subscribe: () => () => {} };
    for (let shown = text.length; ; ) {
      yield { type: 'sleep', ms: POLL_MS };
      const now = ctx.files.read(file);
      if (!now.ok) continue;
      if (now.value.length < shown) shown = 0;
      ctx.stdio.out(now.value.slice(shown));
      shown = now.value.length;
    }
  },
};
