import { describe, expect, it } from 'vitest';
import type { DaemonSet, Pod, Taint } from '../../src/api/generated/types.ts';
import { daemonSet as kind } from '../../src/api/kinds/daemonset.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { Cluster, type KubeletOptions, must, template } from './support.ts';

function daemonSetOf(spec: Partial<DaemonSet['spec']> = {}): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
  };
}

const NODES = ['n1', 'n2', 'n3', 'n4'];

function started(spec: Partial<DaemonSet['spec']> = {}, kubelet: KubeletOptions = {}): Cluster {
  const cluster = new Cluster({ nodes: NODES, kubelet });
  cluster.create(kind, daemonSetOf(spec));
  return cluster.run(3000);
}

/** Where its pods run, sorted; `image@node` with images. */
const places = (cluster: Cluster, images = false): string[] =>
  cluster
    .pods()
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .map(({ spec }) => (images ? `${spec.containers[0]?.image}@${spec.nodeName}` : (spec.nodeName ?? '')))
    .sort();

function setImage(cluster: Cluster, image: string): void {
  const patch = { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } };
  must(cluster.admin.patch(kind, 'web', 'default', 'strategic', patch));
}

const isReady = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

const updated = (cluster: Cluster): boolean => {
  const { status, metadata } = cluster.get(kind, 'web');
  return (
    status?.observedGeneration === metadata.generation &&
    status?.updatedNumberScheduled === NODES.length &&
    status?.numberAvailable === NODES.length
  );
};

describe('a sync of a DaemonSet', () => {
  it('takes longer the more nodes it looks at, and takes in more changes at once', () => {
    const nodes = Array.from({ length: 1000 }, (_, i) => `n${i}`);
    const cluster = new Cluster({ nodes, kubelet: false });
    cluster.create(kind, daemonSetOf());
    cluster.run(3000);
    expect(cluster.pods()).toHaveLength(1000);
    const before = cluster.requests.get('update daemonsets') ?? 0;
    for (const { metadata } of cluster.pods()) {
      const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
      must(
        cluster.admin.patch(
          podKind,
          metadata.name ?? '',
          'default',
          'merge',
          { status },
          { subresource: 'status' },
        ),
      );
      cluster.run(1);
    }
    cluster.run(1000);
    expect(cluster.get(kind, 'web').status?.numberReady).toBe(1000);
    // A second of changes, at 2 ms and 10 µs for each node a sync.
    expect((cluster.requests.get('update daemonsets') ?? 0) - before).toBeLessThan(1000 / 12 + 5);
  });
});

