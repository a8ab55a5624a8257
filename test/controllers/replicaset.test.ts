import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/api/generated/types.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { replicaSet as replicaSetKind } from '../../src/api/kinds/replicaset.ts';
import { forbidden, internalError, type Status } from '../../src/apimachinery/status.ts';
import { Expectations } from '../../src/controllers/expectations.ts';
import { slowStart } from '../../src/controllers/podcontrol.ts';
import { rankForDeletion } from '../../src/controllers/podranking.ts';
import { isAvailableSince } from '../../src/controllers/replicas.ts';
import { Cluster, podOf, replicaSetOf } from './support.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString().replace('.000Z', 'Z');

interface PodShape {
  readonly uid?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly ready?: string;
  readonly cost?: string;
  readonly restarts?: number;
  readonly sidecarRestarts?: number;
  readonly created?: string;
}

function shaped(name: string, shape: PodShape): Pod {
  const { node = 'n1', phase = 'Running', ready, cost, restarts = 0, sidecarRestarts } = shape;
  const sidecar = { name: 's', image: 's', restartPolicy: 'Always' };
  const status = (container: string, restartCount: number) => ({
    name: container,
    restartCount,
    ready: true,
    image: '',
    imageID: '',
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: shape.uid ?? name,
      creationTimestamp: shape.created ?? ago(1000),
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: {
      containers: [{ name: 'main', image: 'x' }],
      ...(sidecarRestarts === undefined ? {} : { initContainers: [sidecar] }),
      ...(node === '' ? {} : { nodeName: node }),
    },
    status: {
      phase,
      containerStatuses: [status('main', restarts)],
      ...(sidecarRestarts === undefined ? {} : { initContainerStatuses: [status('s', sidecarRestarts)] }),
      ...(ready === undefined
        ? {}
        : { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ready }] }),
    },
  };
}

describe('which pod goes first when there are too many', () => {
  const CASES: readonly { name: string; first: PodShape; second: PodShape; related?: readonly PodShape[] }[] =
    [
      {
        name: 'one without a node before one with',
        first: { node: '', phase: 'Running', ready: ago(9) },
        second: { phase: 'Pending' },
      },
      {
        name: 'a pending one before an unknown one',
        first: { phase: 'Pending' },
        second: { phase: 'Unknown' },
      },
      {
        name: 'an unknown one before a running one',
        first: { phase: 'Unknown' },
        second: { phase: 'Running' },
      },
      { name: 'one that is not ready before one that is', first: { cost: '100' }, second: { ready: ago(9) } },
      {
        name: 'one that costs less before one that costs more',
        first: { ready: ago(900), cost: '-1' },
        second: { ready: ago(1) },
      },
      {
        name: 'a cost that is no integer counts as none',
        first: { ready: ago(9), cost: '1.5' },
        second: { ready: ago(9), cost: '1' },
      },
      {
        name: 'one on a crowded node before one on an empty node',
        first: { ready: ago(900), node: 'n1' },
        second: { ready: ago(1), node: 'n2' },
        related: [{ node: 'n1' }, { node: 'n1' }, { node: 'n2' }],
      },
      {
        name: 'one that is ready for a shorter time before one for longer',
        first: { ready: ago(10) },
        second: { ready: ago(100) },
      },
      {
        name: 'times of ready that are of one magnitude are equal: the uid decides, not the restarts',
        first: { uid: 'a', ready: ago(101) },
        second: { uid: 'b', ready: ago(100), restarts: 9 },
      },
      {
        name: 'magnitudes are powers of two of nanoseconds: 68 s and 69 s differ',
        first: { uid: 'b', ready: ago(68) },
        second: { uid: 'a', ready: ago(69) },
      },
      {
        name: 'one that restarted more often before one that did less',
        first: { ready: ago(9), restarts: 3 },
        second: { ready: ago(9), created: ago(1) },
      },
      {
        name: 'restarts of sidecars count when those of containers are equal',
        first: { ready: ago(9), sidecarRestarts: 2 },
        second: { ready: ago(9), sidecarRestarts: 1, created: ago(1) },
      },
      {
        name: 'a younger one before an older one',
        first: { created: ago(5) },
        second: { created: ago(500) },
      },
    ];
  it.each(CASES)('$name', ({ first, second, related = [] }) => {
    const pods = [shaped('second', second), shaped('first', first)];
    const others = related.map((shape, i) => shaped(`other${i}`, shape));
    expect(rankForDeletion(pods, others, NOW).map((pod) => pod.metadata.name)).toEqual(['first', 'second']);
  });
});

