import { directoryOf } from './filetree.ts';
import { instant } from './instant.ts';

export const dirname = instant('dirname', (ctx, args) => {
  const path = args[0] ?? '';
  ctx.stdio.out(`${path.includes('/') ? directoryOf(path) : '.'}\n`);
  return 0;
});
