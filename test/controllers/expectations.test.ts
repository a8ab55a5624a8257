import { describe, expect, it } from 'vitest';
import { Expectations } from '../../src/controllers/expectations.ts';

const MINUTE = 60_000;

describe('expectations', () => {
  function expecting(): { readonly expectations: Expectations; pass(ms: number): void } {
    let now = 1_000;
    const expectations = new Expectations({ now: () => now });
    expectations.expect('default/web', 1, []);
    return {
      expectations,
      pass: (ms) => {
        now += ms;
      },
    };
  }

  it('are met by what is seen', () => {
    const { expectations } = expecting();
    expect(expectations.satisfied('default/web')).toBe(false);
    expectations.creationObserved('default/web');
    expect(expectations.satisfied('default/web')).toBe(true);
  });

  it('of what is never seen are given up after five minutes, when they said they would be', () => {
    const { expectations, pass } = expecting();
    pass(2 * MINUTE);
    const left = expectations.expiresIn('default/web');
    expect(left).toBeGreaterThan(2.9 * MINUTE);
    pass(left - 1);
    expect(expectations.satisfied('default/web')).toBe(false);
    pass(1);
    expect(expectations.satisfied('default/web')).toBe(true);
    expect(expectations.expiresIn('default/web')).toBe(0);
  });

  it('of nothing expire at once', () => {
    expect(expecting().expectations.expiresIn('default/other')).toBe(0);
  });
});
