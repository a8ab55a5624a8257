import { expect, it } from 'vitest';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { namespace as namespaceKind } from '../../src/api/kinds/namespace.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { forbidden } from '../../src/apimachinery/status.ts';
import { Cluster, must, namespaceOfName, podOf } from './support.ts';

function withNamespace(): Cluster {
  const cluster = new Cluster();
  cluster.create(namespaceKind, namespaceOfName('shop') as never);
  return cluster.run(1000);
}

const map = (name: string, finalizers?: readonly string[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop', ...(finalizers === undefined ? {} : { finalizers }) },
});

const conditions = (cluster: Cluster): string[] =>
  (cluster.get(namespaceKind, 'shop').status?.conditions ?? []).map(
    ({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`,
  );

it('a deleted namespace is Terminating, emptied after five seconds, and gone', () => {
  const cluster = withNamespace();
  cluster.create(configMap, map('a'));
  cluster.remove(namespaceKind, 'shop');
  expect(cluster.get(namespaceKind, 'shop').status?.phase).toBe('Terminating');
  cluster.run(4900);
  expect(cluster.find(configMap, 'a', 'shop')).toBeDefined();
  cluster.run(300);
  expect(cluster.find(configMap, 'a', 'shop')).toBeUndefined();
  expect(cluster.find(namespaceKind, 'shop')).toBeUndefined();
});

it('nothing new can be made in it meanwhile', () => {
  const cluster = withNamespace();
  cluster.remove(namespaceKind, 'shop');
  const refused = cluster.admin.create(configMap, map('late'));
  expect(refused.ok ? '' : refused.status.message).toBe(
    'configmaps "late" is forbidden: unable to create new content in namespace shop because it is being terminated',
  );
});

it('pods that take their time are waited for, and what remains is said', () => {
  const cluster = withNamespace();
  const slow = podOf('slow', {
    metadata: { namespace: 'shop' },
    spec: { ...podOf('slow').spec, terminationGracePeriodSeconds: 20, nodeName: 'n1' },
  });
  must(cluster.admin.create(podKind, slow));
  cluster.run(1000);
  cluster.kubelet.silence('n1');
  cluster.remove(namespaceKind, 'shop');
  cluster.run(6000);
  expect(conditions(cluster)).toEqual([
    'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully discovered',
    'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: All legacy kube types successfully parsed',
    'NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, may be waiting on finalization',
    'NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: pods. has 1 resource instances',
    'NamespaceFinalizersRemaining False ContentHasNoFinalizers: All content-preserving finalizers finished',
  ]);
  cluster.kubelet.revive('n1');
  cluster.run(12_000);
  expect(cluster.find(namespaceKind, 'shop')).toBeUndefined();
});

it('finalizers of its content hold it, and are named', () => {
  const cluster = withNamespace();
  cluster.create(configMap, map('held', ['example.com/wait']));
  cluster.remove(namespaceKind, 'shop');
  cluster.run(60_000);
  expect(conditions(cluster)).toContain(
    'NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/wait in 1 resource instances',
  );
  must(cluster.admin.patch(configMap, 'held', 'shop', 'merge', { metadata: { finalizers: null } }));
  cluster.run(10_000);
  expect(cluster.find(namespaceKind, 'shop')).toBeUndefined();
});

it('a refusal to delete is said, and tried again', () => {
  const cluster = withNamespace();
  cluster.create(configMap, map('a'));
  cluster.refuse = (request) =>
    request.verb === 'deletecollection' && request.resource === 'configmaps'
      ? forbidden({ group: '', resource: 'configmaps' }, '', 'no')
      : undefined;
  cluster.remove(namespaceKind, 'shop');
  cluster.run(6000);
  expect(
    conditions(cluster).find((text) =>
      text.startsWith('NamespaceDeletionContentFailure True ContentDeletionFailed'),
    ),
  ).toBeDefined();
  cluster.refuse = () => undefined;
  cluster.run(20_000);
  expect(cluster.find(namespaceKind, 'shop')).toBeUndefined();
});

it('a finalizer of somebody else keeps the empty namespace', () => {
  const cluster = withNamespace();
  cluster.merge(namespaceKind, 'shop', { metadata: { finalizers: ['example.com/wait'] } });
  cluster.remove(namespaceKind, 'shop');
  cluster.run(30_000);
  expect(cluster.get(namespaceKind, 'shop').spec.finalizers ?? []).toEqual([]);
  cluster.merge(namespaceKind, 'shop', { metadata: { finalizers: null } });
  expect(cluster.find(namespaceKind, 'shop')).toBeUndefined();
});

it('it goes on when the controllers are restarted in the middle', () => {
  const cluster = withNamespace();
  cluster.create(configMap, map('a'));
  cluster.remove(namespaceKind, 'shop');
  cluster.run(3000);
  cluster.restart();
  cluster.run(10_000);
  expect(cluster.find(namespaceKind, 'shop')).toBeUndefined();
});
