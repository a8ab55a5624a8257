import { instant, joinLines } from './instant.ts';

export const printenv = instant('printenv', (ctx, args) => {
  if (args.length === 0) ctx.stdio.out(joinLines([...ctx.env].map(([name, value]) => `${name}=${value}`)));
  const values = args.map((name) => ctx.env.get(name));
  ctx.stdio.out(joinLines(values.filter((value) => value !== undefined)));
  return values.includes(undefined) ? 1 : 0;
});
