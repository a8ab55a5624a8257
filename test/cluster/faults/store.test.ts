import { describe, expect, it } from 'vitest';
import type { Pod, PodCondition } from '../../../src/api/generated/types.ts';
import { configMap } from '../../../src/api/kinds/configmap.ts';
import { event } from '../../../src/api/kinds/event.ts';
import { lease } from '../../../src/api/kinds/lease.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { Cluster } from '../../../src/cluster/cluster.ts';
import {
  booted,
  create,
  must,
  node,
  nodeStates,
  pods,
  readyPods,
  scale,
  until,
  withWeb,
} from '../harness.ts';

function write(cluster: Cluster, name: string): string {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } };
  const result = cluster.client('test').create(configMap, object);
  return result.ok ? 'ok' : (result.status.message ?? '');
}

describe('EtcdSlow', () => {
  it('a slow disk delays what follows from a write, and etcd complains of it', () => {
    const took = [0, 800].map((latency) => {
      const cluster = withWeb(1);
      expect(cluster.inject({ kind: 'EtcdSlow', latency })).toBeUndefined();
      scale(cluster, 3);
      return until(cluster, () => readyPods(cluster).length === 3, 120_000) ?? Number.POSITIVE_INFINITY;
    });
    expect(took[1]).toBeGreaterThan((took[0] as number) + 2_000);
    expect(took[1]).toBeLessThan(60_000);
  });

  it('requests that would take longer than seven seconds time out; a good disk ends it', () => {
    const cluster = booted();
    cluster.inject({ kind: 'EtcdSlow', latency: 8_000 });
    expect(write(cluster, 'a')).toBe('etcdserver: request timed out');
    cluster.inject({ kind: 'EtcdSlow', latency: 0 });
    cluster.runFor(60_000);
    expect(write(cluster, 'a')).toBe('ok');
  });

  it('a leader among three whose disk takes longer than an election timeout loses the leadership', () => {
    const cluster = new Cluster({ seed: 1, nodes: [{ name: 'n1' }], controlPlanes: 3 });
    expect(cluster.boot()).toBe(true);
    const before = cluster.etcdCluster.leader;
    cluster.inject({ kind: 'EtcdSlow', node: before?.host ?? '', latency: 3_000 });
    cluster.runFor(15_000);
    expect(cluster.etcdCluster.leader).not.toBe(before);
    expect(write(cluster, 'a')).toBe('ok');
    expect(cluster.inject({ kind: 'EtcdSlow', node: 'n1', latency: 3_000 })).toBe(
      'there is no member of etcd on n1',
    );
  });

  it.each([{}, { latency: -1 }, { latency: 0.5 }, { latency: 'slow' }])('refuses %j', (fields) => {
    expect(booted().inject({ kind: 'EtcdSlow', ...fields })).toMatch(/latency must be whole milliseconds/);
  });
});

describe('EtcdFull and EtcdFree', () => {
  it('writes are refused, reads are not; afterwards both go', () => {
    const cluster = booted();
    expect(write(cluster, 'a')).toBe('ok');
    cluster.inject({ kind: 'EtcdFull' });
    expect(write(cluster, 'b')).toBe('etcdserver: mvcc: database space exceeded');
    expect(must(cluster.client('test').get(configMap, 'a', 'default')).metadata.name).toBe('a');
    expect(cluster.inject({ kind: 'EtcdFree' })).toBeUndefined();
    expect(write(cluster, 'b')).toBe('ok');
  });
});

