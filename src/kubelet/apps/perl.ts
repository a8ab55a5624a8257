import type { AppModel } from './app.ts';
import { begin, workOff } from './begin.ts';
import { piDigits } from './pi.ts';

const MEMORY = 12 * 1024 * 1024;
/** ms of one core's time for bpi(2000), the example of the Job documentation; it grows with the square. */
const PI_2000_MS = 4000;
const MAX_DIGITS = 10_000;

/** Perl: one-liners that print, sleep, exit, or work out pi (`perl -Mbignum=bpi -wle 'print bpi(2000)'`). */
export const perl: AppModel = {
  name: 'perl',
  start(ctx) {
    begin(ctx, { memory: MEMORY, startup: 0, signalExitCode: 143 }, () => {
      const at = ctx.argv.findIndex((arg) => /^-\w*e$/.test(arg));
      const script = at < 0 ? '' : (ctx.argv[at + 1] ?? '');
      const digits = Math.min(MAX_DIGITS, Number(/\bbpi\((\d+)\)/.exec(script)?.[1] ?? 0));
      const seconds = Number(/\bsleep\(?\s*(\d+)/.exec(script)?.[1] ?? 0);
      const said = /\bprint\s*\(?\s*(["'])(.*?)\1/.exec(script)?.[2];
      const end = (): void => {
        if (digits > 0) ctx.log(piDigits(digits));
        else if (said !== undefined) ctx.log(said.replaceAll('\\n', '\n').trimEnd());
        const code = Number(
          /\b(?:exit|die)\(?\s*(\d+)/.exec(script)?.[1] ?? (/\bdie\b/.test(script) ? 255 : 0),
        );
        ctx.exit(code);
      };
      const work = PI_2000_MS * (digits / 2000) ** 2;
      if (work > 0) workOff(ctx, work, end);
      else ctx.process.after(seconds * 1000, end);
    });
  },
};
