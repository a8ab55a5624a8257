import { instant, joinLines } from './instant.ts';

const SIZE_KB = 104_857_600;

export const df = instant('df', (ctx) => {
  const used = SIZE_KB / 5;
  ctx.stdio.out(
    joinLines([
      'Filesystem           1K-blocks      Used Available Use% Mounted on',
      `overlay              ${SIZE_KB} ${used} ${SIZE_KB - used}  20% /`,
    ]),
  );
  return 0;
});
