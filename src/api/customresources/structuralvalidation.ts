import { RE2JS } from 're2js';
import { deepEqual } from '../../apimachinery/equal.ts';
import {
  child,
  type FieldError,
  forbidden,
  formatFieldError,
  index,
  invalid,
  key,
  required,
} from '../../apimachinery/fielderror.ts';
import type { JSONSchemaProps } from '../generated/types.ts';
import { schemaIn } from './structural.ts';

type Level = 'root' | 'item' | 'field';

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};
const INT_OR_STRING: readonly JSONSchemaProps[] = [{ type: 'integer' }, { type: 'string' }];

/**
 * Whether a schema is structural: every field has a type of its own, and what is combined with anyOf and
 * the like only restricts values (apiextensions-apiserver pkg/apiserver/schema/{validation,complete}.go). Sorted.
 */
export function validateStructural(schema: JSONSchemaProps, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkInvariants(schema, 'root', path, errors);
  checkComplete(schema, path, errors);
  return errors.toSorted((a, b) => (formatFieldError(a) < formatFieldError(b) ? -1 : 1));
}

function checkInvariants(s: JSONSchemaProps, level: Level, path: string, errors: FieldError[]): void {
  const items = schemaIn(s.items);
  if (s.type === 'array' && items === undefined)
    errors.push(required(child(path, 'items'), 'must be specified'));
  if (items !== undefined) checkInvariants(items, 'item', child(path, 'items'), errors);
  for (const [name, inner] of Object.entries(s.properties ?? {}))
    checkInvariants(inner, 'field', key(child(path, 'properties'), name), errors);
  if (s.additionalProperties !== undefined && s.additionalProperties !== null) {
    const at = child(path, 'additionalProperties');
    if (level === 'root') errors.push(forbidden(at, 'must not be used at the root'));
    const values = schemaIn(s.additionalProperties);
    if (values !== undefined) checkInvariants(values, 'field', at, errors);
  }
  checkExtensions(s, path, errors);
  checkValues(s, path, errors);
  checkType(s, level, path, errors);
  checkMetadata(s, level, path, errors);
}

