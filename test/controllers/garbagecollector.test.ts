import { describe, expect, it } from 'vitest';
import type { ConfigMap, OwnerReference } from '../../src/api/generated/types.ts';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { deployment as deploymentKind } from '../../src/api/kinds/deployment.ts';
import { namespace as namespaceKind } from '../../src/api/kinds/namespace.ts';
import { replicaSet as replicaSetKind } from '../../src/api/kinds/replicaset.ts';
import { garbageCollector } from '../../src/controllers/garbagecollector.ts';
import { Cluster, deploymentOf, must, namespaceOfName } from './support.ts';

/** A cluster in which nobody but the garbage collector is at work. */
const collecting = (): Cluster => new Cluster({ controllers: [garbageCollector] });

function make(
  cluster: Cluster,
  name: string,
  owners: readonly OwnerReference[] = [],
  more: object = {},
): ConfigMap {
  return cluster.create(configMap, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: 'default',
      ...(owners.length === 0 ? {} : { ownerReferences: owners }),
      ...more,
    },
  });
}

const by = ({ metadata }: ConfigMap, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: metadata.name ?? '',
  uid: metadata.uid ?? '',
  ...more,
});

const missing = (more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'nobody',
  uid: 'a6c5f2a0-0000-4000-8000-000000000000',
  ...more,
});

const left = (cluster: Cluster): string[] =>
  cluster
    .list(configMap)
    .map((object) => object.metadata.name ?? '')
    .filter((name) => name !== 'kube-root-ca.crt')
    .sort();

describe('in the background', () => {
  it('dependents go after their owner, and theirs after them', () => {
    const cluster = collecting();
    const a = make(cluster, 'a');
    const b = make(cluster, 'b', [by(a)]);
    make(cluster, 'c', [by(b)]);
    make(cluster, 'd');
    cluster.run(1000);
    cluster.remove(configMap, 'a', 'Background');
    expect(left(cluster)).toEqual(['b', 'c', 'd']);
    cluster.run(1000);
    expect(left(cluster)).toEqual(['d']);
  });

  it('an object with several owners stays until the last is gone, and loses the references to the others', () => {
    const cluster = collecting();
    const a = make(cluster, 'a');
    const b = make(cluster, 'b');
    make(cluster, 'c', [by(a), by(b)]);
    cluster.run(1000);
    cluster.remove(configMap, 'a', 'Background');
    cluster.run(1000);
    expect(cluster.get(configMap, 'c').metadata.ownerReferences).toEqual([by(b)]);
    cluster.remove(configMap, 'b', 'Background');
    cluster.run(1000);
    expect(left(cluster)).toEqual([]);
  });

  it('an object made with an owner that is not there goes', () => {
    const cluster = collecting();
    make(cluster, 'a', [missing()]);
    cluster.run(1000);
    expect(left(cluster)).toEqual([]);
  });

  it('an owner of the same name with another uid does not count', () => {
    const cluster = collecting();
    const a = make(cluster, 'a');
    make(cluster, 'b', [by(a, { uid: missing().uid })]);
    cluster.run(1000);
    expect(left(cluster)).toEqual(['a']);
  });

  it('an owner of a kind that the cluster does not know is not judged', () => {
    const cluster = collecting();
    make(cluster, 'a', [missing({ apiVersion: 'example.com/v1', kind: 'Boat' })]);
    cluster.run(1000);
    expect(left(cluster)).toEqual(['a']);
  });

  it('an object whose own finalizers hold it is only marked', () => {
    const cluster = collecting();
    const a = make(cluster, 'a');
    make(cluster, 'b', [by(a)], { finalizers: ['example.com/wait'] });
    cluster.run(1000);
    cluster.remove(configMap, 'a', 'Background');
    cluster.run(1000);
    expect(cluster.get(configMap, 'b').metadata.deletionTimestamp).toBeDefined();
  });
});

