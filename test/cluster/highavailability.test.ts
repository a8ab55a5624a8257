import { describe, expect, it } from 'vitest';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { endpoints } from '../../src/api/kinds/endpoints.ts';
import { lease } from '../../src/api/kinds/lease.ts';
import { node } from '../../src/api/kinds/node.ts';
import { Cluster } from '../../src/cluster/cluster.ts';

function booted(controlPlanes: 1 | 3 | 5 = 3): Cluster {
  const cluster = new Cluster({ seed: 1, nodes: [{ name: 'n1' }, { name: 'n2' }], controlPlanes });
  expect(cluster.boot()).toBe(true);
  cluster.runFor(20_000);
  return cluster;
}

function write(cluster: Cluster, name: string): string {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } };
  const result = cluster.client('test').create(configMap, object);
  return result.ok ? 'ok' : (result.status.message ?? '');
}

function read(cluster: Cluster): string {
  const result = cluster.client('test').list(configMap, { namespace: 'default' });
  return result.ok ? 'ok' : (result.status.message ?? '');
}

const holder = (cluster: Cluster, name: string): string =>
  cluster.get(lease, 'kube-system', name)?.spec.holderIdentity?.split('_')[0] ?? '';

describe('a control plane of three machines', () => {
  it('has a node, a member, an API server and an address of the Service kubernetes on each', () => {
    const cluster = booted();
    expect(cluster.objects(node).map(({ metadata }) => metadata.name)).toEqual([
      'control-plane',
      'control-plane2',
      'control-plane3',
      'n1',
      'n2',
    ]);
    expect([...cluster.apiServers.keys()].sort()).toEqual([
      'control-plane',
      'control-plane2',
      'control-plane3',
    ]);
    const addresses = cluster.get(endpoints, 'default', 'kubernetes')?.subsets?.[0]?.addresses ?? [];
    expect(addresses.map(({ ip }) => ip)).toEqual(['192.168.0.10', '192.168.0.11', '192.168.0.12']);
    expect(cluster.etcdCluster.members.filter(({ role }) => role === 'leader')).toHaveLength(1);
  });

  it('goes on when one machine is lost, with another leader of etcd, scheduler and controllers', () => {
    const cluster = booted();
    const lost = cluster.etcdCluster.leader?.host ?? '';
    const term = cluster.etcdCluster.leader?.term ?? 0;
    cluster.inject({ kind: 'NodeDown', node: lost });
    cluster.runFor(40_000);
    expect(write(cluster, 'a')).toBe('ok');
    expect(cluster.etcdCluster.leader?.host).not.toBe(lost);
    expect(cluster.etcdCluster.leader?.term).toBeGreaterThan(term);
    expect(holder(cluster, 'kube-scheduler')).not.toBe(lost);
    expect(holder(cluster, 'kube-controller-manager')).not.toBe(lost);
    expect(cluster.get(endpoints, 'default', 'kubernetes')?.subsets?.[0]?.addresses).toHaveLength(2);
    cluster.inject({ kind: 'NodeUp', node: lost });
    cluster.runFor(60_000);
    expect(cluster.etcdCluster.at(lost)?.revision).toBe(cluster.revision);
    expect(cluster.get(endpoints, 'default', 'kubernetes')?.subsets?.[0]?.addresses).toHaveLength(3);
  });

  it('can do nothing when two are lost, says so in the words of etcd, and recovers with one of them', () => {
    const cluster = booted();
    cluster.inject({ kind: 'ComponentStop', component: 'etcd', node: 'control-plane2' });
    cluster.inject({ kind: 'ComponentStop', component: 'etcd', node: 'control-plane3' });
    cluster.runFor(45_000);
    expect(read(cluster)).toBe('etcdserver: request timed out');
    expect(write(cluster, 'a')).toBe('etcdserver: request timed out');
    cluster.inject({ kind: 'ComponentStart', component: 'etcd', node: 'control-plane2' });
    cluster.runFor(60_000);
    expect(read(cluster)).toBe('ok');
    expect(write(cluster, 'b')).toBe('ok');
  });

  it('a member that is cut off serves no linearizable reads, and catches up when it returns', () => {
    const cluster = booted();
    const cut = cluster.etcdCluster.members.find(({ role }) => role === 'follower');
    if (cut === undefined) throw new Error('no follower');
    cluster.inject({ kind: 'NetworkCut', node: cut.host });
    cluster.runFor(5_000);
    expect(write(cluster, 'a')).toBe('ok');
    const before = cut.get('/registry/configmaps/default/a');
    expect(before.ok ? '' : before.error.message).toBe('etcdserver: request timed out');
    expect(cut.getSerializable('/registry/configmaps/default/a')).toEqual({ ok: true, value: undefined });
    cluster.inject({ kind: 'NetworkHeal', node: cut.host });
    cluster.runFor(5_000);
    expect(cut.get('/registry/configmaps/default/a')).toMatchObject({ ok: true, value: { version: 1 } });
    expect(cut.revision).toBe(cluster.revision);
  });

  it('runs the same way twice', () => {
    const hashes = [0, 1].map(() => {
      const cluster = booted();
      cluster.inject({ kind: 'NodeDown', node: 'control-plane2' });
      cluster.runFor(30_000);
      return cluster.stateHash();
    });
    expect(hashes[0]).toBe(hashes[1]);
  });
});

describe('a control plane of five machines', () => {
  it('survives the loss of two', () => {
    const cluster = booted(5);
    cluster.inject({ kind: 'NodeDown', node: 'control-plane' });
    cluster.inject({ kind: 'NodeDown', node: 'control-plane4' });
    cluster.runFor(30_000);
    expect(write(cluster, 'a')).toBe('ok');
  });
});
