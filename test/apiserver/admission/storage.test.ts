import { describe, expect, it } from 'vitest';
import type { PersistentVolumeClaim } from '../../../src/api/generated/types.ts';
import { creation, Harness } from '../harness.ts';

/** The plugins of defaultstorageclass.ts, storageobjectinuseprotection.ts and persistentvolumeclaimresize.ts. */

const claimBody = (spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});

function addClass(h: Harness, name: string, more: object = {}, isDefault = true): void {
  const annotations = isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {};
  const body = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations },
    provisioner: 'a.com/b',
    ...more,
  };
  h.object(creation('storageclasses', body, { group: 'storage.k8s.io', namespace: undefined }));
}

describe('DefaultStorageClass', () => {
  it('gives a claim without class the newest default, of equals the first by name', () => {
    const h = new Harness();
    addClass(h, 'b');
    addClass(h, 'a');
    addClass(h, 'plain', {}, false);
    expect(
      (h.create('persistentvolumeclaims', claimBody()) as PersistentVolumeClaim).spec.storageClassName,
    ).toBe('a');
  });

  it('leaves a claim alone that names a class, were it the empty one', () => {
    const h = new Harness();
    addClass(h, 'a');
    const claim = h.create('persistentvolumeclaims', claimBody({ storageClassName: '' }));
    expect((claim as PersistentVolumeClaim).spec.storageClassName).toBe('');
  });
});

it('StorageObjectInUseProtection holds new claims', () => {
  expect(new Harness().create('persistentvolumeclaims', claimBody()).metadata.finalizers).toEqual([
    'kubernetes.io/pvc-protection',
  ]);
});

it('PersistentVolumeClaimResize lets nothing grow that is not bound', () => {
  const h = new Harness();
  const claim = h.create('persistentvolumeclaims', claimBody());
  const body = {
    ...claim,
    spec: (claimBody({ resources: { requests: { storage: '2Gi' } } }) as typeof claim & { spec: object })
      .spec,
  };
  const status = h.refusal({
    verb: 'update',
    resource: 'persistentvolumeclaims',
    namespace: 'default',
    name: 'data',
    body,
  });
  expect(status.code).toBe(422);
});
