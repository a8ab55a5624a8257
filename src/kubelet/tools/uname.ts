import { instant } from './instant.ts';

export const uname = instant('uname', (ctx, args) => {
  const all = `Linux ${ctx.hostname} 6.12.48 #1 SMP x86_64 GNU/Linux`;
  const word = { '-n': ctx.hostname, '-r': '6.12.48', '-m': 'x86_64', '-a': all }[args[0] ?? ''];
  ctx.stdio.out(`${word ?? 'Linux'}\n`);
  return 0;
});
