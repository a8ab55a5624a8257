import { parseDuration } from '../apimachinery/duration.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { type TimeZone, UTC } from './timezone.ts';

/** Schedules of CronJobs, as the library that Kubernetes uses reads them (robfig/cron v3, ParseStandard). */

/** When something is due. */
export interface CronSchedule {
  /** The first moment after `ms` (ms since the epoch) at which it is due; undefined if there is none in five years. */
  next(ms: number): number | undefined;
}

/** Why a text is no schedule, in the library's words. */
export interface CronScheduleError {
  readonly error: string;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

/** The values of one field, and whether it was left open (`*` or `?`). */
interface Field {
  readonly values: ReadonlySet<number>;
  readonly open: boolean;
}

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HORIZON = 5 * 366 * DAY;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const NO_NAMES: readonly string[] = [];
const MINUTES: Bounds = { min: 0, max: 59, names: NO_NAMES };
const HOURS: Bounds = { min: 0, max: 23, names: NO_NAMES };
const DAYS_OF_MONTH: Bounds = { min: 1, max: 31, names: NO_NAMES };
const MONTHS_OF_YEAR: Bounds = { min: 1, max: 12, names: MONTHS };
const DAYS_OF_WEEK: Bounds = { min: 0, max: 6, names: DAYS };

const MACROS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/** Reads `30 6-16/4 * * mon-fri`, `@daily` or `@every 1h30m`; times are the zone's. */
export function parseCronSchedule(text: string, zone: TimeZone = UTC): CronSchedule | CronScheduleError {
  if (text === '') return { error: 'empty spec string' };
  if (text.startsWith('@')) return descriptor(text, zone);
  const parts = text.split(/[\t\n\v\f\r ]+/).filter((part) => part !== '');
  if (parts.length !== 5)
    return { error: `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]` };
  const fields: Field[] = [];
  for (const [i, bounds] of [MINUTES, HOURS, DAYS_OF_MONTH, MONTHS_OF_YEAR, DAYS_OF_WEEK].entries()) {
    const field = parseField(parts[i] as string, bounds);
    if ('error' in field) return field;
    fields.push(field);
  }
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields as [Field, Field, Field, Field, Field];
  const calendar: Calendar = { minute, hour, dayOfMonth, month, dayOfWeek };
  return { next: (ms) => nextTime(calendar, zone, ms) };
}

function descriptor(text: string, zone: TimeZone): CronSchedule | CronScheduleError {
  const macro = MACROS.get(text);
  if (macro !== undefined) return parseCronSchedule(macro, zone);
  const every = '@every ';
  if (!text.startsWith(every)) return { error: `unrecognized descriptor: ${text}` };
  const duration = parseDuration(text.slice(every.length));
  if (typeof duration !== 'number') return { error: `failed to parse duration ${text}: ${duration.error}` };
  // Whole seconds, and at least one of them.
  const delay = Math.max(1, Math.trunc(duration / SECOND)) * SECOND;
  return { next: (ms) => Math.floor(ms / SECOND) * SECOND + delay };
}

function parseField(text: string, bounds: Bounds): Field | CronScheduleError {
  const values = new Set<number>();
  let open = false;
  for (const part of text.split(',').filter((p) => p !== '')) {
    const range = parseRange(part, bounds);
    if ('error' in range) return range;
    for (const value of range.values) values.add(value);
    open ||= range.open;
  }
  return { values, open };
}

/** `number | number "-" number [ "/" number ]`, or `*` (getRange). */
function parseRange(text: string, bounds: Bounds): Field | CronScheduleError {
  const [limits = '', stepText, ...tooManySlashes] = text.split('/');
  const [low = '', high, ...tooManyHyphens] = limits.split('-');
  const everything = low === '*' || low === '?';
  let [start, end, open] = [bounds.min, bounds.max, everything];
  if (!everything) {
    const from = parseNumber(low, bounds);
    if (typeof from !== 'number') return from;
    if (tooManyHyphens.length > 0) return { error: `too many hyphens: ${text}` };
    const to = high === undefined ? from : parseNumber(high, bounds);
    if (typeof to !== 'number') return to;
    [start, end] = [from, to];
  }
  let step = 1;
  if (stepText !== undefined) {
    if (tooManySlashes.length > 0) return { error: `too many slashes: ${text}` };
    const given = parseNumber(stepText, { ...bounds, names: NO_NAMES });
    if (typeof given !== 'number') return given;
    step = given;
    // "N/step" means "N-max/step".
    if (high === undefined && !everything) end = bounds.max;
    if (step > 1) open = false;
  }
  const { min, max } = bounds;
  if (start < min) return { error: `beginning of range (${start}) below minimum (${min}): ${text}` };
  if (end > max) return { error: `end of range (${end}) above maximum (${max}): ${text}` };
  if (start > end) return { error: `beginning of range (${start}) beyond end of range (${end}): ${text}` };
  if (step === 0) return { error: `step of range should be a positive number: ${text}` };
  const values = new Set<number>();
  for (let value = start; value <= end; value += step) values.add(value);
  return { values, open };
}

function parseNumber(text: string, { min, names }: Bounds): number | CronScheduleError {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + min;
  if (!/^[+-]?\d+$/.test(text)) {
    const why = `strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`;
    return { error: `failed to parse int from ${text}: ${why}` };
  }
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    const why = `strconv.Atoi: parsing ${goQuote(text)}: value out of range`;
    return { error: `failed to parse int from ${text}: ${why}` };
  }
  return value < 0 ? { error: `negative number (${value}) not allowed: ${text}` } : value;
}

interface Calendar {
  readonly minute: Field;
  readonly hour: Field;
  readonly dayOfMonth: Field;
  readonly month: Field;
  readonly dayOfWeek: Field;
}

/**
 * Goes on in steps of days, hours and minutes of local time. An hour that a change of clocks leaves out
 * is never due; one that comes twice is due twice.
 */
function nextTime(calendar: Calendar, zone: TimeZone, after: number): number | undefined {
  let at = Math.floor(after / MINUTE) * MINUTE + MINUTE;
  const end = at + HORIZON;
  while (at < end) {
    const local = new Date(at + zone.offsetAt(at));
    const [hour, minute] = [local.getUTCHours(), local.getUTCMinutes()];
    if (!dayMatches(calendar, local)) {
      // Not further than clocks are ever put on: the day may be shorter than others.
      const left = 24 - hour;
      at += (left > 3 ? left - 2 : 1) * HOUR - minute * MINUTE;
    } else if (!calendar.hour.values.has(hour)) at += HOUR - minute * MINUTE;
    else if (!calendar.minute.values.has(minute)) at += MINUTE;
    else return at;
  }
  return undefined;
}

/** Days of the month and of the week: both must match where one is left open, else either will do. */
function dayMatches({ month, dayOfMonth, dayOfWeek }: Calendar, local: Date): boolean {
  if (!month.values.has(local.getUTCMonth() + 1)) return false;
  const byMonth = dayOfMonth.values.has(local.getUTCDate());
  const byWeek = dayOfWeek.values.has(local.getUTCDay());
  return dayOfMonth.open || dayOfWeek.open ? byMonth && byWeek : byMonth || byWeek;
}
