import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Recent } from '../../src/apimachinery/recent.ts';

const VALUE = fc.oneof(
  fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom<unknown>(1, 2, 'x', undefined, null)),
  fc.array(fc.constantFrom(1, 2, 'x'), { maxLength: 3 }),
);

it('what is given says what was asked for, in the same order, whatever was given before', () => {
  const recent = new Recent<object>(3);
  fc.assert(
    fc.property(VALUE, (value) => {
      const entries = Object.entries(value);
      const given = recent.of(value);
      expect(Object.entries(given)).toEqual(entries);
      expect(Array.isArray(given)).toBe(Array.isArray(value));
      expect(Object.isFrozen(given)).toBe(true);
    }),
  );
});

it('equal values are one, until too many others came', () => {
  const recent = new Recent<object>(2);
  const first = recent.of({ type: 'Ready', status: 'True' });
  expect(recent.of({ type: 'Ready', status: 'True' })).toBe(first);
  expect(recent.of({ status: 'True', type: 'Ready' })).not.toBe(first);
  expect(recent.of({ type: 'Ready', status: 'False' })).not.toBe(first);
  expect(recent.of({ type: 'Ready', status: 'True' })).not.toBe(first);
});
