import { describe, expect, it } from 'vitest';
import { deepEqual, semanticEqual, shareUnchanged } from '../../src/apimachinery/equal.ts';
import { deepFreeze } from '../../src/apimachinery/freeze.ts';
import {
  fnv1a32,
  rand5,
  SUFFIX_ALPHABET,
  safeEncode,
  simpleNameGenerator,
} from '../../src/apimachinery/names.ts';
import { newUID } from '../../src/apimachinery/uid.ts';

describe('equality', () => {
  it.each([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [null, {}, false],
    [{ a: undefined }, { b: undefined }, true],
    [1, '1', false],
  ])('%j and %j', (a, b, equal) => {
    expect(deepEqual(a, b)).toBe(equal);
    expect(deepEqual(b, a)).toBe(equal);
  });

  it.each([
    [{ a: [] }, {}, true],
    [{ a: null }, {}, true],
    [{ a: {} }, { a: null }, false],
    [{ a: { b: [] } }, { a: {} }, true],
    [{ a: 0 }, {}, false],
    [{ a: '' }, {}, false],
    [{ a: [{}] }, { a: [] }, false],
  ])('%j and %j as Kubernetes sees them', (a, b, equal) => {
    expect(semanticEqual(a, b)).toBe(equal);
    expect(semanticEqual(b, a)).toBe(equal);
  });

  it('replaces equal parts by those there were', () => {
    const before = { a: { x: [1] }, b: [{ y: 1 }] };
    expect(shareUnchanged(before, { a: { x: [1] }, b: [{ y: 1 }] })).toBe(before);
    const after = shareUnchanged(before, { a: { x: [1] }, b: [{ y: 2 }] });
    expect(after).toEqual({ a: { x: [1] }, b: [{ y: 2 }] });
    expect((after as typeof before).a).toBe(before.a);
  });
});

describe('freezing', () => {
  it('freezes all a value holds and returns it', () => {
    const value = { a: [{ b: {} }] };
    expect(deepFreeze(value)).toBe(value);
    expect(Object.isFrozen(value.a[0]?.b)).toBe(true);
  });
});

describe('names', () => {
  it('hash as FNV-1a does', () => {
    // From the reference test vectors of the algorithm's authors.
    expect(fnv1a32('')).toBe(0x811c9dc5);
    expect(fnv1a32('a')).toBe(0xe40c292c);
    expect(fnv1a32('foobar')).toBe(0xbf9cf968);
    expect(fnv1a32('bar', fnv1a32('foo'))).toBe(fnv1a32('foobar'));
  });

  it('encode digits as 4567 89 bcdf', () => expect(safeEncode('0123456789')).toBe('456789bcdf'));

  it('cut the base to 58 and add five symbols', () => {
    let n = 0;
    const draw = (): number => (n++ % 27) / 27;
    expect(simpleNameGenerator('web-', draw)).toBe('web-bcdfg');
    expect(simpleNameGenerator('a'.repeat(100), draw)).toHaveLength(63);
    expect(rand5(() => 0.999999)).toBe('99999');
    expect(SUFFIX_ALPHABET).toHaveLength(27);
  });

  it('are never those of another object: uids are version 4 UUIDs', () => {
    expect(newUID(() => 0)).toBe('00000000-0000-4000-8000-000000000000');
    expect(newUID(() => 15)).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });
});
