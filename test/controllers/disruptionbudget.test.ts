import { describe, expect, it } from 'vitest';
import type { Pod, PodDisruptionBudget, PodDisruptionBudgetSpec } from '../../src/api/generated/types.ts';
import { deployment as deploymentKind } from '../../src/api/kinds/deployment.ts';
import { job as jobKind } from '../../src/api/kinds/job.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { podDisruptionBudget as kind } from '../../src/api/kinds/poddisruptionbudget.ts';
import { nameOf } from '../../src/api/object.ts';
import type { Result } from '../../src/client/client.ts';
import { deploymentController } from '../../src/controllers/deployment.ts';
import { disruptionController } from '../../src/controllers/disruptionbudget.ts';
import { jobController } from '../../src/controllers/job.ts';
import { replicaSetController } from '../../src/controllers/replicaset.ts';
import { Cluster, deploymentOf, type KubeletOptions } from './support.ts';

function budgetOf(spec: Partial<PodDisruptionBudgetSpec>): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  };
}

function cluster(
  spec: Partial<PodDisruptionBudgetSpec>,
  replicas = 3,
  kubelet: KubeletOptions = {},
): Cluster {
  const controllers = [deploymentController, replicaSetController, disruptionController, jobController];
  const c = new Cluster({ controllers, kubelet });
  c.create(deploymentKind, deploymentOf({ replicas }));
  c.create(kind, budgetOf(spec));
  return c.run(5_000);
}

const status = (c: Cluster): PodDisruptionBudget['status'] => c.get(kind, 'web').status;

function evict(c: Cluster, pod: Pod | undefined): Result<unknown> {
  const name = nameOf(pod as Pod);
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } };
  return c.admin.createSubresource(podKind, name, 'default', 'eviction', body);
}

const refusal = (result: Result<unknown>): string | undefined =>
  result.ok
    ? undefined
    : `${result.status.code} ${result.status.message} ${result.status.details?.causes?.[0]?.message ?? ''}`.trim();

const VIOLATES = "429 Cannot evict pod as it would violate the pod's disruption budget.";

describe('a budget', () => {
  it.each<[string, Partial<PodDisruptionBudgetSpec>, number, object]>([
    [
      'a number to keep',
      { minAvailable: 2 },
      3,
      { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 },
    ],
    [
      'a percentage to keep, rounded up',
      { minAvailable: '50%' },
      5,
      { expectedPods: 5, desiredHealthy: 3, disruptionsAllowed: 2 },
    ],
    [
      'a number to lose',
      { maxUnavailable: 1 },
      4,
      { expectedPods: 4, desiredHealthy: 3, disruptionsAllowed: 1 },
    ],
    [
      'a percentage to lose, rounded up',
      { maxUnavailable: '30%' },
      4,
      { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 },
    ],
    [
      'more to keep than there are',
      { minAvailable: 9 },
      3,
      { expectedPods: 3, desiredHealthy: 9, disruptionsAllowed: 0 },
    ],
    ['nothing to keep', { maxUnavailable: '100%' }, 3, { desiredHealthy: 0, disruptionsAllowed: 3 }],
  ])('of %s is worked out', (_, spec, replicas, expected) => {
    expect(status(cluster(spec, replicas))).toMatchObject({ ...expected, currentHealthy: replicas });
  });

  it('says in a condition whether pods may go', () => {
    const c = cluster({ minAvailable: 2 });
    expect(status(c)?.conditions).toMatchObject([
      { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', observedGeneration: 1 },
    ]);
    c.merge(kind, 'web', { spec: { minAvailable: 3 } });
    c.run(1_000);
    expect(status(c)?.conditions).toMatchObject([{ status: 'False', reason: 'InsufficientPods' }]);
  });

  it('counts only pods that are ready', () => {
    const c = cluster({ minAvailable: 1 }, 2, { ready: () => false });
    expect(status(c)).toMatchObject({ currentHealthy: 0, disruptionsAllowed: 0 });
  });

  it('allows nothing while its percentage cannot be worked out', () => {
    const c = cluster({ minAvailable: '50%' }, 0);
    const labels = { app: 'web' };
    const spec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'work' }] };
    c.create(jobKind, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'work', namespace: 'default' },
      spec: { template: { metadata: { labels }, spec } },
    });
    c.run(5_000);
    expect(status(c)?.conditions).toMatchObject([
      { reason: 'SyncFailed', message: 'jobs.batch does not implement the scale subresource' },
    ]);
    expect(refusal(evict(c, c.pods()[0]))).toBe(
      `${VIOLATES} The disruption budget web does not allow evicting pods currently because it failed sync: jobs.batch does not implement the scale subresource`,
    );
  });
});

