import { expect, it } from 'vitest';
import { AddressPool } from '../../../src/kubelet/runtime/ipam.ts';

it.each([
  ['10.244.1.0/29', ['10.244.1.2', '10.244.1.3', '10.244.1.4', '10.244.1.5', '10.244.1.6', undefined]],
  ['fd00:1::/125', ['fd00:1::2', 'fd00:1::3', 'fd00:1::4', 'fd00:1::5', 'fd00:1::6', undefined]],
])('hands out all addresses of %s but network, bridge and broadcast', (range, expected) => {
  const pool = new AddressPool(range);
  expect(expected.map(() => pool.allocate())).toEqual(expected);
});

it('reuses an address only after all others have been used', () => {
  const pool = new AddressPool('10.0.0.0/29');
  expect([pool.allocate(), pool.allocate()]).toEqual(['10.0.0.2', '10.0.0.3']);
  pool.release('10.0.0.2');
  expect([1, 2, 3, 4].map(() => pool.allocate())).toEqual(['10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.2']);
  expect(pool.allocate()).toBeUndefined();
});
