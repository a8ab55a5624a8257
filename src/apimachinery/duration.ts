import { goQuote } from './gostring.ts';

/** Why a text is no duration, in Go's words. */
export interface DurationError {
  readonly error: string;
}

const NANOS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

/** The longest duration of Go, 2^63 - 1 nanoseconds, as a number. */
const MAX_NANOS = 2 ** 63;

/**
 * Milliseconds of a Go duration such as `1h30m`, `2.1s` or `300ms` (`time.ParseDuration`); parts of
 * a millisecond are kept.
 */
export function parseDuration(text: string): number | DurationError {
  const bad = (what: string): DurationError => ({ error: `time: ${what} ${goQuote(text)}` });
  let rest = text;
  const negative = rest.startsWith('-');
  if (negative || rest.startsWith('+')) rest = rest.slice(1);
  if (rest === '0') return 0;
  if (rest === '') return bad('invalid duration');
  const step = /(\d*)(\.\d*)?([^\d.]*)/y;
  let nanos = 0;
  while (step.lastIndex < rest.length) {
    const m = step.exec(rest);
    const [whole, fraction, unit] = [m?.[1] ?? '', m?.[2] ?? '', m?.[3] ?? ''];
    if (whole === '' && fraction.length < 2) return bad('invalid duration');
    if (unit === '') return bad('missing unit in duration');
    const size = NANOS.get(unit);
    if (size === undefined) return bad(`unknown unit ${goQuote(unit)} in duration`);
    nanos += Number(whole === '' ? '0' : whole) * size;
    if (fraction.length > 1) nanos += Math.trunc(Number(`0${fraction}`) * size);
    if (nanos > MAX_NANOS) return bad('invalid duration');
  }
  return (negative ? -nanos : nanos) / 1e6;
}

/** A duration as Go prints it (`time.Duration.String`): `1h30m0s`, `2.1s`, `300ms`, `0s`. */
export function formatDuration(ms: number): string {
  const nanos = Math.round(Math.abs(ms) * 1e6);
  if (nanos === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  if (nanos < 1e3) return `${sign}${nanos}ns`;
  if (nanos < 1e6) return `${sign}${decimal(nanos, 3)}µs`;
  if (nanos < 1e9) return `${sign}${decimal(nanos, 6)}ms`;
  const hours = Math.floor(nanos / 3600e9);
  const minutes = Math.floor(nanos / 60e9) % 60;
  const seconds = decimal(nanos % 60e9, 9);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

/** `units / 10^places`, with no trailing zeros in its fraction. */
function decimal(units: number, places: number): string {
  const size = 10 ** places;
  const fraction = units % size;
  const whole = Math.floor(units / size);
  return fraction === 0
    ? String(whole)
    : `${whole}.${String(fraction).padStart(places, '0').replace(/0+$/, '')}`;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const YEAR = 365 * DAY;

/**
 * An age in one or two units, as kubectl's AGE column shows it (`duration.HumanDuration`):
 * `45s`, `5m30s`, `3h`, `2d7h`, `2y5d`; more than a second in the future is `<invalid>`.
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  if (seconds < 10 * MINUTE) return twoUnits(seconds, MINUTE, 'm', 1, 's');
  if (seconds < 3 * HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  if (seconds < 8 * HOUR) return twoUnits(seconds, HOUR, 'h', MINUTE, 'm');
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)}h`;
  if (seconds < 8 * DAY) return twoUnits(seconds, DAY, 'd', HOUR, 'h');
  if (seconds < 2 * YEAR) return `${Math.floor(seconds / DAY)}d`;
  if (seconds < 8 * YEAR) return twoUnits(seconds, YEAR, 'y', DAY, 'd');
  return `${Math.floor(seconds / YEAR)}y`;
}

function twoUnits(seconds: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % big) / small);
  const head = `${Math.floor(seconds / big)}${bigUnit}`;
  return rest === 0 ? head : `${head}${rest}${smallUnit}`;
}
