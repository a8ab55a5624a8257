import type { PersistentVolumeClaim } from '../../api/generated/types.ts';
import { storageClass } from '../../api/kinds/storageclass.ts';
import { valueOf as wholeOf } from '../../apimachinery/quantity.ts';
import { admissionForbidden } from '../context.ts';
import type { AdmissionPlugin } from './admission.ts';

/** A bound claim grows only where its class allows it (plugin/pkg/admission/storage/persistentvolume/resize). */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'UPDATE' && group === '' && resource === 'persistentvolumeclaims' && subresource === '',
  validate({ ctx, old }, object) {
    const [claim, before] = [object as PersistentVolumeClaim, old as PersistentVolumeClaim];
    if (before === undefined || sizeOf(claim) <= sizeOf(before)) return undefined;
    if (before.status?.phase !== 'Bound')
      return admissionForbidden(ctx, claim, 'Only bound persistent volume claims can be expanded');
    const name = claim.spec.storageClassName ?? '';
    const allowed = name !== '' && ctx.server.lookup(storageClass, '', name)?.allowVolumeExpansion === true;
    if (allowed) return undefined;
    return admissionForbidden(
      ctx,
      claim,
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
  },
};

function sizeOf(claim: PersistentVolumeClaim): number {
  return wholeOf(claim.spec.resources?.requests?.storage);
}
