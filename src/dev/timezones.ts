/**
 * Writes assets/timezones.json: what clocks show in each time zone, from this Node's own copy of the
 * IANA time zone database. The simulation must not ask the machine it runs on.
 *
 * Run: `node src/dev/timezones.ts`. Names that the file has already are kept, so that links such as
 * `Asia/Calcutta`, which Node does not list, stay.
 */

import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../../assets/timezones.json', import.meta.url);
const FROM = Date.UTC(2020, 0, 1);
const TO = Date.UTC(2041, 0, 1);
const HOUR = 3_600_000;

/** Minutes that clocks are ahead of UTC. */
function offsetAt(format: Intl.DateTimeFormat, ms: number): number {
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(
    part.year ?? 0,
    (part.month ?? 1) - 1,
    part.day ?? 1,
    (part.hour ?? 0) % 24,
    part.minute ?? 0,
  );
  return (local - ms) / 60_000;
}

/** `[minutes since the epoch, offset]` of each change, the first at the beginning. */
function historyOf(timeZone: string): (readonly [number, number])[] {
  const numeric = 'numeric';
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
  });
  const changes: (readonly [number, number])[] = [[FROM / 60_000, offsetAt(format, FROM)]];
  for (let day = FROM; day < TO; day += 24 * HOUR) {
    const before = offsetAt(format, day);
    if (offsetAt(format, day + 24 * HOUR) === before) continue;
    let at = day;
    while (offsetAt(format, at) === before) at += HOUR / 4;
    changes.push([at / 60_000, offsetAt(format, at)]);
  }
  return changes;
}

const known: { zones?: Record<string, number> } = JSON.parse(readFileSync(FILE, 'utf8'));
const names = new Set([...Object.keys(known.zones ?? {}), ...Intl.supportedValuesOf('timeZone'), 'UTC']);
const histories: string[] = [];
const zones: string[] = [];
for (const name of [...names].sort()) {
  const history = JSON.stringify(historyOf(name));
  if (!histories.includes(history)) histories.push(history);
  zones.push(`${JSON.stringify(name)}:${histories.indexOf(history)}`);
}
writeFileSync(FILE, `{"histories":[\n${histories.join(',\n')}\n],\n"zones":{\n${zones.join(',\n')}\n}}\n`);
