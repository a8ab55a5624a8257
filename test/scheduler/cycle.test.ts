import { describe, expect, it } from 'vitest';
import { Cache } from '../../src/scheduler/cache.ts';
import { Cycle, feasibleNodesToFind } from '../../src/scheduler/cycle.ts';
import { podInfo } from '../../src/scheduler/podinfo.ts';
import { QueuedPod } from '../../src/scheduler/queue.ts';
import { Bench } from './bench.ts';
import { makeNode, makePod, type NodeShape, type PodShape } from './harness.ts';

function choose(cycle: Cycle, shape: PodShape = {}): string {
  const outcome = cycle.run(new QueuedPod(podInfo(makePod('p', shape)), 0, 0));
  return outcome.type === 'assigned' ? outcome.node : outcome.message;
}

function cluster(count: number, shape: NodeShape = {}): Bench {
  return new Bench().add(...Array.from({ length: count }, (_, i) => makeNode(`n${i}`, shape)));
}

describe('how many nodes a search looks for', () => {
  // percentage = max(5, 50 - nodes / 125), and at least 100 nodes (numFeasibleNodesToFind).
  it.each([
    [1, 1],
    [99, 99],
    [100, 100],
    [150, 100],
    [250, 120],
    [1000, 420],
    [5000, 500],
    [6000, 300],
    [10_000, 500],
  ])('of %i nodes it looks for %i', (nodes, wanted) => {
    expect(feasibleNodesToFind(nodes)).toBe(wanted);
  });
});

describe('a scheduling cycle', () => {
  it('takes the first node found among those with the highest total', () => {
    const cycle = new Cycle(cluster(3).framework);
    expect([choose(cycle), choose(cycle)]).toEqual(['n0', 'n0']);
  });

  it('goes on where the last search stopped when it need not look at all nodes', () => {
    const cycle = new Cycle(cluster(250).framework);
    // Each search stops after 120 of the 250.
    expect([choose(cycle), choose(cycle), choose(cycle), choose(cycle)]).toEqual([
      'n0',
      'n120',
      'n240',
      'n110',
    ]);
  });

  it('looks further for every node that does not fit', () => {
    const bench = cluster(250, { cpu: '1' }).add(makeNode('n200', { cpu: '8' }));
    expect(choose(new Cycle(bench.framework), { cpu: '2' })).toBe('n200');
  });

  it('takes the only node that fits without scoring', () => {
    const bench = cluster(3)
      .place('n1', makePod('a'))
      .add(makeNode('n0', { cpu: '1' }), makeNode('n2', { cpu: '1' }));
    expect(choose(new Cycle(bench.framework), { cpu: '2' })).toBe('n1');
  });

  it('weighs the plugins as the default profile does', () => {
    // n0 is empty (LeastAllocated 90+), n1 nearly full, but a soft taint counts 3 x 100.
    const soft = { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] };
    const bench = new Bench()
      .add(makeNode('n0', { spec: soft }), makeNode('n1'))
      .place('n1', makePod('a', { cpu: '3', memory: '6Gi' }));
    expect(choose(new Cycle(bench.framework), { cpu: '100m', memory: '100Mi' })).toBe('n1');
  });

  it('passes over a node that other pods have been promised', () => {
    const bench = cluster(2, { cpu: '1' });
    const promised = podInfo(makePod('high', { cpu: '1', spec: { priority: 10 } }));
    bench.framework.nominator.nominate(promised, 'n0');
    expect(choose(new Cycle(bench.framework), { cpu: '1' })).toBe('n1');
    expect(choose(new Cycle(bench.framework), { cpu: '1', spec: { priority: 11 } })).toBe('n0');
  });

  it('tries the node that was promised to the pod before all others', () => {
    const bench = cluster(3).place('n2', makePod('a', { cpu: '2' }));
    expect(choose(new Cycle(bench.framework), { cpu: '1', status: { nominatedNodeName: 'n2' } })).toBe('n2');
    expect(choose(new Cycle(bench.framework), { cpu: '3', status: { nominatedNodeName: 'n2' } })).toBe('n0');
  });
});

describe('the cache', () => {
  const names = (cache: Cache): string[] => cache.nodes.map(({ name }) => name);
  const zoned = (name: string, zone: string) =>
    makeNode(name, { labels: { 'topology.kubernetes.io/zone': zone } });

  it('lists the nodes of the zones in turn', () => {
    const cache = new Cache();
    for (const [name, zone] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['a3', 'a'],
      ['b1', 'b'],
      ['c1', 'c'],
      ['c2', 'c'],
    ] as const) {
      cache.putNode(zoned(name, zone));
    }
    expect(names(cache)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
    cache.removeNode('b1');
    cache.putNode(zoned('a1', 'c'));
    expect(names(cache)).toEqual(['a2', 'c1', 'a3', 'c2', 'a1']);
  });

  it('keeps the list as long as the nodes are the same', () => {
    const cache = new Cache();
    cache.putNode(makeNode('n1'));
    const { nodes } = cache;
    cache.putNode(makeNode('n1', { cpu: '8' }));
    expect(cache.nodes).toBe(nodes);
    expect(cache.nodes[0]?.allocatableCPU).toBe(8000);
  });

  it('counts pods of nodes that it does not know yet, or no longer', () => {
    const cache = new Cache();
    const pod = makePod('a', { cpu: '1', spec: { nodeName: 'n1' } });
    cache.putPod(pod);
    expect(names(cache)).toEqual([]);
    cache.putNode(makeNode('n1'));
    expect(cache.node('n1')?.milliCPU).toBe(1000);
    cache.removeNode('n1');
    expect(cache.node('n1')).toBeUndefined();
    cache.putNode(makeNode('n1'));
    expect(cache.node('n1')?.milliCPU).toBe(1000);
    cache.removePod('uid-a');
    expect(cache.node('n1')?.milliCPU).toBe(0);
  });

  it('moves an assumed pod to where it turns out to be', () => {
    const cache = new Cache();
    for (const name of ['n1', 'n2']) cache.putNode(makeNode(name));
    cache.assume(podInfo(makePod('a', { cpu: '1' })), 'n1');
    cache.putPod(makePod('a', { cpu: '1', spec: { nodeName: 'n2' } }));
    cache.forget('uid-a');
    expect([cache.node('n1')?.milliCPU, cache.node('n2')?.milliCPU]).toEqual([0, 1000]);
  });
});