describe('an eviction', () => {
  /** Invariant 30. */
  it('is granted as long as the budget allows, and then refused with the numbers', () => {
    const c = cluster({ minAvailable: 2 }, 3, { latency: (step) => (step === 'start' ? 20_000 : 100) });
    c.run(40_000);
    const [a, b] = c.pods();
    expect(refusal(evict(c, a))).toBeUndefined();
    expect(refusal(evict(c, b))).toBe(
      `${VIOLATES} The disruption budget web needs 2 healthy pods and has 3 currently`,
    );
    c.run(2_000);
    expect(refusal(evict(c, b))).toBe(
      `${VIOLATES} The disruption budget web needs 2 healthy pods and has 2 currently`,
    );
    c.run(60_000);
    expect(status(c)).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 1 });
    expect(refusal(evict(c, b))).toBeUndefined();
  });

  it('is noted in the budget until the pod is being deleted', () => {
    const c = cluster({ minAvailable: 2 });
    const [pod] = c.pods();
    evict(c, pod);
    expect(Object.keys(status(c)?.disruptedPods ?? {})).toEqual([nameOf(pod as Pod)]);
    c.run(1_000);
    expect(status(c)?.disruptedPods).toBeUndefined();
  });

  it('never takes more pods than allowed, however many ask at once', () => {
    const c = cluster({ maxUnavailable: 2 }, 6, { latency: (step) => (step === 'start' ? 5_000 : 300) });
    c.run(30_000);
    for (let round = 0; round < 40; round++) {
      for (const pod of c.pods()) evict(c, pod);
      c.run(500);
      const healthy = c
        .pods()
        .filter(
          (p) =>
            p.metadata.deletionTimestamp === undefined &&
            p.status?.conditions?.some((x) => x.type === 'Ready' && x.status === 'True'),
        );
      expect(healthy.length).toBeGreaterThanOrEqual(4);
      const { currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed } = status(c) ?? {};
      expect(disruptionsAllowed).toBe(Math.max(0, currentHealthy - desiredHealthy));
    }
  });

  it('waits for a budget that was changed and not looked at yet', () => {
    const c = cluster({ minAvailable: 1 });
    c.merge(kind, 'web', { spec: { minAvailable: 2 } });
    expect(refusal(evict(c, c.pods()[0]))).toBe(
      `${VIOLATES} The disruption budget web is still being processed by the server.`,
    );
  });

  it('is refused for a pod under two budgets', () => {
    const c = cluster({ minAvailable: 1 });
    const other = budgetOf({ minAvailable: 1 });
    c.create(kind, { ...other, metadata: { ...other.metadata, name: 'other' } });
    c.run(1_000);
    expect(refusal(evict(c, c.pods()[0]))).toBe(
      '500 This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  });

  it('of a pod that is not ready is allowed while the budget is healthy, or always if it says so', () => {
    const sick = { ready: () => false };
    const strict = cluster({ minAvailable: 1 }, 2, sick);
    expect(refusal(evict(strict, strict.pods()[0]))).toMatch(/needs 1 healthy pods and has 0 currently$/);
    const always = cluster({ minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, 2, sick);
    expect(refusal(evict(always, always.pods()[0]))).toBeUndefined();
    const broken = (pod: Pod): boolean => pod.metadata.labels?.sick === undefined;
    const half = cluster({ minAvailable: 2 }, 2, { ready: broken });
    half.create(podKind, {
      ...(half.pods()[0] as Pod),
      metadata: { name: 'extra', namespace: 'default', labels: { app: 'web', sick: 'yes' } },
      spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] },
    });
    half.run(3_000);
    expect(status(half)).toMatchObject({ currentHealthy: 2, desiredHealthy: 2, disruptionsAllowed: 0 });
    expect(refusal(evict(half, half.get(podKind, 'extra')))).toBeUndefined();
    expect(
      refusal(
        evict(
          half,
          half.pods().find((p) => nameOf(p) !== 'extra'),
        ),
      ),
    ).toMatch(/^429/);
  });
});
