import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/api/generated/types.ts';
import { Harness, NODE } from './harness.ts';

function manifest(image = 'etcd'): { path: string; pod: Pod } {
  return {
    path: '/etc/kubernetes/manifests/etcd.yaml',
    pod: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'etcd', namespace: 'kube-system', labels: { tier: 'control-plane' } },
      spec: { hostNetwork: true, containers: [{ name: 'etcd', image, imagePullPolicy: 'IfNotPresent' }] },
    },
  };
}

const images = { etcd: {}, 'etcd:2': {} };
const name = `etcd-${NODE}`;

describe('a static pod', () => {
  it('runs and is shown by a mirror pod that belongs to the node', () => {
    const h = new Harness({ images, manifests: [manifest()] });
    h.run(10);
    const mirror = h.pod(name, 'kube-system');
    expect(mirror?.status).toMatchObject({ phase: 'Running', podIP: '192.168.0.11' });
    expect(mirror?.metadata.labels).toEqual({ tier: 'control-plane' });
    expect(mirror?.metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Node', name: NODE, uid: h.node().metadata.uid, controller: true },
    ]);
    const { annotations = {} } = mirror?.metadata ?? {};
    expect(annotations['kubernetes.io/config.source']).toBe('file');
    expect(annotations['kubernetes.io/config.mirror']).toBe(annotations['kubernetes.io/config.hash']);
    expect(annotations['kubernetes.io/config.seen']).toBeDefined();
    expect(mirror?.spec.nodeName).toBe(NODE);
  });

  it('runs while there is no API server, and is shown as soon as there is one', () => {
    const h = new Harness({ images, manifests: [manifest()], start: false });
    h.away = true;
    h.startKubelet();
    h.run(30);
    expect(h.runtime.listContainers()[0]?.state).toBe('running');
    h.away = false;
    h.run(60);
    expect(h.pod(name, 'kube-system')?.status?.phase).toBe('Running');
  });

  it('gets its mirror pod back when that is deleted, and goes on running', () => {
    const h = new Harness({ images, manifests: [manifest()] });
    h.run(10);
    const before = h.pod(name, 'kube-system')?.metadata.uid;
    h.delete(name, { namespace: 'kube-system' });
    h.run(10);
    const after = h.pod(name, 'kube-system');
    expect(after?.metadata.uid).not.toBe(before);
    expect(after?.status?.phase).toBe('Running');
    expect(h.runtime.calls.filter((call) => call.startsWith('start'))).toEqual(['start etcd#0']);
  });

  it('is replaced when its manifest changes, and ends when that is removed', () => {
    const h = new Harness({ images, manifests: [manifest()] });
    h.run(10);
    h.setManifests([manifest('etcd:2')]);
    h.run(15);
    expect(h.pod(name, 'kube-system')?.status?.containerStatuses?.[0]?.image).toBe(
      'docker.io/library/etcd:2',
    );
    expect(h.runtime.listContainers()).toHaveLength(1);
    h.setManifests([]);
    h.run(15);
    expect(h.pod(name, 'kube-system')).toBeUndefined();
    expect(h.runtime.listContainers()).toEqual([]);
  });

  it('starts again when its manifest comes back while the pod is still ending', () => {
    const h = new Harness({ images: { etcd: { stop: 5000 } }, manifests: [manifest()] });
    h.run(10);
    h.setManifests([]);
    h.run(2);
    h.setManifests([manifest()]);
    h.run(2);
    h.setManifests([]);
    h.run(0.5);
    h.setManifests([manifest()]);
    h.run(60);
    expect(h.runtime.listContainers().map(({ state }) => state)).toEqual(['running']);
    expect(h.pod(name, 'kube-system')?.status?.phase).toBe('Running');
  });

  it('stays away when its manifest came back and went again while the pod was ending', () => {
    const h = new Harness({ images: { etcd: { stop: 5000 } }, manifests: [manifest()] });
    h.run(10);
    h.setManifests([]);
    h.run(1);
    h.setManifests([manifest()]);
    h.run(1);
    h.setManifests([]);
    h.run(60);
    expect(h.runtime.listContainers()).toEqual([]);
    expect(h.pod(name, 'kube-system')).toBeUndefined();
  });

  it('stays as it is while its manifest cannot be read', () => {
    const h = new Harness({ images, manifests: [manifest()] });
    h.run(10);
    h.setManifests([{ path: manifest().path, error: 'yaml: line 3: mapping values are not allowed here' }]);
    h.run(10);
    expect(h.runtime.listContainers()[0]?.state).toBe('running');
    expect(h.journal.entries().some(({ text }) => text.includes('Could not process manifest file'))).toBe(
      true,
    );
  });

  it('is found again by a new kubelet', () => {
    const h = new Harness({ images, manifests: [manifest()] });
    h.run(10);
    h.restartKubelet();
    h.run(20);
    expect(h.runtime.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
    expect(h.pod(name, 'kube-system')?.status?.phase).toBe('Running');
  });
});
