import { ASCII, type Glyphs, UNICODE } from './glyphs.ts';

/** What a colour means; nothing is drawn in a colour that is not one of these. */
export type StyleName =
  | 'plain'
  | 'dim'
  | 'bold'
  | 'inverse'
  | 'underline'
  | 'quiet'
  | 'accent'
  | 'title'
  | 'ready'
  | 'waiting'
  | 'failing'
  | 'lost'
  | 'selected'
  | 'number'
  | 'string'
  | 'comment'
  | 'key'
  | 'app0'
  | 'app1'
  | 'app2'
  | 'app3'
  | 'app4'
  | 'app5';

/** One style or several on top of one another. */
export type Style = StyleName | readonly StyleName[];

/** How many colours there are for apps. */
export const APP_COLOURS = 6;

/** SGR parameters. Only the terminal's own sixteen colours, so that its palette is respected. */
const COLOURED: Readonly<Record<StyleName, string>> = {
  plain: '',
  dim: '2',
  bold: '1',
  inverse: '7',
  underline: '4',
  quiet: '34',
  accent: '36',
  title: '1;36',
  ready: '32',
  waiting: '33',
  failing: '31',
  lost: '35',
  selected: '7',
  number: '33',
  string: '32',
  comment: '2;3',
  key: '36',
  app0: '36',
  app1: '33',
  app2: '35',
  app3: '94',
  app4: '32',
  app5: '95',
};

/** Without colours only weight tells things apart; glyphs and words say the rest. */
const COLOURLESS: Readonly<Record<StyleName, string>> = {
  plain: '',
  dim: '2',
  bold: '1',
  inverse: '7',
  underline: '4',
  quiet: '2',
  accent: '',
  title: '1',
  ready: '',
  waiting: '',
  failing: '1',
  lost: '1',
  selected: '7',
  number: '',
  string: '',
  comment: '2',
  key: '1',
  app0: '',
  app1: '',
  app2: '',
  app3: '',
  app4: '',
  app5: '',
};

/** How things look: the codes that start a style, and the characters drawn with. */
export interface Theme {
  readonly glyphs: Glyphs;
  /** The escape sequence that starts the style; empty when it has none. */
  open(style: Style): string;
}

/** The end of every style. */
export const CLOSE = '\u001b[0m';

/** The theme with or without colours and with Unicode or ASCII drawings. */
export function createTheme(options: { readonly colour: boolean; readonly ascii: boolean }): Theme {
  const codes = options.colour ? COLOURED : COLOURLESS;
  const known = new Map<Style, string>();
  const byNames = new Map<string, string>();
  return {
    glyphs: options.ascii ? ASCII : UNICODE,
    open(style) {
      const before = known.get(style);
      if (before !== undefined) return before;
      const names = typeof style === 'string' ? [style] : style;
      const joined = names.join('+');
      let sequence = byNames.get(joined);
      if (sequence === undefined) {
        const params = names.map((name) => codes[name]).filter((code) => code !== '');
        sequence = params.length === 0 ? '' : `\u001b[${params.join(';')}m`;
        byNames.set(joined, sequence);
      }
      // Lists made for one call are not worth keeping.
      if (typeof style === 'string') known.set(style, sequence);
      return sequence;
    },
  };
}

/** What the environment says of the terminal. */
export interface TerminalHints {
  readonly NO_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
  readonly LANG?: string | undefined;
  readonly LC_ALL?: string | undefined;
  readonly LC_CTYPE?: string | undefined;
}

/** Whether colours are wanted: NO_COLOR (https://no-color.org) set to anything, or a dumb terminal, says no. */
export function wantsColour(env: TerminalHints): boolean {
  return (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

/** Whether only ASCII is safe: a console without Unicode fonts, or a locale that is not UTF-8. */
export function wantsAscii(env: TerminalHints): boolean {
  if (env.TERM === 'linux' || env.TERM === 'dumb') return true;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale !== undefined && !/utf-?8/i.test(locale);
}
