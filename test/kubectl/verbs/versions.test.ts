import { describe, expect, it } from 'vitest';
import type { HorizontalPodAutoscaler } from '../../../src/api/generated/types.ts';
import { horizontalPodAutoscaler } from '../../../src/api/kinds/horizontalpodautoscaler.ts';
import { Bench } from '../harness.ts';

// autoscaling/v1 beside v2: pkg/apis/autoscaling/v1/{conversion,defaults}.go (src/api/autoscalingv1.ts, autoscalingv1metrics.ts,
// versions.ts, src/apiserver/versions.ts); the manifest is the one of the walkthrough in older documentation.
const V1 = `apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata:
  name: php-apache
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: php-apache
  minReplicas: 1
  maxReplicas: 10
  targetCPUUtilizationPercentage: 50
`;

const MORE = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 10
  behavior: {scaleDown: {stabilizationWindowSeconds: 60}}
  metrics:
  - {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}}
  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}
  - {type: Pods, pods: {metric: {name: packets}, target: {type: AverageValue, averageValue: 1k}}}
  - {type: Object, object: {metric: {name: hits}, describedObject: {kind: Service, name: web}, target: {type: Value, value: "10"}}}
  - {type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: "30"}}}
`;

function bench(text: string): Bench {
  const b = new Bench();
  b.files.write('hpa.yaml', text);
  return b;
}

function stored(b: Bench, name: string): HorizontalPodAutoscaler {
  const found = b.client.get(horizontalPodAutoscaler, name, 'default');
  if (!found.ok) throw new Error(found.status.message);
  return found.value;
}

describe('a kind that is served in several versions', () => {
  it('is listed in all of them, and api-resources takes the newest', () => {
    const b = new Bench();
    expect(b.run('api-versions').out).toMatch(/^autoscaling\/v1\nautoscaling\/v2$/m);
    const rows = b.run('api-resources --api-group=autoscaling').out.trim().split('\n');
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatch(
      /^horizontalpodautoscalers +hpa +autoscaling\/v2 +true +HorizontalPodAutoscaler$/,
    );
  });

  it('is taken in an older one, stored in its own, and shown in either', () => {
    const b = bench(V1);
    expect(b.run('apply -f hpa.yaml')).toMatchObject({
      out: 'horizontalpodautoscaler.autoscaling/php-apache created\n',
      err: '',
    });
    expect(stored(b, 'php-apache')).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: {
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
          },
        ],
      },
    });
    expect(b.run('get hpa php-apache -o jsonpath={.apiVersion}').out).toBe('autoscaling/v2');
    const old = b.run('get hpa.v1.autoscaling php-apache -o yaml').out;
    expect(old).toContain('apiVersion: autoscaling/v1\n');
    expect(old).toContain('  targetCPUUtilizationPercentage: 50\n');
    expect(old).not.toContain('metrics');
    expect(b.run('get hpa.v1.autoscaling').out).toBe(b.run('get hpa').out);
    expect(b.run('describe hpa.v1.autoscaling').out).toBe(b.run('describe hpa').out);
  });

  it('is changed in an older one by apply, patch and edit', () => {
    const b = bench(V1);
    b.run('apply -f hpa.yaml');
    expect(b.run('apply -f hpa.yaml').out).toContain('unchanged');
    b.files.write('hpa.yaml', V1.replace('Percentage: 50', 'Percentage: 60'));
    expect(b.run('apply -f hpa.yaml').out).toContain('configured');
    expect(stored(b, 'php-apache').spec.metrics).toMatchObject([
      { resource: { target: { averageUtilization: 60 } } },
    ]);
    const patch = '{"spec":{"targetCPUUtilizationPercentage":70}}';
    for (const type of ['merge', 'strategic'])
      b.run(
        `patch hpa.v1.autoscaling php-apache --type=${type} -p ${patch.replace('70', type === 'merge' ? '70' : '71')}`,
      );
    expect(stored(b, 'php-apache').spec.metrics).toMatchObject([
      { resource: { target: { averageUtilization: 71 } } },
    ]);
    expect(stored(b, 'php-apache').metadata.generation).toBe(4);
  });

  it('is applied on the server side in an older one', () => {
    const b = bench(V1);
    expect(b.run('apply --server-side -f hpa.yaml').err).toBe('');
    b.files.write('hpa.yaml', V1.replace('Percentage: 50', 'Percentage: 60'));
    expect(b.run('apply --server-side -f hpa.yaml').err).toBe('');
    expect(stored(b, 'php-apache').spec.metrics).toMatchObject([
      { resource: { target: { averageUtilization: 60 } } },
    ]);
  });

  it('knows the fields of each version, and refuses those of another', () => {
    const b = bench(V1.replace('targetCPUUtilizationPercentage: 50', 'metrics: []'));
    expect(b.run('apply -f hpa.yaml').err).toContain('strict decoding error: unknown field "spec.metrics"');
    const page = b.run('explain hpa --api-version=autoscaling/v1').out;
    expect(page).toContain('VERSION:    v1\n');
    expect(page).toContain('  spec\t<HorizontalPodAutoscalerSpec>');
    expect(b.run('explain hpa.spec --api-version=autoscaling/v1').out).toContain(
      'targetCPUUtilizationPercentage',
    );
    expect(b.run('explain hpa.spec').out).not.toContain('targetCPUUtilizationPercentage');
    expect(b.run('explain hpa --api-version=autoscaling/v9').err).toContain(
      `couldn't find resource for "autoscaling/v9, Resource=horizontalpodautoscalers"`,
    );
  });

  it('gets the default of 80 percent where an older version names no metric', () => {
    const b = bench(
      V1.replace('  targetCPUUtilizationPercentage: 50\n', '').replace('  minReplicas: 1\n', ''),
    );
    b.run('apply -f hpa.yaml');
    expect(stored(b, 'php-apache').spec).toMatchObject({
      minReplicas: 1,
      metrics: [{ resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    });
  });

  it('is refused in the words of the rules of all versions', () => {
    const b = bench(
      V1.replace('Percentage: 50', 'Percentage: 0').replace('maxReplicas: 10', 'maxReplicas: 0'),
    );
    expect(b.run('apply -f hpa.yaml').err).toContain(
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
    );
    expect(b.run('apply -f hpa.yaml').err).toContain('spec.metrics[0].resource.target.averageUtilization');
  });

  it('carries what an older version has no field for in annotations, and loses nothing', () => {
    const b = bench(MORE);
    b.run('apply -f hpa.yaml');
    const before = stored(b, 'web');
    const old = b.run('get hpa.v1.autoscaling web -o json').out;
    const { metadata, spec } = JSON.parse(old) as {
      metadata: { annotations: Record<string, string> };
      spec: object;
    };
    expect(spec).toMatchObject({ targetCPUUtilizationPercentage: 50 });
    expect(metadata.annotations['autoscaling.alpha.kubernetes.io/metrics']).toBe(
      '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"100Mi"}},' +
        '{"type":"Pods","pods":{"metricName":"packets","targetAverageValue":"1k"}},' +
        '{"type":"Object","object":{"target":{"kind":"Service","name":"web"},"metricName":"hits","targetValue":"10"}},' +
        '{"type":"External","external":{"metricName":"queue","targetAverageValue":"30"}}]',
    );
    expect(metadata.annotations['autoscaling.alpha.kubernetes.io/behavior']).toContain(
      '"stabilizationWindowSeconds":60',
    );
    b.files.write('old.json', old);
    expect(b.run('replace -f old.json').err).toBe('');
    const after = stored(b, 'web');
    const names = ({ spec: of }: HorizontalPodAutoscaler): unknown => of.metrics?.map(({ type }) => type);
    // The use of cpu comes last of those that v1 carries.
    expect(names(after)).toEqual(['Resource', 'Pods', 'Object', 'External', 'Resource']);
    expect(after.spec.behavior).toEqual(before.spec.behavior);
    expect(after.spec.metrics).toEqual([
      ...(before.spec.metrics ?? []).filter((_, i) => i !== 1),
      before.spec.metrics?.[1],
    ]);
    expect(Object.keys(after.metadata.annotations ?? {})).toEqual([
      'kubectl.kubernetes.io/last-applied-configuration',
    ]);
  });

  it.each(['nonsense', '[1]', '{}', '[{"type":"Pods","pods":{"metricName":5}}]', 'null'])(
    'takes an annotation of %s for nothing',
    (text) => {
      const b = bench(
        V1.replace(
          '  name: php-apache\nspec',
          `  name: php-apache\n  annotations: {autoscaling.alpha.kubernetes.io/metrics: '${text}', autoscaling.alpha.kubernetes.io/behavior: '${text}'}\nspec`,
        ),
      );
      expect(b.run('create -f hpa.yaml').err).toBe('');
      const { spec, metadata } = stored(b, 'php-apache');
      expect(spec.metrics).toHaveLength(1);
      expect(metadata.annotations).toBeUndefined();
    },
  );

  it('is watched and its status read in an older one', () => {
    const b = bench(V1);
    b.run('apply -f hpa.yaml');
    const told: unknown[] = [];
    const request = { group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers' };
    const who = {
      user: { name: 'kubernetes-admin', groups: ['system:masters'] },
      cause: { component: 't', trigger: 0 },
    };
    const sink = {
      event: (event: { object: { apiVersion?: string } }) => told.push(event.object.apiVersion),
      closed() {},
    };
    b.server.handle({ verb: 'watch', ...request, ...who, sink: sink as never });
    const old = stored(b, 'php-apache');
    const current = { averageUtilization: 30, averageValue: '60m' };
    b.client.updateStatus(horizontalPodAutoscaler, {
      ...old,
      status: {
        currentReplicas: 2,
        desiredReplicas: 2,
        currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current } }],
      },
    });
    b.pass(1);
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told)).toEqual(new Set(['autoscaling/v1']));
    const shown = JSON.parse(b.run('get hpa.v1.autoscaling php-apache -o json').out) as {
      metadata: { annotations: Record<string, string> };
      status: object;
    };
    expect(shown.status).toEqual({
      currentCPUUtilizationPercentage: 30,
      currentReplicas: 2,
      desiredReplicas: 2,
    });
    expect(shown.metadata.annotations['autoscaling.alpha.kubernetes.io/current-metrics']).toBe(
      '[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":30,"currentAverageValue":"60m"}}]',
    );
  });
});
