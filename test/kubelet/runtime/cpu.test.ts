import { describe, expect, it } from 'vitest';
import { MachineCpu } from '../../../src/kubelet/runtime/cpu.ts';
import { CpuUse } from '../../../src/kubelet/runtime/cpuuse.ts';

/** A machine with so many cores and containers with `[limit, request]` in millicores on it. */
function machine(cores: number, ...containers: [number, number][]): CpuUse[] {
  const cpu = new MachineCpu(cores * 1000);
  return containers.map(([limit, request]) => new CpuUse(cpu, 0, limit, request));
}

describe('work under a cpu limit (CFS bandwidth: quota in periods of 100 ms)', () => {
  it('takes its own time while the quota lasts', () => {
    const [use] = machine(4, [500, 0]) as [CpuUse];
    expect(use.work(50, 0)).toBe(50);
  });

  it('stands still until the next period once the quota is used up', () => {
    const [use] = machine(4, [200, 0]) as [CpuUse];
    // 20 ms in each period: 50 ms of work need two whole periods and 10 ms of the third.
    expect(use.work(50, 0)).toBe(210);
    // What comes then has 10 ms left in that period.
    expect(use.work(20, 210)).toBe(100);
  });

  it('waits behind what was booked before', () => {
    const [use] = machine(4, [100, 0]) as [CpuUse];
    use.work(100, 0);
    expect(use.backlog(0)).toBeGreaterThan(900);
    expect(use.work(10, 0)).toBe(1010);
  });

  it('runs on one core however high the limit, and several pieces side by side', () => {
    const [use] = machine(4, [2000, 0]) as [CpuUse];
    expect(use.work(80, 0)).toBe(80);
    expect(use.work(80, 0)).toBeLessThan(130);
  });

  it('never uses more than the limit', () => {
    const [use] = machine(4, [250, 0]) as [CpuUse];
    for (let t = 0; t < 60_000; t += 10) use.work(10, t);
    expect(use.used(60_000)).toBeLessThanOrEqual(250 * 60 * 1.01);
    expect(use.used(60_000)).toBeGreaterThan(250 * 60 * 0.98);
    expect(use.rate(60_000)).toBeCloseTo(250, -1);
  });

  it('stands for several pieces and tells how long the first takes', () => {
    const [use] = machine(4, [0, 0]) as [CpuUse];
    expect(use.work(5, 0, 100)).toBe(5);
    expect(use.used(1000)).toBeCloseTo(500, 6);
  });
});

describe('steady use', () => {
  it('is cut at the limit', () => {
    const [use] = machine(4, [300, 0]) as [CpuUse];
    use.setBase(2000, 0);
    expect(use.used(10_000)).toBeCloseTo(3000, 6);
  });

  it('is divided by requests when there is not enough for all', () => {
    const [a, b, c] = machine(2, [0, 1000], [0, 500], [0, 500]) as [CpuUse, CpuUse, CpuUse];
    for (const use of [a, b]) use.setBase(2000, 0);
    expect([a, b].map((use) => Math.round(use.granted))).toEqual([1333, 667]);
    c.setBase(100, 0);
    expect([a, b, c].map((use) => Math.round(use.granted))).toEqual([1267, 633, 100]);
    a.end(1000);
    expect(Math.round(b.granted)).toBe(1900);
    c.end(1000);
    expect(b.granted).toBe(2000);
  });

  it('follows a changed limit', () => {
    const [use] = machine(2, [100, 0]) as [CpuUse];
    use.setBase(1000, 0);
    use.setResources(500, 0, 10_000);
    expect(use.used(20_000)).toBeCloseTo(1000 + 5000, 6);
  });
});

it('requests slow down beside a neighbour that takes the whole machine, no further than their share', () => {
  const [busy, web] = machine(1, [0, 500], [0, 500]) as [CpuUse, CpuUse];
  expect(web.work(10, 0)).toBe(10);
  busy.setBase(1000, 1000);
  const took = web.work(10, 1000);
  expect(took).toBeGreaterThan(15);
  expect(took).toBeLessThanOrEqual(25);
});