describe('slow start', () => {
  const run = (count: number, allowed: number) => {
    let calls = 0;
    const refusal: Status = internalError('no');
    const result = slowStart(count, () => (++calls <= allowed ? undefined : refusal));
    return { calls, successes: result.successes, failed: result.failure !== undefined };
  };
  it.each([
    ['creates everything when nothing fails', 500, 500, { calls: 500, successes: 500, failed: false }],
    ['tries one only when that fails', 500, 0, { calls: 1, successes: 0, failed: true }],
    [
      'ends with the batch of 4 in which the fifth call fails',
      500,
      4,
      { calls: 7, successes: 4, failed: true },
    ],
    ['has nothing to do for nothing', 0, 0, { calls: 0, successes: 0, failed: false }],
  ])('%s', (_, count, allowed, wanted) => {
    expect(run(count, allowed)).toEqual(wanted);
  });
});

describe('expectations', () => {
  let now = 0;
  const expectations = () => new Expectations({ now: () => now });
  it('are satisfied when there are none', () => {
    expect(expectations().satisfied('a')).toBe(true);
  });
  it('hold until every creation was observed', () => {
    const e = expectations();
    e.expect('a', 2, []);
    e.creationObserved('a');
    expect(e.satisfied('a')).toBe(false);
    e.creationObserved('a');
    expect(e.satisfied('a')).toBe(true);
  });
  it('hold until every named object is gone; seeing one twice counts once', () => {
    const e = expectations();
    e.expect('a', 0, ['x', 'y']);
    e.deletionObserved('a', 'x');
    e.deletionObserved('a', 'x');
    expect(e.satisfied('a')).toBe(false);
    e.deletionObserved('a', 'y');
    expect(e.satisfied('a')).toBe(true);
  });
  it('are given up after five minutes', () => {
    const e = expectations();
    e.expect('a', 1, []);
    now += 300_000;
    expect(e.satisfied('a')).toBe(false);
    now += 1;
    expect(e.satisfied('a')).toBe(true);
  });
  it('of another key do not matter, and can be forgotten', () => {
    const e = expectations();
    e.expect('a', 1, []);
    expect(e.satisfied('b')).toBe(true);
    e.forget('a');
    expect(e.satisfied('a')).toBe(true);
  });
});

it.each([
  [undefined, 0, true],
  [undefined, 5, false],
  [ago(5), 5, true],
  [ago(4), 5, false],
])('a pod ready since %s is available with minReadySeconds %i: %s', (since, seconds, wanted) => {
  expect(isAvailableSince(since, seconds, NOW)).toBe(wanted);
});

const owners = (cluster: Cluster, name: string): string[] =>
  (cluster.get(podKind, name).metadata.ownerReferences ?? []).map(
    (owner) => `${owner.kind}/${owner.name} ${owner.controller}`,
  );