function checkExtensions(s: JSONSchemaProps, path: string, errors: FieldError[]): void {
  if (s['x-kubernetes-int-or-string'] !== true) return;
  for (const name of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
    if (s[name] === true)
      errors.push(invalid(child(path, name), true, 'must be false if x-kubernetes-int-or-string is true'));
}

function checkType(s: JSONSchemaProps, level: Level, path: string, errors: FieldError[]): void {
  const at = child(path, 'type');
  const { type = '' } = s;
  const preserves = s['x-kubernetes-preserve-unknown-fields'] === true;
  const embedded = s['x-kubernetes-embedded-resource'] === true;
  const why = 'must be object if x-kubernetes-embedded-resource is true';
  if (embedded && type !== 'object') errors.push(type === '' ? required(at, why) : invalid(at, type, why));
  else if (type === '' && s['x-kubernetes-int-or-string'] !== true && !preserves)
    errors.push(required(at, EMPTY_TYPE[level]));
  if (embedded && s.additionalProperties !== undefined)
    errors.push(
      forbidden(
        child(path, 'additionalProperties'),
        'must not be used if x-kubernetes-embedded-resource is set',
      ),
    );
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(invalid(at, type, 'must be object at the root'));
  if (embedded && !preserves && Object.keys(s.properties ?? {}).length === 0)
    errors.push(
      required(
        child(path, 'properties'),
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    );
}

/** What an object says of itself is not for the schema to restrict, but for its name. */
function checkMetadata(s: JSONSchemaProps, level: Level, path: string, errors: FieldError[]): void {
  if (level !== 'root' && s['x-kubernetes-embedded-resource'] !== true) return;
  const at = (name: string): string => key(child(path, 'properties'), name);
  const { kind, apiVersion, metadata } = s.properties ?? {};
  for (const [name, schema] of [
    ['kind', kind],
    ['apiVersion', apiVersion],
  ] as const)
    if (schema !== undefined && schema.type !== 'string')
      errors.push(invalid(child(at(name), 'type'), schema.type ?? '', 'must be string'));
  if (metadata === undefined) return;
  if (metadata.type !== 'object')
    errors.push(invalid(child(at('metadata'), 'type'), metadata.type ?? '', 'must be object'));
  if (level !== 'root') return;
  const { type: _, properties = {}, description: __, ...rest } = metadata;
  const others = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName');
  if (others.length > 0 || Object.keys(rest).length > 0)
    errors.push(
      forbidden(
        at('metadata'),
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    );
}

/** The combinations of a schema, each with its path. */
function combined(s: JSONSchemaProps, path: string): readonly (readonly [JSONSchemaProps, string])[] {
  const out: (readonly [JSONSchemaProps, string])[] = [];
  for (const name of ['anyOf', 'allOf', 'oneOf'] as const)
    for (const [i, each] of (s[name] ?? []).entries()) out.push([each, index(child(path, name), i)]);
  if (s.not !== undefined) out.push([s.not, child(path, 'not')]);
  return out;
}

function checkValues(s: JSONSchemaProps, path: string, errors: FieldError[]): void {
  const choice = isChoice(s.anyOf);
  for (const [each, at] of combined(s, path)) {
    if (choice && at.startsWith(`${path}.anyOf[`)) continue;
    const first = at === `${path}.allOf[0]` && isChoice(each.anyOf);
    checkNested(first ? { ...each, anyOf: [] } : each, at, errors);
  }
  if (s.pattern !== undefined && s.pattern !== '') {
    const problem = patternError(s.pattern);
    if (problem !== undefined)
      errors.push(
        invalid(
          child(path, 'pattern'),
          s.pattern,
          `must be a valid regular expression, but isn't: ${problem}`,
        ),
      );
  }
}

function isChoice(anyOf: readonly JSONSchemaProps[] | undefined): boolean {
  return anyOf !== undefined && deepEqual(anyOf, INT_OR_STRING);
}

function patternError(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'error parsing regexp';
  }
}

const NOT_NESTED: readonly (readonly [keyof JSONSchemaProps, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['externalDocs', 'must be undefined to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

/** A schema below anyOf and the like may only restrict values. */
function checkNested(s: JSONSchemaProps, path: string, errors: FieldError[]): void {
  checkValues(s, path, errors);
  const items = schemaIn(s.items);
  if (items !== undefined) checkNested(items, child(path, 'items'), errors);
  for (const [name, inner] of Object.entries(s.properties ?? {}))
    checkNested(inner, key(child(path, 'properties'), name), errors);
  for (const [name, why] of NOT_NESTED) {
    const value = s[name];
    if (value !== undefined && value !== false && value !== '')
      errors.push(forbidden(child(path, name), why));
  }
  if (s.properties !== undefined && Object.hasOwn(s.properties, 'metadata'))
    errors.push(
      forbidden(key(child(path, 'properties'), 'metadata'), 'must not be specified in a nested context'),
    );
}

/** Every field that is restricted below anyOf and the like must have its type outside of it. */
function checkComplete(s: JSONSchemaProps, path: string, errors: FieldError[]): void {
  for (const [each, at] of combined(s, path)) checkCovered(each, s, path, at, errors);
  const items = schemaIn(s.items);
  if (items !== undefined) checkComplete(items, child(path, 'items'), errors);
  for (const [name, inner] of Object.entries(s.properties ?? {}))
    checkComplete(inner, key(child(path, 'properties'), name), errors);
  const values = schemaIn(s.additionalProperties);
  if (values !== undefined) checkComplete(values, child(path, 'additionalProperties'), errors);
}

function checkCovered(
  nested: JSONSchemaProps,
  s: JSONSchemaProps,
  path: string,
  at: string,
  errors: FieldError[],
): void {
  for (const [each, below] of combined(nested, at)) checkCovered(each, s, path, below, errors);
  const missing = (where: string, because: string): void => {
    errors.push(required(where, `because it is defined in ${because}`));
  };
  const nestedItems = schemaIn(nested.items);
  const items = schemaIn(s.items);
  if (nestedItems !== undefined) {
    const below = child(at, 'items');
    if (items === undefined) missing(child(path, 'items'), below);
    else checkCovered(nestedItems, items, child(path, 'items'), below, errors);
  }
  for (const [name, inner] of Object.entries(nested.properties ?? {})) {
    const below = key(child(at, 'properties'), name);
    const where = key(child(path, 'properties'), name);
    const own =
      s.properties !== undefined && Object.hasOwn(s.properties, name) ? s.properties[name] : undefined;
    if (own === undefined) missing(where, below);
    else checkCovered(inner, own, where, below, errors);
  }
}
