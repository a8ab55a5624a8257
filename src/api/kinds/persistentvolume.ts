import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { accessModesText } from '../accessmodes.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withUnset } from '../defaults/unset.ts';
import type { PersistentVolume, PersistentVolumeSpec, PersistentVolumeStatus } from '../generated/types.ts';
import { type KindDefinition, withDefaults, withField } from '../kind.ts';
import { isTerminating } from '../object.ts';
import { validatePersistentVolume, validatePersistentVolumeUpdate } from '../validation/persistentvolumes.ts';

const SPEC: Partial<PersistentVolumeSpec> = Object.freeze({ volumeMode: 'Filesystem' });
const POLICY: Partial<PersistentVolumeSpec> = Object.freeze({ persistentVolumeReclaimPolicy: 'Retain' });
const PENDING: PersistentVolumeStatus = Object.freeze({ phase: 'Pending' });

function applyDefaults(object: PersistentVolume): PersistentVolume {
  const { hostPath } = object.spec ?? {};
  let spec = withUnset(withDefaults<PersistentVolumeSpec>(object.spec ?? {}, SPEC), POLICY);
  if (hostPath !== undefined && hostPath.type === undefined)
    spec = { ...spec, hostPath: { ...hostPath, type: '' } };
  return withField(withDefaults<PersistentVolume>(object, { status: PENDING }), 'spec', spec);
}

/** What the volume's claim is called: `default/data`. */
export function claimText({ spec }: PersistentVolume): string {
  return spec.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`;
}

/** v1 PersistentVolume: a piece of storage (pkg/registry/core/persistentvolume/strategy.go). */
export const persistentVolume: KindDefinition<PersistentVolume> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  schemaType: 'PersistentVolume',
  validateName: isDNS1123Subdomain,
  applyDefaults,
  prepareForCreate: (object) => withField(object, 'status', PENDING),
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  statusSubresource: true,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Capacity', cell: ({ spec }) => spec.capacity?.storage ?? '0' },
    { name: 'Access Modes', cell: ({ spec }) => accessModesText(spec.accessModes) },
    { name: 'Reclaim Policy', cell: ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '' },
    { name: 'Status', cell: (pv) => (isTerminating(pv) ? 'Terminating' : (pv.status?.phase ?? '')) },
    { name: 'Claim', cell: claimText },
    { name: 'StorageClass', cell: ({ spec }) => spec.storageClassName ?? '' },
    { name: 'VolumeAttributesClass', cell: ({ spec }) => spec.volumeAttributesClassName ?? '<unset>' },
    { name: 'Reason', cell: ({ status }) => status?.reason ?? '' },
    ageColumn,
    { name: 'VolumeMode', wide: true, cell: ({ spec }) => spec.volumeMode ?? '<unset>' },
  ],
};
