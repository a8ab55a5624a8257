import { instant } from './instant.ts';

export const which = instant('which', (ctx, args) => {
  let code = 0;
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const tool = ctx.find(name);
    if (tool === undefined) code = 1;
    else ctx.stdio.out(`${name.includes('/') ? name : `/bin/${name}`}\n`);
  }
  return code;
});
