import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeastOf } from '../../src/ui/model/least.ts';

describe('the least of a stretch', () => {
  it('is the least of its numbers, for every stretch of every list', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 70 }),
        fc.nat(75),
        fc.nat(75),
        (numbers, start, length) => {
          const least = new LeastOf();
          for (const number of numbers) least.push(number);
          const stretch = numbers.slice(start, start + length);
          expect(least.of(start, start + length)).toBe(
            stretch.length === 0 ? undefined : Math.min(...stretch),
          );
        },
      ),
    );
  });
});
