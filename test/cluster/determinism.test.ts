import { describe, expect, it } from 'vitest';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { endpointSlice } from '../../src/api/kinds/endpointslice.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import { Random } from '../../src/sim/random.ts';
import {
  answers,
  barePod,
  create,
  isReady,
  must,
  nodeStates,
  player,
  pod,
  pods,
  scale,
  webDeployment,
  webService,
} from './harness.ts';

type Advance = (cluster: Cluster, ms: number) => void;

const jump: Advance = (cluster, ms) => void cluster.runFor(ms);

/** A minute in the life of a small cluster. Returns its hash. */
function life(seed: string | number, advance: Advance): string {
  const cluster = new Cluster({ seed, nodes: [{ name: 'n1' }, { name: 'n2' }] });
  expect(cluster.boot()).toBe(true);
  create(cluster, webDeployment(3), webService(30080));
  advance(cluster, 20_000);
  cluster.inject({ kind: 'ComponentKill', component: 'kube-controller-manager' });
  scale(cluster, 5);
  advance(cluster, 25_000);
  cluster.inject({ kind: 'NetworkCut', node: 'n1' });
  advance(cluster, 15_000);
  cluster.inject({ kind: 'NetworkHeal', node: 'n1' });
  must(player(cluster, 'delete').delete(pod, pods(cluster)[0]?.metadata.name ?? '', 'default'));
  advance(cluster, 30_000);
  return cluster.stateHash();
}

describe('a run', () => {
  const expected = life(7, jump);

  it('is the same again for the same seed', () => {
    expect(life(7, jump)).toBe(expected);
  });

  it.each<[string, Advance]>([
    [
      'in steps of 1 ms',
      (cluster, ms) => {
        for (let i = 0; i < ms; i++) cluster.runFor(1);
      },
    ],
    [
      'in frames of 16 ms with at most 7 events each time',
      (cluster, ms) => {
        const end = cluster.sim.now() + ms;
        while (cluster.sim.now() < end) {
          const frame = Math.min(cluster.sim.now() + 16, end);
          while (!cluster.runFor(frame - cluster.sim.now(), 7))
            expect(cluster.sim.now()).toBeLessThanOrEqual(frame);
        }
      },
    ],
    [
      'while somebody looks at everything',
      (cluster, ms) => {
        for (let left = ms; left > 0; left -= 500) {
          cluster.runFor(Math.min(500, left));
          for (const { metadata } of pods(cluster)) {
            cluster.why(pod, 'default', metadata.name ?? '');
            cluster.decisionFor('default', metadata.name ?? '');
          }
          cluster.stateHash();
          cluster.componentStates();
          cluster.objectsAt(pod, cluster.revision - 5);
        }
      },
    ],
  ])('is the same %s', (_, advance) => {
    expect(life(7, advance)).toBe(expected);
  });

  it('is another for another seed', () => {
    expect(
      new Set([expected, life(8, jump), life('7', jump), life('seven', jump)]).size,
    ).toBeGreaterThanOrEqual(3);
  });
});

/** What must be the same in the end whatever crashed on the way: no names, addresses, times or counts of restarts. */
function outcome(cluster: Cluster): unknown {
  const list = pods(cluster).map((each) => ({
    app: each.metadata.labels?.app,
    phase: each.status?.phase,
    ready: isReady(each),
    leaving: each.metadata.deletionTimestamp !== undefined,
  }));
  const endpoints = cluster.objects(endpointSlice, 'default').map((slice) => ({
    service: slice.metadata.labels?.['kubernetes.io/service-name'] ?? '',
    ready: (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready === true).length,
  }));
  const sort = <T>(items: readonly T[]): string[] => items.map((item) => JSON.stringify(item)).sort();
  return {
    pods: sort(list),
    endpoints: sort(endpoints),
    nodes: nodeStates(cluster),
    components: cluster.componentStates().map(({ state }) => state),
    maps: cluster.objects(configMap, 'default').map(({ metadata }) => metadata.name),
    served: ['control-plane', 'n1', 'n2'].map((name) => answers(cluster, name)),
  };
}

/** Does `act` as soon as the API server takes it, as a player would who tries again. */
function insist(cluster: Cluster, act: () => void): void {
  for (let i = 0; i < 200; i++) {
    if (cluster.client('probe').list(pod).ok) {
      act();
      return;
    }
    cluster.runFor(1000);
  }
  throw new Error('the API server does not come back');
}

function workload(cluster: Cluster, pass: (ms: number) => void): void {
  insist(cluster, () => create(cluster, webDeployment(3), webService(30080)));
  pass(8_000);
  insist(cluster, () => scale(cluster, 5));
  pass(6_000);
  insist(cluster, () => create(cluster, barePod('single')));
  insist(cluster, () => {
    const [first] = pods(cluster).filter(({ metadata }) => metadata.labels?.app === 'web');
    const name = first?.metadata.name;
    if (name !== undefined) must(player(cluster, 'delete').delete(pod, name, 'default'));
  });
  pass(10_000);
  insist(cluster, () => scale(cluster, 2));
  pass(6_000);
}

const COMPONENTS = [
  'kubelet',
  'kube-scheduler',
  'kube-controller-manager',
  'kube-apiserver',
  'etcd',
  'kube-proxy',
  'coredns',
];
/** Until every back-off has run out and everything that was under way is done. */
const SETTLE_MS = 400_000;

function settled(seed: number, faults: (cluster: Cluster) => (ms: number) => void): unknown {
  const cluster = new Cluster({ seed, nodes: [{ name: 'n1' }, { name: 'n2' }] });
  expect(cluster.boot()).toBe(true);
  workload(cluster, faults(cluster));
  cluster.runFor(SETTLE_MS);
  return outcome(cluster);
}

describe('every component can be killed at any event', () => {
  const undisturbed = settled(1, (cluster) => (ms) => jump(cluster, ms));

  it('and an undisturbed run ends as it should', () => {
    expect(undisturbed).toMatchObject({
      pods: [
        '{"app":"single","phase":"Running","ready":true,"leaving":false}',
        '{"app":"web","phase":"Running","ready":true,"leaving":false}',
        '{"app":"web","phase":"Running","ready":true,"leaving":false}',
      ],
      served: [true, true, true],
    });
  });

  it.each(COMPONENTS)('%s, again and again, and the end is the same', (component) => {
    const random = new Random(component, 'kills');
    const result = settled(2, (cluster) => (ms) => {
      const end = cluster.sim.now() + ms;
      while (cluster.sim.now() < end) {
        cluster.runFor(end - cluster.sim.now(), 1 + random.int(120));
        if (random.int(3) === 0) cluster.inject({ kind: 'ComponentKill', component });
      }
    });
    expect(result).toEqual(undisturbed);
  });

  it.each([11, 12, 13, 14, 15, 16, 17, 18])('any of them, run %i, and the end is the same', (seed) => {
    const random = new Random(seed, 'kills');
    const result = settled(seed, (cluster) => (ms) => {
      const end = cluster.sim.now() + ms;
      while (cluster.sim.now() < end) {
        cluster.runFor(end - cluster.sim.now(), 1 + random.int(60));
        const component = COMPONENTS[random.int(COMPONENTS.length)];
        if (random.int(2) === 0) cluster.inject({ kind: 'ComponentKill', component });
      }
    });
    expect(result).toEqual(undisturbed);
  });
});
