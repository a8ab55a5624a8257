import { instant } from './instant.ts';
import { unescapeText } from './unescape.ts';

const MAX_WIDTH = 1000;

export const printf = instant('printf', (ctx, args) => {
  const format = unescapeText(args[0] ?? '');
  const values = args.slice(1);
  let used = 0;
  do {
    const before = used;
    ctx.stdio.out(
      format.replace(/%(-?\d*)([sd%])/g, (_, width: string, kind: string) => {
        if (kind === '%') return '%';
        const value = values[used++] ?? (kind === 'd' ? '0' : '');
        const size = Math.min(MAX_WIDTH, Math.abs(Number(width)));
        return width.startsWith('-') ? value.padEnd(size) : value.padStart(size);
      }),
    );
    if (used === before) break;
  } while (used < values.length);
  return 0;
});
