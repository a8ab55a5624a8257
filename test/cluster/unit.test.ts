import { describe, expect, it } from 'vitest';
import { Unit } from '../../src/cluster/unit.ts';
import type { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

function newUnit() {
  const sim = new Simulation({ seed: 1 });
  const started: Process[] = [];
  const power = { on: true };
  const unit = new Unit({
    sim,
    machine: 'n1',
    name: 'kubelet',
    restartMs: 10_000,
    powered: () => power.on,
    run: (process) => started.push(process),
  });
  const run = (ms: number) => sim.runUntil(sim.now() + ms);
  return { sim, unit, started, run, power };
}

describe('a unit', () => {
  it('does not run before it is started, and starts once', () => {
    const { unit, started } = newUnit();
    expect([unit.state, started.length]).toEqual(['inactive', 0]);
    unit.start();
    unit.start();
    expect([unit.state, started.length]).toEqual(['active', 1]);
  });

  it('does not start without power', () => {
    const { unit, started, power } = newUnit();
    power.on = false;
    unit.start();
    unit.restart();
    expect([unit.state, started.length]).toEqual(['inactive', 0]);
  });

  it('stays stopped when it was stopped', () => {
    const { unit, started, run } = newUnit();
    unit.start();
    unit.stop();
    run(60_000);
    expect([unit.state, started.length, started[0]?.alive]).toEqual(['inactive', 1, false]);
  });

  it('comes back after a kill, as a new process', () => {
    const { unit, started, run } = newUnit();
    unit.start();
    const pid = unit.pid;
    unit.kill();
    expect([unit.state, unit.process]).toEqual(['activating', undefined]);
    run(10_000);
    expect([unit.state, started.length]).toEqual(['active', 2]);
    expect(unit.process).toBe(started[1]);
    expect(unit.pid).not.toBe(pid);
  });

  it('does not come back when it is stopped while it waits for its restart', () => {
    const { unit, started, run } = newUnit();
    unit.start();
    unit.kill();
    unit.stop();
    run(20_000);
    expect([unit.state, started.length]).toEqual(['inactive', 1]);
  });

  it('is started once when somebody starts it while it waits for its restart', () => {
    const { unit, started, run } = newUnit();
    unit.start();
    unit.kill();
    run(3_000);
    unit.start();
    run(20_000);
    expect([unit.state, started.length]).toEqual(['active', 2]);
  });

  it('has a new process at once after a restart', () => {
    const { unit, started } = newUnit();
    unit.start();
    unit.restart();
    expect([unit.state, started.length, started[0]?.alive]).toEqual(['active', 2, false]);
  });

  it('pauses and resumes its process, and is nothing to pause when it does not run', () => {
    const { unit } = newUnit();
    unit.pause();
    expect(unit.state).toBe('inactive');
    unit.start();
    unit.pause();
    expect(unit.state).toBe('paused');
    unit.resume();
    expect(unit.state).toBe('active');
  });

  it('knows since when it is in its state', () => {
    const { sim, unit, run } = newUnit();
    run(5_000);
    unit.start();
    const started = sim.now();
    run(5_000);
    expect(unit.since).toBe(started);
    unit.stop();
    expect(unit.since).toBe(sim.now());
    const stopped = sim.now();
    run(1_000);
    unit.stop();
    expect(unit.since).toBe(stopped);
  });
});
