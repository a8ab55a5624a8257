import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/cluster/cluster.ts';
import {
  answers,
  barePod,
  booted,
  create,
  get,
  isReady,
  must,
  node,
  nodeStates,
  player,
  pod,
  podNamed,
  pods,
  readyPods,
  refusal,
  until,
  webService,
  withWeb,
} from './harness.ts';

function inject(cluster: Cluster, kind: string, fields: Record<string, string>): void {
  expect(cluster.inject({ kind, ...fields })).toBeUndefined();
}

/** How many of so many requests to a machine's node port fail. */
function failures(cluster: Cluster, machine: string, requests: number): number {
  let failed = 0;
  for (let i = 0; i < requests; i++) {
    if (!answers(cluster, machine)) failed++;
    cluster.runFor(10);
  }
  return failed;
}

describe('with a stopped kubelet', () => {
  it('containers run on and answer, the node becomes NotReady, and its pods are replaced after five minutes', () => {
    const cluster = withWeb(4);
    const lost = pods(cluster).filter((each) => each.spec.nodeName === 'n1');
    expect(lost.length).toBeGreaterThan(0);
    inject(cluster, 'KubeletStop', { node: 'n1' });
    const machine = cluster.machines.get('n1');

    // 40 s of grace since the last sign of life, seen by a monitor that looks every 5 s.
    const unknown = until(cluster, () => nodeStates(cluster).n1 === 'Unknown', 120_000);
    expect(unknown).toBeGreaterThan(39_000);
    expect(unknown).toBeLessThan(56_000);
    expect(cluster.get(node, '', 'n1')?.spec?.taints?.map(({ key }) => key)).toContain(
      'node.kubernetes.io/unreachable',
    );
    expect(
      machine?.containerd.listContainers().filter(({ state }) => state === 'running').length,
    ).toBeGreaterThan(lost.length);
    expect(answers(cluster, 'n1')).toBe(true);
    for (const { metadata } of lost)
      expect(isReady(podNamed(cluster, metadata.name ?? '') as never)).toBe(false);

    const evicted = until(
      cluster,
      () =>
        lost.every(
          ({ metadata }) => podNamed(cluster, metadata.name ?? '')?.metadata.deletionTimestamp !== undefined,
        ),
      400_000,
    );
    expect(evicted).toBeGreaterThan(295_000);
    expect(evicted).toBeLessThan(310_000);
    expect(until(cluster, () => readyPods(cluster).length === 4, 30_000)).toBeDefined();
    // Nobody can say that the containers have ended: the pods stay, terminating, until their kubelet says so.
    expect(lost.every(({ metadata }) => podNamed(cluster, metadata.name ?? '') !== undefined)).toBe(true);
    inject(cluster, 'KubeletStart', { node: 'n1' });
    cluster.runFor(60_000);
    expect(nodeStates(cluster).n1).toBe('True');
    expect(lost.every(({ metadata }) => podNamed(cluster, metadata.name ?? '') === undefined)).toBe(true);
  });

  it('a pod that is bound to the node stays Pending', () => {
    const cluster = booted();
    inject(cluster, 'KubeletStop', { node: 'n1' });
    create(cluster, barePod('late', { nodeName: 'n1' }));
    cluster.runFor(30_000);
    expect(podNamed(cluster, 'late')?.status?.phase).toBe('Pending');
    inject(cluster, 'KubeletStart', { node: 'n1' });
    expect(
      until(cluster, () => podNamed(cluster, 'late')?.status?.phase === 'Running', 30_000),
    ).toBeDefined();
  });

  it('a crashed container is not restarted until the kubelet is back', () => {
    const cluster = withWeb(1);
    const [only] = pods(cluster);
    const machine = cluster.machines.get(only?.spec.nodeName ?? '');
    inject(cluster, 'KubeletStop', { node: machine?.name ?? '' });
    const [container] = machine?.containerd.find(`default/${only?.metadata.name}`) ?? [];
    machine?.containerd.killContainer(container?.id ?? '');
    cluster.runFor(20_000);
    expect(answers(cluster, 'n1')).toBe(false);
    inject(cluster, 'KubeletStart', { node: machine?.name ?? '' });
    expect(until(cluster, () => answers(cluster, 'n1'), 30_000)).toBeDefined();
  });
});

describe('with a stopped kube-proxy on a node', () => {
  it('known Services are reached through the node, new ones only through the others', () => {
    const cluster = withWeb(2);
    inject(cluster, 'ComponentStop', { component: 'kube-proxy', node: 'n1' });
    create(cluster, webService(30090, 'late'));
    cluster.runFor(10_000);
    expect(failures(cluster, 'n1', 10)).toBe(0);
    expect(answers(cluster, 'n2', 30090)).toBe(true);
    const refused = get(cluster, cluster.machines.get('n1')?.host.ip ?? '', 30090);
    expect(refused.outcome).toBe('refused');
    inject(cluster, 'ComponentStart', { component: 'kube-proxy', node: 'n1' });
    expect(until(cluster, () => answers(cluster, 'n1', 30090), 30_000)).toBeDefined();
  });

  it('some requests go to an endpoint that is gone', () => {
    const cluster = withWeb(2);
    inject(cluster, 'ComponentStop', { component: 'kube-proxy', node: 'n1' });
    const [first] = pods(cluster);
    must(player(cluster, 'kubectl delete pod').delete(pod, first?.metadata.name ?? '', 'default'));
    cluster.runFor(60_000);
    expect(readyPods(cluster)).toHaveLength(2);
    expect(failures(cluster, 'n2', 30)).toBe(0);
    const failed = failures(cluster, 'n1', 30);
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThan(30);
    inject(cluster, 'ComponentStart', { component: 'kube-proxy', node: 'n1' });
    cluster.runFor(30_000);
    expect(failures(cluster, 'n1', 30)).toBe(0);
  });
});

