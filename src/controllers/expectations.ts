import type { Clock } from '../sim/clock.ts';

/** After this long an unfulfilled expectation is given up (controller_utils.go ExpectationsTimeout). */
const TIMEOUT_MS = 5 * 60_000;

interface Expected {
  creations: number;
  readonly deletions: Set<string>;
  readonly since: number;
}

/**
 * What a controller has asked for and not yet seen in its cache (UIDTrackingControllerExpectations).
 * While something is expected the cache is known to be stale, and counting pods in it would lead to
 * creating or deleting too many.
 */
export class Expectations {
  readonly #clock: Clock;
  readonly #expected = new Map<string, Expected>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Expects `creations` new objects, and the end of those with the cache keys `deletions`. */
  expect(key: string, creations: number, deletions: readonly string[]): void {
    this.#expected.set(key, { creations, deletions: new Set(deletions), since: this.#clock.now() });
  }

  /** A creation was seen, or failed: one less to wait for. */
  creationObserved(key: string): void {
    const expected = this.#expected.get(key);
    if (expected !== undefined && expected.creations > 0) expected.creations--;
  }

  /** A deletion was seen, or failed. Seeing the same one twice counts once. */
  deletionObserved(key: string, object: string): void {
    this.#expected.get(key)?.deletions.delete(object);
  }

  /** True when nothing is awaited, or it has been awaited for too long. */
  satisfied(key: string): boolean {
    const expected = this.#expected.get(key);
    if (expected === undefined) return true;
    if (expected.creations <= 0 && expected.deletions.size === 0) return true;
    return this.#clock.now() - expected.since > TIMEOUT_MS;
  }

  /**
   * How long until what is expected is given up, ms. A creation that was undone before the cache saw it is
   * never seen, and nothing else may come to have the owner looked at again.
   */
  expiresIn(key: string): number {
    const expected = this.#expected.get(key);
    return expected === undefined ? 0 : Math.max(0, expected.since + TIMEOUT_MS + 1 - this.#clock.now());
  }

  forget(key: string): void {
    this.#expected.delete(key);
  }
}
