import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as quantity from '../../src/apimachinery/quantity.ts';

function parse(text: string): quantity.Quantity {
  const q = quantity.parseQuantity(text);
  if (quantity.isQuantityError(q)) throw new Error(q.error);
  return q;
}

describe('the canonical form', () => {
  it.each([
    ['0', '0'],
    ['0Mi', '0'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1.', '1'],
    ['1000m', '1'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1048576Ki', '1Gi'],
    ['1e3', '1e3'],
    ['1E', '1E'],
    ['1E3', '1e3'],
    ['1e1', '10'],
    ['12e6', '12e6'],
    ['1000k', '1M'],
    ['100n', '100n'],
    ['1000n', '1u'],
    ['0.9n', '1n'],
    ['-0.9n', '-1n'],
    ['1e-12', '1e-9'],
    ['-1', '-1'],
    ['+5', '5'],
    ['1.2345', '1234500u'],
    ['512', '512'],
    ['1023Ki', '1023Ki'],
    ['0.1Ki', '102400m'],
    ['1Ki', '1Ki'],
    ['8Ei', '9223372036854775807'],
    ['999999999999Gi', '9223372036854775807'],
    ['18446744073709551616', '18446744073709551616'],
    ['1000E', '1e21'],
    ['0Ki', '0'],
    ['00', '0'],
    ['1e14', '100e12'],
    ['0.5e0', '500e-3'],
    ['0.5e-1', '50e-3'],
    ['1.3E+6', '1300e3'],
    ['1.7E18', '1700e15'],
    ['.001e12', '1e9'],
    ['1000e-12', '1e-9'],
    ['1.1E-9', '2e-9'],
    ['100.035k', '100035'],
    ['0.0005k', '500m'],
    ['10.035M', '10035k'],
    ['0.001T', '1G'],
    ['1.01E', '1010P'],
    ['+1.01E', '1010P'],
    ['1.G', '1G'],
    ['3.001n', '4n'],
    ['0.00000012354', '124n'],
    ['1080000000n', '1080m'],
    ['100.035Ki', '102435840m'],
    ['0.05Gi', '53687091200m'],
    ['1025024Mi', '1001Gi'],
    ['.000001Ki', '1024u'],
    ['.000000000001Ki', '2n'],
    ['-.000000000001Ki', '-2n'],
    ['-1024Mi', '-1Gi'],
    ['9223372036854775807Ki', '9223372036854775807'],
  ])('of %s is %s', (text, canonical) => expect(quantity.canonicalize(text)).toBe(canonical));

  it('reads back as the same quantity', () => {
    const texts = fc.tuple(
      fc.constantFrom('', '-'),
      fc.integer({ min: 0, max: 1e9 }),
      fc.constantFrom('', '.5', '.125', '.000000001'),
      fc.constantFrom('', 'm', 'u', 'n', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'Ti', 'e3', 'e-3'),
    );
    fc.assert(
      fc.property(texts, (parts) => {
        const q = parse(parts.join(''));
        expect(quantity.cmp(parse(quantity.formatQuantity(q)), q)).toBe(0);
      }),
    );
  });
});

describe('what is no quantity', () => {
  it.each([
    ['', quantity.ERR_FORMAT],
    ['a', quantity.ERR_FORMAT],
    ['1 ', quantity.ERR_FORMAT],
    ['1.2.3', quantity.ERR_FORMAT],
    ['--1', quantity.ERR_SUFFIX],
    ['Mi', quantity.ERR_FORMAT],
    ['+', quantity.ERR_FORMAT],
    ['1K', quantity.ERR_SUFFIX],
    ['1e', quantity.ERR_SUFFIX],
    ['1.1.M', quantity.ERR_FORMAT],
    ['1+1.0M', quantity.ERR_FORMAT],
    ['0.1am', quantity.ERR_FORMAT],
    ['.5i', quantity.ERR_SUFFIX],
    ['-3.01e-', quantity.ERR_SUFFIX],
    [' 1', quantity.ERR_FORMAT],
    ['1i', quantity.ERR_SUFFIX],
    ['1mi', quantity.ERR_SUFFIX],
    ['.', quantity.ERR_NUMERIC],
    ['1e99999999', quantity.ERR_NUMERIC],
  ])('%j is refused', (text, error) => expect(quantity.parseQuantity(text)).toBe(error));

  it('includes numbers of thousands of digits', () => {
    expect(quantity.parseQuantity('9'.repeat(5000))).toBe(quantity.ERR_NUMERIC);
  });
});

describe('values', () => {
  it.each([
    ['500m', 500, 1],
    ['1', 1000, 1],
    ['1n', 1, 1],
    ['-1500m', -1500, -2],
    ['1.0001', 1001, 2],
    ['128Mi', 134217728000, 134217728],
    ['100m', 100, 1],
  ])('%s is %d thousandths and %d units, rounded away from zero', (text, milli, units) => {
    expect(quantity.milliOf(text)).toBe(milli);
    expect(quantity.valueOf(text)).toBe(units);
    expect(quantity.milliValue(parse(text))).toBe(milli);
  });

  it('are nothing where nothing is given', () => {
    expect(quantity.milliOf(undefined)).toBe(0);
    expect(quantity.valueOf('junk')).toBe(0);
    expect(quantity.milliOf(2)).toBe(2000);
  });
});

describe('arithmetic', () => {
  it.each([
    ['1', '500m', '1500m', '500m'],
    ['1Gi', '1Gi', '2Gi', '0'],
    ['0', '1Gi', '1Gi', '-1Gi'],
    ['1Gi', '1G', '2073741824', '73741824'],
    ['1n', '1', '1000000001n', '-999999999n'],
    ['9007199254740991', '9007199254740991', '18014398509481982', '0'],
  ])('%s and %s', (a, b, total, difference) => {
    expect(quantity.formatQuantity(quantity.add(parse(a), parse(b)))).toBe(total);
    expect(quantity.formatQuantity(quantity.sub(parse(a), parse(b)))).toBe(difference);
  });

  it('compares whatever the format', () => {
    expect(quantity.cmp(parse('1000m'), parse('1'))).toBe(0);
    expect(quantity.cmp(parse('1Gi'), parse('1G'))).toBe(1);
    expect(quantity.cmp(parse('1n'), parse('1u'))).toBe(-1);
    expect(quantity.isZero(quantity.sub(parse('1'), parse('1000m')))).toBe(true);
    expect(quantity.sign(parse('-1'))).toBe(-1);
  });

  it('makes quantities of numbers', () => {
    expect(quantity.formatQuantity(quantity.quantityFromMilli(1500))).toBe('1500m');
    expect(quantity.formatQuantity(quantity.quantityFromValue(2 ** 30, 'BinarySI'))).toBe('1Gi');
  });
});
