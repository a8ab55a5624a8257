/** Virtual time. Everything that needs the time of day is handed a Clock. */
export interface Clock {
  /** The current virtual time: integer milliseconds since the Unix epoch. Never goes back. */
  now(): number;
  /** What the clock on the wall of the machine shows, which may be wrong; absent: it is right. */
  wallTime?(): number;
}

/** How far the clock of a machine is off. */
export interface WallClock {
  /** ms; positive: it is fast. */
  skew: number;
}

/** The time that a program writes into what it stores: its machine's own. */
export function wallTimeOf(clock: Clock): number {
  return clock.wallTime?.() ?? clock.now();
}

/** When every simulation begins unless told otherwise: 2026-01-05T00:00:00Z, a Monday. */
export const DEFAULT_START = Date.UTC(2026, 0, 5);