describe('ClockSkew', () => {
  it('of a node makes its heartbeats wrong and nothing else', () => {
    const cluster = booted();
    cluster.inject({ kind: 'ClockSkew', node: 'n1', seconds: -3600 });
    cluster.runFor(60_000);
    const renewed = Date.parse(cluster.get(lease, 'kube-node-lease', 'n1')?.spec.renewTime ?? '');
    expect(Math.abs(cluster.sim.now() - 3_600_000 - renewed)).toBeLessThan(20_000);
    expect(nodeStates(cluster).n1).toBe('True');
  });

  it('of the control plane makes the times of new objects and events wrong, and leaders stay', () => {
    const cluster = withWeb(1);
    const holder = cluster.get(lease, 'kube-system', 'kube-scheduler')?.spec.holderIdentity;
    cluster.inject({ kind: 'ClockSkew', node: 'control-plane', seconds: 7200 });
    scale(cluster, 2);
    cluster.runFor(60_000);
    expect(readyPods(cluster)).toHaveLength(2);
    const newest = Math.max(
      ...pods(cluster).map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '')),
    );
    expect(newest).toBeGreaterThan(cluster.sim.now() + 7_000_000);
    const scheduled = cluster.objects(event).filter(({ reason }) => reason === 'Scheduled');
    expect(
      Math.max(...scheduled.map((each) => Date.parse(each.eventTime ?? each.lastTimestamp ?? ''))),
    ).toBeGreaterThan(cluster.sim.now());
    expect(cluster.get(lease, 'kube-system', 'kube-scheduler')?.spec.holderIdentity).toBe(holder);
  });

  it('wants whole seconds', () => {
    expect(booted().inject({ kind: 'ClockSkew', node: 'n1', seconds: 'late' })).toMatch(/seconds must be/);
  });
});

describe('DiskFull and DiskFree', () => {
  it('a node comes under disk pressure, is tainted, loses its pods and gets none, until there has been room for a while', () => {
    const cluster = withWeb(1);
    cluster.inject({ kind: 'DiskFull', node: 'n1' });
    cluster.inject({ kind: 'DiskFull', node: 'n2' });
    cluster.runFor(20_000);
    const pressed = cluster.get(node, '', 'n1');
    expect(pressed?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure' }),
    );
    expect(pressed?.spec.taints).toContainEqual(
      expect.objectContaining({ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }),
    );
    scale(cluster, 3);
    cluster.runFor(20_000);
    expect(readyPods(cluster)).toHaveLength(0);
    cluster.inject({ kind: 'DiskFree', node: 'n1' });
    // evictionPressureTransitionPeriod: five minutes.
    expect(until(cluster, () => readyPods(cluster).length > 0, 250_000)).toBeUndefined();
    expect(until(cluster, () => readyPods(cluster).length === 3, 120_000)).toBeDefined();
  });

  it('a pod that is bound to such a node anyway is rejected', () => {
    const cluster = booted();
    cluster.inject({ kind: 'DiskFull', node: 'n1' });
    cluster.runFor(20_000);
    const forced: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'forced', namespace: 'default' },
      spec: { nodeName: 'n1', containers: [{ name: 'a', image: 'nginx:1.27' }] },
    };
    create(cluster, forced);
    cluster.runFor(5_000);
    expect(pods(cluster)[0]?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [DiskPressure]. ',
    });
  });
});

describe('a pod that is evicted from a full node', () => {
  /** Evicted, with a condition that it had before. */
  function evicted(conditions: readonly PodCondition[]): readonly Pod[] {
    const cluster = booted();
    const made: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'default' },
      // Takes no notice of SIGTERM.
      spec: {
        nodeName: 'n1',
        containers: [{ name: 'a', image: 'busybox:1.36', command: ['sleep', '1000'] }],
      },
    };
    create(cluster, made);
    cluster.runFor(10_000);
    const [pod] = pods(cluster) as readonly Pod[] as [Pod];
    const status = { ...pod.status, conditions: [...(pod.status?.conditions ?? []), ...conditions] };
    must(cluster.client('test').updateStatus(podKind, { ...pod, status }));
    const before = cluster.revision;
    cluster.inject({ kind: 'DiskFull', node: 'n1' });
    cluster.runFor(60_000);
    return [...cluster.history.between(before + 1, cluster.revision)]
      .map(({ value }) => value)
      .filter((value): value is Pod => value?.kind === 'Pod' && value.metadata.name === 'a');
  }
  const disruption = (pod: Pod | undefined) =>
    pod?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');

  it('is told of as such when it has ended, and not before', () => {
    const states = evicted([]);
    const last = states.at(-1);
    expect(last?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(disruption(last)).toMatchObject({ status: 'True', reason: 'TerminationByKubelet' });
    for (const each of states.filter(({ status }) => status?.phase === 'Running')) {
      expect(each.status?.reason).toBeUndefined();
      expect(disruption(each)).toBeUndefined();
    }
  });

  it('is a target of disruption since it became one', () => {
    const lastTransitionTime = '2026-01-01T00:00:00Z';
    const since = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      lastTransitionTime,
    };
    expect(disruption(evicted([since]).at(-1))).toMatchObject({
      reason: 'TerminationByKubelet',
      lastTransitionTime,
    });
  });
});

