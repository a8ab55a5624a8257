import type { Program } from '../../sim/program.ts';
import { readAll, type Tool } from './tool.ts';
import { unescapeText } from './unescape.ts';

/** Changes characters, or with `-d` drops and with `-s` squeezes them; `-c`: all but those. */
export const tr: Tool = {
  name: 'tr',
  *run(ctx, args): Program {
    const options = args.filter((arg) => /^-[cCds]+$/.test(arg)).join('');
    const [from = '', to = ''] = args.filter((arg) => !/^-[cCds]+$/.test(arg)).map(characters);
    const complement = /[cC]/.test(options);
    const [remove, squeeze] = [options.includes('d'), options.includes('s')];
    const squeezed = to === '' || remove ? from : to;
    let out = '';
    for (const char of yield* readAll(ctx.input)) {
      const at = complement ? (from.includes(char) ? -1 : to.length - 1) : from.indexOf(char);
      const hit = complement ? !from.includes(char) : at >= 0;
      if (hit && remove) continue;
      const next = hit && to !== '' ? to.charAt(Math.min(at, to.length - 1)) : char;
      const squeezes = squeeze && (to === '' ? hit : squeezed.includes(next));
      if (!squeezes || !out.endsWith(next)) out += next;
    }
    ctx.stdio.out(out);
    return 0;
  },
};

const CLASSES: Readonly<Record<string, string>> = {
  '[:alnum:]': 'A-Za-z0-9',
  '[:alpha:]': 'A-Za-z',
  '[:digit:]': '0-9',
  '[:lower:]': 'a-z',
  '[:space:]': ' \\t\\n\\r',
  '[:upper:]': 'A-Z',
};

/** `a-z` and `[:upper:]` spelled out. */
function characters(set: string): string {
  const named = set.replace(/\[:[a-z]+:\]/g, (name) => CLASSES[name] ?? name);
  return unescapeText(named).replace(/(.)-(.)/g, (_, a: string, b: string) => {
    let all = '';
    for (let code = a.charCodeAt(0); code <= Math.min(b.charCodeAt(0), a.charCodeAt(0) + 255); code++)
      all += String.fromCharCode(code);
    return all;
  });
}
