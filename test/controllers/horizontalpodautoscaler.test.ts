import { describe, expect, it } from 'vitest';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  Pod,
} from '../../src/api/generated/types.ts';
import type { KindDefinition } from '../../src/api/kind.ts';
import { deployment as deploymentKind } from '../../src/api/kinds/deployment.ts';
import { horizontalPodAutoscaler as kind } from '../../src/api/kinds/horizontalpodautoscaler.ts';
import { METRICS_GROUP } from '../../src/api/metrics.ts';
import { formatTime } from '../../src/apimachinery/time.ts';
import type { Client, ListOptions } from '../../src/client/client.ts';
import type { ControllerDefinition } from '../../src/controllers/context.ts';
import { deploymentController } from '../../src/controllers/deployment.ts';
import { horizontalPodAutoscalerController } from '../../src/controllers/horizontalpodautoscaler.ts';
import type { PodMetrics } from '../../src/controllers/podmetrics.ts';
import { replicasFor } from '../../src/controllers/replicacalculator.ts';
import { replicaSetController } from '../../src/controllers/replicaset.ts';
import { limitedSize, ScalingMemory } from '../../src/controllers/scalinglimits.ts';
import { Cluster, deploymentOf, template } from './support.ts';

const NOW = Date.parse('2026-01-05T01:00:00Z');
const START = '2026-01-05T00:00:00Z';

function pod(
  name: string,
  more: { ready?: boolean; phase?: string; request?: string; start?: string } = {},
): Pod {
  const { ready = true, phase = 'Running', request = '1', start = START } = more;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'x', resources: { requests: { cpu: request } } }] },
    status: {
      phase,
      startTime: start,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: start }],
    },
  };
}

const metric = (name: string, cpu: number): PodMetrics => ({
  name,
  timestamp: NOW,
  window: 15_000,
  containers: new Map([['main', { cpu, memory: 0 }]]),
});

const ask = (pods: Pod[], metrics: PodMetrics[], target: { utilization: number } | { average: number }) =>
  replicasFor({
    resource: 'cpu',
    target,
    pods,
    metrics,
    currentReplicas: pods.length,
    tolerance: { up: 0.1, down: 0.1 },
    now: NOW,
  });

/** Cases of pkg/controller/podautoscaler/replica_calculator_test.go. */
describe('the number of replicas', () => {
  const three = [pod('a'), pod('b'), pod('c')];
  it('grows with use over the target, rounded up', () => {
    const metrics = [metric('a', 300), metric('b', 500), metric('c', 700)];
    expect(ask(three, metrics, { utilization: 30 })).toEqual({ replicas: 5, utilization: 50, average: 500 });
  });

  it('counts pods that are not ready yet as using nothing when it grows', () => {
    const pods = [pod('a', { ready: false, start: '2026-01-05T00:59:50Z' }), pod('b'), pod('c')];
    const metrics = [metric('a', 300), metric('b', 500), metric('c', 700)];
    expect(ask(pods, metrics, { utilization: 30 })).toMatchObject({ replicas: 4, utilization: 60 });
  });

  it('shrinks with less use', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => pod(name));
    const metrics = [100, 300, 500, 250, 250].map((cpu, i) => metric('abcde'[i] as string, cpu));
    expect(ask(five, metrics, { utilization: 50 })).toMatchObject({ replicas: 3, utilization: 28 });
  });

  it('stays within a tenth of the target', () => {
    const metrics = [metric('a', 1010), metric('b', 1030), metric('c', 1020)];
    expect(ask(three, metrics, { utilization: 100 })).toMatchObject({ replicas: 3 });
  });

  it('takes pods that were not measured for fully used when it would shrink, for idle when it would grow', () => {
    const metrics = [metric('a', 100), metric('b', 100)];
    expect(ask(three, metrics, { utilization: 50 })).toMatchObject({ replicas: 3 });
    const busy = [metric('a', 1000), metric('b', 1000)];
    expect(ask(three, busy, { utilization: 50 })).toMatchObject({ replicas: 4 });
  });

  it('leaves failed pods out', () => {
    const pods = [pod('a'), pod('b'), pod('c', { phase: 'Failed' })];
    expect(ask(pods, [metric('a', 600), metric('b', 600)], { utilization: 30 })).toMatchObject({
      replicas: 4,
    });
  });

  it('follows an amount for each pod', () => {
    const metrics = [metric('a', 300), metric('b', 500), metric('c', 700)];
    expect(ask(three, metrics, { average: 250 })).toEqual({ replicas: 6, average: 500 });
  });

  it('is unknown without metrics or requests', () => {
    expect(ask(three, [], { utilization: 50 })).toEqual({
      error: 'unable to get metrics for resource cpu: no metrics returned from resource metrics API',
    });
    const bare: Pod = { ...pod('a'), spec: { containers: [{ name: 'main', image: 'x' }] } };
    expect(ask([bare], [metric('a', 1)], { utilization: 50 })).toEqual({
      error: 'missing request for cpu in container main of Pod a',
    });
  });
});

