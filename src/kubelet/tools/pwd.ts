import { instant } from './instant.ts';

export const pwd = instant('pwd', (ctx) => {
  ctx.stdio.out(`${ctx.directory}\n`);
  return 0;
});
