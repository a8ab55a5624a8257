import { describe, expect, it } from 'vitest';
import type { Lease, LeaseSpec } from '../../../src/api/generated/types.ts';
import { lease } from '../../../src/api/kinds/lease.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';

function make(spec: LeaseSpec): Lease {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'cargo-1' }, spec };
}

describe('a lease', () => {
  it.each<[string, LeaseSpec, readonly string[]]>([
    ['may be held by nobody', {}, []],
    [
      'lasts some seconds',
      { leaseDurationSeconds: 0 },
      ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
    ],
    [
      'changes hands no less than never',
      { leaseTransitions: -1 },
      ['spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'prefers a holder only with a strategy',
      { preferredHolder: 'a' },
      ['spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined'],
    ],
    [
      'has a known strategy',
      { strategy: 'Mine' },
      ['spec.strategy.strategy: Unsupported value: "Mine": supported values: "OldestEmulationVersion"'],
    ],
    ['has a strategy of somebody else', { strategy: 'example.com/mine' }, []],
  ])('%s', (_name, spec, want) => {
    expect(lease.validate(make(spec)).map(formatFieldError)).toEqual(want);
  });

  it('may not be updated without a resourceVersion', () => {
    expect(lease.allowUnconditionalUpdate).toBe(false);
  });

  it('shows its holder', () => {
    expect(lease.columns.map((c) => c.name.toUpperCase())).toEqual(['NAME', 'HOLDER', 'AGE']);
    expect(lease.columns[1]?.cell(make({ holderIdentity: 'cargo-1' }), 0)).toBe('cargo-1');
  });
});
