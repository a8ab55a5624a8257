import { describe, expect, it } from 'vitest';
import type { Taint, Toleration } from '../../src/api/generated/types.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { formatTime } from '../../src/apimachinery/time.ts';
import { taintEvictionController } from '../../src/controllers/tainteviction.ts';
import { Cluster, podOf } from './support.ts';

const A: Toleration = { key: 'a', operator: 'Exists', effect: 'NoExecute' };
const B: Toleration = { key: 'b', operator: 'Exists', effect: 'NoExecute' };

function withPod(tolerations: readonly Toleration[]): Cluster {
  const cluster = new Cluster({ controllers: [taintEvictionController] });
  cluster.create(podKind, podOf('p1', { spec: { ...podOf('p1').spec, nodeName: 'n1', tolerations } }));
  return cluster.run(2000);
}

/** Taints n1 `ago` ms ago. */
function taint(cluster: Cluster, keys: readonly string[], ago = 0, effect = 'NoExecute'): void {
  const timeAdded = formatTime(cluster.sim.now() - ago);
  const taints: Taint[] = keys.map((key) => ({ key, effect, timeAdded }));
  cluster.merge(nodeKind, 'n1', { spec: { taints } });
}

/** Seconds until the pod is deleted, rounded; undefined when it stays for an hour. */
function secondsToLive(cluster: Cluster): number | undefined {
  const begun = cluster.sim.now();
  const gone = () => {
    const pod = cluster.find(podKind, 'p1');
    return pod === undefined || pod.metadata.deletionTimestamp !== undefined;
  };
  cluster.until(() => gone() || cluster.sim.now() - begun > 3_600_000, 4_000_000);
  return gone() ? Math.floor((cluster.sim.now() - begun) / 1000) : undefined;
}

describe('a pod on a node that gets a NoExecute taint', () => {
  const CASES: readonly {
    name: string;
    tolerations: readonly Toleration[];
    taints?: readonly string[];
    ago?: number;
    wanted: number | undefined;
  }[] = [
    { name: 'goes at once when it does not tolerate it', tolerations: [], wanted: 0 },
    { name: 'stays when it tolerates it for ever', tolerations: [A], wanted: undefined },
    {
      name: 'goes when its toleration runs out',
      tolerations: [{ ...A, tolerationSeconds: 300 }],
      wanted: 300,
    },
    {
      name: 'is timed from when the taint was added',
      tolerations: [{ ...A, tolerationSeconds: 300 }],
      ago: 100_000,
      wanted: 200,
    },
    {
      name: 'goes at once when its time ran out long ago',
      tolerations: [{ ...A, tolerationSeconds: 30 }],
      ago: 100_000,
      wanted: 0,
    },
    {
      name: 'tolerates nothing with a negative number of seconds',
      tolerations: [{ ...A, tolerationSeconds: -5 }],
      wanted: 0,
    },
    {
      name: 'goes with the shortest toleration of several taints',
      tolerations: [
        { ...A, tolerationSeconds: 60 },
        { ...B, tolerationSeconds: 20 },
      ],
      taints: ['a', 'b'],
      wanted: 20,
    },
    {
      name: 'goes at once when one of several taints is not tolerated',
      tolerations: [{ ...A, tolerationSeconds: 60 }],
      taints: ['a', 'b'],
      wanted: 0,
    },
    {
      name: 'is held to the first toleration that matches',
      tolerations: [{ operator: 'Exists' }, { ...A, tolerationSeconds: 10 }],
      wanted: undefined,
    },
  ];
  it.each(CASES)('$name', ({ tolerations, taints = ['a'], ago = 0, wanted }) => {
    const cluster = withPod(tolerations);
    taint(cluster, taints, ago);
    const seconds = secondsToLive(cluster);
    if (wanted === undefined) expect(seconds).toBeUndefined();
    // Times of taints are whole seconds.
    else expect([wanted - 1, wanted]).toContain(seconds);
  });

  it('is marked and told of', () => {
    const cluster = withPod([]);
    cluster.kubelet.silence('n1');
    taint(cluster, ['a']);
    cluster.run(1000);
    expect(cluster.get(podKind, 'p1').status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
      }),
    );
    expect(cluster.events('p1')).toEqual([
      'Normal TaintManagerEviction from taint-eviction-controller: Marking for deletion Pod default/p1',
    ]);
  });

  it('stays when the taint is removed in time', () => {
    const cluster = withPod([{ ...A, tolerationSeconds: 60 }]);
    taint(cluster, ['a']);
    cluster.run(30_000);
    taint(cluster, []);
    expect(secondsToLive(cluster)).toBeUndefined();
    expect(cluster.events('p1')).toEqual([
      'Normal TaintManagerEviction from taint-eviction-controller: Cancelling deletion of Pod default/p1',
    ]);
  });

  it('is timed from when the controller saw the taint, if that says no time', () => {
    const cluster = withPod([
      { ...A, tolerationSeconds: 60 },
      { ...B, tolerationSeconds: 600 },
    ]);
    cluster.merge(nodeKind, 'n1', { spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } });
    cluster.run(30_000);
    const both = ['a', 'b'].map((key) => ({ key, effect: 'NoExecute' }));
    cluster.merge(nodeKind, 'n1', { spec: { taints: both } });
    expect([29, 30]).toContain(secondsToLive(cluster));
  });

  it('goes all the same when the controller is restarted meanwhile', () => {
    const cluster = withPod([{ ...A, tolerationSeconds: 60 }]);
    taint(cluster, ['a']);
    cluster.run(30_000);
    cluster.restart();
    expect([29, 30]).toContain(secondsToLive(cluster));
  });
});

it('a pod that comes to a tainted node goes at once', () => {
  const cluster = new Cluster({ controllers: [taintEvictionController], kubelet: false });
  taint(cluster, ['a']);
  cluster.run(1000);
  cluster.create(podKind, podOf('p1', { spec: { ...podOf('p1').spec, nodeName: 'n1' } }));
  expect(secondsToLive(cluster)).toBe(0);
});

it('a NoSchedule taint drives nobody out', () => {
  const cluster = withPod([]);
  taint(cluster, ['a'], 0, 'NoSchedule');
  expect(secondsToLive(cluster)).toBeUndefined();
});
