import { describe, expect, it } from 'vitest';
import { getScaledValueFromIntOrPercent, parseIntOrString } from '../../src/apimachinery/intorstring.ts';

describe('counts and percentages', () => {
  it.each([
    [3, 10, true, 3],
    ['25%', 10, true, 3],
    ['25%', 10, false, 2],
    ['0%', 10, true, 0],
    ['100%', 7, false, 7],
    ['34%', 3, true, 2],
    ['34%', 3, false, 1],
    ['30%', 10, true, 3],
  ])('%j of %d, rounded up: %j', (v, total, up, expected) => {
    expect(getScaledValueFromIntOrPercent(v, total, up)).toBe(expected);
  });

  it.each(['abc', '1.5%', '', '%'])('%j is neither', (v) => {
    expect(getScaledValueFromIntOrPercent(v, 10, true)).toMatchObject({ error: expect.any(String) });
  });

  it('tells digits that are too many from none', () => {
    expect(getScaledValueFromIntOrPercent('10000000000000000000%', 1, true)).toEqual({
      error:
        'invalid value for IntOrString: invalid value "10000000000000000000%": strconv.Atoi: parsing "10000000000000000000": value out of range',
    });
  });

  it('reads digits as a number', () => {
    expect(parseIntOrString('80')).toBe(80);
    expect(parseIntOrString('http')).toBe('http');
    expect(parseIntOrString('25%')).toBe('25%');
  });
});
