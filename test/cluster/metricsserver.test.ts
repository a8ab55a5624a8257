import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/api/generated/types.ts';
import { clusterRole as clusterRoleKind } from '../../src/api/kinds/clusterrole.ts';
import { clusterRoleBinding as clusterRoleBindingKind } from '../../src/api/kinds/clusterrolebinding.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { nodeMetrics, podMetrics } from '../../src/api/metrics.ts';
import { nameOf } from '../../src/api/object.ts';
import { valueOf as bytesOf, milliOf } from '../../src/apimachinery/quantity.ts';
import { Cluster } from '../../src/cluster/cluster.ts';

const IMAGE = 'registry.k8s.io/metrics-server/metrics-server:v0.8.0';

function podOf(name: string, image: string, args: readonly string[] = [], namespace = 'default'): Pod {
  const container = { name: 'main', image, ...(args.length === 0 ? {} : { args }) };
  const spec = { containers: [{ ...container, resources: { limits: { cpu: '250m' } } }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { app: name } }, spec };
}

function start(): Cluster {
  const cluster = new Cluster({ seed: 1, nodes: [{ name: 'n1' }, { name: 'n2' }] });
  cluster.boot();
  // The rights that metrics-server's own manifest gives it.
  const client = cluster.client('test');
  const rbac = 'rbac.authorization.k8s.io';
  const rules = [{ apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }];
  const role = { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: 'metrics' }, rules };
  expect(client.create(clusterRoleKind, role).ok).toBe(true);
  const binding = {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'metrics' },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'metrics' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'kube-system' }],
  };
  expect(client.create(clusterRoleBindingKind, binding).ok).toBe(true);
  return cluster;
}

describe('metrics-server', () => {
  it('serves nobody while it does not run, and goes with its pod', () => {
    const cluster = start();
    const client = cluster.client('test');
    const status = () => {
      const listed = client.list(podMetrics, { namespace: 'default' });
      return listed.ok ? 200 : listed.status.code;
    };
    expect(status()).toBe(404);
    client.create(podKind, podOf('metrics', IMAGE, [], 'kube-system'));
    cluster.runFor(60_000);
    expect(status()).toBe(200);
    client.delete(podKind, 'metrics', 'kube-system');
    cluster.runFor(60_000);
    expect(status()).toBe(404);
  });

  it('measures what containers use between two looks, at their limits too', () => {
    const cluster = start();
    const client = cluster.client('test');
    client.create(podKind, podOf('metrics', IMAGE, ['--metric-resolution=15s'], 'kube-system'));
    client.create(
      podKind,
      podOf('busy', 'polinux/stress', ['stress', '--cpu', '2', '--vm', '1', '--vm-bytes', '64M']),
    );
    cluster.runFor(70_000);
    const listed = client.list(podMetrics, { namespace: 'default', labelSelector: 'app=busy' });
    const [busy] = listed.ok ? listed.value.items : [];
    expect(busy).toMatchObject({ apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics', window: '15s' });
    expect(milliOf(busy?.containers[0]?.usage.cpu)).toBe(250);
    expect(bytesOf(busy?.containers[0]?.usage.memory)).toBe(65 * 1024 * 1024);
    const none = client.list(podMetrics, { namespace: 'default', labelSelector: 'app=other' });
    expect(none.ok && none.value.items).toEqual([]);
    const nodes = client.list(nodeMetrics);
    expect(nodes.ok && nodes.value.items.map(nameOf)).toContain('n1');
    expect(client.get(podMetrics, 'gone', 'default')).toMatchObject({
      ok: false,
      status: { message: 'pods.metrics.k8s.io "default/gone" not found' },
    });
  });

  it('leaves out nodes that cannot be reached, and is unavailable when it cannot be reached itself', () => {
    const cluster = start();
    const client = cluster.client('test');
    const pod = podOf('metrics', IMAGE, [], 'kube-system');
    client.create(podKind, { ...pod, spec: { ...pod.spec, nodeName: 'n1' } });
    cluster.runFor(60_000);
    const names = () => {
      const listed = client.list(nodeMetrics);
      return listed.ok ? listed.value.items.map(nameOf) : listed.status.message;
    };
    expect(names()).toContain('n2');
    expect(cluster.inject({ kind: 'NodeDown', node: 'n2' })).toBeUndefined();
    cluster.runFor(40_000);
    expect(names()).not.toContain('n2');
    cluster.inject({ kind: 'NetworkCut', node: 'n1' });
    cluster.runFor(1000);
    expect(names()).toBe('the server is currently unable to handle the request (get nodes.metrics.k8s.io)');
  });
});