describe('in the foreground', () => {
  it('the owner waits until what blocks it is gone', () => {
    const cluster = collecting();
    const a = make(cluster, 'a');
    make(cluster, 'b', [by(a, { blockOwnerDeletion: true })], { finalizers: ['example.com/wait'] });
    cluster.run(1000);
    cluster.remove(configMap, 'a', 'Foreground');
    cluster.run(1000);
    expect(cluster.get(configMap, 'a').metadata.finalizers).toEqual(['foregroundDeletion']);
    expect(cluster.get(configMap, 'b').metadata.deletionTimestamp).toBeDefined();
    cluster.merge(configMap, 'b', { metadata: { finalizers: null } });
    cluster.run(1000);
    expect(left(cluster)).toEqual([]);
  });

  it('a dependent that does not block is not waited for', () => {
    const cluster = collecting();
    const a = make(cluster, 'a');
    make(cluster, 'b', [by(a)], { finalizers: ['example.com/wait'] });
    cluster.run(1000);
    cluster.remove(configMap, 'a', 'Foreground');
    cluster.run(1000);
    expect(left(cluster)).toEqual(['b']);
  });

  it('it goes from the leaves to the root', () => {
    const cluster = collecting();
    const a = make(cluster, 'a');
    const b = make(cluster, 'b', [by(a, { blockOwnerDeletion: true })]);
    make(cluster, 'c', [by(b, { blockOwnerDeletion: true })], { finalizers: ['example.com/wait'] });
    cluster.run(1000);
    cluster.remove(configMap, 'a', 'Foreground');
    cluster.run(1000);
    expect(left(cluster)).toEqual(['a', 'b', 'c']);
    cluster.merge(configMap, 'c', { metadata: { finalizers: null } });
    cluster.run(1000);
    expect(left(cluster)).toEqual([]);
  });

  it('a dependent with another owner that stands only loses the reference', () => {
    const cluster = collecting();
    const a = make(cluster, 'a');
    const b = make(cluster, 'b');
    make(cluster, 'c', [by(a, { blockOwnerDeletion: true }), by(b)]);
    cluster.run(1000);
    cluster.remove(configMap, 'a', 'Foreground');
    cluster.run(1000);
    expect(left(cluster)).toEqual(['b', 'c']);
    expect(cluster.get(configMap, 'c').metadata.ownerReferences).toEqual([by(b)]);
  });
});

it('two that own each other do not wait for each other for ever', () => {
  const cluster = collecting();
  const a = make(cluster, 'a');
  const b = make(cluster, 'b', [by(a, { blockOwnerDeletion: true })]);
  cluster.merge(configMap, 'a', { metadata: { ownerReferences: [by(b, { blockOwnerDeletion: true })] } });
  cluster.run(1000);
  expect(left(cluster)).toEqual(['a', 'b']);
  cluster.remove(configMap, 'a', 'Foreground');
  cluster.run(5000);
  expect(left(cluster)).toEqual([]);
});

describe('orphaning', () => {
  it('dependents lose the reference, then the owner goes', () => {
    const cluster = collecting();
    const a = make(cluster, 'a');
    make(cluster, 'b', [by(a)]);
    make(cluster, 'c', [by(a)]);
    cluster.run(1000);
    cluster.remove(configMap, 'a', 'Orphan');
    expect(cluster.get(configMap, 'a').metadata.finalizers).toEqual(['orphan']);
    cluster.run(1000);
    expect(left(cluster)).toEqual(['b', 'c']);
    for (const name of ['b', 'c'])
      expect(cluster.get(configMap, name).metadata.ownerReferences).toBeUndefined();
  });
});

it('an owner in another namespace is none: the dependent goes, and is told why', () => {
  const cluster = new Cluster();
  cluster.create(namespaceKind, namespaceOfName('other') as never);
  cluster.run(1000);
  const foreign = must(
    cluster.admin.create(configMap, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'far', namespace: 'other' },
    }),
  );
  cluster.run(1000);
  make(cluster, 'near', [by(foreign)]);
  cluster.run(1000);
  expect(left(cluster)).toEqual([]);
  expect(cluster.events('near')).toEqual([
    `Warning OwnerRefInvalidNamespace from garbage-collector-controller: ownerRef [v1/ConfigMap, namespace: default, name: far, uid: ${foreign.metadata.uid}] does not exist in namespace "default"`,
  ]);
});

it('a restarted collector finds what was left behind', () => {
  const cluster = collecting();
  const a = make(cluster, 'a');
  make(cluster, 'b', [by(a)]);
  cluster.run(1000);
  cluster.process.kill();
  cluster.remove(configMap, 'a', 'Background');
  cluster.restart();
  cluster.run(1000);
  expect(left(cluster)).toEqual([]);
});

describe('a deployment', () => {
  it.each([
    ['Background', 0, 0],
    ['Foreground', 0, 0],
    ['Orphan', 1, 3],
  ] as const)('that is deleted with %s leaves %i set and %i pods', (policy, sets, pods) => {
    const cluster = new Cluster();
    cluster.create(deploymentKind, deploymentOf());
    cluster.run(3000);
    cluster.remove(deploymentKind, 'web', policy);
    cluster.run(10_000);
    expect(cluster.find(deploymentKind, 'web')).toBeUndefined();
    expect(cluster.list(replicaSetKind)).toHaveLength(sets);
    expect(cluster.pods()).toHaveLength(pods);
  });
});
