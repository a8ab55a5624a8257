import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue, Priority, Timer } from '../../src/sim/queue.ts';

const nothing = (): void => undefined;

/** What was queued when, to compare with. */
interface Queued {
  readonly time: number;
  readonly priority: number;
  readonly sequence: number;
  readonly timer: Timer;
}

function add(queue: EventQueue, time: number, priority: number = Priority.normal): Timer {
  const timer = new Timer(nothing);
  queue.push(time, priority, timer);
  return timer;
}

function drain(queue: EventQueue): { readonly time: number; readonly timer: Timer }[] {
  const taken: { time: number; timer: Timer }[] = [];
  for (;;) {
    const time = queue.nextTime();
    const timer = queue.pop();
    if (timer === undefined) return taken;
    taken.push({ time, timer });
  }
}

const timersOf = (taken: readonly { readonly timer: Timer }[]): Timer[] => taken.map(({ timer }) => timer);

describe('an event queue', () => {
  it('gives the earlier event first', () => {
    const queue = new EventQueue();
    for (const time of [30, 10, 20]) add(queue, time);
    expect(drain(queue).map(({ time }) => time)).toEqual([10, 20, 30]);
  });

  it('gives inputs before everything else and observers last, within one instant', () => {
    const queue = new EventQueue();
    const observer = add(queue, 5, Priority.observer);
    const normal = add(queue, 5, Priority.normal);
    const input = add(queue, 5, Priority.input);
    const taken = timersOf(drain(queue));
    expect(taken.map((timer) => [input, normal, observer].indexOf(timer))).toEqual([0, 1, 2]);
  });

  it('gives equal events in the order in which they were queued', () => {
    const queue = new EventQueue();
    const timers = Array.from({ length: 50 }, () => add(queue, 5));
    expect(timersOf(drain(queue)).map((timer) => timers.indexOf(timer))).toEqual(timers.map((_, i) => i));
  });

  it('never gives a cancelled event, and does not count it', () => {
    const queue = new EventQueue();
    const first = add(queue, 1);
    const second = add(queue, 2);
    queue.cancel(first);
    queue.cancel(first);
    expect(queue.size).toBe(1);
    expect(queue.nextTime()).toBe(2);
    expect(queue.pop()).toBe(second);
    expect(queue.pop()).toBeUndefined();
    expect(queue.size).toBe(0);
  });

  it('has nothing to give when it is empty', () => {
    const queue = new EventQueue();
    expect(queue.nextTime()).toBe(Number.POSITIVE_INFINITY);
    expect(queue.pop()).toBeUndefined();
  });

  it('takes a timer again once it was given, and not before', () => {
    const queue = new EventQueue();
    const timer = add(queue, 1);
    expect(() => queue.push(2, Priority.normal, timer)).toThrow('waits already');
    expect(queue.pop()).toBe(timer);
    queue.push(3, Priority.normal, timer);
    expect(queue.nextTime()).toBe(3);
    expect(queue.pop()).toBe(timer);
  });

  it('counts right when a timer is cancelled that has been given', () => {
    const queue = new EventQueue();
    const timer = add(queue, 1);
    add(queue, 2);
    expect(queue.pop()).toBe(timer);
    queue.cancel(timer);
    expect(queue.size).toBe(1);
    expect(queue.nextTime()).toBe(2);
  });

  it('keeps its order when most of it is cancelled and swept out', () => {
    const queue = new EventQueue();
    const times = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000);
    const timers = times.map((time) => add(queue, time));
    for (const [i, timer] of timers.entries()) if ((times[i] as number) % 10 !== 0) queue.cancel(timer);
    expect(queue.size).toBe(100);
    expect(drain(queue).map(({ time }) => time)).toEqual(Array.from({ length: 100 }, (_, i) => i * 10));
  });

  it('gives what a sorted list would, whatever is pushed, cancelled and popped', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('push' as const), time: fc.nat(20), priority: fc.nat(2) }),
      fc.record({ type: fc.constant('cancel' as const), at: fc.nat() }),
      fc.record({ type: fc.constant('pop' as const) }),
    );
    const before = (a: Queued, b: Queued): number =>
      a.time - b.time || a.priority - b.priority || a.sequence - b.sequence;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
        const queue = new EventQueue();
        let model: Queued[] = [];
        for (const [sequence, action] of steps.entries()) {
          if (action.type === 'push') {
            const { time, priority } = action;
            model.push({ time, priority, sequence, timer: add(queue, time, priority) });
          } else if (action.type === 'cancel' && model.length > 0) {
            const { timer } = model[action.at % model.length] as Queued;
            queue.cancel(timer);
            model = model.filter((other) => other.timer !== timer);
          } else if (action.type === 'pop') {
            model.sort(before);
            expect(queue.nextTime()).toBe(model[0]?.time ?? Number.POSITIVE_INFINITY);
            expect(queue.pop()).toBe(model.shift()?.timer);
          }
          expect(queue.size).toBe(model.length);
        }
        const rest = model.sort(before);
        const taken = drain(queue);
        expect(taken.map(({ time }) => time)).toEqual(rest.map(({ time }) => time));
        for (const [i, { timer }] of taken.entries()) expect(timer).toBe(rest[i]?.timer);
      }),
      { numRuns: 60 },
    );
  });
});
