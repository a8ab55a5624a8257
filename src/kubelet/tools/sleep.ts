import type { Program } from '../../sim/program.ts';
import type { Tool } from './tool.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** `sleep infinity`, in ms: longer than anything here lasts. */
const FOREVER = 100 * 365 * 86_400_000;

export const sleep: Tool = {
  name: 'sleep',
  *run(ctx, args): Program {
    if (args.length === 0) {
      ctx.stdio.err('sleep: missing operand\n');
      return 1;
    }
    let total = 0;
    for (const arg of args) {
      const m = /^(\d+(?:\.\d+)?|\.\d+)([smhd]?)$/.exec(arg);
      if (m === null && arg !== 'infinity' && arg !== 'inf') {
        ctx.stdio.err(`sleep: invalid number '${arg}'\n`);
        return 1;
      }
      total += m === null ? FOREVER : Number(m[1]) * (UNITS[m[2] ?? ''] ?? 1000);
    }
    yield { type: 'sleep', ms: Math.min(total, FOREVER) };
    return 0;
  },
};
