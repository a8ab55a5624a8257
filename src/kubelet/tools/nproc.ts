import { instant } from './instant.ts';

export const nproc = instant('nproc', (ctx) => {
  ctx.stdio.out('4\n');
  return 0;
});
