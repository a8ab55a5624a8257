import { humanSize } from './du.ts';
import { hasFlag, instant, joinLines } from './instant.ts';

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Memory of the machine: what a container sees is not what it may use. */
export const free = instant('free', (ctx, args) => {
  const { memory, usedMemory } = ctx.machine();
  const unit = UNITS['bkmg'.split('').find((letter) => hasFlag(args, letter)) ?? 'k'] ?? 1024;
  const shown = (bytes: number): string =>
    (hasFlag(args, 'h') ? humanSize(bytes) : String(Math.floor(bytes / unit))).padStart(12);
  const left = memory - usedMemory;
  const row = (name: string, sizes: readonly number[]): string => name.padEnd(8) + sizes.map(shown).join('');
  ctx.stdio.out(
    joinLines([
      '              total        used        free      shared  buff/cache   available',
      row('Mem:', [memory, usedMemory, left, 0, 0, left]),
      row('Swap:', [0, 0, 0]),
    ]),
  );
  return 0;
});
