import { describe, expect, it } from 'vitest';
import { faults } from '../../src/cluster/faults/registry.ts';
import {
  answers,
  booted,
  create,
  node,
  nodeStates,
  pod,
  readyPods,
  until,
  webDeployment,
  webService,
} from './harness.ts';

describe('a fault that cannot be done', () => {
  it.each([
    [
      'of an unknown kind',
      { kind: 'Kraken' },
      /^unknown fault kind "Kraken": known are ApiErrors, .*WatchDrop, WatchSlow$/,
    ],
    ['without a kind', {}, /^unknown fault kind ""/],
    [
      'with a field it does not take',
      { kind: 'NodeDown', node: 'n1', ship: 'x' },
      'fault NodeDown has no field "ship": it takes node',
    ],
    ['without its node', { kind: 'NodeDown' }, 'fault NodeDown needs the name of a node'],
    ['of a node that is a number', { kind: 'NodeUp', node: 3 }, 'fault NodeUp needs the name of a node'],
    [
      'of a node that does not exist',
      { kind: 'NetworkCut', node: 'n9' },
      'there is no node "n9": there are control-plane, n1, n2',
    ],
    ['without its component', { kind: 'ComponentKill' }, /^fault ComponentKill needs a component: etcd, /],
    [
      'of a load that is no quantity',
      { kind: 'NodeLoad', node: 'n1', memory: 'much' },
      'fault NodeLoad: memory must be a quantity, such as 500Mi',
    ],
    [
      'of a component that does not exist',
      { kind: 'ComponentPause', component: 'crane' },
      'there is no component "crane": there are etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kube-proxy, coredns, kubelet',
    ],
    [
      'of a component that does not exist, on a node',
      { kind: 'ComponentStop', component: 'crane', node: 'n1' },
      /^there is no component "crane"/,
    ],
    [
      'of a component on a node that does not exist',
      { kind: 'ComponentStop', component: 'kubelet', node: 'n9' },
      /^there is no node "n9"/,
    ],
    [
      'of a component of the control plane on a worker',
      { kind: 'ComponentStart', component: 'etcd', node: 'n1' },
      'etcd runs on control-plane, not on n1',
    ],
  ])('%s is refused with a sentence', (_, fault, sentence) => {
    const problem = booted().inject(fault);
    if (typeof sentence === 'string') expect(problem).toBe(sentence);
    else expect(problem).toMatch(sentence);
  });
});

describe('NodeLoad', () => {
  it('takes memory from a machine until NodeUnload, and a power-off ends it, too', () => {
    const cluster = booted();
    const machine = cluster.machines.get('n1');
    const free = (): number => machine?.freeMemory ?? 0;
    const before = free();
    cluster.inject({ kind: 'NodeLoad', node: 'n1', memory: '1Gi', disk: '1Gi', pids: 5 });
    expect(before - free()).toBe(1024 ** 3);
    cluster.inject({ kind: 'NodeUnload', node: 'n1' });
    expect(free()).toBe(before);
    cluster.inject({ kind: 'NodeLoad', node: 'n1', memory: '1Gi' });
    cluster.inject({ kind: 'NodeDown', node: 'n1' });
    expect([free(), machine?.loaded]).toEqual([machine?.containerd.memory.capacity, false]);
  });
});

describe('the targets of a fault', () => {
  it.each(faults.map(({ kind }) => [kind, kind] as const))('can be put to it: %s', (_, kind) => {
    const cluster = booted();
    const broken = BREAK_FIRST[kind];
    if (broken !== undefined) expect(cluster.inject(broken)).toBeUndefined();
    const targets = faults.find((fault) => fault.kind === kind)?.targets(cluster) ?? [];
    expect(targets.length).toBeGreaterThan(0);
    expect(cluster.inject({ kind, ...targets.at(-1) })).toBeUndefined();
  });

  it('leaves out what is broken already, and offers to mend nothing else', () => {
    const cluster = booted();
    const targets = (kind: string): unknown => faults.find((fault) => fault.kind === kind)?.targets(cluster);
    for (const { kind, effect } of faults)
      if (effect === 'mends') expect([kind, targets(kind)]).toEqual([kind, []]);
    cluster.inject({ kind: 'NodeDown', node: 'n1' });
    cluster.inject({ kind: 'NetworkCut', node: 'n2' });
    cluster.inject({ kind: 'ComponentPause', component: 'kube-scheduler' });
    expect(targets('NodeDown')).toEqual([{ node: 'control-plane' }, { node: 'n2' }]);
    expect(targets('NodeUp')).toEqual([{ node: 'n1' }]);
    expect(targets('NetworkHeal')).toEqual([{ node: 'n2' }]);
    expect(targets('ComponentResume')).toEqual([{ component: 'kube-scheduler' }]);
    expect(targets('ComponentKill')).not.toContainEqual({ component: 'kube-scheduler' });
  });
});

