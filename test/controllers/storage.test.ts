import { describe, expect, it } from 'vitest';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from '../../src/api/generated/types.ts';
import { persistentVolume as volumeKind } from '../../src/api/kinds/persistentvolume.ts';
import { persistentVolumeClaim as claimKind } from '../../src/api/kinds/persistentvolumeclaim.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { storageClass as classKind } from '../../src/api/kinds/storageclass.ts';
import { volumeAttachment as attachmentKind } from '../../src/api/kinds/volumeattachment.ts';
import { attachDetach } from '../../src/controllers/attachdetach.ts';
import { ephemeralVolume } from '../../src/controllers/ephemeralvolume.ts';
import { persistentVolumeBinder } from '../../src/controllers/persistentvolumebinder.ts';
import { provisioner } from '../../src/controllers/provisioner.ts';
import { pvcProtection, pvProtection } from '../../src/controllers/storageprotection.ts';
import { Cluster, podOf } from './support.ts';

const DISK = 'disk.csi.shipshape.io';

const claim = (name: string, spec: object = {}): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});
const volume = (name: string, storage: string, spec: object = {}): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: `/srv/${name}` },
    ...spec,
  },
});
const ofClass = (name: string, rest: Partial<StorageClass> = {}): StorageClass => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: DISK,
  ...rest,
});

/** A cloud that remembers what was ordered. */
class Orders {
  readonly list: string[] = [];
  problem: string | undefined;
  createDisk = (handle: string): string | undefined => this.#note(`create ${handle}`);
  deleteDisk = (handle: string): string | undefined => this.#note(`delete ${handle}`);
  attachDisk = (handle: string, node: string): string | undefined => this.#note(`attach ${handle} ${node}`);
  detachDisk = (handle: string, node: string): string | undefined => this.#note(`detach ${handle} ${node}`);
  removeDirectory = (node: string, path: string): void => void this.#note(`remove ${node} ${path}`);

  #note(text: string): string | undefined {
    this.list.push(text);
    return this.problem;
  }
}

const CONTROLLERS = [
  attachDetach,
  ephemeralVolume,
  persistentVolumeBinder,
  provisioner,
  pvcProtection,
  pvProtection,
];

function cluster(cloud = new Orders()): Cluster {
  return new Cluster({ controllers: CONTROLLERS, nodes: ['n1', 'n2'], kubelet: false, cloud });
}

const user = (name: string, nodeName: string, claimName: string): Pod => ({
  ...podOf(name),
  spec: {
    ...podOf(name).spec,
    nodeName,
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  },
});

describe('the volume binder', () => {
  it('binds two claims made at once to two volumes', () => {
    const c = cluster();
    for (const name of ['a', 'b']) c.create(volumeKind, volume(name, '1Gi'));
    c.run(1000);
    for (const name of ['x', 'y']) c.create(claimKind, claim(name));
    c.run(1000);
    const names = ['x', 'y'].map((name) => c.get(claimKind, name).spec.volumeName);
    expect([...names].sort()).toEqual(['a', 'b']);
    expect(c.get(claimKind, 'x').status).toMatchObject({ phase: 'Bound', capacity: { storage: '1Gi' } });
  });

  it('gives a volume that names a claim to that claim alone, however well it fits others', () => {
    const c = cluster();
    c.create(volumeKind, volume('mine', '1Gi', { claimRef: { namespace: 'default', name: 'late' } }));
    c.create(claimKind, claim('early'));
    c.run(20_000);
    expect(c.get(claimKind, 'early').status?.phase).toBe('Pending');
    c.create(claimKind, claim('late'));
    c.run(1000);
    expect(c.get(claimKind, 'late').spec.volumeName).toBe('mine');
  });

  it('goes on where it was killed, whenever that was', () => {
    const c = cluster();
    c.create(volumeKind, volume('a', '1Gi'));
    c.create(claimKind, claim('x'));
    for (let i = 0; i < 20; i++) c.run(7).restart();
    c.run(20_000);
    expect(c.get(claimKind, 'x').status?.phase).toBe('Bound');
    expect(c.get(volumeKind, 'a', '').status?.phase).toBe('Bound');
  });
});

describe('the provisioner', () => {
  it('makes a disk, tells of it, and destroys it with the claim', () => {
    const cloud = new Orders();
    const c = cluster(cloud);
    c.create(classKind, ofClass('disk'));
    c.create(claimKind, claim('x', { storageClassName: 'disk' }));
    c.run(10_000);
    const name = c.get(claimKind, 'x').spec.volumeName ?? '';
    expect(name).toBe(`pvc-${c.get(claimKind, 'x').metadata.uid}`);
    expect(c.events('x').join('\n')).toContain(`Successfully provisioned volume ${name}`);
    c.remove(claimKind, 'x');
    c.run(10_000);
    expect(cloud.list).toEqual([`create ${name}`, `delete ${name}`]);
    expect(c.find(volumeKind, name, '')).toBeUndefined();
  });

  it('keeps trying while the storage does not answer', () => {
    const cloud = new Orders();
    cloud.problem = 'down';
    const c = cluster(cloud);
    c.create(classKind, ofClass('disk'));
    c.create(claimKind, claim('x', { storageClassName: 'disk' }));
    c.run(10_000);
    expect(c.events('x').join('\n')).toContain('failed to provision volume with StorageClass "disk": down');
    cloud.problem = undefined;
    c.run(15_000);
    expect(c.get(claimKind, 'x').status?.phase).toBe('Bound');
  });
});

describe('the attach/detach controller', () => {
  it('never attaches a disk to a second node before the first has let go', () => {
    const cloud = new Orders();
    const c = cluster(cloud);
    c.create(classKind, ofClass('disk'));
    c.create(claimKind, claim('x', { storageClassName: 'disk' }));
    c.run(10_000);
    c.create(podKind, user('p1', 'n1', 'x'));
    c.run(5000);
    c.create(podKind, user('p2', 'n2', 'x'));
    c.run(20_000);
    expect(c.list(attachmentKind, '').map(({ spec }) => spec.nodeName)).toEqual(['n1']);
    expect(c.events('p2').join('\n')).toContain('Volume is already used by pod(s) p1');
    c.admin.delete(podKind, 'p1', 'default', { gracePeriodSeconds: 0 });
    c.run(20_000);
    const name = c.get(claimKind, 'x').spec.volumeName;
    expect(cloud.list).toEqual([
      `create ${name}`,
      `attach ${name} n1`,
      `detach ${name} n1`,
      `attach ${name} n2`,
    ]);
  });
});

it('the claim of an ephemeral volume belongs to its pod', () => {
  const c = cluster();
  const template = { volumeClaimTemplate: { spec: claim('x').spec } };
  const pod = podOf('p');
  c.create(podKind, { ...pod, spec: { ...pod.spec, volumes: [{ name: 'v', ephemeral: template }] } });
  c.run(1000);
  expect(c.get(claimKind, 'p-v').metadata.ownerReferences).toMatchObject([{ kind: 'Pod', name: 'p' }]);
});

it('storageprotection: a bound volume that is deleted stays until its claim is gone', () => {
  const c = cluster();
  c.create(volumeKind, volume('a', '1Gi'));
  c.run(1000);
  c.create(claimKind, claim('x'));
  c.run(1000);
  c.remove(volumeKind, 'a');
  c.run(20_000);
  expect(c.find(volumeKind, 'a', '')).toBeDefined();
  c.remove(claimKind, 'x');
  c.run(20_000);
  expect(c.find(volumeKind, 'a', '')).toBeUndefined();
});
