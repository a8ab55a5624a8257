import { formatTime } from '../../apimachinery/time.ts';
import { instant } from './instant.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** What is printed without a format: as POSIX, or with `-I`, `-Iseconds`, `-R` as ISO 8601 and RFC 5322 have it. */
function standardFormat(args: readonly string[]): string {
  if (args.some((arg) => /^(-I|--iso-8601)(=?date)?$/.test(arg))) return '%F';
  if (args.some((arg) => /^(-I|--iso-8601=)s(econds)?$/.test(arg))) return '%FT%T+00:00';
  if (args.some((arg) => arg === '-R' || arg === '--rfc-email')) return '%a, %d %b %Y %T %z';
  return '%a %b %e %H:%M:%S %Z %Y';
}

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
    e: String(d.getUTCDate()).padStart(2),
    j: String(Math.floor((now - Date.UTC(d.getUTCFullYear(), 0)) / 86_400_000) + 1).padStart(3, '0'),
    y: iso.slice(2, 4),
    u: String(d.getUTCDay() || 7),
    b: MONTHS[d.getUTCMonth()] ?? '',
  };
  const format = args.find((arg) => arg.startsWith('+'))?.slice(1) ?? standardFormat(args);
  ctx.stdio.out(`${format.replace(/%([%a-zA-Z])/g, (all, letter: string) => fields[letter] ?? all)}\n`);
  return 0;
});