describe('etcd on a machine whose disk is full', () => {
  it('has all that was written when it is started again', () => {
    const cluster = booted();
    expect(write(cluster, 'before')).toBe('ok');
    cluster.inject({ kind: 'DiskFull', node: 'control-plane' });
    cluster.inject({ kind: 'ComponentKill', component: 'etcd' });
    cluster.runFor(120_000);
    expect(cluster.get(configMap, 'default', 'before')).toBeDefined();
  });
});

describe('DnsWrong and DnsRight', () => {
  const ask = (cluster: Cluster, name: string) =>
    cluster.fabric.request(cluster.controlPlane.host.namespace, {
      host: '10.96.0.10',
      port: 53,
      transport: 'UDP',
      message: { protocol: 'dns', name, type: 'A' },
    }).reply;

  it('answers one name wrongly, or all, until it is right again', () => {
    const cluster = booted();
    cluster.runFor(10_000);
    const name = 'kubernetes.default.svc.cluster.local';
    expect(ask(cluster, name)).toMatchObject({ code: 'NOERROR', answers: [{ value: '10.96.0.1' }] });
    cluster.inject({ kind: 'DnsWrong', name, answer: '10.0.0.99' });
    expect(ask(cluster, name)).toMatchObject({ answers: [{ value: '10.0.0.99' }] });
    cluster.inject({ kind: 'DnsWrong', answer: 'NXDOMAIN' });
    expect(ask(cluster, 'kube-dns.kube-system.svc.cluster.local')).toMatchObject({ code: 'NXDOMAIN' });
    cluster.inject({ kind: 'DnsRight' });
    expect(ask(cluster, name)).toMatchObject({ answers: [{ value: '10.96.0.1' }] });
  });

  it('refuses an answer that is none', () => {
    expect(booted().inject({ kind: 'DnsWrong', answer: 'maybe' })).toMatch(/answer must be an address/);
  });
});

describe('WatchSlow', () => {
  it('what happens reaches the watchers late, and they are right in the end', () => {
    const took = [0, 5_000].map((latency) => {
      const cluster = withWeb(1);
      expect(cluster.inject({ kind: 'WatchSlow', resource: 'pods', latency })).toBeUndefined();
      scale(cluster, 4);
      return until(cluster, () => readyPods(cluster).length === 4, 120_000) ?? Number.POSITIVE_INFINITY;
    });
    expect(took[1]).toBeGreaterThan((took[0] as number) + 5_000);
    expect(took[1]).toBeLessThan(120_000);
  });
});

describe('NodeClog and NodeUnclog', () => {
  it('what was meant for the node waits and comes through, without a broken connection', () => {
    const cluster = withWeb(2);
    cluster.inject({ kind: 'NodeClog', node: 'n1' });
    cluster.runFor(10_000);
    scale(cluster, 4);
    cluster.runFor(10_000);
    expect(readyPods(cluster).length).toBeLessThan(4);
    expect(nodeStates(cluster).n1).toBe('True');
    cluster.inject({ kind: 'NodeUnclog', node: 'n1' });
    expect(until(cluster, () => readyPods(cluster).length === 4, 30_000)).toBeDefined();
  });

  it('a node that is clogged for long is lost, and found again', () => {
    const cluster = booted();
    cluster.inject({ kind: 'NodeClog', node: 'n1' });
    cluster.runFor(90_000);
    expect(nodeStates(cluster).n1).toBe('Unknown');
    cluster.inject({ kind: 'NodeUnclog', node: 'n1' });
    cluster.runFor(30_000);
    expect(nodeStates(cluster).n1).toBe('True');
  });
});
