import type { PersistentVolumeClaim, StorageClass } from '../../api/generated/types.ts';
import { isDefaultClass, storageClass } from '../../api/kinds/storageclass.ts';
import { nameOf } from '../../api/object.ts';
import type { AdmissionPlugin } from './admission.ts';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/**
 * A claim that names no class gets the default one: of several the newest, then the first by name.
 * An empty name is a name (plugin/pkg/admission/storage/storageclass/setdefault, pkg/volume/util/storageclass.go).
 */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'CREATE' && group === '' && resource === 'persistentvolumeclaims' && subresource === '',
  admit({ ctx }, object) {
    const claim = object as PersistentVolumeClaim;
    if (claim.spec.storageClassName !== undefined || claim.metadata.annotations?.[BETA_CLASS] !== undefined)
      return claim;
    const chosen = [...ctx.server.objects(storageClass)].filter(isDefaultClass).sort(newestFirst)[0];
    if (chosen === undefined) return claim;
    const changed: PersistentVolumeClaim = {
      ...claim,
      spec: { ...claim.spec, storageClassName: nameOf(chosen) },
    };
    return changed;
  },
};

function newestFirst(a: StorageClass, b: StorageClass): number {
  const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (x !== y) return x < y ? 1 : -1;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
