import { describe, expect, it } from 'vitest';
import { guards } from '../../../src/api/disruptions.ts';
import type { Pod, PodDisruptionBudget } from '../../../src/api/generated/types.ts';
import { podDisruptionBudget } from '../../../src/api/kinds/poddisruptionbudget.ts';
import { complaints } from './manifests.ts';

const manifest = (spec: object): unknown => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default' },
  spec,
});

describe('a PodDisruptionBudget', () => {
  it.each<[object, string]>([
    [
      { minAvailable: 1, maxUnavailable: 1 },
      'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    ],
    [{ minAvailable: -1 }, 'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0'],
    [{ maxUnavailable: '101%' }, 'spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
    [
      { unhealthyPodEvictionPolicy: 'Never' },
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
    ],
  ])('with %j is refused', (spec, message) => {
    expect(complaints(podDisruptionBudget, manifest(spec))).toContain(message);
  });

  it.each<[object, boolean]>([
    [{}, false],
    [{ selector: {} }, true],
    [{ selector: { matchLabels: { app: 'web' } } }, true],
    [{ selector: { matchLabels: { app: 'db' } } }, false],
  ])('with %j guards a pod: %s', (spec, expected) => {
    const metadata = { name: 'x', namespace: 'default', labels: { app: 'web' } };
    const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] } };
    expect(guards(manifest(spec) as PodDisruptionBudget, pod)).toBe(expected);
  });
});