describe('with a stopped scheduler', () => {
  it('new pods stay Pending without any event, and are placed when it is back', () => {
    const cluster = withWeb(2);
    inject(cluster, 'ComponentStop', { component: 'kube-scheduler' });
    cluster.runFor(5_000);
    expect(cluster.componentStates()).toContainEqual({
      name: 'kube-scheduler',
      node: 'control-plane',
      state: 'down',
    });
    create(cluster, barePod('late'), barePod('bound', { nodeName: 'n2' }));
    cluster.runFor(60_000);
    expect(podNamed(cluster, 'late')?.status?.phase).toBe('Pending');
    expect(podNamed(cluster, 'late')?.status?.conditions).toBeUndefined();
    expect(cluster.decisionFor('default', 'late')).toBeUndefined();
    expect(answers(cluster, 'n1')).toBe(true);
    // A pod that says where it goes needs no scheduler.
    expect(podNamed(cluster, 'bound')?.status?.phase).toBe('Running');
    inject(cluster, 'ComponentStart', { component: 'kube-scheduler' });
    expect(
      until(cluster, () => podNamed(cluster, 'late')?.status?.phase === 'Running', 60_000),
    ).toBeDefined();
  });
});

describe('with a stopped controller manager', () => {
  it('nothing replaces a deleted pod until it is back', () => {
    const cluster = withWeb(3);
    inject(cluster, 'ComponentStop', { component: 'kube-controller-manager' });
    cluster.runFor(5_000);
    const [first] = pods(cluster);
    must(player(cluster, 'kubectl delete pod').delete(pod, first?.metadata.name ?? '', 'default'));
    cluster.runFor(90_000);
    expect(pods(cluster)).toHaveLength(2);
    inject(cluster, 'ComponentStart', { component: 'kube-controller-manager' });
    expect(until(cluster, () => readyPods(cluster).length === 3, 60_000)).toBeDefined();
  });
});

describe('with a stopped API server', () => {
  it('kubectl is refused, workloads serve on, and everything goes on when it is back', () => {
    const cluster = withWeb(2);
    const before = pods(cluster).map(({ metadata }) => metadata.uid);
    inject(cluster, 'ComponentStop', { component: 'kube-apiserver' });
    cluster.runFor(10_000);
    expect(refusal(player(cluster, 'kubectl get pods').list(pod, { namespace: 'default' }))).toBe(
      'dial tcp 192.168.0.10:6443: connect: connection refused',
    );
    for (let i = 0; i < 10; i++) {
      cluster.runFor(30_000);
      expect(answers(cluster, 'n1')).toBe(true);
    }
    inject(cluster, 'ComponentStart', { component: 'kube-apiserver' });
    // The kubelets report again before anyone is evicted for having been silent.
    expect(
      until(cluster, () => refusal(player(cluster, 'get').list(pod)) === undefined, 60_000),
    ).toBeDefined();
    cluster.runFor(120_000);
    expect(nodeStates(cluster)).toEqual({ 'control-plane': 'True', n1: 'True', n2: 'True' });
    expect(pods(cluster).map(({ metadata }) => metadata.uid)).toEqual(before);
  });
});

describe('with a stopped etcd', () => {
  it('the API server cannot answer, workloads serve on, and nothing is lost', () => {
    const cluster = withWeb(2);
    const before = pods(cluster).map(({ metadata }) => metadata.uid);
    inject(cluster, 'ComponentStop', { component: 'etcd' });
    cluster.runFor(10_000);
    expect(refusal(player(cluster, 'kubectl get pods').list(pod))).toBeDefined();
    expect(answers(cluster, 'n2')).toBe(true);
    cluster.runFor(60_000);
    inject(cluster, 'ComponentStart', { component: 'etcd' });
    expect(
      until(cluster, () => refusal(player(cluster, 'get').list(pod)) === undefined, 120_000),
    ).toBeDefined();
    cluster.runFor(120_000);
    expect(nodeStates(cluster)).toEqual({ 'control-plane': 'True', n1: 'True', n2: 'True' });
    expect(pods(cluster).map(({ metadata }) => metadata.uid)).toEqual(before);
    expect(cluster.componentStates().map(({ state }) => state)).toEqual(Array(5).fill('running'));
  });
});

describe('with a machine that lost power', () => {
  it('requests to its address go nowhere, the others serve, and its pods move', () => {
    const cluster = withWeb(4);
    inject(cluster, 'NodeDown', { node: 'n1' });
    cluster.runFor(1000);
    expect(answers(cluster, 'n1')).toBe(false);
    expect(until(cluster, () => nodeStates(cluster).n1 === 'Unknown', 60_000)).toBeDefined();
    cluster.runFor(5_000);
    // Its endpoints are out of service: whoever asks another node is answered.
    expect(failures(cluster, 'n2', 20)).toBe(0);
    expect(until(cluster, () => readyPods(cluster).length === 4, 330_000)).toBeDefined();
    expect(readyPods(cluster).every(({ spec }) => spec.nodeName === 'n2')).toBe(true);
    inject(cluster, 'NodeUp', { node: 'n1' });
    expect(until(cluster, () => nodeStates(cluster).n1 === 'True', 60_000)).toBeDefined();
    cluster.runFor(60_000);
    expect(pods(cluster)).toHaveLength(4);
  });
});