/** What must be broken before it can be mended. */
const BREAK_FIRST: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  NetworkPluginUp: { kind: 'NetworkPluginDown', node: 'n1' },
  StorageUp: { kind: 'StorageDown' },
  ApiRecover: { kind: 'ApiErrors' },
  LinkHeal: { kind: 'LinkCut', node: 'n1', to: 'n2' },
  NodeUnload: { kind: 'NodeLoad', node: 'n1', memory: '1Gi' },
  RegistryUp: { kind: 'RegistryDown' },
  ComponentResume: { kind: 'ComponentPause', component: 'etcd' },
  ComponentStart: { kind: 'ComponentStop', component: 'kubelet', node: 'n1' },
  KubeletStart: { kind: 'KubeletStop', node: 'n1' },
  NetworkHeal: { kind: 'NetworkCut', node: 'n1' },
  NodeUp: { kind: 'NodeDown', node: 'n1' },
  DiskFree: { kind: 'DiskFull', node: 'n1' },
  DnsRight: { kind: 'DnsWrong' },
  EtcdFree: { kind: 'EtcdFull' },
  NodeUnclog: { kind: 'NodeClog', node: 'n1' },
};

describe('NetworkCut and NetworkHeal', () => {
  it('part a machine from all others while everything on it runs', () => {
    const cluster = booted();
    create(cluster, webDeployment(4), webService(30080));
    cluster.runFor(20_000);
    const ip = cluster.machines.get('n1')?.host.ip ?? '';
    const from = (name: string) =>
      cluster.fabric.request(cluster.machines.get(name)?.host.namespace as never, {
        host: ip,
        port: 30080,
        message: { protocol: 'http', method: 'GET', path: '/', headers: {}, body: '', host: ip },
      }).outcome;
    cluster.inject({ kind: 'NetworkCut', node: 'n1' });
    expect(answers(cluster, 'n1')).toBe(false);
    expect(from('n2')).toBe('timeout');
    cluster.runFor(60_000);
    expect(nodeStates(cluster)).toEqual({ 'control-plane': 'True', n1: 'Unknown', n2: 'True' });
    expect(cluster.machines.get('n1')?.kubelet.state).toBe('active');
    cluster.inject({ kind: 'NetworkHeal', node: 'n1' });
    expect(answers(cluster, 'n1')).toBe(true);
    expect(until(cluster, () => nodeStates(cluster).n1 === 'True', 30_000)).toBeDefined();
  });
});

describe('NodeDown and NodeUp', () => {
  it('a machine without power starts nothing', () => {
    const cluster = booted();
    cluster.inject({ kind: 'NodeDown', node: 'n1' });
    cluster.inject({ kind: 'KubeletStart', node: 'n1' });
    cluster.inject({ kind: 'ComponentStart', component: 'kubelet' });
    expect(cluster.machines.get('n1')?.kubelet.state).toBe('inactive');
    expect(cluster.machines.get('n2')?.kubelet.state).toBe('active');
  });

  it.each(['n1', 'control-plane'])('switch %s off and on, and the cluster stands again', (node) => {
    const cluster = booted();
    create(cluster, webDeployment(2), webService(30080));
    cluster.runFor(20_000);
    cluster.inject({ kind: 'NodeDown', node });
    const machine = cluster.machines.get(node);
    expect(machine?.powered).toBe(false);
    expect(machine?.containerd.listContainers()).toEqual([]);
    cluster.inject({ kind: 'NodeDown', node });
    cluster.runFor(30_000);
    cluster.inject({ kind: 'NodeUp', node });
    cluster.inject({ kind: 'NodeUp', node });
    cluster.runFor(120_000);
    expect(nodeStates(cluster)).toEqual({ 'control-plane': 'True', n1: 'True', n2: 'True' });
    expect(readyPods(cluster)).toHaveLength(2);
    expect(cluster.componentStates().map(({ state }) => state)).toEqual(Array(5).fill('running'));
    expect(answers(cluster, 'n1')).toBe(true);
  });
});

describe('NodeAdd', () => {
  it('makes a machine that joins the cluster', () => {
    const cluster = booted();
    const fault = { kind: 'NodeAdd', node: 'n3', cpu: 2, memory: '3Gi', labels: { zone: 'b' } };
    expect(cluster.inject(fault)).toBeUndefined();
    expect(until(cluster, () => nodeStates(cluster).n3 === 'True', 60_000)).toBeDefined();
    const added = cluster.get(node, '', 'n3');
    expect(added?.status?.capacity).toMatchObject({ cpu: '2', memory: '3Gi' });
    expect(added?.metadata.labels).toMatchObject({ zone: 'b' });
  });

  it.each([
    ['a name that a node cannot have', { node: 'N_3' }, /needs the name of the new node/],
    ['no name', {}, /needs the name of the new node/],
    ['the name of another', { node: 'n1' }, 'there is a node "n1" already'],
    ['labels that are a list', { node: 'n3', labels: ['a'] }, /labels must be a map of texts/],
    ['labels that are numbers', { node: 'n3', labels: { a: 1 } }, /labels must be a map of texts/],
    [
      'labels that Kubernetes refuses',
      { node: 'n3', labels: { 'a b': 'c' } },
      /^fault NodeAdd: labels: .*must consist of/,
    ],
    [
      'memory that is no quantity',
      { node: 'n3', memory: 'much' },
      /memory must be a quantity such as 4 or 8Gi/,
    ],
    ['less than no cpu', { node: 'n3', cpu: '-1' }, /cpu must be a quantity such as 4 or 8Gi/],
  ])('refuses %s', (_, fields, sentence) => {
    const cluster = booted();
    expect(cluster.inject({ kind: 'NodeAdd', ...fields })).toEqual(
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    );
    expect(cluster.machines.size).toBe(3);
  });
});

