import { type Clock, DEFAULT_START } from './clock.ts';
import { EventQueue, Priority, Timer } from './queue.ts';
import { Random } from './random.ts';

/** Options of a simulation. */
export interface SimulationOptions {
  /** Decides every draw. Same seed and same inputs: same run, event by event. */
  readonly seed: string | number;
  /** Virtual time at which it begins, ms since the Unix epoch. */
  readonly startTime?: number;
}

/** More events than this at one instant is a livelock, and a bug of ours: it throws. */
const MAX_EVENTS_PER_INSTANT = 2_000_000;

/**
 * One virtual clock, one queue, one thread. Nothing here waits: time passes by running the next
 * event. It knows nothing of Kubernetes.
 */
export class Simulation implements Clock {
  readonly seed: string | number;
  readonly startTime: number;
  readonly #queue = new EventQueue();
  #now: number;
  #events = 0;
  #eventsThisInstant = 0;

  constructor(options: SimulationOptions) {
    this.seed = options.seed;
    this.startTime = options.startTime ?? DEFAULT_START;
    this.#now = this.startTime;
  }

  now(): number {
    return this.#now;
  }

  /** Milliseconds of virtual time since the simulation began. */
  elapsed(): number {
    return this.#now - this.startTime;
  }

  /** How many events have run: a measure of work, and part of the determinism checks. */
  get events(): number {
    return this.#events;
  }

  /** How many events wait. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Runs `run` at `time` (ms since the epoch), or at this instant when that has passed. */
  at(time: number, run: () => void, priority: number = Priority.normal): Timer {
    const timer = new Timer(run);
    this.queue(time, timer, priority);
    return timer;
  }

  /** Runs `run` after `delay` ms; fractions are rounded up to whole milliseconds. */
  after(delay: number, run: () => void, priority: number = Priority.normal): Timer {
    return this.at(this.#now + delay, run, priority);
  }

  /** @internal Queues a timer that does not wait: `at` with a timer of the caller's own. */
  queue(time: number, timer: Timer, priority: number = Priority.normal): void {
    this.#queue.push(time > this.#now ? Math.ceil(time) : this.#now, priority, timer);
  }

  cancel(timer: Timer | undefined): void {
    if (timer !== undefined) this.#queue.cancel(timer);
  }

  /** A random stream that depends on the seed and `name` only. */
  stream(name: string): Random {
    return new Random(this.seed, name);
  }

  /** When the next event is due, or undefined when nothing waits. */
  nextTime(): number | undefined {
    const time = this.#queue.nextTime();
    return time === Number.POSITIVE_INFINITY ? undefined : time;
  }

  /** Runs the next event. Returns false when nothing waits. */
  step(): boolean {
    const time = this.#queue.nextTime();
    const timer = this.#queue.pop();
    if (timer === undefined) return false;
    if (time > this.#now) {
      this.#now = time;
      this.#eventsThisInstant = 0;
    } else if (++this.#eventsThisInstant > MAX_EVENTS_PER_INSTANT) {
      throw new Error(`livelock: more than ${MAX_EVENTS_PER_INSTANT} events at ${this.#now}`);
    }
    this.#events++;
    timer.fire();
    return true;
  }

  /**
   * Runs every event due up to and including `time`, then sets the clock to `time`. With
   * `maxEvents` it may stop early, with the clock at the last event run; call it again to go on.
   * Returns true when `time` was reached.
   */
  runUntil(time: number, maxEvents = Number.POSITIVE_INFINITY): boolean {
    let left = maxEvents;
    while (this.#queue.nextTime() <= time) {
      if (left-- <= 0) return false;
      this.step();
    }
    if (time > this.#now) {
      this.#now = time;
      this.#eventsThisInstant = 0;
    }
    return true;
  }
}
