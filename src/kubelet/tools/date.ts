import { formatTime } from '../../apimachinery/time.ts';
import { instant } from './instant.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

export const date = instant('date', (ctx, args) => {
  const now = ctx.now();
  const d = new Date(now);
  const iso = formatTime(now);
  const two = (n: number): string => String(n).padStart(2, '0');
  const fields: Readonly<Record<string, string>> = {
    '%': '%',
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    s: String(Math.floor(now / 1000)),
    N: two(now % 1000)
      .padStart(3, '0')
      .padEnd(9, '0'),
    Z: 'UTC',
    z: '+0000',
    a: DAYS[d.getUTCDay()] ?? '',
    b: MONTHS[d.getUTCMonth()] ?? '',
  };
  const format = args.find((arg) => arg.startsWith('+'))?.slice(1) ?? '%a %b %d %H:%M:%S %Z %Y';
  ctx.stdio.out(`${format.replace(/%([%a-zA-Z])/g, (all, letter: string) => fields[letter] ?? all)}\n`);
  return 0;
});
