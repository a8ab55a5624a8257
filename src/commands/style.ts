import { wantsAscii } from '../ui/theme/theme.ts';
import type { Io } from './io.ts';

/** How results are marked: colours where they help, glyphs the terminal can draw. */
export interface Style {
  readonly ok: string;
  readonly bad: string;
  readonly open: string;
  readonly star: string;
  readonly noStar: string;
  bold(text: string): string;
  dim(text: string): string;
}

/** The options that every subcommand understands. */
export interface CommonOptions {
  readonly lang?: 'en' | 'ko';
  readonly ascii?: boolean;
  /** False with --no-color. */
  readonly color?: boolean;
}

/** The style for standard output: colours on terminals only, unless FORCE_COLOR says otherwise. */
export function styleFor(io: Io, options: CommonOptions): Style {
  const ascii = options.ascii === true || wantsAscii(io.env);
  const colour = options.color !== false && wantsColour(io);
  const paint = (code: string, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    ok: paint('32', ascii ? 'ok' : '✔'),
    bad: paint('31', ascii ? 'x ' : '✖'),
    open: ascii ? '- ' : '□',
    star: paint('33', ascii ? '*' : '★'),
    noStar: ascii ? '.' : '☆',
    bold: (text) => paint('1', text),
    dim: (text) => paint('2', text),
  };
}

function wantsColour({ env, isTerminal }: Io): boolean {
  const forced = env.FORCE_COLOR;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (forced !== undefined && forced !== '') return forced !== '0';
  return isTerminal.stdout && env.TERM !== 'dumb';
}
