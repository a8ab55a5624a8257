import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deployment, Pod } from '../../src/api/generated/types.ts';
import { daemonSet as daemonSetKind } from '../../src/api/kinds/daemonset.ts';
import { deployment as deploymentKind } from '../../src/api/kinds/deployment.ts';
import { endpointSlice as sliceKind } from '../../src/api/kinds/endpointslice.ts';
import { replicaSet as replicaSetKind } from '../../src/api/kinds/replicaset.ts';
import { service as serviceKind } from '../../src/api/kinds/service.ts';
import { fenceposts } from '../../src/controllers/deploymentutil.ts';
import { Random } from '../../src/sim/random.ts';
import { Cluster, deploymentOf, isRolledOut, setImage, template } from './support.ts';

type Action = { readonly wait: number } & (
  | { readonly type: 'image'; readonly image: string }
  | { readonly type: 'scale'; readonly replicas: number }
  | { readonly type: 'pause'; readonly paused: boolean }
);

const wait = fc.integer({ min: 0, max: 8000 });
const image = fc.record({
  wait,
  type: fc.constant('image' as const),
  image: fc.constantFrom('a', 'b', 'c', 'broken'),
});
const pause = fc.record({ wait, type: fc.constant('pause' as const), paused: fc.boolean() });
const scale = fc.record({
  wait,
  type: fc.constant('scale' as const),
  replicas: fc.integer({ min: 0, max: 9 }),
});
const limit = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('10%', '25%', '60%'));

interface Case {
  readonly seed: number;
  readonly replicas: number;
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
  readonly actions: readonly Action[];
}

function cases(action: fc.Arbitrary<Action>): fc.Arbitrary<Case> {
  return fc
    .record({
      seed: fc.nat(1_000_000),
      replicas: fc.integer({ min: 1, max: 9 }),
      maxSurge: limit,
      maxUnavailable: limit,
      actions: fc.array(action, { minLength: 1, maxLength: 6 }),
    })
    .filter(({ maxSurge, maxUnavailable }) => maxSurge !== 0 || maxUnavailable !== 0);
}

/** A cluster whose kubelet takes its time, differently each time, with a deployment that is rolled out. */
function begun({ seed, replicas, maxSurge, maxUnavailable }: Case): Cluster {
  const random = new Random(seed, 'latency');
  const cluster = new Cluster({
    seed,
    nodes: ['n1', 'n2'],
    kubelet: { latency: () => random.between(1, 4000) },
  });
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
  cluster.create(deploymentKind, deploymentOf({ replicas, strategy, template: template('a') }));
  cluster.until(() => isRolledOut(cluster.get(deploymentKind, 'web')));
  return cluster;
}

function act(cluster: Cluster, action: Action): void {
  if (action.type === 'image') setImage(cluster, action.image);
  else if (action.type === 'scale')
    cluster.merge(deploymentKind, 'web', { spec: { replicas: action.replicas } });
  else cluster.merge(deploymentKind, 'web', { spec: { paused: action.paused } });
}

/** Runs for a while, calling `check` after every event that wrote something. */
function watch(cluster: Cluster, ms: number, check: () => void): void {
  const end = cluster.sim.now() + ms;
  let revision = 0;
  for (;;) {
    const next = cluster.sim.nextTime();
    if (next === undefined || next > end) break;
    cluster.sim.step();
    if (cluster.etcd.revision === revision) continue;
    revision = cluster.etcd.revision;
    check();
  }
  cluster.sim.runUntil(end);
}

/** Ends what the actions began: a working image, not paused, and time to get there. */
function settle(cluster: Cluster, check: () => void = () => {}): Deployment {
  setImage(cluster, 'final');
  cluster.merge(deploymentKind, 'web', { spec: { paused: false } });
  watch(cluster, 240_000, check);
  return cluster.get(deploymentKind, 'web');
}

const standing = (cluster: Cluster): Pod[] =>
  cluster.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true;

/** What must be the same in the end, however it was reached. */
function outcome(cluster: Cluster): unknown {
  const { status, metadata } = cluster.get(deploymentKind, 'web');
  const { conditions, ...counts } = status ?? {};
  return {
    counts,
    annotations: metadata.annotations,
    conditions: conditions?.map(({ type, status: state, reason }) => `${type} ${state} ${reason}`).sort(),
    sets: cluster
      .list(replicaSetKind)
      .map(
        ({ spec, status: state }) =>
          `${spec.template?.spec?.containers[0]?.image} ${spec.replicas} ${state?.replicas} ${state?.availableReplicas}`,
      )
      .sort(),
    pods: cluster
      .pods()
      .map(({ spec, status: state }) => `${spec.containers[0]?.image} ${state?.phase}`)
      .sort(),
    endpoints: cluster
      .list(sliceKind)
      .flatMap(({ endpoints = [] }) => endpoints.map(({ conditions: { ready } = {} }) => ready)),
  };
}