describe('LinkCut', () => {
  it('cuts the way between two machines and no other, one way or both, until LinkHeal', () => {
    const cluster = booted();
    create(cluster, webDeployment(4), webService(30080));
    cluster.runFor(20_000);
    expect(cluster.inject({ kind: 'LinkCut', node: 'n1', to: 'n2', oneWay: true })).toBeUndefined();
    expect(cluster.fabric.links.get('n1', 'n2').cut).toBe(true);
    expect(cluster.fabric.links.get('n2', 'n1').cut).toBe(false);
    cluster.runFor(60_000);
    expect(nodeStates(cluster)).toEqual({ 'control-plane': 'True', n1: 'True', n2: 'True' });
    cluster.inject({ kind: 'LinkHeal', node: 'n1', to: 'n2' });
    expect(cluster.fabric.links.get('n1', 'n2').cut).toBe(false);
  });
});

describe('ClockSkew of the control plane', () => {
  it.each([-7200, 7200])(
    'by %i s lets pods start, with tokens that are asked for now and then',
    (seconds) => {
      const cluster = booted();
      cluster.inject({ kind: 'ClockSkew', node: 'control-plane', seconds });
      create(cluster, webDeployment(2));
      expect(cluster.runFor(120_000, 100_000)).toBe(true);
      expect(readyPods(cluster)).toHaveLength(2);
    },
  );
});

describe('LinkSlow', () => {
  it('delays what passes between two machines', () => {
    const cluster = booted();
    expect(
      cluster.inject({ kind: 'LinkSlow', node: 'n1', to: 'n2', latency: 300, loss: 0.5 }),
    ).toBeUndefined();
    expect(cluster.fabric.links.get('n2', 'n1')).toMatchObject({ cut: false, latencyMs: 300, loss: 0.5 });
  });
});

describe('RegistryDown', () => {
  it('keeps images from being pulled until RegistryUp, and pods start then', () => {
    const cluster = booted();
    cluster.inject({ kind: 'RegistryDown', host: 'docker.io' });
    create(cluster, webDeployment(1));
    cluster.runFor(40_000);
    const waiting = cluster.objects(pod, 'default')[0]?.status?.containerStatuses?.[0]?.state?.waiting;
    expect(waiting?.reason).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
    cluster.inject({ kind: 'RegistryUp', host: 'docker.io' });
    expect(until(cluster, () => readyPods(cluster).length === 1, 400_000)).toBeDefined();
  });
});

describe('a fault with a wrong value', () => {
  it.each([
    [
      { kind: 'ApiErrors', code: 418 },
      'fault ApiErrors: code must be one of 409, 429, 500, 503, 504, timeout, not 418',
    ],
    [
      { kind: 'ApiErrors', percent: 0 },
      'fault ApiErrors: percent must be a whole number from 1 to 100, not 0',
    ],
    [{ kind: 'ApiErrors', user: 3 }, 'fault ApiErrors: user must be a name, not 3'],
    [{ kind: 'WatchDrop', resource: 'ships' }, 'fault WatchDrop: there is no resource "ships"'],
    [{ kind: 'LinkCut', node: 'n1' }, 'fault LinkCut needs the name of a node (in the field "to")'],
    [{ kind: 'LinkCut', node: 'n1', to: 'n1' }, 'fault LinkCut needs two different nodes'],
    [
      { kind: 'LinkSlow', node: 'n1', to: 'n2', loss: 2 },
      'fault LinkSlow: loss must be a number from 0 to 1',
    ],
    [{ kind: 'RegistryDown', how: 'loudly' }, 'fault RegistryDown: how must be refused or timeout'],
  ])('%j is refused with a sentence', (fault, sentence) => {
    expect(booted().inject(fault)).toBe(sentence);
  });
});

describe('NetworkPluginDown and NetworkPluginUp', () => {
  it('are inverse to each other', () => {
    const cluster = booted();
    const ready = (): boolean => cluster.machines.get('n1')?.containerd.status().networkReady === true;
    cluster.inject({ kind: 'NetworkPluginDown', node: 'n1' });
    expect(ready()).toBe(false);
    cluster.inject({ kind: 'NetworkPluginUp', node: 'n1' });
    expect(ready()).toBe(true);
  });
});

describe('StorageDown and StorageUp', () => {
  it('keep disks from being made, and let them be made again', () => {
    const cluster = booted();
    cluster.inject({ kind: 'StorageDown' });
    expect(cluster.cloud.createDisk('a')).toContain('Unavailable');
    cluster.inject({ kind: 'StorageUp' });
    expect(cluster.cloud.createDisk('a')).toBeUndefined();
  });
});
