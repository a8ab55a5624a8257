import { describe, expect, it } from 'vitest';
import { DEFAULT_START } from '../../src/sim/clock.ts';
import { Priority } from '../../src/sim/queue.ts';
import { Simulation } from '../../src/sim/simulation.ts';

describe('a simulation', () => {
  it('begins on a Monday in 2026 unless told otherwise', () => {
    expect(new Simulation({ seed: 1 }).now()).toBe(DEFAULT_START);
    expect(new Date(DEFAULT_START).toUTCString()).toBe('Mon, 05 Jan 2026 00:00:00 GMT');
    expect(new Simulation({ seed: 1, startTime: 7 }).now()).toBe(7);
  });

  it('runs what is due up to a time and leaves the clock there', () => {
    const sim = new Simulation({ seed: 1, startTime: 0 });
    const seen: number[] = [];
    for (const time of [10, 20, 21]) sim.at(time, () => seen.push(sim.now()));
    expect(sim.runUntil(20)).toBe(true);
    expect([seen, sim.now(), sim.pending, sim.nextTime()]).toEqual([[10, 20], 20, 1, 21]);
    expect(sim.runUntil(50)).toBe(true);
    expect([seen, sim.now(), sim.elapsed(), sim.events]).toEqual([[10, 20, 21], 50, 50, 3]);
  });

  it('runs what events queue for the same instant within it', () => {
    const sim = new Simulation({ seed: 1, startTime: 0 });
    const seen: string[] = [];
    sim.at(5, () => {
      seen.push('first');
      sim.after(0, () => seen.push('third'));
    });
    sim.at(5, () => seen.push('second'));
    sim.at(5, () => seen.push('observer'), Priority.observer);
    sim.runUntil(5);
    expect(seen).toEqual(['first', 'second', 'third', 'observer']);
  });

  it('may stop after a number of events, with the clock at the last one, and go on', () => {
    const sim = new Simulation({ seed: 1, startTime: 0 });
    for (const time of [1, 2, 3]) sim.at(time, () => undefined);
    expect(sim.runUntil(10, 2)).toBe(false);
    expect(sim.now()).toBe(2);
    expect(sim.runUntil(10, 2)).toBe(true);
    expect(sim.now()).toBe(10);
  });

  it('never goes back: what is asked for the past runs now', () => {
    const sim = new Simulation({ seed: 1, startTime: 100 });
    let at = 0;
    sim.at(3, () => {
      at = sim.now();
    });
    sim.runUntil(50);
    expect(sim.now()).toBe(100);
    sim.runUntil(100);
    expect(at).toBe(100);
  });

  it('rounds delays up to whole milliseconds', () => {
    const sim = new Simulation({ seed: 1, startTime: 0 });
    sim.after(1.2, () => undefined);
    expect(sim.nextTime()).toBe(2);
  });

  it('does not run what was cancelled, and says when nothing is left', () => {
    const sim = new Simulation({ seed: 1 });
    const timer = sim.after(1, () => {
      throw new Error('cancelled');
    });
    sim.cancel(timer);
    sim.cancel(undefined);
    expect(sim.step()).toBe(false);
    expect(sim.nextTime()).toBeUndefined();
  });

  it('ends a livelock with an error', () => {
    const sim = new Simulation({ seed: 1 });
    const again = (): void => void sim.after(0, again);
    again();
    expect(() => sim.runUntil(sim.now() + 1)).toThrow(/^livelock/);
  });
});
