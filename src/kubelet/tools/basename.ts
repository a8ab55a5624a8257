import { baseName } from './filetree.ts';
import { instant } from './instant.ts';

export const basename = instant('basename', (ctx, args) => {
  const name = baseName((args[0] ?? '').replace(/\/+$/, ''));
  const suffix = args[1] ?? '';
  ctx.stdio.out(`${suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`);
  return 0;
});
