import { describe, expect, it } from 'vitest';
import { lease as leaseKind } from '../../src/api/kinds/lease.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { Harness, NODE, spec } from './harness.ts';

describe('a node', () => {
  it('registers itself with its labels, resources and conditions', () => {
    const h = new Harness();
    h.run(1);
    const node = h.node();
    expect(node.metadata.labels).toMatchObject({
      'kubernetes.io/hostname': NODE,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'topology.kubernetes.io/zone': 'east',
    });
    expect(node.status?.capacity).toMatchObject({ cpu: '4', memory: '8Gi', pods: '110' });
    expect(node.status?.allocatable).toMatchObject({ cpu: '4', memory: '8092Mi', pods: '110' });
    expect(node.status?.nodeInfo?.kubeletVersion).toMatch(/^v1\.35\./);
    expect(
      node.status?.conditions?.map(({ type, status, reason, message }) => [type, status, reason, message]),
    ).toEqual([
      ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
      ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
      ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
      ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
    ]);
    expect(h.told('Node')).toEqual(
      expect.arrayContaining([
        'Starting Starting kubelet.',
        `NodeReady Node ${NODE} status is now: NodeReady`,
      ]),
    );
  });

  it('renews its lease every 10 s and posts an unchanged status every 5 min', () => {
    const h = new Harness();
    h.run(5);
    h.requests.length = 0;
    h.run(620);
    const count = (resource: string): number =>
      h.requests.filter((r) => r.resource === resource && r.verb === 'update').length;
    expect(count('leases')).toBe(62);
    expect(count('nodes')).toBe(2);
    const lease = h.admin.get(leaseKind, NODE, 'kube-node-lease');
    expect(lease.ok && lease.value).toMatchObject({
      spec: { holderIdentity: NODE, leaseDurationSeconds: 40 },
      metadata: { ownerReferences: [{ kind: 'Node', name: NODE, uid: h.node().metadata.uid }] },
    });
  });

  it('is not ready while its network is not, and starts pods once it is', () => {
    const h = new Harness({ start: false });
    h.runtime.state = {
      runtimeReady: true,
      networkReady: false,
      message: 'Network plugin returns error: cni plugin not initialized',
    };
    h.startKubelet();
    h.create({ spec: spec() });
    h.create({ metadata: { name: 'host', namespace: 'default' }, spec: spec({}, { hostNetwork: true }) });
    h.run(10);
    expect(h.node().status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message:
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    });
    expect(h.pod()?.status?.phase).toBe('Pending');
    expect(h.pod('host')?.status).toMatchObject({ phase: 'Running', podIP: '192.168.0.11' });
    h.runtime.state = { runtimeReady: true, networkReady: true, message: '' };
    h.run(12);
    expect(h.pod()?.status?.phase).toBe('Running');
    expect(h.node().status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  });

  it('reports its images, and says when it was cordoned', () => {
    const h = new Harness({ images: { nginx: { sizeBytes: 500 } } });
    h.create({ spec: spec() });
    h.run(15);
    expect(h.node().status?.images).toEqual([
      { names: ['docker.io/library/nginx@sha256:abc', 'docker.io/library/nginx'], sizeBytes: 500 },
    ]);
    h.admin.patch(nodeKind, NODE, undefined, 'merge', { spec: { unschedulable: true } });
    h.run(15);
    expect(h.told('Node')).toContain(`NodeNotSchedulable Node ${NODE} status is now: NodeNotSchedulable`);
  });
});

