import { expect, it } from 'vitest';
import { namespace as namespaceKind } from '../../src/api/kinds/namespace.ts';
import { serviceAccount as kind } from '../../src/api/kinds/serviceaccount.ts';
import { Cluster, must, namespaceOfName } from './support.ts';

function withNamespace(): Cluster {
  const cluster = new Cluster();
  cluster.create(namespaceKind, namespaceOfName('shop') as never);
  return cluster.run(1000);
}

it('every namespace has an account called default', () => {
  const cluster = withNamespace();
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'shop'])
    expect(cluster.find(kind, 'default', name)).toBeDefined();
});

it('it comes back when it is deleted', () => {
  const cluster = withNamespace();
  must(cluster.admin.delete(kind, 'default', 'shop'));
  cluster.run(1000);
  expect(cluster.find(kind, 'default', 'shop')).toBeDefined();
});

it('not in a namespace that is being deleted', () => {
  const cluster = withNamespace();
  cluster.remove(namespaceKind, 'shop');
  must(cluster.admin.delete(kind, 'default', 'shop'));
  cluster.run(1000);
  expect(cluster.find(kind, 'default', 'shop')).toBeUndefined();
});

it('other accounts are nobodys business', () => {
  const cluster = withNamespace();
  must(
    cluster.admin.create(kind, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'robot', namespace: 'shop' },
    }),
  );
  must(cluster.admin.delete(kind, 'robot', 'shop'));
  cluster.run(1000);
  expect(cluster.find(kind, 'robot', 'shop')).toBeUndefined();
});
