import { instant } from './instant.ts';
import { userName } from './names.ts';

export const whoami = instant('whoami', (ctx) => {
  const { uid } = ctx.credentials;
  const name = userName(ctx, uid);
  if (name === undefined) ctx.stdio.err(`whoami: unknown uid ${uid}\n`);
  else ctx.stdio.out(`${name}\n`);
  return name === undefined ? 1 : 0;
});
