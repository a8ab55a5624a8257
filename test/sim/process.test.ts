import { beforeEach, describe, expect, it } from 'vitest';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

let sim: Simulation;
let seen: string[];
beforeEach(() => {
  sim = new Simulation({ seed: 1, startTime: 0 });
  seen = [];
});
const note = (text: string) => () => void seen.push(`${text}@${sim.now()}`);

describe('a process', () => {
  it('runs its timers and repeats what it was told to', () => {
    const process = new Process(sim, 'a');
    process.after(5, note('after'));
    process.at(3, note('at'));
    process.every(10, note('tick'));
    process.every(10, note('soon'), 1);
    sim.runUntil(20);
    expect(seen).toEqual(['soon@1', 'at@3', 'after@5', 'tick@10', 'soon@11', 'tick@20']);
  });

  it('can cancel a timer, and a series from within it', () => {
    const process = new Process(sim, 'a');
    process.cancel(process.after(5, note('never')));
    const series = process.every(10, () => {
      note('once')();
      process.cancel(series);
    });
    process.cancel(undefined);
    sim.runUntil(100);
    expect(seen).toEqual(['once@10']);
  });

  it('is silent once it is killed, but for its exit handlers, which run at once', () => {
    const process = new Process(sim, 'a');
    process.every(10, note('tick'));
    process.onExit(note('exit'));
    sim.runUntil(15);
    process.kill();
    process.kill();
    process.after(1, note('late'));
    process.every(1, note('late'));
    sim.runUntil(100);
    expect(seen).toEqual(['tick@10', 'exit@15']);
    expect([process.alive, process.running, process.paused]).toEqual([false, false, false]);
    process.onExit(note('too late'));
    expect(seen.at(-1)).toBe('too late@100');
  });

  it('may kill itself from a timer', () => {
    const process = new Process(sim, 'a');
    process.every(10, () => {
      note('tick')();
      process.kill();
    });
    sim.runUntil(100);
    expect(seen).toEqual(['tick@10']);
  });

  it('gets its overdue timers in their order when it is resumed, each once', () => {
    const process = new Process(sim, 'a');
    process.after(5, note('five'));
    process.every(4, note('four'));
    process.pause();
    sim.runUntil(20);
    expect(seen).toEqual([]);
    expect(process.paused).toBe(true);
    process.resume();
    process.resume();
    sim.runUntil(25);
    expect(seen).toEqual(['four@20', 'five@20', 'four@24']);
  });

  it('forgets an overdue timer that is cancelled or whose process dies', () => {
    const process = new Process(sim, 'a');
    const timer = process.after(5, note('cancelled'));
    process.after(5, note('dead'));
    process.pause();
    sim.runUntil(10);
    process.cancel(timer);
    process.resume();
    process.kill();
    sim.runUntil(20);
    expect(seen).toEqual([]);
  });

  it('draws from a stream of its own, and from another one after a restart', () => {
    const draws = (name: string, incarnation?: number) => new Process(sim, name, incarnation).random.uint32();
    expect(draws('a')).toBe(draws('a'));
    expect(draws('a')).not.toBe(draws('b'));
    expect(draws('a')).not.toBe(draws('a', 1));
  });
});
