import { instant } from './instant.ts';

export const hostname = instant('hostname', (ctx, args) => {
  const ip = args[0] === '-i' || args[0] === '-I';
  ctx.stdio.out(`${ip ? ctx.network.ips.join(' ') : ctx.hostname}\n`);
  return 0;
});
