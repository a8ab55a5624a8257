/** What clocks show in the time zones of the IANA database; from 2020 to 2040, as made by src/dev/timezones.ts. */

import data from '../../assets/timezones.json' with { type: 'json' };

/** Offsets by the minute since the epoch from which they hold, in order. */
type History = readonly (readonly number[])[];

/** A place's time: how far its clocks are ahead of UTC at any moment. */
export interface TimeZone {
  readonly name: string;
  /** Milliseconds ahead of UTC at a moment, in ms since the epoch. */
  offsetAt(ms: number): number;
}

export const UTC: TimeZone = Object.freeze({ name: 'UTC', offsetAt: () => 0 });

const zones: Readonly<Record<string, number>> = data.zones;
const histories: readonly History[] = data.histories;

/** The zone of a name such as `Europe/Berlin`; undefined if there is none. Names are spelt exactly. */
export function timeZoneOf(name: string): TimeZone | undefined {
  const index = Object.hasOwn(zones, name) ? zones[name] : undefined;
  const history = index === undefined ? undefined : histories[index];
  return history === undefined ? undefined : { name, offsetAt: (ms) => offsetIn(history, ms) };
}

function offsetIn(history: History, ms: number): number {
  const minute = Math.floor(ms / 60_000);
  let [low, high] = [0, history.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((history[middle]?.[0] ?? 0) <= minute) low = middle;
    else high = middle - 1;
  }
  return (history[low]?.[1] ?? 0) * 60_000;
}
