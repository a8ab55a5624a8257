import { semanticEqual } from '../../apimachinery/equal.ts';
import {
  child,
  type FieldError,
  forbidden,
  invalid,
  key,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { cmp, isQuantityError, parseQuantity, sign } from '../../apimachinery/quantity.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ACCESS_MODES } from '../accessmodes.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../generated/types.ts';
import { complain, isUnset } from './common.ts';
import { diffText } from './diff.ts';
import { validateLabelSelector } from './labels.ts';

export const VOLUME_MODES: readonly string[] = Object.freeze(['Block', 'Filesystem']);
const NOT_POSITIVE = 'must be greater than zero';
const IMMUTABLE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** The modes of a volume or claim: known ones, and ReadWriteOncePod alone. */
export function checkAccessModes(errors: FieldError[], path: string, modes: readonly string[]): void {
  for (const mode of modes) {
    if (!ACCESS_MODES.includes(mode)) errors.push(notSupported(path, mode, ACCESS_MODES));
  }
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod'))
    errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
}

/** A quantity above zero. */
export function checkPositiveQuantity(errors: FieldError[], path: string, text: string): void {
  const quantity = parseQuantity(String(text));
  if (isQuantityError(quantity) || sign(quantity) <= 0) errors.push(invalid(path, text, NOT_POSITIVE));
}

/** The name of a class; empty is fine. */
export function checkClassName(errors: FieldError[], path: string, name: string | undefined): void {
  if (!isUnset(name)) complain(errors, path, name, isDNS1123Subdomain(name));
}

/** What a claim, or the template of one, asks for (ValidatePersistentVolumeClaimSpec). */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0)
    errors.push(required(child(path, 'accessModes'), 'at least 1 access mode is required'));
  errors.push(...validateLabelSelector(spec.selector, child(path, 'selector')));
  checkAccessModes(errors, child(path, 'accessModes'), modes);
  const storage = spec.resources?.requests?.storage;
  const storagePath = key(child(path, 'resources'), 'storage');
  if (storage === undefined) errors.push(required(storagePath));
  else checkPositiveQuantity(errors, storagePath, storage);
  checkClassName(errors, child(path, 'storageClassName'), spec.storageClassName);
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode))
    errors.push(notSupported(child(path, 'volumeMode'), spec.volumeMode, VOLUME_MODES));
  return errors;
}

/** What of a claim may still change (ValidatePersistentVolumeClaimUpdate). */
export function validateClaimUpdate(
  next: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): readonly FieldError[] {
  if (next.spec === old.spec) return [];
  const errors: FieldError[] = [];
  const before = comparable(old.spec, next.spec, old);
  const after = comparable(next.spec, next.spec, old);
  if (!semanticEqual(before, after))
    errors.push(forbidden('spec', `${IMMUTABLE}\n${diffText(before, after)}`));
  const path = 'spec.resources.requests.storage';
  const [was, is] = [old.spec.resources?.requests?.storage, next.spec.resources?.requests?.storage];
  if (was !== undefined && is !== undefined && compareTexts(is, was) < 0) {
    const capacity = old.status?.capacity?.storage ?? '0';
    if (compareTexts(is, capacity) <= 0)
      errors.push(forbidden(path, 'field can not be less than status.capacity'));
  }
  return errors;
}

/** The spec without what may change: the volume while there is none, the class while none is said, the size once bound. */
function comparable(
  spec: PersistentVolumeClaimSpec,
  next: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaim,
): object {
  const bound = old.status?.phase === 'Bound';
  const { volumeName, storageClassName, resources, volumeAttributesClassName, ...rest } = spec;
  const classless =
    old.spec.storageClassName === undefined &&
    old.metadata.annotations?.[BETA_CLASS] === undefined &&
    next.storageClassName !== undefined;
  return {
    ...rest,
    ...(isUnset(old.spec.volumeName) ? {} : { volumeName }),
    ...(classless ? {} : { storageClassName }),
    ...(bound ? {} : { resources, volumeAttributesClassName }),
  };
}

function compareTexts(a: string, b: string): number {
  const [x, y] = [parseQuantity(String(a)), parseQuantity(String(b))];
  return isQuantityError(x) || isQuantityError(y) ? 0 : cmp(x, y);
}