describe('where a DaemonSet runs', () => {
  const taint = (key: string, effect: string): Taint => ({ key, effect });
  const CASES: readonly {
    name: string;
    taints?: readonly Taint[];
    labels?: Record<string, string>;
    pod?: object;
    runs: boolean;
  }[] = [
    { name: 'on any node', runs: true },
    {
      name: 'not on a node with a taint that it does not tolerate',
      taints: [taint('gpu', 'NoSchedule')],
      runs: false,
    },
    { name: 'not on a node with a NoExecute taint', taints: [taint('gpu', 'NoExecute')], runs: false },
    {
      name: 'in spite of a taint that only asks to stay away',
      taints: [taint('gpu', 'PreferNoSchedule')],
      runs: true,
    },
    {
      name: 'on a tainted node that it tolerates',
      taints: [taint('gpu', 'NoSchedule')],
      pod: { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
      runs: true,
    },
    {
      name: 'not on a node without the label it asks for',
      pod: { nodeSelector: { disk: 'ssd' } },
      runs: false,
    },
    {
      name: 'on a node with the label it asks for',
      labels: { disk: 'ssd' },
      pod: { nodeSelector: { disk: 'ssd' } },
      runs: true,
    },
  ];
  it.each(CASES)('$name', ({ taints, labels, pod = {}, runs }) => {
    const cluster = new Cluster({ nodes: [] });
    cluster.addNode('n1', {
      ...(taints === undefined ? {} : { taints }),
      ...(labels === undefined ? {} : { labels }),
    });
    cluster.create(kind, daemonSetOf({ template: template('nginx:1.27', 'web', pod) }));
    cluster.run(3000);
    expect(places(cluster)).toEqual(runs ? ['n1'] : []);
    expect(cluster.get(kind, 'web').status).toMatchObject({
      desiredNumberScheduled: runs ? 1 : 0,
      currentNumberScheduled: runs ? 1 : 0,
    });
  });

  it.each(['not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'])(
    'its pods tolerate node.kubernetes.io/%s',
    (key) => {
      const tolerations = started().pods()[0]?.spec.tolerations ?? [];
      const effect = key === 'not-ready' || key === 'unreachable' ? 'NoExecute' : 'NoSchedule';
      expect(tolerations).toContainEqual({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect });
    },
  );

  it('its pods tolerate a missing network only when they use the nodes own', () => {
    const keys = (pod: object) =>
      started({ template: template('x', 'web', pod) })
        .pods()[0]
        ?.spec.tolerations?.map(({ key }) => key);
    expect(keys({})).not.toContain('node.kubernetes.io/network-unavailable');
    expect(keys({ hostNetwork: true })).toContain('node.kubernetes.io/network-unavailable');
  });
});

describe('the pods of a DaemonSet', () => {
  it('are one a node, pinned to it by name, with the hash and the generation of the template', () => {
    const cluster = started();
    expect(places(cluster)).toEqual(NODES);
    const pod = cluster.pods()[0] as Pod;
    expect(pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual({
      nodeSelectorTerms: [
        { matchFields: [{ key: 'metadata.name', operator: 'In', values: [pod.spec.nodeName] }] },
      ],
    });
    expect(pod.metadata.labels).toMatchObject({ app: 'web', 'pod-template-generation': '1' });
    expect(pod.metadata.labels?.['controller-revision-hash']).toMatch(/^[456789bcdf]{1,10}$/);
    expect(cluster.events('web')[0]).toMatch(
      /^Normal SuccessfulCreate from daemonset-controller: Created pod: web-/,
    );
  });

  it('are counted in the status', () => {
    expect(started().get(kind, 'web').status).toEqual({
      currentNumberScheduled: 4,
      numberMisscheduled: 0,
      desiredNumberScheduled: 4,
      numberReady: 4,
      observedGeneration: 1,
      updatedNumberScheduled: 4,
      numberAvailable: 4,
    });
  });

  it('follow the nodes that come and go', () => {
    const cluster = started();
    cluster.addNode('n5');
    cluster.run(3000);
    expect(places(cluster)).toEqual([...NODES, 'n5']);
    cluster.remove(nodeKind, 'n5');
    cluster.run(90_000);
    expect(places(cluster)).toEqual(NODES);
  });

  it('come to a node that gets the label, and leave one that loses it', () => {
    const cluster = started({ template: template('x', 'web', { nodeSelector: { disk: 'ssd' } }) });
    expect(places(cluster)).toEqual([]);
    cluster.merge(nodeKind, 'n2', { metadata: { labels: { disk: 'ssd' } } });
    cluster.run(3000);
    expect(places(cluster)).toEqual(['n2']);
    cluster.merge(nodeKind, 'n2', { metadata: { labels: { disk: null } } });
    cluster.run(3000);
    expect(places(cluster)).toEqual([]);
  });

  it('stay when a NoSchedule taint comes, as misscheduled, and go with a NoExecute taint', () => {
    const cluster = started();
    cluster.merge(nodeKind, 'n1', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } });
    cluster.run(3000);
    expect(places(cluster)).toEqual(NODES);
    expect(cluster.get(kind, 'web').status).toMatchObject({
      numberMisscheduled: 1,
      desiredNumberScheduled: 3,
    });
    cluster.merge(nodeKind, 'n1', { spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } });
    cluster.run(3000);
    expect(places(cluster)).toEqual(['n2', 'n3', 'n4']);
  });

  it('stay on a cordoned node', () => {
    const cluster = started();
    cluster.merge(nodeKind, 'n1', { spec: { unschedulable: true } });
    cluster.run(3000);
    expect(places(cluster)).toEqual(NODES);
    expect(cluster.get(kind, 'web').status).toMatchObject({
      desiredNumberScheduled: 4,
      numberMisscheduled: 0,
    });
  });

  it('are replaced when they are deleted, but not before they are gone', () => {
    const cluster = started();
    cluster.kubelet.silence('n1');
    const pod = cluster.pods().find(({ spec }) => spec.nodeName === 'n1') as Pod;
    cluster.remove(podKind, pod.metadata.name ?? '');
    cluster.run(3000);
    expect(cluster.pods()).toHaveLength(4);
    cluster.kubelet.revive('n1');
    cluster.run(3000);
    expect(places(cluster)).toEqual(NODES);
  });

  it('that have failed are replaced, the second time a second later, then two, then four', () => {
    const cluster = started();
    const times: number[] = [];
    for (let i = 0; i < 4; i++) {
      const pod = cluster.pods().find(({ spec }) => spec.nodeName === 'n1') as Pod;
      cluster.kubelet.set(pod, 'Failed');
      const begun = cluster.sim.now();
      cluster.until(() => cluster.find(podKind, pod.metadata.name ?? '') === undefined, 60_000);
      times.push((cluster.sim.now() - begun) / 1000);
      cluster.until(
        () =>
          cluster.pods().some(({ spec, status }) => spec.nodeName === 'n1' && status?.phase === 'Running'),
        60_000,
      );
    }
    // The new pod starts within the delay, so that a little of it has passed.
    expect(times.map(Math.round)).toEqual([0, 1, 2, 4]);
    const text =
      /^Warning FailedDaemonPod from daemonset-controller: Found failed daemon pod default\/web-\w+ on node n1, will try to kill it$/;
    expect(cluster.events('web').filter((event) => text.test(event))).toHaveLength(4);
  });

  it('that have succeeded are replaced at once', () => {
    const cluster = started();
    const pod = cluster.pods()[0] as Pod;
    cluster.kubelet.set(pod, 'Succeeded');
    cluster.run(3000);
    expect(cluster.find(podKind, pod.metadata.name ?? '')).toBeUndefined();
    expect(places(cluster)).toEqual(NODES);
    expect(cluster.events('web').some((event) => event.startsWith('Normal SucceededDaemonPod'))).toBe(true);
  });
});

