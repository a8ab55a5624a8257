import { describe, expect, it } from 'vitest';
import type {
  Pod,
  PodSpec,
  ReplicaSet,
  Service,
  TopologySpreadConstraint,
} from '../../../src/api/generated/types.ts';
import { type Listers, NO_LISTERS } from '../../../src/scheduler/listers.ts';
import { Bench } from '../bench.ts';
import { makeNode, makePod, type NodeShape } from '../harness.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const FITS = '';
const SKEWED = "PodTopologySpread unschedulable: node(s) didn't match pod topology spread constraints";
const NO_LABEL =
  "PodTopologySpread unresolvable: node(s) didn't match pod topology spread constraints (missing required label)";

function rule(more: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint {
  return {
    maxSkew: 1,
    topologyKey: ZONE,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'web' } },
    ...more,
  };
}

function web(name: string, spec: Partial<PodSpec> = {}, label = 'web'): Pod {
  return makePod(name, { labels: { app: label }, spec });
}

function spread(...rules: readonly TopologySpreadConstraint[]): Pod {
  return web('new', { topologySpreadConstraints: rules });
}

/** Zone a: n1, n2; zone b: n3; `more` says something of n3 and n4, which is in zone c when it is there. */
function bench(n4?: NodeShape, listers?: Listers): Bench {
  const world = new Bench(listers).add(
    makeNode('n1', { labels: { [ZONE]: 'a' } }),
    makeNode('n2', { labels: { [ZONE]: 'a' } }),
    makeNode('n3', { labels: { [ZONE]: 'b' } }),
  );
  return n4 === undefined ? world : world.add(makeNode('n4', n4));
}

const IN_C: NodeShape = { labels: { [ZONE]: 'c' } };

