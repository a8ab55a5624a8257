import { instant } from './instant.ts';

export const id = instant('id', (ctx, args) => {
  const name = ctx.uid === 0 ? '(root)' : '';
  if (args[0] === '-u') ctx.stdio.out(`${ctx.uid}\n`);
  else ctx.stdio.out(`uid=${ctx.uid}${name} gid=${ctx.uid}${name}\n`);
  return 0;
});
