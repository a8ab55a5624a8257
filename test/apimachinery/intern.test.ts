import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { deepFreeze } from '../../src/apimachinery/freeze.ts';
import { flat, Interner } from '../../src/apimachinery/intern.ts';

const TEXT = fc.string({ unit: 'binary', maxLength: 40 });

it('a text put in one piece is the same text', () => {
  fc.assert(fc.property(TEXT, TEXT, (a, b) => flat(a + b) === `${a}${b}`));
});

it('a shared text is the text that was asked for, whatever was shared before', () => {
  const interner = new Interner(4);
  fc.assert(fc.property(TEXT, (text) => interner.of(text) === text));
});

it('what is frozen is frozen whole, and says the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      const frozen = deepFreeze(value);
      expect(JSON.stringify(frozen)).toBe(text);
      for (const part of [frozen, ...Object.values(frozen ?? {})]) expect(Object.isFrozen(part)).toBe(true);
    }),
  );
});
