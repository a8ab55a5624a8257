import { expect, it } from 'vitest';
import { formatIP } from '../../src/apimachinery/formatip.ts';
import { parseIP } from '../../src/apimachinery/ip.ts';

it.each([
  ['10.96.0.1', '10.96.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['010.1.2.3', '10.1.2.3'],
  ['::', '::'],
  ['::1', '::1'],
  ['fd00::', 'fd00::'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
])('the address %s is written %s', (given, want) => {
  const ip = parseIP(given);
  expect(ip === undefined ? undefined : formatIP(ip)).toBe(want);
});
