import { beforeEach, describe, expect, it } from 'vitest';
import { WorkQueue } from '../../src/client/workqueue.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

let sim: Simulation;
let queue: WorkQueue;
let ready: number[];
beforeEach(() => {
  sim = new Simulation({ seed: 1, startTime: 0 });
  queue = new WorkQueue(new Process(sim, 'a'));
  ready = [];
  queue.onReady(() => ready.push(sim.now()));
});

const take = (): string | undefined => queue.take()?.key;

describe('the promises of a work queue', () => {
  it('fair: keys are taken in the order in which they were added', () => {
    for (const key of ['b', 'a', 'c']) queue.add(key);
    expect([take(), take(), take(), take()]).toEqual(['b', 'a', 'c', undefined]);
  });

  it('stingy: a key that is added several times before it is taken is taken once', () => {
    queue.add('a', 1);
    queue.add('b');
    queue.add('a', 7);
    queue.add('a', 3);
    expect(queue.length).toBe(2);
    expect(queue.take()).toEqual({ key: 'a', trigger: 7 });
    expect([take(), take()]).toEqual(['b', undefined]);
  });

  it('one worker a key: a key that is added while it is processed comes back when that is done', () => {
    queue.add('a', 1);
    take();
    queue.add('a', 2);
    queue.add('a', 5);
    expect([queue.length, take()]).toEqual([0, undefined]);
    queue.done('a');
    expect(queue.take()).toEqual({ key: 'a', trigger: 5 });
    queue.done('a');
    expect([take(), queue.idle]).toEqual([undefined, true]);
  });

  it('a key that fails comes back after a delay that doubles from 5 ms up to 1000 s, until it is forgotten', () => {
    const delays: number[] = [];
    for (let i = 0; i < 40; i++) {
      const before = sim.now();
      queue.addRateLimited('a');
      sim.runUntil(before + 2_000_000);
      delays.push((ready.at(-1) ?? 0) - before);
      take();
      queue.done('a');
    }
    expect(delays.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    expect(delays.slice(17, 19)).toEqual([655_360, 1_000_000]);
    expect(delays.at(-1)).toBe(1_000_000);
    expect(queue.failures('a')).toBe(40);
    queue.forget('a');
    expect(queue.failures('a')).toBe(0);
    const before = sim.now();
    queue.addRateLimited('a');
    sim.runUntil(before + 100);
    expect(ready.at(-1)).toBe(before + 5);
  });
});

describe('delays', () => {
  it('add a key when they have passed', () => {
    queue.addAfter('a', 10);
    expect([queue.length, queue.idle]).toEqual([0, false]);
    sim.runUntil(9);
    expect(ready).toEqual([]);
    sim.runUntil(10);
    expect(ready).toEqual([10]);
  });

  it.each([
    ['the earlier of two counts when it comes second', [20, 10]],
    ['the earlier of two counts when it comes first', [10, 20]],
  ])('%s', (_, delays) => {
    for (const delay of delays) queue.addAfter('a', delay);
    sim.runUntil(100);
    expect(ready).toEqual([10]);
  });

  it('of nothing add at once', () => {
    queue.addAfter('a', 0, 4);
    expect(queue.take()).toEqual({ key: 'a', trigger: 4 });
  });

  it('of one key do not touch another', () => {
    queue.addAfter('a', 10);
    queue.addAfter('b', 5);
    sim.runUntil(100);
    expect([take(), take()]).toEqual(['b', 'a']);
  });
});