describe('PodTopologySpread, DoNotSchedule', () => {
  it('takes any domain while there are no pods', () => {
    expect(bench().filter(spread(rule()))).toEqual({ n1: FITS, n2: FITS, n3: FITS });
  });

  it('keeps off the domain that would have more than maxSkew above the least', () => {
    const world = bench().place('n1', web('a'));
    expect(world.filter(spread(rule()))).toEqual({ n1: SKEWED, n2: SKEWED, n3: FITS });
    expect(world.filter(spread(rule({ maxSkew: 2 })))).toEqual({ n1: FITS, n2: FITS, n3: FITS });
  });

  it('counts neither pods of other labels, nor of other namespaces, nor such as are about to end', () => {
    const ending = web('ending');
    const elsewhere = web('elsewhere');
    const world = bench().place(
      'n1',
      web('other', {}, 'db'),
      { ...ending, metadata: { ...ending.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
      { ...elsewhere, metadata: { ...elsewhere.metadata, namespace: 'red' } },
    );
    expect(world.filter(spread(rule()))).toEqual({ n1: FITS, n2: FITS, n3: FITS });
  });

  it('does not count the pod itself where its own selector does not select it', () => {
    const world = bench().place('n1', web('a', {}, 'db'));
    const rules = rule({ labelSelector: { matchLabels: { app: 'db' } } });
    expect(world.filter(spread(rules))).toEqual({ n1: FITS, n2: FITS, n3: FITS });
  });

  it('tells of a node without the label, which nothing can help', () => {
    expect(bench({}).filter(spread(rule())).n4).toBe(NO_LABEL);
  });

  it('measures from nothing while there are fewer domains than minDomains', () => {
    const world = bench().place('n1', web('a')).place('n3', web('b'));
    expect(world.filter(spread(rule()))).toEqual({ n1: FITS, n2: FITS, n3: FITS });
    expect(world.filter(spread(rule({ minDomains: 3 })))).toEqual({ n1: SKEWED, n2: SKEWED, n3: SKEWED });
  });

  it('leaves domains out that the node selector excludes, unless told to ignore it', () => {
    const world = bench({ labels: { [ZONE]: 'c', disk: 'ssd' } }).place('n4', web('a'));
    const pod = (policy?: string): Pod =>
      web('new', {
        nodeSelector: { disk: 'ssd' },
        topologySpreadConstraints: [rule(policy === undefined ? {} : { nodeAffinityPolicy: policy })],
      });
    expect(world.filter(pod()).n4).toBe(FITS);
    expect(world.filter(pod('Ignore')).n4).toBe(SKEWED);
  });

  it('counts domains of tainted nodes, unless told to honor taints', () => {
    const tainted: NodeShape = { ...IN_C, spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } };
    const world = bench(tainted).place('n1', web('a')).place('n3', web('b'));
    expect(world.filter(spread(rule())).n1).toBe(SKEWED);
    expect(world.filter(spread(rule({ nodeTaintsPolicy: 'Honor' }))).n1).toBe(FITS);
  });

  it('holds all constraints at once', () => {
    const world = bench().place('n1', web('a')).place('n3', web('b'));
    const both = spread(rule(), rule({ topologyKey: HOST }));
    expect(world.filter(both)).toEqual({ n1: SKEWED, n2: FITS, n3: SKEWED });
  });

  it('keeps its counts while pods and nodes come and go', () => {
    const world = bench();
    expect(world.filter(spread(rule())).n1).toBe(FITS);
    world.place('n1', web('a'));
    expect(world.filter(spread(rule())).n1).toBe(SKEWED);
    world.place('n3', web('b'));
    expect(world.filter(spread(rule())).n1).toBe(FITS);
    world.add(makeNode('n4', IN_C));
    expect(world.filter(spread(rule()))).toEqual({ n1: SKEWED, n2: SKEWED, n3: SKEWED, n4: FITS });
    world.cache.removeNode('n4');
    expect(world.filter(spread(rule())).n1).toBe(FITS);
  });
});

describe('PodTopologySpread, ScheduleAnyway', () => {
  it('has no say for a pod that nothing selects', () => {
    expect(bench().score('PodTopologySpread', web('new'))).toBeUndefined();
  });

  it('prefers the domains with fewer pods', () => {
    const world = bench(IN_C).place('n1', web('a'), web('b')).place('n3', web('c'));
    // Three zones weigh ln 5 = 1.61: 3, 3, 2 and 0 after rounding; 100 x (3 + 0 - s) / 3.
    expect(world.score('PodTopologySpread', spread(rule({ whenUnsatisfiable: 'ScheduleAnyway' })))).toEqual({
      n1: 0,
      n2: 0,
      n3: 33,
      n4: 100,
    });
  });

  it('gives nothing to nodes that lack the label', () => {
    const world = bench({}).place('n1', web('a'));
    expect(world.score('PodTopologySpread', spread(rule({ whenUnsatisfiable: 'ScheduleAnyway' })))).toEqual({
      n1: 0,
      n2: 0,
      n3: 100,
      n4: 0,
    });
  });

  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' } },
  };
  const replicaSet: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'default', uid: 'rs' },
    spec: { selector: { matchLabels: { app: 'web' } } },
  };

  it('spreads the pods of a service over hosts and zones though they do not ask for it', () => {
    const world = bench({}, { ...NO_LISTERS, services: () => [service] }).place('n1', web('a'), web('b'));
    // Hosts weigh ln 6 = 1.79 a pod and 2 for the skew, zones ln 5 (nodes without a zone are one) and 4.
    // n1: 3.58 + 2 + 3.22 + 4 = 13; n2: 2 + 3.22 + 4 = 9; n3: 6; n4: 2.
    expect(world.score('PodTopologySpread', web('new'))).toEqual({ n1: 15, n2: 46, n3: 69, n4: 100 });
  });

  it('spreads the pods of a ReplicaSet likewise', () => {
    const owned = web('new');
    const pod: Pod = {
      ...owned,
      metadata: {
        ...owned.metadata,
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true },
        ],
      },
    };
    const world = bench({}, { ...NO_LISTERS, replicaSet: () => replicaSet }).place('n1', web('a'), web('b'));
    expect(world.score('PodTopologySpread', pod)).toEqual({ n1: 15, n2: 46, n3: 69, n4: 100 });
  });
});
