import { semanticEqual } from '../../apimachinery/equal.ts';
import { type FieldError, invalid, required } from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { VolumeAttachment, VolumeAttachmentStatus } from '../generated/types.ts';
import { type KindDefinition, withField } from '../kind.ts';
import { FIELD_IMMUTABLE, isUnset } from '../validation/common.ts';

const DETACHED: VolumeAttachmentStatus = Object.freeze({ attached: false });

/** pkg/apis/storage/validation/validation.go ValidateVolumeAttachment. */
function validate({ spec }: VolumeAttachment): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (isUnset(spec?.attacher)) errors.push(required('spec.attacher'));
  if (isUnset(spec?.nodeName)) errors.push(required('spec.nodeName'));
  const { persistentVolumeName, inlineVolumeSpec } = spec?.source ?? {};
  if (isUnset(persistentVolumeName) && inlineVolumeSpec === undefined)
    errors.push(
      required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'),
    );
  return errors;
}

/** storage.k8s.io/v1 VolumeAttachment: the wish, and the fact, that a disk is attached to a node. */
export const volumeAttachment: KindDefinition<VolumeAttachment> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  singular: 'volumeattachment',
  shortNames: [],
  namespaced: false,
  schemaType: 'VolumeAttachment',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => object,
  prepareForCreate: (object) => withField(object, 'status', DETACHED),
  validate,
  validateUpdate: (next, old) =>
    semanticEqual(next.spec, old.spec) ? [] : [invalid('spec', next.spec, FIELD_IMMUTABLE)],
  statusSubresource: true,
  hasGeneration: false,
  allowUnconditionalUpdate: false,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Attacher', cell: (a) => a.spec.attacher },
    { name: 'PV', cell: (a) => a.spec.source.persistentVolumeName ?? '' },
    { name: 'Node', cell: (a) => a.spec.nodeName },
    { name: 'Attached', cell: (a) => String(a.status?.attached ?? false) },
    ageColumn,
  ],
};
