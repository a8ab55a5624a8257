import { describe, expect, it } from 'vitest';
import { Random } from '../../src/sim/random.ts';

const draws = (random: Random, count = 20): number[] => Array.from({ length: count }, () => random.uint32());

describe('a random stream', () => {
  it('depends on seed and name, and on nothing else', () => {
    expect(draws(new Random(1, 'a'))).toEqual(draws(new Random(1, 'a')));
    expect(draws(new Random(1, 'a'))).not.toEqual(draws(new Random(1, 'b')));
    expect(draws(new Random(1, 'a'))).not.toEqual(draws(new Random(2, 'a')));
    expect(draws(new Random('1', 'a'))).toEqual(draws(new Random(1, 'a')));
  });

  it('is not changed by what others draw', () => {
    const [a, b] = [new Random(1, 'a'), new Random(1, 'b')];
    const mixed: number[] = [];
    for (let i = 0; i < 20; i++) {
      mixed.push(a.uint32());
      b.uint32();
    }
    expect(mixed).toEqual(draws(new Random(1, 'a')));
  });

  it('keeps to the ranges it is asked for, and reaches their ends', () => {
    const random = new Random(1, 'a');
    const ints = new Set(Array.from({ length: 500 }, () => random.int(4)));
    expect([...ints].sort()).toEqual([0, 1, 2, 3]);
    const between = new Set(Array.from({ length: 500 }, () => random.between(-1, 1)));
    expect([...between].sort((x, y) => x - y)).toEqual([-1, 0, 1]);
    for (let i = 0; i < 500; i++) {
      const float = random.float();
      expect(float >= 0 && float < 1).toBe(true);
    }
  });

  it('is even enough: each of ten values comes up about a tenth of the time', () => {
    const random = new Random('even', 'a');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const value = random.int(10);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const count of counts) {
      expect(count).toBeGreaterThan(850);
      expect(count).toBeLessThan(1150);
    }
  });

  it('never chances on the impossible and always on the certain', () => {
    const random = new Random(1, 'a');
    for (let i = 0; i < 100; i++) expect([random.chance(0), random.chance(1)]).toEqual([false, true]);
  });

  it('picks from lists and shuffles them without changing them', () => {
    const random = new Random(1, 'a');
    const list = Object.freeze([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(random.pick([])).toBeUndefined();
    expect(list).toContain(random.pick(list));
    const shuffled = random.shuffle(list);
    expect(shuffled).not.toEqual(list);
    expect([...shuffled].sort()).toEqual(list);
  });
});
