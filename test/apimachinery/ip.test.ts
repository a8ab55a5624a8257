import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIP, parseIP } from '../../src/apimachinery/ip.ts';

describe('an IPv4 address', () => {
  it.each([
    ['0.0.0.0', 0n],
    ['255.255.255.255', 0xffffffffn],
    ['10.244.1.3', 0x0af40103n],
    ['010.001.000.003', 0x0a010003n],
  ])('%s is read as a number', (text, bits) => {
    expect(parseIP(text)).toEqual({ family: 'IPv4', bits });
    expect(isIP(text)).toBe(true);
  });

  it.each([
    '',
    '.',
    '1',
    '1.2.3',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '1.2.3.4.',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.1.1.999',
    '-1.2.3.4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.x',
    '1,2,3,4',
    '0x1.2.3.4',
    '１.2.3.4',
    `1.2.3.${'0'.repeat(80)}`,
  ])('%j is none', (text) => {
    expect(parseIP(text)).toBeUndefined();
    expect(isIP(text)).toBe(false);
  });
});

describe('an address of either family', () => {
  it('is one exactly when it can be read', () => {
    const part = fc.constantFrom('0', '1', '255', '256', 'fd00', 'a', '.', ':', '::', '1.2.3.4');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
        const text = parts.join('');
        expect(isIP(text)).toBe(parseIP(text) !== undefined);
      }),
    );
    fc.assert(fc.property(fc.ipV4(), (text) => isIP(text)));
    fc.assert(fc.property(fc.ipV6(), (text) => isIP(text)));
  });
});
