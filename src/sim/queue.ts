/**
 * The event queue: what will happen, ordered by (time, priority, sequence). The sequence number is
 * given when an event is queued, so events of one instant and priority run in the order they were
 * queued, on every machine.
 */

/** Order within one instant: lower runs first. */
export const Priority = {
  /** Faults and the player's timed inputs: what happens to the cluster from outside. */
  input: 0,
  /** Everything else. */
  normal: 1,
  /** Observers that want to see the instant when it has settled: score, checkers. */
  observer: 2,
} as const;

/** Something that will happen. It waits in a queue at most once at a time, and may be queued again. */
export class Timer {
  /** @internal Undefined once it was cancelled, or has run for the last time. */
  run: (() => void) | undefined;
  /** @internal Whether it waits in a queue. */
  waits = false;

  constructor(run: () => void) {
    this.run = run;
  }

  /** @internal It is due, and out of the queue. */
  fire(): void {
    const { run } = this;
    this.run = undefined;
    run?.();
  }
}

/** Priority and sequence in one number: the priority counts so many sequence numbers. */
const PER_PRIORITY = 2 ** 50;
/** Children of a node of the heap: those of one node share a cache line. */
const ARITY = 4;
const FIRST_CAPACITY = 256;

/**
 * A heap of timers. What decides about the order lies in flat arrays, so that sorting looks at no
 * timer. Cancelling is O(1): the place stays taken and is skipped when it surfaces.
 */
export class EventQueue {
  #size = 0;
  /** The heap: for each place when, in which order, and where the timer stands in `#timers`. */
  #times = new Float64Array(FIRST_CAPACITY);
  #orders = new Float64Array(FIRST_CAPACITY);
  #slots = new Int32Array(FIRST_CAPACITY);
  readonly #timers: (Timer | undefined)[] = [];
  readonly #free: number[] = [];
  /** How many have been queued so far. */
  #sequence = 0;
  #cancelled = 0;

  /** How many events are waiting, cancelled ones not counted. */
  get size(): number {
    return this.#size - this.#cancelled;
  }

  /** Queues a timer for `time`. Queueing for the past is the caller's bug; the simulation checks it. */
  push(time: number, priority: number, timer: Timer): void {
    if (timer.waits) throw new Error('the timer waits already');
    timer.waits = true;
    const slot = this.#free.pop() ?? this.#timers.length;
    this.#timers[slot] = timer;
    if (this.#size === this.#times.length) this.#grow();
    this.#up(this.#size++, time, priority * PER_PRIORITY + this.#sequence++, slot);
  }

  /** Cancels a timer for good, whether it waits or not. */
  cancel(timer: Timer): void {
    const waited = timer.waits && timer.run !== undefined;
    timer.run = undefined;
    if (!waited) return;
    this.#cancelled++;
    // Keep the heap at most half dead, so that cancelling often costs no memory.
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#size) this.#sweep();
  }

  /** When the next timer is due; infinity when nothing waits. */
  nextTime(): number {
    while (this.#cancelled > 0 && !this.#isLive(0)) {
      this.#cancelled--;
      this.#removeTop();
    }
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  /** Takes the next timer out of the queue. */
  pop(): Timer | undefined {
    if (this.nextTime() === Number.POSITIVE_INFINITY) return undefined;
    const timer = this.#timers[this.#slots[0] as number] as Timer;
    this.#removeTop();
    return timer;
  }

  /** Whether what stands at a place of the heap was not cancelled. */
  #isLive(place: number): boolean {
    return this.#timers[this.#slots[place] as number]?.run !== undefined;
  }

  #sweep(): void {
    const times = this.#times;
    const orders = this.#orders;
    const slots = this.#slots;
    let kept = 0;
    for (let i = 0; i < this.#size; i++) {
      if (!this.#isLive(i)) {
        this.#release(slots[i] as number);
        continue;
      }
      times[kept] = times[i] as number;
      orders[kept] = orders[i] as number;
      slots[kept] = slots[i] as number;
      kept++;
    }
    this.#size = kept;
    this.#cancelled = 0;
    for (let i = Math.floor((kept - 2) / ARITY); i >= 0; i--)
      this.#down(i, times[i] as number, orders[i] as number, slots[i] as number);
  }

  #removeTop(): void {
    this.#release(this.#slots[0] as number);
    const last = --this.#size;
    if (last === 0) return;
    this.#down(0, this.#times[last] as number, this.#orders[last] as number, this.#slots[last] as number);
  }

  #release(slot: number): void {
    (this.#timers[slot] as Timer).waits = false;
    this.#timers[slot] = undefined;
    this.#free.push(slot);
  }

  /** Puts an event at `start` or as far above as it belongs. */
  #up(start: number, time: number, order: number, slot: number): void {
    const times = this.#times;
    const orders = this.#orders;
    const slots = this.#slots;
    let i = start;
    while (i > 0) {
      const parent = ((i - 1) / ARITY) | 0;
      const above = times[parent] as number;
      if (time > above || (time === above && order > (orders[parent] as number))) break;
      times[i] = above;
      orders[i] = orders[parent] as number;
      slots[i] = slots[parent] as number;
      i = parent;
    }
    times[i] = time;
    orders[i] = order;
    slots[i] = slot;
  }

  /** Puts an event at `start` or as far below as it belongs. */
  #down(start: number, time: number, order: number, slot: number): void {
    const times = this.#times;
    const orders = this.#orders;
    const slots = this.#slots;
    const size = this.#size;
    let i = start;
    for (;;) {
      let least = i * ARITY + 1;
      if (least >= size) break;
      const end = Math.min(least + ARITY, size);
      let leastTime = times[least] as number;
      for (let child = least + 1; child < end; child++) {
        const at = times[child] as number;
        if (at > leastTime || (at === leastTime && (orders[child] as number) > (orders[least] as number)))
          continue;
        least = child;
        leastTime = at;
      }
      if (time < leastTime || (time === leastTime && order < (orders[least] as number))) break;
      times[i] = leastTime;
      orders[i] = orders[least] as number;
      slots[i] = slots[least] as number;
      i = least;
    }
    times[i] = time;
    orders[i] = order;
    slots[i] = slot;
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const wider = <T extends Float64Array | Int32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#times = wider(new Float64Array(capacity), this.#times);
    this.#orders = wider(new Float64Array(capacity), this.#orders);
    this.#slots = wider(new Int32Array(capacity), this.#slots);
  }
}
