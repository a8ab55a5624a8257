import { expect, it } from 'vitest';
import type { Json } from '../../src/apimachinery/json.ts';
import { wellFormed } from '../../src/apimachinery/wellformed.ts';

it.each<[string, Json, Json]>([
  ['a text', 'a\ud800b', 'a\ufffdb'],
  ['a pair the wrong way round', '\udc00\ud800', '\ufffd\ufffd'],
  ['a key', { 'k\ud800': 1 }, { 'k\ufffd': 1 }],
  ['something deep', { a: [{ b: '\udfff' }] }, { a: [{ b: '\ufffd' }] }],
])('half a surrogate pair in %s becomes U+FFFD', (_where, value, wanted) => {
  expect(wellFormed(value)).toEqual(wanted);
});

it('what is well formed stays the same value', () => {
  const value = { a: ['😀', null, 1], b: { c: true } };
  expect(wellFormed(value)).toBe(value);
  const strange = JSON.parse('{"__proto__":"\\ud800"}') as Json;
  expect(Object.keys(wellFormed(strange) as object)).toEqual(['__proto__']);
});
