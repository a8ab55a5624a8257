import { describe, expect, it } from 'vitest';
import { horizontalPodAutoscaler } from '../../../src/api/kinds/horizontalpodautoscaler.ts';
import { complaints, defaulted } from './manifests.ts';

const manifest = (spec: object = {}): unknown => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    maxReplicas: 3,
    ...spec,
  },
});

describe('a HorizontalPodAutoscaler', () => {
  it('gets upstream’s defaults', () => {
    const { spec } = defaulted(horizontalPodAutoscaler, manifest());
    expect(spec.minReplicas).toBe(1);
    expect(spec.metrics).toMatchObject([{ resource: { name: 'cpu', target: { averageUtilization: 80 } } }]);
    expect(spec.behavior).toBeUndefined();
  });

  it('that says how it scales down keeps that, and gets the defaults for what it does not say', () => {
    const given = manifest({ behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } });
    expect(defaulted(horizontalPodAutoscaler, given).spec.behavior).toMatchObject({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 60,
        policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
      },
    });
  });

  it.each<[object, string]>([
    [{ minReplicas: 0 }, 'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1'],
    [{ maxReplicas: 0 }, 'spec.maxReplicas: Invalid value: 0: must be greater than 0'],
    [
      { minReplicas: 5 },
      'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`',
    ],
    [{ scaleTargetRef: { kind: 'Deployment' } }, 'spec.scaleTargetRef.name: Required value'],
    [
      { metrics: [{ type: 'Resource' }] },
      'spec.metrics[0].resource: Required value: must populate information for the given metric source',
    ],
    [
      { behavior: { scaleUp: { selectPolicy: 'Most' } } },
      'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Most": supported values: "Disabled", "Max", "Min"',
    ],
    [
      { behavior: { scaleDown: { stabilizationWindowSeconds: 7200 } } },
      'spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 7200: must be less than or equal to 3600',
    ],
  ])('with %j is refused', (spec, message) => {
    expect(complaints(horizontalPodAutoscaler, manifest(spec))).toContain(message);
  });
});