describe('a ReplicaSet', () => {
  function started(spec = {}): Cluster {
    const cluster = new Cluster();
    cluster.create(replicaSetKind, replicaSetOf(spec));
    return cluster.run(2000);
  }

  it('makes its pods, owns them, says so, and counts them', () => {
    const cluster = started();
    const names = cluster.pods().map((pod) => pod.metadata.name ?? '');
    expect(names).toHaveLength(3);
    for (const name of names) {
      expect(name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(owners(cluster, name)).toEqual(['ReplicaSet/web true']);
      expect(cluster.events('web')).toContain(
        `Normal SuccessfulCreate from replicaset-controller: Created pod: ${name}`,
      );
    }
    expect(cluster.get(replicaSetKind, 'web').status).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      terminatingReplicas: 0,
      observedGeneration: 1,
    });
  });

  it('replaces a deleted pod at once, and counts the one that is on its way out', () => {
    const cluster = started();
    cluster.kubelet.silence('n1');
    cluster.remove(podKind, cluster.pods()[0]?.metadata.name ?? '');
    cluster.run(500);
    expect(cluster.pods()).toHaveLength(4);
    expect(cluster.get(replicaSetKind, 'web').status).toMatchObject({ replicas: 3, terminatingReplicas: 1 });
  });

  it('replaces a failed pod and leaves it where it is', () => {
    const cluster = started();
    cluster.kubelet.set(cluster.pods()[0] as Pod, 'Failed');
    cluster.run(1000);
    expect(
      cluster
        .pods()
        .map((pod) => pod.status?.phase)
        .sort(),
    ).toEqual(['Failed', 'Running', 'Running', 'Running']);
  });

  it('deletes what is too much and says so', () => {
    const cluster = started();
    cluster.merge(replicaSetKind, 'web', { spec: { replicas: 1 } });
    cluster.run(3000);
    expect(cluster.pods()).toHaveLength(1);
    expect(
      cluster
        .events('web')
        .filter((event) =>
          event.startsWith('Normal SuccessfulDelete from replicaset-controller: Deleted pod: web-'),
        ),
    ).toHaveLength(2);
    expect(cluster.get(replicaSetKind, 'web').status).toMatchObject({ replicas: 1, observedGeneration: 2 });
  });

  it('adopts a matching orphan instead of making one more', () => {
    const cluster = new Cluster();
    cluster.create(podKind, podOf('lonely'));
    cluster.create(replicaSetKind, replicaSetOf());
    cluster.run(2000);
    expect(cluster.pods()).toHaveLength(3);
    expect(owners(cluster, 'lonely')).toEqual(['ReplicaSet/web true']);
  });

  it('deletes a surplus orphan that it adopted', () => {
    const cluster = started();
    cluster.create(podKind, podOf('late'));
    cluster.run(3000);
    expect(cluster.pods()).toHaveLength(3);
  });

  it('does not take a pod that another controls', () => {
    const cluster = new Cluster();
    const other = cluster.create(replicaSetKind, replicaSetOf({ replicas: 0 }, 'other'));
    const reference = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'other',
      uid: other.metadata.uid ?? '',
      controller: true,
    };
    cluster.create(
      podKind,
      podOf('taken', { metadata: { labels: { app: 'web' }, ownerReferences: [reference] } }),
    );
    cluster.create(replicaSetKind, replicaSetOf());
    cluster.run(2000);
    expect(cluster.pods().filter((pod) => pod.metadata.ownerReferences?.[0]?.name === 'web')).toHaveLength(3);
  });

  it('releases a pod whose labels no longer match, and makes another', () => {
    const cluster = started();
    const name = cluster.pods()[0]?.metadata.name ?? '';
    cluster.merge(podKind, name, { metadata: { labels: { app: 'debug' } } });
    cluster.run(2000);
    expect(owners(cluster, name)).toEqual([]);
    expect(cluster.pods()).toHaveLength(4);
    expect(cluster.pods().filter((pod) => pod.metadata.labels?.app === 'web')).toHaveLength(3);
  });

  it('says that it cannot create pods, tries again with growing delay, and takes it back', () => {
    const cluster = new Cluster();
    let refused = 0;
    cluster.refuse = (request) => {
      if (request.verb !== 'create' || request.resource !== 'pods') return undefined;
      refused++;
      return forbidden({ group: '', resource: 'pods' }, 'web-x', 'exceeded quota');
    };
    cluster.create(replicaSetKind, replicaSetOf());
    cluster.run(2000);
    const message = 'pods "web-x" is forbidden: exceeded quota';
    expect(cluster.get(replicaSetKind, 'web').status?.conditions).toMatchObject([
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message },
    ]);
    expect(cluster.events('web')).toEqual([
      `Warning FailedCreate from replicaset-controller: Error creating: ${message}`,
    ]);
    // 5 ms doubling: about nine tries in two seconds.
    expect(refused).toBeGreaterThan(6);
    expect(refused).toBeLessThan(13);
    cluster.refuse = () => undefined;
    cluster.run(30_000);
    expect(cluster.get(replicaSetKind, 'web').status?.conditions).toBeUndefined();
    expect(cluster.pods()).toHaveLength(3);
  });

  it('makes at most 500 pods in one go, and all of them in the end', () => {
    const cluster = new Cluster({ kubelet: false });
    let most = 0;
    cluster.create(replicaSetKind, replicaSetOf({ replicas: 1200 }));
    let before = 0;
    cluster.until(
      () => cluster.pods().length === 1200,
      60_000,
      () => {
        const count = cluster.requests.get('create pods') ?? 0;
        most = Math.max(most, count - before);
        before = count;
      },
    );
    expect(most).toBe(500);
  });

  it('notices when pods have been ready for minReadySeconds, each in its time', () => {
    const cluster = new Cluster();
    cluster.create(replicaSetKind, replicaSetOf({ replicas: 2, minReadySeconds: 20 }));
    cluster.run(10_000);
    cluster.merge(replicaSetKind, 'web', { spec: { replicas: 3 } });
    cluster.run(3000);
    expect(cluster.get(replicaSetKind, 'web').status).toMatchObject({ readyReplicas: 3 });
    expect(cluster.get(replicaSetKind, 'web').status).not.toHaveProperty('availableReplicas');
    cluster.run(12_000);
    expect(cluster.get(replicaSetKind, 'web').status).toMatchObject({
      readyReplicas: 3,
      availableReplicas: 2,
    });
    cluster.run(10_000);
    expect(cluster.get(replicaSetKind, 'web').status).toMatchObject({
      readyReplicas: 3,
      availableReplicas: 3,
    });
  });

  it('leaves its pods to the garbage collector when it is deleted', () => {
    const cluster = started();
    cluster.remove(replicaSetKind, 'web', 'Orphan');
    cluster.run(5000);
    expect(cluster.pods()).toHaveLength(3);
    for (const pod of cluster.pods()) expect(pod.metadata.ownerReferences ?? []).toEqual([]);
  });
});
