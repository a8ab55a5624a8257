import { instant, joinLines } from './instant.ts';

const MAX = 100_000;

export const seq = instant('seq', (ctx, args) => {
  const numbers = args.map(Number);
  if (numbers.length === 0 || numbers.some((n) => !Number.isFinite(n))) {
    ctx.stdio.err('seq: invalid number\n');
    return 1;
  }
  const first = numbers.length > 1 ? (numbers[0] as number) : 1;
  const step = numbers.length > 2 ? (numbers[1] as number) : 1;
  const last = numbers.at(-1) as number;
  const lines: string[] = [];
  for (let n = first; step !== 0 && (step > 0 ? n <= last : n >= last) && lines.length < MAX; n += step)
    lines.push(String(n));
  ctx.stdio.out(joinLines(lines));
  return 0;
});
