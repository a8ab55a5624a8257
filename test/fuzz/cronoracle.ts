/**
 * Whether a schedule names an instant, judged a second time and by other means: the wall clock of the
 * time zone is asked what it shows then, and each field is compared with it.
 */

const NAMED: Readonly<Record<string, string>> = { '@hourly': '0 * * * *', '@daily': '0 0 * * *' };
const MINUTE_MS = 60_000;

/** Whether the schedule has a run at the instant, ms since the epoch. */
export function isScheduled(schedule: string, timeZone: string, instant: number): boolean {
  if (instant % MINUTE_MS !== 0) return false;
  const [minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] = (
    NAMED[schedule] ?? schedule
  ).split(' ');
  const wall = wallClock(timeZone, instant);
  const byDay = matches(day, wall.day);
  const byWeekday = matches(weekday, wall.weekday);
  // Where both are restricted one of them suffices (crontab(5)).
  const dayMatches = day === '*' || weekday === '*' ? byDay && byWeekday : byDay || byWeekday;
  return matches(minute, wall.minute) && matches(hour, wall.hour) && matches(month, wall.month) && dayMatches;
}

/** The latest instant up to `now` and not before `since` at which the schedule has a run. */
export function lastScheduled(
  schedule: string,
  timeZone: string,
  since: number,
  now: number,
): number | undefined {
  for (let at = Math.floor(now / MINUTE_MS) * MINUTE_MS; at >= since; at -= MINUTE_MS)
    if (isScheduled(schedule, timeZone, at)) return at;
  return undefined;
}

interface WallClock {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  /** 0 for Sunday. */
  readonly weekday: number;
}

const WEEKDAYS: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(timeZone: string, instant: number): WallClock {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      month: 'numeric',
      day: 'numeric',
      weekday: 'short',
      hour: 'numeric',
      minute: 'numeric',
    });
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  return {
    minute: number('minute'),
    hour: number('hour'),
    day: number('day'),
    month: number('month'),
    weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? ''),
  };
}

/** A field as plans draw it: `*`, `1`, `1,2`, `1-59`, each with `/2` or without. */
function matches(field: string, value: number): boolean {
  return field.split(',').some((part) => {
    const [range = '*', step = '1'] = part.split('/');
    const [
      low = 0,
      high = range.includes('-') ? 0 : range === '*' ? Number.POSITIVE_INFINITY : Number(range),
    ] = range === '*' ? [0] : range.split('-').map(Number);
    return value >= low && value <= high && (value - low) % Number(step) === 0;
  });
}
