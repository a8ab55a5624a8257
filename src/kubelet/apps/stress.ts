import { isQuantityError, parseQuantity, value } from '../../apimachinery/quantity.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin } from './begin.ts';

const MEMORY = 1024 * 1024;
const DEFAULT_BYTES = 256 * 1024 * 1024;

/**
 * The load generators `stress` and `stress-ng` (`--vm N --vm-bytes B` takes memory, `--cpu N` takes cpu,
 * `--timeout S` ends it), and the one of the Kubernetes documentation (`-cpus N`, `-mem-total B`).
 */
export const stress: AppModel = {
  name: 'stress',
  start(ctx) {
    begin(ctx, { memory: MEMORY, startup: 0, signalExitCode: 143 }, () => {
      const cpu = numberOf(ctx, ['--cpu', '-c', '-cpus', '--cpus']);
      const vm = numberOf(ctx, ['--vm', '-m']);
      ctx.log(`stress: info: [1] dispatching hogs: ${cpu} cpu, 0 io, ${vm} vm, 0 hdd`);
      ctx.setCpu(cpu * 1000);
      const total = option(ctx, ['-mem-total', '--mem-total']);
      if (vm > 0) ctx.setMemory(MEMORY + vm * bytesOf(option(ctx, ['--vm-bytes'])));
      else if (total !== undefined) ctx.setMemory(MEMORY + bytesOf(total));
      const seconds = numberOf(ctx, ['--timeout', '-t']);
      if (seconds > 0)
        ctx.process.after(seconds * 1000, () => {
          ctx.log(`stress: info: [1] successful run completed in ${seconds}s`);
          ctx.exit(0);
        });
    });
  },
};

/** `--cpu 2` or `--cpu=2`. */
function option(ctx: AppContext, names: readonly string[]): string | undefined {
  const at = ctx.argv.findIndex((arg) => names.includes(arg.split('=')[0] as string));
  const arg = ctx.argv[at];
  return arg?.includes('=') === true
    ? arg.slice(arg.indexOf('=') + 1)
    : at < 0
      ? undefined
      : ctx.argv[at + 1];
}

function numberOf(ctx: AppContext, names: readonly string[]): number {
  return Math.min(1_000_000, Number.parseInt(option(ctx, names) ?? '0', 10) || 0);
}

/** `150M`: stress counts in powers of two. */
function bytesOf(text: string | undefined): number {
  const q = parseQuantity((text ?? '').replace(/([KMG])B?$/i, (_, unit: string) => `${unit.toUpperCase()}i`));
  return isQuantityError(q) ? DEFAULT_BYTES : value(q);
}
