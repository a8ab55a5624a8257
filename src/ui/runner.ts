import type { SessionView } from '../game/types.ts';
import type { Speed } from './host.ts';

/** The wall clock and its timers; tests bring their own. */
export interface WallClock {
  /** ms; only differences count. */
  now(): number;
  /** 0 ms: as soon as keys that have come are heard. */
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The machine's clock. */
export const wallClock: WallClock = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => {
    // Node takes 0 ms for 1 ms, and often needs 2.
    if (ms <= 0) {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  clearTimeout: (cancel) => (cancel as (() => void) | undefined)?.(),
};

/** From one slice of simulation to the next while it keeps up with the clock, ms. */
const SLICE_MS = 16;
/** What the simulation may take at a stretch, ms: as long as a key may have to wait for it. */
const BUDGET_MS = 4;
/** Events between two looks at the clock. */
const EVENTS_AT_ONCE = 16;
const STEP_MS = 1000;
/** A program that slept, or a machine that is too slow, does not catch up on more than this. */
const MAX_LAG_MS = 250;

/**
 * Lets a session's virtual time pass with the wall clock. No timer is set while it is paused or
 * stopped, so a still screen costs nothing.
 */
export class Runner {
  readonly #clock: WallClock;
  readonly #onChange: () => void;
  #session: SessionView | undefined;
  #speed: Speed = 1;
  #paused = false;
  #timer: unknown;
  #last = 0;
  /** Virtual ms, less than one, that are still to pass. */
  #rest = 0;
  #seen = '';

  /** `onChange` is called after a slice in which something visible may have changed. */
  constructor(clock: WallClock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Runs a session from now on, or none. */
  run(session: SessionView | undefined, speed: Speed, paused: boolean): void {
    this.#session = session;
    this.#speed = speed;
    this.#paused = paused;
    this.#rest = 0;
    this.#restart();
  }

  /** Runs the next event only. */
  step(): void {
    if (this.#session?.state.kind !== 'playing') return;
    this.#session.step();
    this.#report();
  }

  #restart(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#session === undefined || this.#paused || this.#session.state.kind !== 'playing') return;
    this.#last = this.#clock.now();
    this.#timer = this.#clock.setTimeout(this.#slice, SLICE_MS);
  }

  readonly #slice = (): void => {
    const session = this.#session;
    this.#timer = undefined;
    if (session === undefined) return;
    const begun = this.#clock.now();
    const passed = Math.min(begun - this.#last, MAX_LAG_MS);
    this.#last = begun;
    const keptUp = this.#advance(session, passed, begun + BUDGET_MS);
    this.#report();
    // The report may have stopped the session or begun another one.
    if (this.#session !== session || this.#timer !== undefined) return;
    if (this.#paused || session.state.kind !== 'playing') return;
    const spent = this.#clock.now() - begun;
    // Where it does not keep up it goes on once keys were heard and a frame that is due was drawn.
    this.#timer = this.#clock.setTimeout(this.#slice, keptUp ? Math.max(1, SLICE_MS - spent) : 0);
  };

  /** Whether all that was due was done. */
  #advance(session: SessionView, passed: number, deadline: number): boolean {
    let target = Number.POSITIVE_INFINITY;
    if (this.#speed !== 'max') {
      const due = this.#rest + passed * this.#speed;
      this.#rest = due - Math.floor(due);
      target = session.elapsed + Math.floor(due);
    }
    while (session.elapsed < target && session.state.kind === 'playing') {
      session.advance(Math.min(STEP_MS, target - session.elapsed), EVENTS_AT_ONCE);
      if (this.#clock.now() >= deadline) return false;
    }
    return true;
  }

  /** Tells of changes; the clock on the screen shows whole seconds. */
  #report(): void {
    const session = this.#session;
    if (session === undefined) return;
    const seen = `${session.version} ${Math.floor(session.elapsed / 1000)} ${session.state.kind}`;
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#onChange();
  }
}
