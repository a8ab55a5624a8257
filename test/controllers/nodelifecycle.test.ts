import { describe, expect, it } from 'vitest';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { Cluster, podOf } from './support.ts';

/** `key:effect` of the node's taints. */
const taints = (cluster: Cluster, name: string): string[] =>
  (cluster.get(nodeKind, name).spec.taints ?? [])
    .map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`)
    .sort();

const condition = (cluster: Cluster, name: string, type = 'Ready') =>
  cluster.get(nodeKind, name).status?.conditions?.find((candidate) => candidate.type === type);

const evicting = (cluster: Cluster, names: readonly string[]): string[] =>
  names.filter((name) => taints(cluster, name).some((taint) => taint.endsWith(':NoExecute')));

const some = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** A cluster of nodes in which each zone gets a label. */
function zoned(zones: Readonly<Record<string, readonly string[]>>): Cluster {
  const cluster = new Cluster({ nodes: [] });
  for (const [zone, names] of Object.entries(zones))
    for (const name of names) cluster.addNode(name, { labels: { 'topology.kubernetes.io/zone': zone } });
  return cluster.run(1000);
}

describe('a node whose kubelet falls silent', () => {
  function lost(): Cluster {
    const cluster = new Cluster({ nodes: ['n1', 'n2', 'n3'] });
    cluster.create(podKind, podOf('p1', { spec: { ...podOf('p1').spec, nodeName: 'n1' } }));
    cluster.run(9000);
    // The last heartbeat is that of the tenth second.
    cluster.run(500);
    cluster.kubelet.silence('n1');
    return cluster;
  }

  it('is given 50 seconds from its last heartbeat', () => {
    const cluster = lost();
    cluster.run(48_000);
    expect(condition(cluster, 'n1')?.status).toBe('True');
    cluster.run(10_000);
    expect(condition(cluster, 'n1')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
  });

  it('has every condition of the kubelet unknown, is tainted, and its pods are no longer ready', () => {
    const cluster = lost().run(58_000);
    for (const type of ['MemoryPressure', 'DiskPressure', 'PIDPressure'])
      expect(condition(cluster, 'n1', type)).toMatchObject({
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
      });
    expect(taints(cluster, 'n1')).toContain('unreachable:NoSchedule');
    expect(cluster.get(podKind, 'p1').status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False' }),
    );
    expect(cluster.events('n1')).toContain(
      'Normal NodeNotReady from node-controller: Node n1 status is now: NodeNotReady',
    );
    expect(cluster.events('p1')).toContain('Warning NodeNotReady from node-controller: Node is not ready');
    cluster.run(6000);
    expect(taints(cluster, 'n1')).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule']);
  });

  it('loses its pods 300 seconds after the NoExecute taint', () => {
    const cluster = lost().run(64_000);
    const added =
      cluster.get(nodeKind, 'n1').spec.taints?.find(({ effect }) => effect === 'NoExecute')?.timeAdded ?? '';
    cluster.until(() => cluster.get(podKind, 'p1').metadata.deletionTimestamp !== undefined);
    expect(cluster.sim.now() - Date.parse(added)).toBeGreaterThanOrEqual(300_000);
    expect(cluster.sim.now() - Date.parse(added)).toBeLessThan(301_000);
    cluster.run(60_000);
    expect(cluster.find(podKind, 'p1')).toBeDefined();
  });

  it('has no taints left when it is back, and keeps its pods', () => {
    const cluster = lost().run(64_000);
    cluster.kubelet.revive('n1');
    cluster.run(6000);
    expect(taints(cluster, 'n1')).toEqual([]);
    cluster.run(400_000);
    expect(cluster.get(podKind, 'p1').metadata.deletionTimestamp).toBeUndefined();
  });

  it('stays ready as long as it renews its lease, though it posts no status', () => {
    const cluster = new Cluster().run(600_000);
    expect(condition(cluster, 'n1')?.status).toBe('True');
  });
});

describe('a node', () => {
  it('that never posted a status is given 60 seconds', () => {
    const cluster = new Cluster();
    cluster.create(nodeKind, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'mute' }, spec: {} });
    cluster.run(58_000);
    expect(condition(cluster, 'mute')).toBeUndefined();
    cluster.run(10_000);
    for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'])
      expect(condition(cluster, 'mute', type)).toMatchObject({
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
      });
  });

  it.each([
    ['MemoryPressure', 'True', ['memory-pressure:NoSchedule']],
    ['DiskPressure', 'True', ['disk-pressure:NoSchedule']],
    ['PIDPressure', 'True', ['pid-pressure:NoSchedule']],
    ['NetworkUnavailable', 'True', ['network-unavailable:NoSchedule']],
    ['NetworkUnavailable', 'False', []],
    ['MemoryPressure', 'False', []],
  ])('with %s %s is tainted %j', (type, status, wanted) => {
    const cluster = new Cluster();
    const { conditions = [] } = cluster.get(nodeKind, 'n1').status ?? {};
    const others = conditions.filter((other) => other.type !== type);
    cluster.merge(nodeKind, 'n1', { status: { conditions: [...others, { type, status }] } }, 'status');
    cluster.run(1000);
    expect(taints(cluster, 'n1')).toEqual(wanted);
  });

  it('that is cordoned is tainted, and no longer when it is uncordoned', () => {
    const cluster = new Cluster();
    cluster.merge(nodeKind, 'n1', { spec: { unschedulable: true } });
    cluster.run(1000);
    expect(taints(cluster, 'n1')).toEqual(['unschedulable:NoSchedule']);
    cluster.merge(nodeKind, 'n1', { spec: { unschedulable: false } });
    cluster.run(1000);
    expect(taints(cluster, 'n1')).toEqual([]);
  });

  it('keeps taints that are not ours', () => {
    const cluster = new Cluster({ nodes: ['n2'] });
    cluster.addNode('n1', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] });
    cluster.run(1000);
    cluster.merge(nodeKind, 'n1', { spec: { unschedulable: true } });
    cluster.run(1000);
    expect(taints(cluster, 'n1')).toEqual(['gpu:NoSchedule', 'unschedulable:NoSchedule']);
  });

  it('whose kubelet says that it is not ready is tainted so, and its pods are its kubelets business', () => {
    const cluster = new Cluster({ nodes: ['n1', 'n2'] });
    cluster.create(podKind, podOf('p1', { spec: { ...podOf('p1').spec, nodeName: 'n1' } }));
    cluster.run(1000);
    cluster.kubelet.post('n1', 'False');
    cluster.run(10_000);
    expect(taints(cluster, 'n1')).toEqual(['not-ready:NoExecute', 'not-ready:NoSchedule']);
    expect(cluster.get(podKind, 'p1').status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'True' }),
    );
  });

  it('that goes from not ready to silent changes its taint without waiting in the queue', () => {
    const cluster = new Cluster({ nodes: ['n1', 'n2'] });
    cluster.kubelet.post('n1', 'False');
    cluster.run(10_000);
    cluster.kubelet.silence('n1');
    cluster.run(70_000);
    expect(taints(cluster, 'n1')).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule']);
  });

  it('is announced when it comes and when it goes', () => {
    const cluster = new Cluster();
    expect(cluster.events('n1')).toEqual([
      'Normal RegisteredNode from node-controller: Node n1 event: Registered Node n1 in Controller',
    ]);
    cluster.remove(nodeKind, 'n1');
    cluster.run(1000);
    expect(cluster.events('n1')).toContain(
      'Normal RemovingNode from node-controller: Node n1 event: Removing Node n1 from Controller',
    );
  });
});

describe('when many nodes are lost together', () => {
  it('one is given up every ten seconds while fewer than 55 % of the zone are gone', () => {
    const names = some('n', 10);
    const cluster = new Cluster({ nodes: names });
    const gone = names.slice(0, 4);
    cluster.kubelet.silence(...gone);
    cluster.until(() => evicting(cluster, gone).length === 1, 120_000);
    const counts = [9_000, 2_000, 10_000, 10_000].map(
      (ms) => evicting(cluster.run(ms) as Cluster, gone).length,
    );
    expect(counts).toEqual([1, 2, 3, 4]);
  });

  it('in a small zone none is given up once 55 % and at least three are gone', () => {
    const names = some('n', 5);
    const cluster = new Cluster({ nodes: names });
    cluster.kubelet.silence('n0', 'n1', 'n2');
    cluster.run(600_000);
    expect(condition(cluster, 'n0')?.status).toBe('Unknown');
    expect(evicting(cluster, names)).toEqual([]);
  });

  it('two of three are too few to stop', () => {
    const cluster = new Cluster({ nodes: ['n0', 'n1', 'n2'] });
    cluster.kubelet.silence('n0', 'n1');
    cluster.run(100_000);
    expect(evicting(cluster, ['n0', 'n1'])).toEqual(['n0', 'n1']);
  });

  it('in a large zone one is given up every hundred seconds', () => {
    const names = some('n', 60);
    const cluster = new Cluster({ nodes: names });
    const gone = names.slice(0, 40);
    cluster.kubelet.silence(...gone);
    cluster.until(() => evicting(cluster, gone).length === 1, 240_000);
    const before = evicting(cluster, gone).length;
    cluster.run(450_000);
    expect(evicting(cluster, gone).length - before).toBeGreaterThanOrEqual(4);
    expect(evicting(cluster, gone).length - before).toBeLessThanOrEqual(5);
  });

  it('a zone that is lost altogether is evicted at full pace while another answers', () => {
    const east = some('e', 3);
    const cluster = zoned({ east, west: some('w', 3) });
    cluster.kubelet.silence(...east);
    cluster.run(100_000);
    expect(evicting(cluster, east)).toEqual(east);
  });

  it('nobody is evicted when every zone is lost: NoExecute taints are removed', () => {
    const east = some('e', 3);
    const west = some('w', 3);
    const cluster = zoned({ east, west });
    cluster.kubelet.silence(...east);
    cluster.run(100_000);
    expect(evicting(cluster, east)).toEqual(east);
    cluster.kubelet.silence(...west);
    cluster.run(100_000);
    expect(evicting(cluster, [...east, ...west])).toEqual([]);
    expect(taints(cluster, 'e0')).toEqual(['unreachable:NoSchedule']);
    cluster.run(600_000);
    expect(evicting(cluster, [...east, ...west])).toEqual([]);
  });

  it('when one zone answers again the other is given up once more', () => {
    const east = some('e', 3);
    const west = some('w', 3);
    const cluster = zoned({ east, west });
    cluster.kubelet.silence(...east, ...west);
    cluster.run(200_000);
    expect(evicting(cluster, [...east, ...west])).toEqual([]);
    cluster.kubelet.revive(...west);
    cluster.run(100_000);
    expect(evicting(cluster, [...east, ...west])).toEqual(east);
  });

  it('a node may be kept out of this reckoning by a label', () => {
    const cluster = new Cluster({ nodes: ['n0', 'n1'] });
    for (const name of ['x0', 'x1', 'x2'])
      cluster.addNode(name, { labels: { 'node.kubernetes.io/exclude-disruption': '' } });
    cluster.run(1000);
    cluster.kubelet.silence('x0', 'x1', 'x2');
    cluster.run(120_000);
    expect(evicting(cluster, ['x0', 'x1', 'x2'])).toEqual(['x0', 'x1', 'x2']);
  });
});
