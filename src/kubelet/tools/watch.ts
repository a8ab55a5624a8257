import type { Program } from '../../sim/program.ts';
import { bash } from './sh.ts';
import type { Tool } from './tool.ts';

const PERIOD_SECONDS = 2;

/** Runs a command again and again until Ctrl+C. */
export const watch: Tool = {
  name: 'watch',
  *run(ctx, args): Program {
    let seconds = PERIOD_SECONDS;
    let header = true;
    let i = 0;
    for (; args[i]?.startsWith('-') === true; i++) {
      const arg = args[i] as string;
      const interval = /^(?:-n|--interval=?)(.*)$/.exec(arg)?.[1];
      if (interval !== undefined) seconds = Number(interval === '' ? args[++i] : interval) || PERIOD_SECONDS;
      else if (/^-\w*t/.test(arg)) header = false;
    }
    const command = args.slice(i).join(' ');
    if (command === '') {
      ctx.stdio.err('Usage: watch [-n SEC] [-t] PROG ARGS\n');
      return 1;
    }
    for (;;) {
      if (header) ctx.stdio.out(`Every ${seconds.toFixed(1)}s: ${command}\n\n`);
      yield* bash.run({ ...ctx, env: new Map(ctx.env), tty: false }, ['-c', command]);
      if (header) ctx.stdio.out('\n');
      yield { type: 'sleep', ms: Math.max(100, seconds * 1000) };
    }
  },
};
