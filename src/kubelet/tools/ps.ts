import { instant, joinLines } from './instant.ts';

export const ps = instant('ps', (ctx) => {
  const lines = ctx
    .processes()
    .map(({ pid, user, command }) => `${String(pid).padStart(5)} ${user.padEnd(8)}  0:00 ${command}`);
  ctx.stdio.out(joinLines(['PID   USER     TIME  COMMAND', ...lines]));
  return 0;
});
