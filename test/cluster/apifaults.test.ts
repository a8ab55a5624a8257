import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/api/generated/types.ts';
import { endpointSlice } from '../../src/api/kinds/endpointslice.ts';
import {
  barePod,
  booted,
  create,
  deployment,
  must,
  node,
  player,
  pod,
  readyPods,
  service,
  until,
  webDeployment,
  webService,
} from './harness.ts';

describe('ApiErrors', () => {
  it.each([
    [409, 'Conflict'],
    [429, 'TooManyRequests'],
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
    [504, 'Timeout'],
  ] as const)('answers %i to whoever writes, until ApiRecover', (code, reason) => {
    const cluster = booted();
    const nodes = cluster.objects(node);
    expect(cluster.inject({ kind: 'ApiErrors', code, user: 'kubernetes-admin' })).toBeUndefined();
    const before = cluster.revision;
    const refused = cluster.client('test').update(node, nodes[1] as (typeof nodes)[number]);
    expect(refused).toMatchObject({ ok: false, status: { reason } });
    expect(cluster.revision).toBe(before);
    cluster.inject({ kind: 'ApiRecover' });
    expect(cluster.client('test').list(node).ok).toBe(true);
  });

  it('with a timeout does what was asked and does not say so', () => {
    const cluster = booted();
    cluster.inject({ kind: 'ApiErrors', code: 'timeout', resource: 'deployments' });
    const answer = cluster.client('test').create(deployment, webDeployment(1));
    expect(answer).toMatchObject({ ok: false, status: { code: 504 } });
    expect(cluster.get(deployment, 'default', 'web')).toBeDefined();
  });

  it('with conflicts for a kubelet holds up the end of its pods, and no longer', () => {
    const cluster = booted();
    const names = Array.from({ length: 10 }, (_, i) => `pod-${i}`);
    for (const name of names)
      create(cluster, barePod(name, { nodeName: 'n1', terminationGracePeriodSeconds: 1 }));
    cluster.runFor(30_000);
    cluster.inject({ kind: 'ApiErrors', code: 409, percent: 50, user: 'system:node:n1', resource: 'pods' });
    for (const name of names) must(player(cluster, 'delete').delete(pod, name, 'default'));
    cluster.runFor(20_000);
    cluster.inject({ kind: 'ApiRecover' });
    cluster.runFor(60_000);
    expect(cluster.objects(pod, 'default')).toEqual([]);
  });

  it('of deletions let a pod be marked as evicted once, however often it is tried', () => {
    const cluster = booted();
    create(cluster, barePod('one', { nodeName: 'n1', terminationGracePeriodSeconds: 30 }));
    cluster.runFor(20_000);
    const account = 'system:serviceaccount:kube-system:node-controller';
    const times = new Set<string | undefined>();
    cluster.onCommit(({ value }) => {
      const conditions = value?.kind === 'Pod' ? (value as Pod).status?.conditions : undefined;
      const target = conditions?.find(({ type }) => type === 'DisruptionTarget');
      if (target !== undefined) times.add(target.lastTransitionTime);
    });
    cluster.inject({ kind: 'ApiErrors', code: 503, percent: 50, user: account, resource: 'pods' });
    const taints = [{ key: 'upkeep', effect: 'NoExecute' }];
    must(player(cluster, 'taint').patch(node, 'n1', undefined, 'merge', { spec: { taints } }));
    cluster.runFor(60_000);
    cluster.inject({ kind: 'ApiRecover' });
    cluster.runFor(60_000);
    expect(times.size).toBe(1);
    expect(cluster.objects(pod, 'default')).toEqual([]);
  });

  it('of half of all requests slows the cluster down and breaks nothing', () => {
    const cluster = booted();
    create(cluster, webDeployment(3));
    for (const code of [409, 500, 'timeout']) cluster.inject({ kind: 'ApiErrors', code, percent: 20 });
    cluster.runFor(60_000);
    cluster.inject({ kind: 'ApiRecover' });
    cluster.runFor(120_000);
    expect(readyPods(cluster)).toHaveLength(3);
    expect(cluster.objects(pod, 'default')).toHaveLength(3);
  });
});

describe('WatchDrop and EtcdCompact', () => {
  it('together make everybody list anew, and nothing is missed', () => {
    const cluster = booted();
    cluster.inject({ kind: 'WatchDrop' });
    create(cluster, webDeployment(3));
    cluster.inject({ kind: 'EtcdCompact' });
    cluster.inject({ kind: 'EtcdCompact' });
    expect(until(cluster, () => readyPods(cluster).length === 3, 60_000)).toBeDefined();
  });

  it('does not make a controller that has not seen its own slice make another one', () => {
    const cluster = booted();
    cluster.inject({ kind: 'WatchDrop', resource: 'endpointslices' });
    create(cluster, webService());
    cluster.runFor(100);
    const labels = { metadata: { labels: { tier: 'front' } } };
    must(player(cluster, 'label').patch(service, 'web', 'default', 'merge', labels));
    cluster.runFor(60_000);
    const slices = cluster
      .objects(endpointSlice, 'default')
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web');
    expect(slices.map(({ metadata }) => metadata.labels?.tier)).toEqual(['front']);
  });

  it('of one resource leaves the others open', () => {
    const cluster = booted();
    let closed = 0;
    const options = { resourceVersion: String(cluster.revision) };
    const count = (): void => {
      closed++;
    };
    cluster.client('test').watch(node, options, () => {}, count);
    cluster.client('test').watch(pod, options, () => {}, count);
    expect(cluster.inject({ kind: 'WatchDrop', resource: 'nodes' })).toBeUndefined();
    expect(closed).toBe(1);
  });
});
