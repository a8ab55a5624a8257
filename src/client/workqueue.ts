import type { Process, ProcessTimer } from '../sim/process.ts';

/** client-go's default: 5 ms doubling per failure, at most 1000 s (workqueue/default_rate_limiters.go). */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;

export interface WorkQueueOptions {
  readonly baseDelay?: number;
  readonly maxDelay?: number;
}

/** A key taken from the queue, and the newest revision that made someone add it (0: a timer). */
export interface WorkItem {
  readonly key: string;
  readonly trigger: number;
}

interface Delayed {
  readonly due: number;
  readonly timer: ProcessTimer;
}

/**
 * client-go's rate-limited work queue and its promises: fair (first in, first out), stingy (a key
 * added several times before it is taken is taken once), one worker a key (a key added while it is
 * processed comes back when it is done), and keys that fail come back after a growing delay.
 */
export class WorkQueue {
  readonly #process: Process;
  readonly #baseDelay: number;
  readonly #maxDelay: number;
  /** Keys waiting to be taken, oldest first, with their trigger. */
  readonly #queue = new Map<string, number>();
  readonly #processing = new Set<string>();
  /** Keys added again while being processed. */
  readonly #again = new Map<string, number>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  #wake: () => void = () => {};

  constructor(process: Process, options: WorkQueueOptions = {}) {
    this.#process = process;
    this.#baseDelay = options.baseDelay ?? BASE_DELAY_MS;
    this.#maxDelay = options.maxDelay ?? MAX_DELAY_MS;
  }

  /** Sets what is called whenever a key becomes ready to be taken. */
  onReady(wake: () => void): void {
    this.#wake = wake;
  }

  /** How many keys are ready to be taken. */
  get length(): number {
    return this.#queue.size;
  }

  /** True when nothing is ready, in work, or delayed. */
  get idle(): boolean {
    return this.#queue.size === 0 && this.#processing.size === 0 && this.#delayed.size === 0;
  }

  /** Adds a key; `trigger` is the revision of what was seen. */
  add(key: string, trigger = 0): void {
    if (this.#processing.has(key)) {
      this.#again.set(key, Math.max(trigger, this.#again.get(key) ?? 0));
      return;
    }
    const waiting = this.#queue.get(key);
    if (waiting !== undefined) {
      if (trigger > waiting) this.#queue.set(key, trigger);
      return;
    }
    this.#queue.set(key, trigger);
    this.#wake();
  }

  /** Adds a key after `delay` ms. Of several pending delays for one key the earliest counts. */
  addAfter(key: string, delay: number, trigger = 0): void {
    if (delay <= 0) {
      this.add(key, trigger);
      return;
    }
    const due = this.#process.now() + delay;
    const pending = this.#delayed.get(key);
    if (pending !== undefined) {
      if (pending.due <= due) return;
      this.#process.cancel(pending.timer);
    }
    const timer = this.#process.after(delay, () => {
      this.#delayed.delete(key);
      this.add(key, trigger);
    });
    this.#delayed.set(key, { due, timer });
  }

  /** Adds a key after the delay its failures have earned it. */
  addRateLimited(key: string, trigger = 0): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delay = failures > 30 ? this.#maxDelay : Math.min(this.#baseDelay * 2 ** failures, this.#maxDelay);
    this.addAfter(key, delay, trigger);
  }

  /** Forgets a key's failures. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** How often a key has failed since it was last forgotten. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Takes the oldest ready key. The caller must call `done` with it. */
  take(): WorkItem | undefined {
    for (const [key, trigger] of this.#queue) {
      this.#queue.delete(key);
      this.#processing.add(key);
      return { key, trigger };
    }
    return undefined;
  }

  /** Ends the work on a key; it comes back at once if it was added meanwhile. */
  done(key: string): void {
    this.#processing.delete(key);
    const trigger = this.#again.get(key);
    if (trigger === undefined) return;
    this.#again.delete(key);
    this.add(key, trigger);
  }
}
