import { formatTime } from '../../apimachinery/time.ts';
import { hasFlag, instant, joinLines } from './instant.ts';

/** One look at the processes; `kubectl top` knows what they take. */
export const top = instant('top', (ctx, args) => {
  const { memory, usedMemory } = ctx.machine();
  const kilobytes = (bytes: number): string => `${Math.floor(bytes / 1024)}K`;
  const rows = ctx
    .processes()
    .map(({ pid, user, command }) => `${String(pid).padStart(5)} ${user.padEnd(8)} S    ${command}`);
  if (!hasFlag(args, 'b')) ctx.stdio.out(`top - ${formatTime(ctx.now()).slice(11, 19)}\n`);
  ctx.stdio.out(
    joinLines([
      `Mem: ${kilobytes(usedMemory)} used, ${kilobytes(memory - usedMemory)} free, 0K shrd, 0K buff, 0K cached`,
      '  PID USER     STAT COMMAND',
      ...rows,
    ]),
  );
  return 0;
});