function autoscalerOf(spec: Partial<HorizontalPodAutoscalerSpec> = {}): HorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 10,
      ...spec,
    },
  };
}

describe('the speed of an autoscaler', () => {
  const size = (autoscaler: HorizontalPodAutoscaler, current: number, wanted: number) =>
    limitedSize(autoscaler, new ScalingMemory(), current, wanted, NOW);

  it('is twice the size or four pods up, without rules of its own', () => {
    const hpa = autoscalerOf({ maxReplicas: 100 });
    expect(size(hpa, 1, 50)).toMatchObject({
      replicas: 4,
      limited: ['True', 'ScaleUpLimit', expect.anything()],
    });
    expect(size(hpa, 10, 50).replicas).toBe(20);
  });

  it('is bounded by the least and the most', () => {
    const hpa = autoscalerOf({ minReplicas: 2, maxReplicas: 5 });
    expect(size(hpa, 4, 8)).toMatchObject({
      replicas: 5,
      limited: ['True', 'TooManyReplicas', expect.anything()],
    });
    expect(size(hpa, 4, 1)).toMatchObject({
      replicas: 2,
      limited: ['True', 'TooFewReplicas', expect.anything()],
    });
  });

  it('shrinks to the highest recommendation of the last five minutes', () => {
    const memory = new ScalingMemory();
    const hpa = autoscalerOf();
    expect(limitedSize(hpa, memory, 8, 8, NOW).replicas).toBe(8);
    const held = limitedSize(hpa, memory, 8, 3, NOW + 299_000);
    expect(held).toMatchObject({ replicas: 8, able: ['ScaleDownStabilized', expect.anything()] });
    expect(limitedSize(hpa, memory, 8, 3, NOW + 301_000).replicas).toBe(3);
  });

  it('follows its policies', () => {
    const rules = (policies: object[], selectPolicy = 'Max') => ({
      stabilizationWindowSeconds: 0,
      selectPolicy,
      policies,
    });
    const pods = { type: 'Pods', value: 1, periodSeconds: 60 };
    const percent = { type: 'Percent', value: 50, periodSeconds: 60 };
    const hpa = (up: object, down: object) =>
      autoscalerOf({ maxReplicas: 100, behavior: { scaleUp: up, scaleDown: down } as never });
    expect(size(hpa(rules([pods, percent]), rules([pods])), 10, 50).replicas).toBe(15);
    expect(size(hpa(rules([pods, percent], 'Min'), rules([pods])), 10, 50).replicas).toBe(11);
    expect(size(hpa(rules([pods]), rules([pods, percent])), 10, 1).replicas).toBe(5);
    expect(size(hpa(rules([pods]), rules([pods, percent], 'Min')), 10, 1).replicas).toBe(9);
    expect(size(hpa(rules([pods]), rules([pods], 'Disabled')), 10, 1).replicas).toBe(10);
  });
});

