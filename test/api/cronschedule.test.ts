import { describe, expect, it } from 'vitest';
import { type CronSchedule, parseCronSchedule } from '../../src/api/cronschedule.ts';
import { timeZoneOf, UTC } from '../../src/api/timezone.ts';

function schedule(text: string, zone = 'UTC'): CronSchedule {
  const parsed = parseCronSchedule(text, timeZoneOf(zone) ?? UTC);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed;
}

const next = (text: string, from: string, zone?: string): string => {
  const ms = schedule(text, zone).next(Date.parse(from));
  return ms === undefined ? 'never' : new Date(ms).toISOString().replace(':00.000Z', 'Z');
};

describe('a schedule', () => {
  // Expectations from robfig/cron v3, spec_test.go and parser_test.go.
  it.each([
    ['* * * * *', '2026-07-09T14:45Z', '2026-07-09T14:46Z'],
    ['* * * * *', '2026-07-09T14:59:59Z', '2026-07-09T15:00Z'],
    ['0/15 * * * *', '2026-07-09T14:45Z', '2026-07-09T15:00Z'],
    ['20-35/15 * * * *', '2026-07-09T14:46Z', '2026-07-09T15:20Z'],
    ['*/15 * * * *', '2026-12-31T23:46Z', '2027-01-01T00:00Z'],
    ['0 0 1 1 *', '2026-07-09T14:45Z', '2027-01-01T00:00Z'],
    ['0 0 29 2 ?', '2026-07-09T14:45Z', '2028-02-29T00:00Z'],
    ['0 0 31 2 *', '2026-07-09T14:45Z', 'never'],
    ['0 0 * feb Mon', '2026-01-01T00:00Z', '2026-02-02T00:00Z'],
    ['30 6-16/4 * * 1-5', '2026-01-09T14:31Z', '2026-01-12T06:30Z'],
    ['0 0 13 * 5', '2026-01-05T00:00Z', '2026-01-09T00:00Z'],
    ['0 0 */13 * 5', '2026-01-05T00:00Z', '2026-01-09T00:00Z'],
    ['@hourly', '2026-01-05T00:00Z', '2026-01-05T01:00Z'],
    ['@midnight', '2026-01-05T00:00Z', '2026-01-06T00:00Z'],
    ['@weekly', '2026-01-05T00:00Z', '2026-01-11T00:00Z'],
    ['@monthly', '2026-01-05T00:00Z', '2026-02-01T00:00Z'],
    ['@annually', '2026-01-05T00:00Z', '2027-01-01T00:00Z'],
    ['@every 1h30m', '2026-01-05T00:00Z', '2026-01-05T01:30Z'],
  ])('%s after %s is due at %s', (text, from, due) => {
    expect(next(text, from)).toBe(due);
  });

  it.each([
    ['Asia/Seoul', '0 9 * * *', '2026-01-05T00:00Z', '2026-01-06T00:00Z'],
    ['Asia/Kolkata', '0 0 * * *', '2026-01-05T00:00Z', '2026-01-05T18:30Z'],
    ['America/New_York', '0 0 * * *', '2026-07-05T00:00Z', '2026-07-05T04:00Z'],
    // Clocks go from 2:00 to 3:00: half past two does not come that night.
    ['America/New_York', '30 2 * * *', '2026-03-08T05:00Z', '2026-03-09T06:30Z'],
    // Clocks go from 2:00 back to 1:00: half past one comes twice.
    ['America/New_York', '30 1 * * *', '2026-11-01T04:00Z', '2026-11-01T05:30Z'],
    ['America/New_York', '30 1 * * *', '2026-11-01T05:30Z', '2026-11-01T06:30Z'],
    ['Europe/Berlin', '0 3 29 3 *', '2026-03-01T00:00Z', '2026-03-29T01:00Z'],
    ['Pacific/Apia', '0 0 * * 1', '2026-01-05T00:00Z', '2026-01-11T11:00Z'],
  ])('in %s: %s after %s is due at %s', (zone, text, from, due) => {
    expect(next(text, from, zone)).toBe(due);
  });

  it.each([
    ['', 'empty spec string'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-2 * * * *', 'beginning of range (5) beyond end of range (2): 5-2'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['* * * foo *', 'failed to parse int from foo: strconv.Atoi: parsing "foo": invalid syntax'],
    ['@noon', 'unrecognized descriptor: @noon'],
    ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
  ])('%j is refused', (text, error) => {
    expect(parseCronSchedule(text)).toEqual({ error });
  });
});

describe('a time zone', () => {
  it('is known by its exact name, links too', () => {
    expect(timeZoneOf('Asia/Calcutta')?.offsetAt(0)).toBe(5.5 * 3_600_000);
    expect(timeZoneOf('Etc/UTC')?.offsetAt(0)).toBe(0);
    expect(timeZoneOf('Mars/Phobos')).toBeUndefined();
    expect(timeZoneOf('constructor')).toBeUndefined();
  });
});
