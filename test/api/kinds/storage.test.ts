import { describe, expect, it } from 'vitest';
import type { PersistentVolumeClaim } from '../../../src/api/generated/types.ts';
import { persistentVolume } from '../../../src/api/kinds/persistentvolume.ts';
import { persistentVolumeClaim } from '../../../src/api/kinds/persistentvolumeclaim.ts';
import { storageClass } from '../../../src/api/kinds/storageclass.ts';
import { volumeAttachment } from '../../../src/api/kinds/volumeattachment.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { complaints, defaulted } from './manifests.ts';

const volume = (spec: object = {}): unknown => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'vol' },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: '/srv/vol' },
    ...spec,
  },
});
const claim = (spec: object = {}, rest: object = {}): unknown => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  ...rest,
});
const ofClass = (rest: object = {}): unknown => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'fast' },
  provisioner: 'example.com/fast',
  ...rest,
});

describe('PersistentVolume', () => {
  it('is Pending, Retain and a file system unless said otherwise', () => {
    const object = defaulted(persistentVolume, volume());
    expect(object.spec).toMatchObject({
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
      hostPath: { type: '' },
    });
    expect(object.status).toEqual({ phase: 'Pending' });
  });

  it.each([
    [{ accessModes: [] }, 'spec.accessModes: Required value'],
    [
      { accessModes: ['RWO'] },
      'spec.accessModes: Unsupported value: "RWO": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    ],
    [
      { accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'] },
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
    ],
    [{ capacity: {} }, 'spec.capacity: Required value'],
    [{ capacity: { storage: '0' } }, 'spec.capacity[storage]: Invalid value: "0": must be greater than zero'],
    [{ hostPath: undefined }, 'spec: Required value: must specify a volume type'],
    [{ nfs: { server: 'a', path: '/' } }, 'spec.nfs: Forbidden: may not specify more than 1 volume type'],
    [
      { persistentVolumeReclaimPolicy: 'Keep' },
      'spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain"',
    ],
    [
      { hostPath: undefined, local: { path: '/mnt' } },
      'metadata.annotations: Required value: Local volume requires node affinity',
    ],
    [{ hostPath: { path: '../up' } }, 'spec.hostPath.path: Invalid value: "../up": must not contain \'..\''],
  ])('with %j is refused', (spec, message) => {
    expect(complaints(persistentVolume, volume(spec))).toEqual([message]);
  });

  it('keeps what it is made of', () => {
    const old = defaulted(persistentVolume, volume());
    const next = defaulted(persistentVolume, volume({ hostPath: { path: '/srv/other' } }));
    const [error] = persistentVolume.validateUpdate?.(next, old) ?? [];
    expect(error?.detail).toContain('spec.persistentvolumesource is immutable after creation');
  });

  it('is printed with its claim and short modes', () => {
    const object = defaulted(
      persistentVolume,
      volume({ accessModes: ['ReadWriteMany', 'ReadWriteOnce'], claimRef: { namespace: 'a', name: 'b' } }),
    );
    const cells = persistentVolume.columns.slice(0, -1).map((column) => column.cell(object, 0));
    expect(cells.slice(0, 9)).toEqual([
      'vol',
      '1Gi',
      'RWO,RWX',
      'Retain',
      'Pending',
      'a/b',
      '',
      '<unset>',
      '',
    ]);
  });
});

describe('PersistentVolumeClaim', () => {
  it.each([
    [{ accessModes: [] }, 'spec.accessModes: Required value: at least 1 access mode is required'],
    [{ resources: {} }, 'spec.resources[storage]: Required value'],
    [
      { resources: { requests: { storage: '-1' } } },
      'spec.resources[storage]: Invalid value: "-1": must be greater than zero',
    ],
    [
      { volumeMode: 'Tape' },
      'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
    ],
  ])('with %j is refused', (spec, message) => {
    expect(complaints(persistentVolumeClaim, claim(spec))).toEqual([message]);
  });

  const updated = (before: object, after: object, status: object): string[] => {
    const old = defaulted(persistentVolumeClaim, claim(before, { status }));
    const next = defaulted(persistentVolumeClaim, claim(after, { status }));
    return (persistentVolumeClaim.validateUpdate?.(next, old) ?? []).map(formatFieldError);
  };
  const size = (storage: string): object => ({ resources: { requests: { storage } } });

  it('that is not bound keeps its size', () => {
    expect(updated({}, size('2Gi'), { phase: 'Pending' })[0]).toMatch(
      /^spec: Forbidden: spec is immutable after creation except resources\.requests and volumeAttributesClassName for bound claims\n/,
    );
  });

  it('that is bound may grow, and shrink only to what it has not got yet', () => {
    const status = { phase: 'Bound', capacity: { storage: '2Gi' } };
    expect(updated(size('2Gi'), size('3Gi'), status)).toEqual([]);
    expect(updated(size('4Gi'), size('3Gi'), status)).toEqual([]);
    expect(updated(size('4Gi'), size('2Gi'), status)).toEqual([
      'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    ]);
  });

  it('gets its volume and, if it has none, its class', () => {
    expect(updated({}, { volumeName: 'vol' }, { phase: 'Pending' })).toEqual([]);
    expect(updated({}, { storageClassName: 'standard' }, { phase: 'Pending' })).toEqual([]);
    expect(updated({ volumeName: 'vol' }, { volumeName: 'other' }, { phase: 'Bound' })).toHaveLength(1);
  });

  it('shows capacity and modes only once it has a volume', () => {
    const status = { phase: 'Bound', capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOncePod'] };
    const cells = (spec: object): unknown[] => {
      const object: PersistentVolumeClaim = defaulted(persistentVolumeClaim, claim(spec, { status }));
      return persistentVolumeClaim.columns.slice(1, 6).map((column) => column.cell(object, 0));
    };
    expect(cells({})).toEqual(['Bound', '', '', '', '']);
    expect(cells({ volumeName: 'vol', storageClassName: 'fast' })).toEqual([
      'Bound',
      'vol',
      '2Gi',
      'RWOP',
      'fast',
    ]);
  });
});

describe('StorageClass', () => {
  it('deletes and binds at once unless said otherwise', () => {
    expect(defaulted(storageClass, ofClass())).toMatchObject({
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    });
  });

  it.each([
    [{ provisioner: '' }, 'provisioner: Required value'],
    [
      { reclaimPolicy: 'Recycle' },
      'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
    ],
    [
      { volumeBindingMode: 'Later' },
      'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"',
    ],
  ])('with %j is refused', (rest, message) => {
    expect(complaints(storageClass, ofClass(rest))).toEqual([message]);
  });

  it('keeps its provisioner and parameters', () => {
    const old = defaulted(storageClass, ofClass());
    const next = defaulted(storageClass, ofClass({ provisioner: 'b.com/c', parameters: { a: 'b' } }));
    expect(storageClass.validateUpdate?.(next, old).map(formatFieldError)).toEqual([
      'parameters: Forbidden: updates to parameters are forbidden.',
      'provisioner: Forbidden: updates to provisioner are forbidden.',
    ]);
  });

  it('that is the default says so beside its name', () => {
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    const object = defaulted(storageClass, ofClass({ metadata: { name: 'fast', annotations } }));
    expect(storageClass.columns[0]?.cell(object, 0)).toBe('fast (default)');
  });
});

it('a VolumeAttachment names a driver, a node and a volume', () => {
  const manifest = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name: 'a' },
    spec: {},
  };
  expect(complaints(volumeAttachment, manifest)).toEqual([
    'spec.attacher: Required value',
    'spec.nodeName: Required value',
    'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
  ]);
});
