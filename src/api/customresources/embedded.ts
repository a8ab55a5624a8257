import { child, type FieldError, index, invalid, key, required } from '../../apimachinery/fielderror.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { entriesOf, isList, isObject } from '../../apimachinery/object.ts';
import { isDNS1035Label } from '../../apimachinery/validation.ts';
import type { ObjectMeta } from '../generated/types.ts';
import { isPathSegmentName } from '../validation/common.ts';
import { validateObjectMeta } from '../validation/metadata.ts';
import { type Structural, schemaUnder } from './structural.ts';

/**
 * Objects within a custom object (x-kubernetes-embedded-resource) say of what kind they are, and have
 * metadata by the usual rules (apiextensions-apiserver pkg/apiserver/schema/objectmeta/validation.go).
 */
export function validateEmbedded(value: Json, schema: Structural, path = ''): readonly FieldError[] {
  const errors: FieldError[] = [];
  visit(value, schema, path, errors);
  return errors;
}

function visit(value: Json, schema: Structural, path: string, errors: FieldError[]): void {
  if (isList(value)) {
    const { items } = schema;
    if (items !== undefined)
      for (const [i, item] of value.entries()) visit(item, items, index(path, i), errors);
    return;
  }
  if (!isObject(value)) return;
  if (schema.embedded) checkObject(value, path, errors);
  for (const [name, inner] of entriesOf(value)) {
    const below = schemaUnder(schema, name);
    if (below !== undefined)
      visit(inner, below, schema.properties.has(name) ? child(path, name) : key(path, name), errors);
  }
}

function checkObject(object: JsonObject, path: string, errors: FieldError[]): void {
  const { apiVersion, kind, metadata } = object;
  for (const [name, value] of [
    ['apiVersion', apiVersion],
    ['kind', kind],
  ] as const) {
    const at = child(path, name);
    if (value === undefined) errors.push(required(at, 'must not be empty'));
    else if (typeof value !== 'string') errors.push(invalid(at, value, 'must be a string'));
    else if (value === '') errors.push(invalid(at, value, 'must not be empty'));
    else if (name === 'apiVersion' && value.split('/').length > 2)
      errors.push(invalid(at, value, `unexpected GroupVersion string: ${value}`));
    else if (name === 'kind') {
      const complaints = isDNS1035Label(value.toLowerCase());
      const mixed = 'may have mixed case, but should otherwise match: ';
      if (complaints.length > 0) errors.push(invalid(at, value, mixed + complaints.join(',')));
    }
  }
  if (!isObject(metadata)) return;
  const meta = { name: 'fakename', ...(metadata as ObjectMeta) };
  const namespaced = meta.namespace !== undefined && meta.namespace !== '';
  const found = validateObjectMeta(meta, { namespaced, validateName: isPathSegmentName });
  errors.push(...found.map((error) => ({ ...error, field: child(path, error.field) })));
}
