import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { accessModesText } from '../accessmodes.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimStatus,
} from '../generated/types.ts';
import { type KindDefinition, withDefaults, withField } from '../kind.ts';
import { isTerminating } from '../object.ts';
import { validateClaimSpec, validateClaimUpdate } from '../validation/volumeclaims.ts';

const SPEC: Partial<PersistentVolumeClaimSpec> = Object.freeze({ volumeMode: 'Filesystem' });
const PENDING: PersistentVolumeClaimStatus = Object.freeze({ phase: 'Pending' });

/** pkg/apis/core/v1/defaults.go SetDefaults_PersistentVolumeClaim. */
export function defaultClaimSpec(spec: PersistentVolumeClaimSpec | undefined): PersistentVolumeClaimSpec {
  return withDefaults<PersistentVolumeClaimSpec>(spec ?? {}, SPEC);
}

function applyDefaults(object: PersistentVolumeClaim): PersistentVolumeClaim {
  const spec = defaultClaimSpec(object.spec);
  return withField(withDefaults<PersistentVolumeClaim>(object, { status: PENDING }), 'spec', spec);
}

/** What only a claim that has a volume shows. */
function ofBound(claim: PersistentVolumeClaim, text: string): string {
  return (claim.spec.volumeName ?? '') === '' ? '' : text;
}

/** v1 PersistentVolumeClaim: a wish for storage (pkg/registry/core/persistentvolumeclaim/strategy.go). */
export const persistentVolumeClaim: KindDefinition<PersistentVolumeClaim> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  namespaced: true,
  schemaType: 'PersistentVolumeClaim',
  validateName: isDNS1123Subdomain,
  applyDefaults,
  prepareForCreate: (object) => withField(object, 'status', PENDING),
  validate: (object) => validateClaimSpec(object.spec, 'spec'),
  validateUpdate: validateClaimUpdate,
  statusSubresource: true,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Status', cell: (c) => (isTerminating(c) ? 'Terminating' : (c.status?.phase ?? '')) },
    { name: 'Volume', cell: (c) => c.spec.volumeName ?? '' },
    { name: 'Capacity', cell: (c) => ofBound(c, c.status?.capacity?.storage ?? '0') },
    { name: 'Access Modes', cell: (c) => ofBound(c, accessModesText(c.status?.accessModes)) },
    { name: 'StorageClass', cell: (c) => c.spec.storageClassName ?? '' },
    { name: 'VolumeAttributesClass', cell: (c) => c.spec.volumeAttributesClassName ?? '<unset>' },
    ageColumn,
    { name: 'VolumeMode', wide: true, cell: (c) => c.spec.volumeMode ?? '<unset>' },
  ],
};
