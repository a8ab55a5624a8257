/** Virtual time. Everything that needs the time of day is handed a Clock. */
export interface Clock {
  /** The current virtual time: integer milliseconds since the Unix epoch. Never goes back. */
  now(): number;
}

/** When every simulation begins unless told otherwise: 2026-01-05T00:00:00Z, a Monday. */
export const DEFAULT_START = Date.UTC(2026, 0, 5);
