import { instant } from './instant.ts';

export const nproc = instant('nproc', (ctx) => {
  ctx.stdio.out(`${ctx.machine().cpus}\n`);
  return 0;
});
