import { instant } from './instant.ts';
import { unescapeText } from './unescape.ts';

export const echo = instant('echo', (ctx, args) => {
  let newline = true;
  let escapes = false;
  let first = 0;
  while (/^-[neE]+$/.test(args[first] ?? '')) {
    const option = args[first++] as string;
    if (option.includes('n')) newline = false;
    if (option.includes('e')) escapes = true;
  }
  const text = args.slice(first).join(' ');
  ctx.stdio.out(`${escapes ? unescapeText(text) : text}${newline ? '\n' : ''}`);
  return 0;
});
