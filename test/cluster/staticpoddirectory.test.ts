import { describe, expect, it } from 'vitest';
import { STATIC_COMPONENTS } from '../../src/cluster/manifests.ts';
import { StaticPodDirectory } from '../../src/cluster/staticpoddirectory.ts';
import { staticPodManifest } from '../../src/cluster/staticpodmanifest.ts';
import { VolumeFiles } from '../../src/kubelet/files.ts';

function directory(files: Readonly<Record<string, string>>): StaticPodDirectory {
  const disk = new VolumeFiles();
  for (const [path, text] of Object.entries(files)) disk.set(path, text);
  return new StaticPodDirectory(disk);
}

const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: c, image: nginx}]\n';

describe('the directory of static pods', () => {
  it.each(STATIC_COMPONENTS)('takes what kubeadm writes for %s', (component) => {
    const [manifest] = directory({
      [`etc/kubernetes/manifests/${component}.yaml`]: staticPodManifest(component, {
        name: 'control-plane',
        host: { ip: '192.168.0.10' },
      }),
    }).read();
    expect(manifest).toMatchObject({
      path: `/etc/kubernetes/manifests/${component}.yaml`,
      pod: { metadata: { name: component, namespace: 'kube-system' }, spec: { hostNetwork: true } },
    });
  });

  it('gives defaults to what is left out', () => {
    const [manifest] = directory({ 'etc/kubernetes/manifests/a.yaml': POD }).read();
    expect(manifest).toMatchObject({ pod: { spec: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' } } });
  });

  it('reads JSON too', () => {
    const text = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    });
    expect(directory({ 'etc/kubernetes/manifests/a.json': text }).read()[0]).toMatchObject({
      pod: { metadata: { name: 'a' } },
    });
  });

  it.each([
    ['is no YAML', 'a: [', /./],
    ['is empty', '', /the file holds no object/],
    ['holds a text', 'hello', /./],
    ['holds a list', '- a\n- b\n', /./],
    ['holds another kind', POD.replace('kind: Pod', 'kind: Service'), /only pods|unknown field/],
    [
      'holds a pod of another version',
      POD.replace('apiVersion: v1', 'apiVersion: v2'),
      /only pods of version v1/,
    ],
    [
      'has an unknown field',
      POD.replace('spec:', 'spec:\n  contaners: []'),
      /unknown field "spec.contaners"/,
    ],
    ['has a value of a wrong type', POD.replace('name: a', 'name: [a]'), /./],
    ['has no spec', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n', /spec.containers/],
    ['has no valid name', POD.replace('name: a', 'name: A_B'), /invalid pod: metadata.name/],
  ])('reports a file that %s', (_, text, error) => {
    const [manifest] = directory({ 'etc/kubernetes/manifests/bad.yaml': text }).read();
    expect(manifest).toHaveProperty('error', expect.stringMatching(error));
    expect(manifest?.path).toBe('/etc/kubernetes/manifests/bad.yaml');
  });

  it('reads neither hidden files nor directories below, and sorts by name', () => {
    const read = directory({
      'etc/kubernetes/manifests/b.yaml': POD,
      'etc/kubernetes/manifests/a.yaml': POD,
      'etc/kubernetes/manifests/.hidden.yaml': POD,
      'etc/kubernetes/manifests/old/c.yaml': POD,
      'etc/kubernetes/d.yaml': POD,
    }).read();
    expect(read.map(({ path }) => path)).toEqual([
      '/etc/kubernetes/manifests/a.yaml',
      '/etc/kubernetes/manifests/b.yaml',
    ]);
  });

  it('tells its listeners until they leave', () => {
    const pods = directory({});
    let told = 0;
    const leave = pods.subscribe(() => told++);
    pods.notify();
    leave();
    pods.notify();
    expect(told).toBe(1);
  });
});
