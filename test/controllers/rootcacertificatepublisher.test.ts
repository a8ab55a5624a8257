import { expect, it } from 'vitest';
import { configMap as kind } from '../../src/api/kinds/configmap.ts';
import { namespace as namespaceKind } from '../../src/api/kinds/namespace.ts';
import { Cluster, must, namespaceOfName } from './support.ts';

const NAME = 'kube-root-ca.crt';

function withNamespace(): Cluster {
  const cluster = new Cluster();
  cluster.create(namespaceKind, namespaceOfName('shop') as never);
  return cluster.run(1000);
}

it('every namespace has the certificate that pods trust', () => {
  const cluster = withNamespace();
  const texts = ['default', 'kube-system', 'shop'].map(
    (name) => cluster.get(kind, NAME, name).data?.['ca.crt'],
  );
  expect(texts[0]).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  expect(new Set(texts).size).toBe(1);
});

it('it comes back when it is deleted, and is put right when it is changed', () => {
  const cluster = withNamespace();
  const before = cluster.get(kind, NAME, 'shop').data;
  must(cluster.admin.delete(kind, NAME, 'shop'));
  cluster.run(1000);
  expect(cluster.get(kind, NAME, 'shop').data).toEqual(before);
  must(cluster.admin.patch(kind, NAME, 'shop', 'merge', { data: { 'ca.crt': 'forged' } }));
  cluster.run(1000);
  expect(cluster.get(kind, NAME, 'shop').data).toEqual(before);
});
