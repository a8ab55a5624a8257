import type { KubeObject } from '../../src/api/object.ts';
import type { Random } from '../../src/sim/random.ts';
import type { Drawing, ObjectDraw } from './drawing.ts';
import { object } from './podtemplates.ts';
import { jobSpec, objectDraws } from './workloads.ts';

/** Instants at which clocks are put forward or back, months and years end, and days come that most years lack. */
const BOUNDARIES: readonly string[] = [
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-03-08T07:00:00Z',
  '2026-11-01T06:00:00Z',
  '2026-04-04T15:00:00Z',
  '2028-02-29T00:00:00Z',
  '2028-03-01T00:00:00Z',
  '2027-03-01T00:00:00Z',
  '2027-01-01T00:00:00Z',
  '2026-05-01T00:00:00Z',
];

/** A while before such an instant: long enough to boot and to make something. */
export function boundaryTime(random: Random): number {
  return Date.parse(random.pick(BOUNDARIES) ?? '') - random.between(60_000, 300_000);
}

export const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Seoul',
  'Etc/UTC',
] as const;

const SCHEDULES = [
  '* * * * *',
  '*/2 * * * *',
  '1-59/3 * * * *',
  '0 * * * *',
  '30 * * * *',
  '0 3 * * *',
  '0 2 * * *',
  '0 2-4 * * *',
  '0 0 1 * *',
  '* * 29 2 *',
  '0 0 1 1 *',
  '* * * * 0,4',
  '@daily',
] as const;

/** Some that are there from the beginning, before the instant comes. */
export function firstSchedules(drawing: Drawing): readonly KubeObject[] {
  return Array.from({ length: 4 }, () => calendarDraws[0]?.draw(drawing) ?? []).flat();
}

/** Schedules in several time zones, and Jobs that outlast their period. */
export const calendarDraws: readonly ObjectDraw[] = [
  {
    weight: 12,
    draw(drawing) {
      const { random } = drawing;
      const timeZone = random.chance(0.7) ? { timeZone: random.pick(ZONES) } : {};
      return [
        object(drawing, 'batch/v1', 'CronJob', drawing.name('cron'), {
          schedule: random.pick(SCHEDULES),
          ...timeZone,
          concurrencyPolicy: random.pick(['Allow', 'Forbid', 'Replace']),
          ...(random.chance(0.3) ? { startingDeadlineSeconds: random.between(10, 200) } : {}),
          ...(random.chance(0.1) ? { suspend: true } : {}),
          jobTemplate: { spec: jobSpec(drawing) },
        }),
      ];
    },
  },
  ...objectDraws.map(({ weight, draw }) => ({ weight: weight / 10, draw })),
];
