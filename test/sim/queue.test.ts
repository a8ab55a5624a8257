import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue, Priority, type Timer } from '../../src/sim/queue.ts';

const nothing = (): void => undefined;

function drain(queue: EventQueue): Timer[] {
  const taken: Timer[] = [];
  for (let timer = queue.pop(); timer !== undefined; timer = queue.pop()) taken.push(timer);
  return taken;
}

describe('an event queue', () => {
  it('gives the earlier event first', () => {
    const queue = new EventQueue();
    for (const time of [30, 10, 20]) queue.push(time, Priority.normal, nothing);
    expect(drain(queue).map(({ time }) => time)).toEqual([10, 20, 30]);
  });

  it('gives inputs before everything else and observers last, within one instant', () => {
    const queue = new EventQueue();
    for (const priority of [Priority.observer, Priority.normal, Priority.input])
      queue.push(5, priority, nothing);
    expect(drain(queue).map(({ priority }) => priority)).toEqual([
      Priority.input,
      Priority.normal,
      Priority.observer,
    ]);
  });

  it('gives equal events in the order in which they were queued', () => {
    const queue = new EventQueue();
    const timers = [1, 2, 3, 4, 5].map(() => queue.push(5, Priority.normal, nothing));
    expect(drain(queue)).toEqual(timers);
  });

  it('never gives a cancelled event, and does not count it', () => {
    const queue = new EventQueue();
    const first = queue.push(1, Priority.normal, nothing);
    const second = queue.push(2, Priority.normal, nothing);
    queue.cancel(first);
    queue.cancel(first);
    expect(queue.size).toBe(1);
    expect(queue.peek()).toBe(second);
    expect(drain(queue)).toEqual([second]);
    expect(queue.size).toBe(0);
  });

  it('has nothing to give when it is empty', () => {
    const queue = new EventQueue();
    expect(queue.peek()).toBeUndefined();
    expect(queue.pop()).toBeUndefined();
  });

  it('keeps its order when most of it is cancelled and swept out', () => {
    const queue = new EventQueue();
    const timers = Array.from({ length: 1000 }, (_, i) =>
      queue.push((i * 7919) % 1000, Priority.normal, nothing),
    );
    for (const timer of timers) if (timer.time % 10 !== 0) queue.cancel(timer);
    expect(queue.size).toBe(100);
    expect(drain(queue).map(({ time }) => time)).toEqual(Array.from({ length: 100 }, (_, i) => i * 10));
  });

  it('gives what a sorted list would, whatever is pushed, cancelled and popped', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('push' as const), time: fc.nat(20), priority: fc.nat(2) }),
      fc.record({ type: fc.constant('cancel' as const), at: fc.nat() }),
      fc.record({ type: fc.constant('pop' as const) }),
    );
    const before = (a: Timer, b: Timer): number =>
      a.time - b.time || a.priority - b.priority || a.sequence - b.sequence;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const queue = new EventQueue();
        let model: Timer[] = [];
        for (const action of steps) {
          if (action.type === 'push') model.push(queue.push(action.time, action.priority, nothing));
          else if (action.type === 'cancel' && model.length > 0) {
            const timer = model[action.at % model.length] as Timer;
            queue.cancel(timer);
            model = model.filter((other) => other !== timer);
          } else if (action.type === 'pop') {
            model.sort(before);
            expect(queue.pop()).toBe(model.shift());
          }
          expect(queue.size).toBe(model.length);
        }
        expect(drain(queue)).toEqual(model.sort(before));
      }),
      { numRuns: 60 },
    );
  });
});