describe('a kubelet cut off from the API server', () => {
  it('keeps containers running and restarts them, and reports it all later', () => {
    const h = new Harness();
    h.create({ spec: spec() });
    h.run(5);
    h.away = true;
    h.runtime.kill('web', 1);
    h.run(60);
    expect(h.runtime.listContainers().some(({ state }) => state === 'running')).toBe(true);
    expect(h.restarts()).toBe(0);
    h.away = false;
    h.run(15);
    expect(h.restarts()).toBe(1);
  });

  it('registers its node when the API server appears', () => {
    const h = new Harness({ start: false });
    h.away = true;
    h.startKubelet();
    h.run(60);
    h.away = false;
    h.run(30);
    expect(h.node().status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    h.create({ spec: spec() });
    h.run(5);
    expect(h.pod()?.status?.phase).toBe('Running');
  });

  it('sets right what the node controller wrote about its pods meanwhile', () => {
    const h = new Harness();
    h.create({ spec: spec() });
    h.run(5);
    const pod = h.pod();
    const conditions = (pod?.status?.conditions ?? []).map((c) =>
      c.type === 'Ready' ? { ...c, status: 'False' } : c,
    );
    h.writeStatus('web', { ...pod?.status, conditions });
    expect(h.condition('Ready')?.status).toBe('False');
    h.run(2);
    expect(h.condition('Ready')?.status).toBe('True');
  });
});

describe('a kubelet that is started anew', () => {
  it('finds its containers and carries on without restarting them', () => {
    const h = new Harness({ images: { nginx: { http: { 80: () => 200 } } } });
    const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 60 };
    h.create({ spec: spec({ readinessProbe }) });
    h.run(10);
    const before = h.pod()?.status;
    h.process.kill();
    h.run(20);
    h.startKubelet();
    h.run(20);
    expect(h.pod()?.status).toEqual(before);
    expect(h.runtime.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });

  it('leaves labels alone that somebody changed since it registered, but for the default ones', () => {
    const h = new Harness();
    h.run(1);
    const node = h.node();
    const labels = { ...node.metadata.labels, rack: 'r2', 'kubernetes.io/os': 'plan9' };
    h.admin.update(nodeKind, { ...node, metadata: { ...node.metadata, labels } });
    h.restartKubelet();
    h.run(5);
    expect(h.node().metadata.labels).toEqual({ ...labels, 'kubernetes.io/os': 'linux' });
  });

  it('has nothing to add to a pod that was refused before', () => {
    const h = new Harness();
    h.create({ spec: spec({}, { nodeSelector: { disk: 'tape' } }) });
    h.run(5);
    const refused = h.pod();
    expect(refused?.status).toMatchObject({ phase: 'Failed', reason: 'NodeAffinity' });
    h.restartKubelet();
    h.run(30);
    expect(h.pod()?.status).toEqual(refused?.status);
    h.delete();
    h.run(5);
    expect(h.pod()).toBeUndefined();
  });

  it('does not count pods that have ended when it lets pods in', () => {
    const h = new Harness({ images: { nginx: {}, job: { exit: { code: 0, after: 1000 } } } });
    const half = { resources: { requests: { cpu: '2' } } };
    for (const [name, image] of [
      ['a', 'job'],
      ['b', 'nginx'],
    ] as const) {
      const rest = image === 'job' ? { restartPolicy: 'Never' } : {};
      h.create({ metadata: { name, namespace: 'default' }, spec: spec({ image, ...half }, rest) });
    }
    h.run(10);
    h.create({ metadata: { name: 'c', namespace: 'default' }, spec: spec(half) });
    h.run(10);
    h.restartKubelet();
    h.run(20);
    expect(['a', 'b', 'c'].map((name) => h.pod(name)?.status?.phase)).toEqual([
      'Succeeded',
      'Running',
      'Running',
    ]);
  });

  it('stops what runs of a pod that it does not let in again', () => {
    const h = new Harness({ images: { nginx: { stop: 500 } } });
    const disk = (value: string): void =>
      void h.admin.patch(nodeKind, NODE, '', 'merge', { metadata: { labels: { disk: value } } });
    h.run(1);
    disk('ssd');
    const { uid = '' } = h.create({ spec: spec({}, { nodeSelector: { disk: 'ssd' } }) }).metadata;
    h.run(10);
    expect(h.state()).toBe('running');
    disk('hdd');
    h.restartKubelet();
    h.run(30);
    expect(h.pod()?.status).toMatchObject({ phase: 'Failed', reason: 'NodeAffinity' });
    expect(h.runtime.containersOf(uid).filter(({ state }) => state === 'running')).toEqual([]);
  });

  it('goes on with a pull, a start or a stop that the old one had begun', () => {
    for (let kill = 100; kill < 3000; kill += 100) {
      const h = new Harness({ images: { nginx: { pullMs: 1000, stop: 500 } } });
      h.create({ spec: spec() });
      h.run(kill / 1000);
      h.restartKubelet();
      h.run(20);
      expect(h.pod()?.status?.phase, `killed after ${kill} ms`).toBe('Running');
      expect(h.restarts(), `killed after ${kill} ms`).toBe(0);
      h.delete();
      h.run((kill % 1500) / 1000);
      h.restartKubelet();
      h.run(40);
      expect(h.pod(), `killed after ${kill} ms`).toBeUndefined();
      expect(h.runtime.listPodSandboxes()).toEqual([]);
    }
  });

  it('stops what belongs to pods that were deleted meanwhile', () => {
    const h = new Harness();
    h.create({ spec: spec() });
    h.run(5);
    h.process.kill();
    h.delete('web', { gracePeriodSeconds: 0 });
    h.run(5);
    expect(h.runtime.listContainers()[0]?.state).toBe('running');
    h.startKubelet();
    h.run(5);
    expect(h.runtime.listContainers()).toEqual([]);
  });

  it('reports nothing while it is paused, and everything when it goes on', () => {
    const h = new Harness();
    h.run(5);
    h.process.pause();
    h.create({ spec: spec() });
    h.run(60);
    expect(h.pod()?.status?.phase).toBe('Pending');
    expect(h.runtime.calls).toEqual([]);
    h.process.resume();
    h.run(10);
    expect(h.pod()?.status?.phase).toBe('Running');
  });
});