describe('a HorizontalPodAutoscaler', () => {
  /** Runs with metrics in which every pod of the cluster uses so much. */
  function cluster(
    use: { cpu: number | undefined },
    spec: Partial<HorizontalPodAutoscalerSpec> = {},
  ): Cluster {
    let c: Cluster | undefined;
    const metered: ControllerDefinition = {
      name: horizontalPodAutoscalerController.name,
      start: (context) =>
        horizontalPodAutoscalerController.start({
          ...context,
          clientFor: (controller) => {
            const client = context.clientFor(controller);
            const list: Client['list'] = client.list.bind(client);
            client.list = ((asked: KindDefinition, options?: ListOptions) => {
              const { cpu } = use;
              if (asked.group !== METRICS_GROUP || cpu === undefined) return list(asked, options);
              const timestamp = formatTime(context.process.now());
              const items = (c?.pods() ?? []).map(({ metadata }) => ({
                metadata,
                timestamp,
                window: '15s',
                containers: [{ name: 'main', usage: { cpu: `${cpu}m`, memory: '1Ki' } }],
              }));
              return { ok: true, value: { items, resourceVersion: '' }, warnings: [] };
            }) as unknown as Client['list'];
            return client;
          },
        }),
    };
    c = new Cluster({ controllers: [deploymentController, replicaSetController, metered] });
    const container = { name: 'main', image: 'x', resources: { requests: { cpu: '1' } } };
    const pods = template('x', 'web', { containers: [container] });
    c.create(deploymentKind, deploymentOf({ replicas: 2, template: pods }));
    c.create(
      kind,
      autoscalerOf({
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
          },
        ],
        ...spec,
      }),
    );
    return c;
  }
  const replicas = (c: Cluster): number => c.get(deploymentKind, 'web').spec.replicas ?? 0;
  const condition = (c: Cluster, type: string): string | undefined => {
    const found = c.get(kind, 'web').status?.conditions?.find((x) => x.type === type);
    return found === undefined ? undefined : `${found.status} ${found.reason}: ${found.message}`;
  };

  /** Invariant 29. */
  it('never acts on missing metrics, and says what it lacks', () => {
    const c = cluster({ cpu: undefined });
    c.run(120_000);
    expect(replicas(c)).toBe(2);
    expect(condition(c, 'ScalingActive')).toBe(
      'False FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
    );
  });

  it('keeps between its bounds at every moment while use goes up and down', () => {
    const use: { cpu: number | undefined } = { cpu: 500 };
    const c = cluster(use, { minReplicas: 2, maxReplicas: 6 });
    const random = c.sim.stream('use');
    let last = replicas(c);
    let lastRise = c.sim.now();
    for (let i = 0; i < 120; i++) {
      use.cpu = random.float() < 0.15 ? undefined : Math.floor(random.float() * 1000);
      c.run(15_000);
      const now = replicas(c);
      expect(now).toBeGreaterThanOrEqual(2);
      expect(now).toBeLessThanOrEqual(6);
      if (now < last) expect(c.sim.now() - lastRise).toBeGreaterThanOrEqual(285_000);
      if (now > last) lastRise = c.sim.now();
      last = now;
    }
  });

  it('corrects a size outside its bounds whatever the metrics say', () => {
    const c = cluster({ cpu: undefined }, { minReplicas: 3, maxReplicas: 4 });
    c.run(20_000);
    expect(replicas(c)).toBe(3);
    expect(c.events('web')).toContain(
      'Normal SuccessfulRescale from horizontal-pod-autoscaler: New size: 3; reason: Current number of replicas below Spec.MinReplicas',
    );
  });

  it('rests while its target is scaled to nothing', () => {
    const c = cluster({ cpu: 900 });
    c.merge(deploymentKind, 'web', { spec: { replicas: 0 } });
    c.run(60_000);
    expect(replicas(c)).toBe(0);
    expect(condition(c, 'ScalingActive')).toMatch(/^False ScalingDisabled/);
  });

  it('says when it cannot find what it aims at', () => {
    const c = cluster(
      { cpu: 1 },
      { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'gone' } },
    );
    c.run(20_000);
    expect(condition(c, 'AbleToScale')).toBe(
      'False FailedGetScale: the HPA controller was unable to get the target\'s current scale: deployments.apps "gone" not found',
    );
  });
});
