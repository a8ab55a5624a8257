import { PV_PROTECTION, PVC_PROTECTION } from '../../api/volumes.ts';
import type { AdmissionPlugin } from './admission.ts';

/**
 * Volumes and claims stay, once deleted, for as long as they are used
 * (plugin/pkg/admission/storage/storageobjectinuseprotection).
 */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'CREATE' &&
    group === '' &&
    subresource === '' &&
    (resource === 'persistentvolumes' || resource === 'persistentvolumeclaims'),
  admit({ ctx }, object) {
    const finalizer = ctx.resource.kind.plural === 'persistentvolumes' ? PV_PROTECTION : PVC_PROTECTION;
    const finalizers = object.metadata.finalizers ?? [];
    if (finalizers.includes(finalizer)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
  },
};
