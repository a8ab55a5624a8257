import { describe, expect, it } from 'vitest';
import { Runner, type WallClock } from '../../src/ui/runner.ts';
import { FakeSession } from './fakesession.ts';

/** A wall clock that moves when a test says so. */
class ManualClock implements WallClock {
  time = 0;
  /** What looking at the clock costs, ms: stands for the work in between. */
  cost = 0;
  timers: { at: number; run: () => void }[] = [];

  now(): number {
    this.time += this.cost;
    return this.time;
  }

  setTimeout(run: () => void, ms: number): unknown {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }

  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.time = Math.max(this.time, next.at);
      this.clearTimeout(next);
      next.run();
    }
    this.time = Math.max(this.time, end);
  }
}

function start(
  speed: 1 | 4 | 60 | 'max',
  paused = false,
): { clock: ManualClock; session: FakeSession; runner: Runner; changes: () => number } {
  const clock = new ManualClock();
  const session = new FakeSession();
  session.elapsed = 0;
  let changes = 0;
  const runner = new Runner(clock, () => changes++);
  runner.run(session, speed, paused);
  return { clock, session, runner, changes: () => changes };
}

describe('the runner', () => {
  it.each([1, 4, 60] as const)('lets %s virtual seconds pass in a second', (speed) => {
    const { clock, session } = start(speed);
    clock.pass(1008);
    expect(session.elapsed).toBeGreaterThanOrEqual(1000 * speed - 16 * speed);
    expect(session.elapsed).toBeLessThanOrEqual(1008 * speed);
  });

  it('goes as far as its share of the time allows at the highest speed', () => {
    const { clock, session } = start('max');
    clock.cost = 1;
    clock.pass(100);
    expect(session.elapsed).toBeGreaterThan(20_000);
  });

  it('stops within a slice when the work takes longer than its share', () => {
    const { clock, session } = start(60);
    clock.pass(16);
    session.advanced.length = 0;
    clock.cost = 5;
    clock.pass(200);
    // Without the bound every slice would do all that has become due.
    expect(session.elapsed).toBeLessThan(60 * 300);
    expect(session.advanced.every((ms) => ms <= 1000)).toBe(true);
  });

  it('does not catch up on a long sleep', () => {
    const { clock, session } = start(1);
    clock.time += 60_000;
    clock.pass(20);
    expect(session.elapsed).toBeLessThanOrEqual(270);
  });

  it.each([
    ['paused', true, 'playing'],
    ['won', false, 'won'],
  ])('sets no timer when the session is %s', (_, paused, kind) => {
    const { clock, session, runner } = start(1, true);
    if (kind === 'won') session.state = { kind: 'won', at: 1 };
    runner.run(session, 1, paused);
    expect(clock.timers).toEqual([]);
  });

  it('runs one event when it is told to, also while paused', () => {
    const { session, runner, changes } = start(1, true);
    runner.step();
    expect([session.elapsed, changes()]).toEqual([1, 1]);
  });

  it('tells of a change once a virtual second while nothing else happens', () => {
    const { clock, changes } = start(1);
    clock.pass(3050);
    expect(changes()).toBe(4);
  });
});
