import type { ObjectMeta } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../api/validation/metadata.ts';
import { NO_ERRORS } from '../api/validation/once.ts';
import type { FieldError } from '../apimachinery/fielderror.ts';

/**
 * The rules of metadata that hold for every kind. What is the very same as in the stored state was
 * found valid when that was stored, and is not looked at again.
 */
export function validateMetadata(
  kind: KindDefinition,
  meta: ObjectMeta,
  old?: ObjectMeta,
): readonly FieldError[] {
  if (old === undefined) return validateObjectMeta(meta, kind);
  if (meta === old) return NO_ERRORS;
  const same =
    meta.labels === old.labels &&
    meta.annotations === old.annotations &&
    meta.ownerReferences === old.ownerReferences &&
    meta.finalizers === old.finalizers &&
    meta.deletionTimestamp === old.deletionTimestamp &&
    meta.deletionGracePeriodSeconds === old.deletionGracePeriodSeconds;
  if (same) return NO_ERRORS;
  return [...validateObjectMeta(meta, kind), ...validateObjectMetaUpdate(meta, old)];
}
