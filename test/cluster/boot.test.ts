import { describe, expect, it } from 'vitest';
import { daemonSet } from '../../src/api/kinds/daemonset.ts';
import { nameOf } from '../../src/api/object.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import { booted, deployment, isReady, node, nodeStates, pods, service } from './harness.ts';

describe('a cluster that boots', () => {
  it('stands within a minute, every node ready', () => {
    const cluster = booted();
    expect(cluster.sim.elapsed()).toBeLessThan(60_000);
    expect(nodeStates(cluster)).toEqual({ 'control-plane': 'True', n1: 'True', n2: 'True' });
    expect(cluster.componentStates()).toEqual([
      { name: 'etcd', node: 'control-plane', state: 'running' },
      { name: 'kube-apiserver', node: 'control-plane', state: 'running' },
      { name: 'kube-controller-manager', node: 'control-plane', state: 'running' },
      { name: 'kube-scheduler', node: 'control-plane', state: 'running' },
      { name: 'coredns', node: expect.any(String), state: 'running' },
    ]);
  });

  it('has the layout of kubeadm: static pods as mirror pods, kube-proxy on each node, cluster DNS', () => {
    const cluster = booted();
    cluster.runFor(20_000);
    const system = pods(cluster, 'kube-system');
    expect(system.every(isReady)).toBe(true);
    const names = system.map(nameOf).map((name) => name.replace(/^(coredns|kube-proxy)-.*/, '$1'));
    expect(names).toEqual([
      'coredns',
      'coredns',
      'etcd-control-plane',
      'kube-apiserver-control-plane',
      'kube-controller-manager-control-plane',
      'kube-proxy',
      'kube-proxy',
      'kube-proxy',
      'kube-scheduler-control-plane',
    ]);
    const mirrors = system.filter(
      ({ metadata }) => metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined,
    );
    expect(mirrors.map(nameOf)).toEqual(system.map(nameOf).filter((name) => name.endsWith('control-plane')));
    for (const { metadata } of mirrors)
      expect(metadata.ownerReferences).toMatchObject([
        { kind: 'Node', name: 'control-plane', controller: true },
      ]);
    expect(cluster.get(daemonSet, 'kube-system', 'kube-proxy')?.status?.numberReady).toBe(3);
    expect(cluster.get(deployment, 'kube-system', 'coredns')?.status?.readyReplicas).toBe(2);
    expect(cluster.get(service, 'kube-system', 'kube-dns')?.spec?.clusterIP).toBe('10.96.0.10');
  });

  it('keeps ordinary pods off the control plane', () => {
    const control = booted().get(node, '', 'control-plane');
    expect(control?.spec?.taints).toEqual([
      { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
    ]);
    expect(control?.metadata.labels).toHaveProperty(['node-role.kubernetes.io/control-plane'], '');
  });

  it('makes nodes as the spec has them', () => {
    const taint = { key: 'cargo', value: 'cold', effect: 'NoSchedule' };
    const cluster = booted({
      nodes: [{ name: 'reefer', cpu: '2', memory: '3Gi', pods: 12, labels: { zone: 'a' }, taints: [taint] }],
    });
    const reefer = cluster.get(node, '', 'reefer');
    expect(reefer?.status?.capacity).toMatchObject({ cpu: '2', memory: '3Gi', pods: '12' });
    expect(reefer?.metadata.labels).toMatchObject({ zone: 'a', 'kubernetes.io/hostname': 'reefer' });
    expect(reefer?.spec?.taints).toEqual([taint]);
  });

  it('comes up without any worker', () => {
    expect(Object.keys(nodeStates(booted({ nodes: [] })))).toEqual(['control-plane']);
  });

  it('begins at the time it is told to', () => {
    const startTime = Date.UTC(2030, 5, 1);
    const cluster = booted({ startTime });
    expect(cluster.sim.now()).toBe(startTime + cluster.sim.elapsed());
    expect(cluster.get(node, '', 'n1')?.metadata.creationTimestamp).toMatch(/^2030-06-01T00:00:/);
  });

  it('reports failure when it cannot stand', () => {
    const cluster = new Cluster({ seed: 1, nodes: [{ name: 'n1' }] });
    cluster.fabric.links.isolate('n1');
    expect(cluster.boot()).toBe(false);
    expect(cluster.sim.elapsed()).toBe(300_000);
  });

  it('is quiet afterwards: only leases and heartbeats are written', () => {
    const cluster = booted();
    cluster.runFor(120_000);
    const written = new Set<string>();
    cluster.onCommit(({ key }) => written.add(key.split('/')[2] ?? ''));
    cluster.runFor(600_000);
    expect([...written].sort()).toEqual(['leases', 'minions']);
  });
});
