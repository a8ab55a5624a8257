import type { Clock } from '../sim/clock.ts';

interface Entry {
  backoff: number;
  lastUpdate: number;
}

/**
 * Delays that double with each use, per key (client-go util/flowcontrol/backoff.go). A key that was
 * left alone for twice the maximum starts again from the first delay.
 */
export class Backoff {
  readonly #clock: Clock;
  readonly #initial: number;
  readonly #max: number;
  readonly #entries = new Map<string, Entry>();

  /** Both in ms. */
  constructor(clock: Clock, initial: number, max: number) {
    this.#clock = clock;
    this.#initial = initial;
    this.#max = max;
  }

  /** The delay in force, ms; 0 for a key that is not known. */
  get(key: string): number {
    return this.#entries.get(key)?.backoff ?? 0;
  }

  /** Takes note of a failure at `eventTime` and doubles the delay. */
  next(key: string, eventTime: number): void {
    const entry = this.#entries.get(key);
    const now = this.#clock.now();
    if (entry === undefined || this.#expired(entry, eventTime)) {
      this.#entries.set(key, { backoff: this.#initial, lastUpdate: now });
      return;
    }
    entry.backoff = Math.min(entry.backoff * 2, this.#max);
    entry.lastUpdate = now;
  }

  /** How long after a failure at `eventTime` one still has to wait, ms; 0: go ahead. */
  remainingSince(key: string, eventTime: number): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#expired(entry, eventTime)) return 0;
    return Math.max(0, eventTime + entry.backoff - this.#clock.now());
  }

  /** How long one still has to wait after the last `next`, ms; 0: go ahead. */
  remaining(key: string): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#expired(entry, this.#clock.now())) return 0;
    return Math.max(0, entry.lastUpdate + entry.backoff - this.#clock.now());
  }

  /** Forgets the keys that begin with `prefix`. */
  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  #expired(entry: Entry, eventTime: number): boolean {
    return eventTime - entry.lastUpdate > this.#max * 2;
  }
}
