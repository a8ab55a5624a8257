import { expect, it } from 'vitest';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { podGarbageCollector } from '../../src/controllers/podgc.ts';
import { Cluster, podOf } from './support.ts';

/** The pod garbage collector alone, and no kubelet that would answer. */
function cluster(): Cluster {
  return new Cluster({ controllers: [podGarbageCollector], nodes: ['n1', 'n2'], kubelet: false });
}

const on = (name: string, nodeName: string, more: object = {}) =>
  podOf(name, { metadata: more, spec: { ...podOf(name).spec, nodeName } });

it('pods of a node that is gone are deleted, after it was missed for 40 seconds', () => {
  const c = cluster();
  c.create(podKind, on('p1', 'n1'));
  c.create(podKind, on('p2', 'n2'));
  c.remove(nodeKind, 'n1');
  c.run(58_000);
  expect(c.pods()).toHaveLength(2);
  c.run(22_000);
  expect(c.pods().map((pod) => pod.metadata.name)).toEqual(['p2']);
});

it('such a pod fails first, and says why', () => {
  const c = cluster();
  c.create(podKind, on('p1', 'n1', { finalizers: ['example.com/wait'] }));
  c.remove(nodeKind, 'n1');
  c.run(80_000);
  expect(c.get(podKind, 'p1').status).toMatchObject({
    phase: 'Failed',
    conditions: expect.arrayContaining([
      expect.objectContaining({
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByPodGC',
        message: 'PodGC: node no longer exists',
      }),
    ]),
  });
});

it('a node that comes back in time keeps its pods', () => {
  const c = cluster();
  c.create(podKind, on('p1', 'n1'));
  c.remove(nodeKind, 'n1');
  c.run(45_000);
  c.addNode('n1');
  c.run(120_000);
  expect(c.pods()).toHaveLength(1);
});

it('a pod that was deleted before it had a node is removed with the next sweep', () => {
  const c = cluster();
  c.create(podKind, podOf('p1', { metadata: { finalizers: ['example.com/wait'] } }));
  c.remove(podKind, 'p1');
  c.run(1000);
  expect(c.get(podKind, 'p1').metadata.deletionTimestamp).toBeDefined();
  c.merge(podKind, 'p1', { metadata: { finalizers: null } });
  c.run(20_000);
  expect(c.pods()).toEqual([]);
});

it('finished pods are left alone while they are few', () => {
  const c = cluster();
  c.kubelet.set(c.create(podKind, on('p1', 'n1')), 'Succeeded');
  c.run(120_000);
  expect(c.pods()).toHaveLength(1);
});