describe('a deployment', () => {
  it('has never too few ready pods nor too many pods, whatever image it is given and however often it is paused', () => {
    fc.assert(
      fc.property(cases(fc.oneof(image, pause)), (given) => {
        const cluster = begun(given);
        const { maxSurge, maxUnavailable } = fenceposts(cluster.get(deploymentKind, 'web'));
        const check = (): void => {
          const pods = standing(cluster);
          expect(pods.length).toBeLessThanOrEqual(given.replicas + maxSurge);
          expect(pods.filter(isReady).length).toBeGreaterThanOrEqual(given.replicas - maxUnavailable);
        };
        for (const action of given.actions) {
          act(cluster, action);
          watch(cluster, action.wait, check);
        }
        expect(isRolledOut(settle(cluster, check))).toBe(true);
      }),
      { seed: 24, numRuns: 25 },
    );
  });

  it('ends as it was wished, with a pod for each replica and no set but the newest in use, when it is scaled as well', () => {
    fc.assert(
      fc.property(cases(fc.oneof(image, pause, scale)), (given) => {
        const cluster = begun(given);
        let most = given.replicas;
        const check = (): void => {
          const deployment = cluster.get(deploymentKind, 'web');
          most = Math.max(most, (deployment.spec.replicas ?? 1) + fenceposts(deployment).maxSurge);
          expect(standing(cluster).length).toBeLessThanOrEqual(most);
        };
        for (const action of given.actions) {
          act(cluster, action);
          watch(cluster, action.wait, check);
        }
        const deployment = settle(cluster, check);
        expect(isRolledOut(deployment)).toBe(true);
        expect(standing(cluster).every(({ spec }) => spec.containers[0]?.image === 'final')).toBe(true);
        expect(standing(cluster)).toHaveLength(deployment.spec.replicas ?? 1);
        const inUse = cluster.list(replicaSetKind).filter(({ spec }) => spec.replicas !== 0);
        expect(inUse).toHaveLength(deployment.spec.replicas === 0 ? 0 : 1);
        // Nothing is left to be done, and nobody does anything for its own sake.
        const before = cluster.requests.size;
        cluster.requests.clear();
        cluster.run(10_000);
        expect(before).toBeGreaterThan(0);
        expect(
          [...cluster.requests.keys()].filter((request) => /deployments|replicasets|pods/.test(request)),
        ).toEqual([]);
      }),
      { seed: 23, numRuns: 20 },
    );
  });
});

describe('controllers that are killed', () => {
  it('at any event, and started again, bring everything to the same end', () => {
    const restarts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(cases(fc.oneof(image, pause, scale)), restarts, (given, gaps) => {
        const run = (crashes: readonly number[]): unknown => {
          const cluster = begun(given);
          cluster.create(serviceKind, {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'web', namespace: 'default' },
            spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
          });
          let [next, left] = [0, crashes[0] ?? Number.POSITIVE_INFINITY];
          const crash = (): void => {
            if (--left > 0) return;
            cluster.restart();
            left = crashes[++next] ?? Number.POSITIVE_INFINITY;
          };
          for (const action of given.actions) {
            act(cluster, action);
            // Long enough for every image to be noticed, so that revisions have the same numbers.
            watch(cluster, 3000 + action.wait, crash);
          }
          settle(cluster, crash);
          return outcome(cluster);
        };
        expect(run(gaps)).toEqual(run([]));
      }),
      { seed: 43, numRuns: 12 },
    );
  });

  it('in the middle of everything leave nothing behind: daemons, endpoints and dependents follow', () => {
    const cluster = new Cluster({ nodes: ['n1', 'n2', 'n3'] });
    cluster.create(daemonSetKind, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'agent' } }, template: template('x', 'agent') },
    });
    cluster.create(deploymentKind, deploymentOf());
    for (let i = 0; i < 40; i++) {
      cluster.sim.runUntil(cluster.sim.now() + 100_000, 3);
      cluster.restart();
    }
    cluster.run(10_000);
    expect(cluster.pods()).toHaveLength(6);
    cluster.remove(daemonSetKind, 'agent');
    cluster.remove(deploymentKind, 'web');
    for (let i = 0; i < 10; i++) {
      cluster.sim.runUntil(cluster.sim.now() + 100_000, 3);
      cluster.restart();
    }
    cluster.run(20_000);
    expect(cluster.pods()).toEqual([]);
    expect(cluster.list(replicaSetKind)).toEqual([]);
  });
});
