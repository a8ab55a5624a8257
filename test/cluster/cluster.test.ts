import { describe, expect, it } from 'vitest';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { nameOf } from '../../src/api/object.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import { nodeAddress, podRange } from '../../src/cluster/spec.ts';
import {
  barePod,
  booted,
  create,
  must,
  node,
  nodeStates,
  player,
  pod,
  podNamed,
  pods,
  scale,
  until,
  webDeployment,
  withWeb,
} from './harness.ts';

describe('the objects of a cluster', () => {
  it('are the same array until one of their kind changes', () => {
    const cluster = booted();
    const before = [cluster.objects(pod), cluster.objects(pod, 'default'), cluster.objects(node)];
    create(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } });
    expect(cluster.objects(pod)).toBe(before[0]);
    expect(cluster.objects(node)).toBe(before[2]);
    create(cluster, barePod('a'));
    expect(cluster.objects(pod)).not.toBe(before[0]);
    expect(cluster.objects(pod, 'default').map(nameOf)).toEqual(['a']);
    expect(cluster.objects(node)).toBe(before[2]);
  });

  it('are up to date after a first look before anything was written', () => {
    const cluster = booted();
    expect(cluster.objects(configMap, 'default').map(nameOf)).toEqual(['kube-root-ca.crt']);
    create(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } });
    expect(cluster.objects(configMap, 'default').map(nameOf)).toEqual(['a', 'kube-root-ca.crt']);
    must(player(cluster, 'delete').delete(configMap, 'a', 'default'));
    expect(cluster.objects(configMap, 'default').map(nameOf)).toEqual(['kube-root-ca.crt']);
  });

  it('can be looked at as they were', () => {
    const cluster = withWeb(2);
    const revision = cluster.revision;
    const names = pods(cluster).map(nameOf);
    scale(cluster, 1);
    cluster.runFor(60_000);
    expect(pods(cluster)).toHaveLength(1);
    expect(cluster.objectsAt(pod, revision, 'default').map(nameOf)).toEqual(names);
    cluster.runFor(600_000);
    expect(cluster.objectsAt(pod, revision, 'default').map(nameOf)).toEqual(names);
  });

  it('are frozen', () => {
    const cluster = withWeb(1);
    const [first] = pods(cluster);
    expect(Object.isFrozen(first) && Object.isFrozen(first?.metadata) && Object.isFrozen(first?.spec)).toBe(
      true,
    );
  });
});

describe('the last decision about a pod', () => {
  it('says where it went and why not elsewhere', () => {
    const cluster = withWeb(1);
    const [only] = pods(cluster);
    const decision = cluster.decisionFor('default', nameOf(only as never));
    expect(decision).toMatchObject({ type: 'scheduling', node: only?.spec.nodeName, total: 3 });
  });

  it('is there for a pod that fits nowhere', () => {
    const cluster = booted();
    const resources = { requests: { cpu: '9' } };
    create(cluster, barePod('big', { containers: [{ name: 'main', image: 'nginx:1.27', resources }] }));
    cluster.runFor(10_000);
    const decision = cluster.decisionFor('default', 'big');
    expect(decision?.node).toBeUndefined();
    expect(decision?.message).toMatch(/^0\/3 nodes are available: .*2 Insufficient cpu/);
  });

  it('is there after the pod was deleted', () => {
    const cluster = withWeb(1);
    const [only] = pods(cluster);
    const node = only?.spec.nodeName;
    scale(cluster, 0);
    expect(until(cluster, () => pods(cluster).length === 0, 60_000)).toBeDefined();
    expect(cluster.decisionFor('default', nameOf(only as never))?.node).toBe(node);
  });

  it('is none for a pod that nobody has looked at, or that never was', () => {
    const cluster = booted();
    create(cluster, barePod('bound', { nodeName: 'n1' }));
    cluster.runFor(10_000);
    expect(podNamed(cluster, 'bound')?.status?.phase).toBe('Running');
    expect(cluster.decisionFor('default', 'bound')).toBeUndefined();
    expect(cluster.decisionFor('default', 'ghost')).toBeUndefined();
  });
});

describe('a node that is added', () => {
  it('joins, gets its kube-proxy, and takes pods that found no place', () => {
    const cluster = booted({ nodes: [{ name: 'n1', cpu: '1' }] });
    const resources = { requests: { cpu: '2' } };
    create(cluster, barePod('big', { containers: [{ name: 'main', image: 'nginx:1.27', resources }] }));
    cluster.runFor(10_000);
    expect(podNamed(cluster, 'big')?.status?.phase).toBe('Pending');
    cluster.addNode({ name: 'n9' });
    expect(until(cluster, () => podNamed(cluster, 'big')?.status?.phase === 'Running', 60_000)).toBeDefined();
    expect(podNamed(cluster, 'big')?.spec.nodeName).toBe('n9');
    expect(nodeStates(cluster).n9).toBe('True');
  });
});

describe('addresses', () => {
  it.each([
    [0, '192.168.0.10', '10.244.0.0/24'],
    [1, '192.168.0.11', '10.244.1.0/24'],
    [246, '192.168.1.0', '10.244.246.0/24'],
    [256, '192.168.1.10', '10.245.0.0/24'],
    [3071, '192.168.12.9', '10.255.255.0/24'],
    [3072, '192.168.12.10', '10.128.0.0/24'],
  ])('of machine %i', (index, address, range) => {
    expect([nodeAddress(index), podRange(index)]).toEqual([address, range]);
  });

  it('are never shared by two of 10,000 machines', () => {
    const machines = Array.from({ length: 10_000 }, (_, i) => i);
    expect(new Set(machines.map(nodeAddress)).size).toBe(10_000);
    expect(new Set(machines.map(podRange)).size).toBe(10_000);
  });
});

describe('the images of a spec', () => {
  it('run as they are described', () => {
    const cluster = booted({ images: { 'job:fail': { exitCode: 3, after: '2s' } } });
    create(
      cluster,
      barePod('job', { restartPolicy: 'Never', containers: [{ name: 'main', image: 'job:fail' }] }),
    );
    cluster.runFor(20_000);
    expect(podNamed(cluster, 'job')?.status?.phase).toBe('Failed');
    expect(podNamed(cluster, 'job')?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(3);
  });

  it('must have been checked', () => {
    expect(() => new Cluster({ seed: 1, nodes: [], images: { x: { nonsense: true } } })).toThrow(
      /images were not checked/,
    );
  });
});

describe('the state hash', () => {
  it('changes with every write', () => {
    const cluster = booted();
    const hashes = [cluster.stateHash()];
    create(cluster, barePod('a'));
    hashes.push(cluster.stateHash());
    create(cluster, webDeployment(1));
    hashes.push(cluster.stateHash());
    expect(new Set(hashes).size).toBe(3);
    expect(cluster.stateHash()).toBe(hashes[2]);
    expect(hashes[0]).toMatch(/^[0-9a-f]{16}$/);
  });
});