describe('an update of a DaemonSet', () => {
  const unavailable = (cluster: Cluster): number => NODES.length - cluster.pods().filter(isReady).length;

  it.each([
    [1, 1],
    [2, 2],
    ['25%', 1],
    ['30%', 2],
    ['100%', 4],
  ])('with maxUnavailable %s has at most %i pods down at a time', (maxUnavailable, wanted) => {
    const cluster = started({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } } });
    let most = 0;
    setImage(cluster, 'nginx:1.28');
    cluster.until(
      () => updated(cluster),
      120_000,
      () => {
        most = Math.max(most, unavailable(cluster));
      },
    );
    expect(most).toBe(wanted);
    expect(places(cluster, true)).toEqual(NODES.map((name) => `nginx:1.28@${name}`));
  });

  it('stops at a revision that does not work', () => {
    const cluster = started();
    setImage(cluster, 'broken');
    cluster.run(60_000);
    expect(places(cluster, true).filter((place) => place.startsWith('broken'))).toHaveLength(1);
    expect(cluster.get(kind, 'web').status).toMatchObject({
      updatedNumberScheduled: 1,
      numberAvailable: 3,
      numberUnavailable: 1,
    });
  });

  it('waits for minReadySeconds after each pod', () => {
    const cluster = started({ minReadySeconds: 10 });
    cluster.run(15_000);
    const begun = cluster.sim.now();
    setImage(cluster, 'nginx:1.28');
    cluster.until(() => updated(cluster), 120_000);
    expect(cluster.sim.now() - begun).toBeGreaterThanOrEqual(40_000);
    expect(cluster.sim.now() - begun).toBeLessThan(60_000);
  });

  it('with maxSurge starts the new pod first, so that none is down', () => {
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    const cluster = started({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
    let [down, most] = [0, 0];
    setImage(cluster, 'nginx:1.28');
    cluster.until(
      () => updated(cluster),
      120_000,
      () => {
        const nodes = new Set(
          cluster
            .pods()
            .filter(isReady)
            .map(({ spec }) => spec.nodeName),
        );
        down = Math.max(down, NODES.length - nodes.size);
        most = Math.max(most, places(cluster).length);
      },
    );
    expect([down, most]).toEqual([0, 5]);
    cluster.run(5000);
    expect(places(cluster, true)).toEqual(NODES.map((name) => `nginx:1.28@${name}`));
  });

  it('with OnDelete waits for the user', () => {
    const cluster = started({ updateStrategy: { type: 'OnDelete' } });
    setImage(cluster, 'nginx:1.28');
    cluster.run(30_000);
    expect(places(cluster, true)).toEqual(NODES.map((name) => `nginx:1.27@${name}`));
    cluster.remove(podKind, cluster.pods().find(({ spec }) => spec.nodeName === 'n2')?.metadata.name ?? '');
    cluster.run(3000);
    expect(places(cluster, true)).toContain('nginx:1.28@n2');
    expect(cluster.get(kind, 'web').status).toMatchObject({ updatedNumberScheduled: 1 });
  });

  it('is done as well by controllers that are restarted every second', () => {
    const cluster = started();
    setImage(cluster, 'nginx:1.28');
    for (let i = 0; i < 60 && !updated(cluster); i++) {
      cluster.restart();
      cluster.run(1000);
    }
    expect(places(cluster, true)).toEqual(NODES.map((name) => `nginx:1.28@${name}`));
  });
});
