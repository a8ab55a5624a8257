import { goQuote } from './gostring.ts';
import { flat } from './intern.ts';

/**
 * Moments in the texts of the API. Everywhere else a moment is milliseconds since the Unix epoch.
 */

/** Texts made of late, each at the place of its second: several moments are spoken of in turn, such as a token's end. */
const PLACES = 64;
const seconds = new Float64Array(PLACES).fill(Number.NaN);
const texts = new Array<string>(PLACES).fill('');

/** `2026-01-05T00:00:00Z`: RFC 3339 to the second, as `metav1.Time` is written. Parts of a second are cut off. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  const place = ((second % PLACES) + PLACES) % PLACES;
  if (seconds[place] !== second) {
    texts[place] = flat(`${new Date(second * 1000).toISOString().slice(0, -5)}Z`);
    seconds[place] = second;
  }
  return texts[place] as string;
}

/** `2026-01-05T00:00:00.250000Z`: as `metav1.MicroTime` is written. */
export function formatMicroTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  const micros = Math.floor((ms - second * 1000) * 1000);
  return `${formatTime(ms).slice(0, -1)}.${String(micros).padStart(6, '0')}Z`;
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Texts read of late, and how many may be remembered: what happens together is often of one second. */
const parsed = new Map<string, number | undefined>();
const MOST_PARSED = 64;
/** Longer ones are no times, and not worth remembering. */
const LONGEST = 64;

/** The moment an RFC 3339 text names, with or without parts of a second and offset; undefined if it is none. */
export function parseTime(text: string): number | undefined {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const time = newlyParsed(text);
  if (parsed.size >= MOST_PARSED) parsed.clear();
  if (text.length <= LONGEST) parsed.set(text, time);
  return time;
}

function newlyParsed(text: string): number | undefined {
  const m = RFC3339.exec(text);
  if (m === null) return undefined;
  const part = (i: number): number => Number(m[i] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || part(9) > 23 || part(10) > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const fraction = m[7] === undefined ? 0 : Math.floor(Number(`0.${m[7]}`) * 1e6) / 1000;
  const offset = (m[8] === '-' ? -1 : 1) * (part(9) * 60 + part(10)) * 60_000;
  return date.getTime() + fraction - offset;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `Mon, 05 Jan 2026 00:00:00 +0000`: RFC 1123 with a numeric zone, as `kubectl describe` prints moments. */
export function formatRFC1123Z(ms: number): string {
  const date = new Date(ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${WEEKDAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day} ${String(date.getUTCFullYear()).padStart(4, '0')} ${time} +0000`;
}

/** The parts of Go's RFC 3339 layout, and what may stand for them. */
const ELEMENTS: readonly (readonly [element: string, pattern: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d(\.\d+)?/],
  ['Z07:00', /^(Z|[+-]\d\d:\d\d)/],
];

/** Why a text is no RFC 3339 time, as Go's time.Parse says it; undefined where it is one. */
export function timeProblem(value: string): string | undefined {
  if (parseTime(value) !== undefined) return undefined;
  const intro = `parsing time ${goQuote(value)}`;
  let rest = value;
  for (const [element, pattern] of ELEMENTS) {
    const found = pattern.exec(rest);
    if (found === null)
      return `${intro} as "2006-01-02T15:04:05Z07:00": cannot parse ${goQuote(rest)} as ${goQuote(element)}`;
    const [text] = found;
    const limit = LIMITS[element];
    if (limit !== undefined && (Number(text) >= limit.end || (limit.from === 1 && Number(text) === 0)))
      return `${intro}: ${limit.name} out of range`;
    rest = rest.slice(text.length);
  }
  return rest === '' ? `${intro}: day out of range` : `${intro}: extra text: ${goQuote(rest)}`;
}

/** The parts that Go checks as it reads them; whether a month has such a day it asks in the end. */
const LIMITS: Readonly<
  Record<string, { readonly name: string; readonly from: number; readonly end: number }>
> = {
  '01': { name: 'month', from: 1, end: 13 },
  '15': { name: 'hour', from: 0, end: 24 },
  '04': { name: 'minute', from: 0, end: 60 },
  '05': { name: 'second', from: 0, end: 60 },
};
