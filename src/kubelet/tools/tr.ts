import type { Program } from '../../sim/program.ts';
import { readAll, type Tool } from './tool.ts';
import { unescapeText } from './unescape.ts';

export const tr: Tool = {
  name: 'tr',
  *run(ctx, args): Program {
    const remove = args[0] === '-d';
    const [from = '', to = ''] = (remove ? args.slice(1) : args).map(characters);
    let out = '';
    for (const char of yield* readAll(ctx.input)) {
      const at = from.indexOf(char);
      if (at < 0) out += char;
      else if (!remove) out += to.charAt(Math.min(at, to.length - 1));
    }
    ctx.stdio.out(out);
    return 0;
  },
};

/** `a-z` spelled out. */
function characters(set: string): string {
  return unescapeText(set).replace(/(.)-(.)/g, (_, a: string, b: string) => {
    let all = '';
    for (let code = a.charCodeAt(0); code <= Math.min(b.charCodeAt(0), a.charCodeAt(0) + 255); code++)
      all += String.fromCharCode(code);
    return all;
  });
}
