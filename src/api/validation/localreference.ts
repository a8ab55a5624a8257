import { child, type FieldError, required } from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import type { TypedLocalObjectReference } from '../generated/types.ts';
import { complain, isPathSegmentName, isUnset } from './common.ts';

/** A reference to an object by group, kind and name (validateIngressTypedLocalObjectReference). */
export function checkLocalReference(
  errors: FieldError[],
  path: string,
  { apiGroup, kind, name }: TypedLocalObjectReference,
): void {
  if (apiGroup !== undefined)
    complain(errors, child(path, 'apiGroup'), apiGroup, isDNS1123Subdomain(apiGroup));
  for (const [field, value] of [['kind', kind] as const, ['name', name] as const]) {
    if (isUnset(value)) errors.push(required(child(path, field), `${field} is required`));
    else complain(errors, child(path, field), value, isPathSegmentName(value));
  }
}
