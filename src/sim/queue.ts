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

/** What can be queued instead of a function, by who would make a function for each event. */
export interface Due {
  fire(): void;
}

/** What an event does. */
export type Action = (() => void) | Due;

/** A queued event. Keep it to cancel it; its fields are the queue's own. */
export interface Timer {
  readonly time: number;
  readonly priority: number;
  readonly sequence: number;
  /** Undefined once the event has run or was cancelled. */
  run: Action | undefined;
}

/** A binary heap of timers. Cancelling is O(1): the slot is emptied and skipped when it surfaces. */
export class EventQueue {
  #heap: Timer[] = [];
  #sequence = 0;
  #cancelled = 0;

  /** How many events are waiting, cancelled ones not counted. */
  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** Queues `run` for `time`. Queueing for the past is the caller's bug; the simulation checks it. */
  push(time: number, priority: number, run: Action): Timer {
    const timer: Timer = { time, priority, sequence: this.#sequence++, run };
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1);
    return timer;
  }

  /** Cancels a timer that has not run. Cancelling twice, or after it ran, changes nothing. */
  cancel(timer: Timer): void {
    if (timer.run === undefined) return;
    timer.run = undefined;
    this.#cancelled++;
    // Keep the heap at most half dead, so that cancelling often costs no memory.
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.length) this.#sweep();
  }

  /** The next live timer, left in the queue; undefined when nothing waits. */
  peek(): Timer | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined || top.run !== undefined) return top;
      this.#cancelled--;
      this.#removeTop();
    }
  }

  /** Takes the next live timer out of the queue. */
  pop(): Timer | undefined {
    const top = this.peek();
    if (top !== undefined) this.#removeTop();
    return top;
  }

  #sweep(): void {
    this.#heap = this.#heap.filter((timer) => timer.run !== undefined);
    this.#cancelled = 0;
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#down(i);
  }

  #removeTop(): void {
    const last = this.#heap.pop() as Timer;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(start: number): void {
    const heap = this.#heap;
    const item = heap[start] as Timer;
    let i = start;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Timer;
      if (!before(item, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = item;
  }

  #down(start: number): void {
    const heap = this.#heap;
    const item = heap[start] as Timer;
    const half = heap.length >> 1;
    let i = start;
    while (i < half) {
      let child = 2 * i + 1;
      const right = child + 1;
      if (right < heap.length && before(heap[right] as Timer, heap[child] as Timer)) child = right;
      const below = heap[child] as Timer;
      if (!before(below, item)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = item;
  }
}

function before(a: Timer, b: Timer): boolean {
  if (a.time !== b.time) return a.time < b.time;
  if (a.priority !== b.priority) return a.priority < b.priority;
  return a.sequence < b.sequence;
}
