import type { Program, Wait } from '../../sim/program.ts';
import type { Tool, ToolContext } from './tool.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const TIMED_OUT = 124;

/** `timeout 5 COMMAND`: ends it when the time is over. */
export const timeout: Tool = {
  name: 'timeout',
  *run(ctx, args): Program {
    const rest = skipOptions(args);
    const [limit = '', name, ...words] = rest;
    const m = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(limit);
    if (m === null || name === undefined) {
      ctx.stdio.err(
        m === null ? `timeout: invalid time interval '${limit}'\n` : 'timeout: missing operand\n',
      );
      return 125;
    }
    const tool = ctx.find(name);
    if (tool === undefined) {
      ctx.stdio.err(`timeout: can't execute '${name}': No such file or directory\n`);
      return 127;
    }
    const deadline = ctx.now() + Number(m[1]) * (UNITS[m[2] ?? ''] ?? 1000);
    return yield* runUntil(ctx, tool.run({ ...ctx, env: new Map(ctx.env) }, words), deadline);
  },
};

/** Passes a program's waits on, shortened so that none goes beyond the deadline. */
function* runUntil(ctx: ToolContext, program: Program, deadline: number): Program {
  try {
    let next = program.next({ type: 'start' });
    while (next.done !== true) {
      const wait: Wait = next.value;
      const left = deadline - ctx.now();
      if (left <= 0) return TIMED_OUT;
      if (wait.type === 'sleep') {
        yield { type: 'sleep', ms: Math.min(wait.ms, left) };
        if (wait.ms >= left) return TIMED_OUT;
        next = program.next({ type: 'slept' });
      } else if (wait.type === 'signal') {
        const answer = yield { ...wait, timeout: Math.min(wait.timeout ?? left, left) };
        if (answer.type === 'timeout' && (wait.timeout ?? left) >= left) return TIMED_OUT;
        next = program.next(answer);
      } else next = program.next(yield wait);
    }
    return next.value;
  } finally {
    // Ended from outside or by the time: what the program has to put right it does now.
    program.return(TIMED_OUT);
  }
}

function skipOptions(args: readonly string[]): readonly string[] {
  let i = 0;
  while (args[i]?.startsWith('-') === true) i += args[i] === '-s' || args[i] === '-k' ? 2 : 1;
  return args.slice(i);
}
