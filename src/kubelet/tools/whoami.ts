import { instant } from './instant.ts';

export const whoami = instant('whoami', (ctx) => {
  if (ctx.uid === 0) ctx.stdio.out('root\n');
  else ctx.stdio.err(`whoami: unknown uid ${ctx.uid}\n`);
  return ctx.uid === 0 ? 0 : 1;
});
