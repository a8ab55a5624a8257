import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  key,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { goJson } from '../../apimachinery/gostring.ts';
import { isList, isObject } from '../../apimachinery/object.ts';
import type { JSONSchemaProps, ValidationRule } from '../generated/types.ts';
import { prune } from './prune.ts';
import { compileRule, messageExpressionError } from './rules.ts';
import { MAX_SCHEMA_DEPTH, schemaIn, structuralOf } from './structural.ts';
import { validateStructural } from './structuralvalidation.ts';
import { validateValues } from './valuevalidation.ts';

const TYPES: readonly string[] = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const LIST_TYPES: readonly string[] = ['atomic', 'set', 'map'];
const MAP_TYPES: readonly string[] = ['atomic', 'granular'];
const REASONS: readonly string[] = [
  'FieldValueInvalid',
  'FieldValueForbidden',
  'FieldValueRequired',
  'FieldValueDuplicate',
];
/** Parts of JSON Schema that Kubernetes does not take. */
const UNSUPPORTED = [
  'id',
  'additionalItems',
  'patternProperties',
  'definitions',
  'dependencies',
  '$ref',
] as const;

/** The rules of a version's schema (pkg/apis/apiextensions/validation ValidateCustomResourceDefinitionOpenAPISchema). */
export function validateSchema(root: JSONSchemaProps, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!checkShape(root, path, 0, errors)) return errors;
  checkSchema(root, path, true, errors);
  const structural = validateStructural(root, path);
  errors.push(...structural);
  if (errors.length === 0) checkMeaning(root, path, undefined, errors);
  return errors;
}

/** Schemas in free-form fields (items, additionalProperties) were not looked at by the decoder. */
function checkShape(s: JSONSchemaProps, path: string, depth: number, errors: FieldError[]): boolean {
  if (depth > MAX_SCHEMA_DEPTH) {
    errors.push(invalid(path, '', 'must not be nested this deep'));
    return false;
  }
  for (const name of ['items', 'additionalProperties'] as const) {
    const value = s[name];
    if (
      value !== undefined &&
      value !== null &&
      !isObject(value) &&
      !isList(value) &&
      typeof value !== 'boolean'
    ) {
      errors.push(invalid(child(path, name), goJson(value), 'must be a schema'));
      return false;
    }
  }
  return schemasIn(s, path).every(([inner, at]) => {
    if (isWellFormed(inner)) return checkShape(inner, at, depth + 1, errors);
    errors.push(invalid(at, goJson(inner), 'must be a schema'));
    return false;
  });
}

/** Whether the fields that the rest relies on have their types, where no decoder has seen to it. */
function isWellFormed(s: JSONSchemaProps): boolean {
  if (typeof s !== 'object' || s === null || Array.isArray(s)) return false;
  const texts = [s.type, s.pattern, s.format, s.description, s['x-kubernetes-list-type']];
  const lists = [
    s.required,
    s.enum,
    s.anyOf,
    s.allOf,
    s.oneOf,
    s['x-kubernetes-list-map-keys'],
    s['x-kubernetes-validations'],
  ];
  const numbers = [
    s.minimum,
    s.maximum,
    s.minLength,
    s.maxLength,
    s.minItems,
    s.maxItems,
    s.minProperties,
    s.maxProperties,
    s.multipleOf,
  ];
  return (
    texts.every((value) => value === undefined || typeof value === 'string') &&
    lists.every((value) => value === undefined || Array.isArray(value)) &&
    numbers.every((value) => value === undefined || typeof value === 'number') &&
    (s['x-kubernetes-validations'] ?? []).every((rule) => typeof rule?.rule === 'string') &&
    (s.properties === undefined || (typeof s.properties === 'object' && s.properties !== null))
  );
}

/** Every schema directly inside one, with its path. */
function schemasIn(s: JSONSchemaProps, path: string): readonly (readonly [JSONSchemaProps, string])[] {
  const out: (readonly [JSONSchemaProps, string])[] = [];
  for (const [name, inner] of Object.entries(s.properties ?? {}))
    out.push([inner, key(child(path, 'properties'), name)]);
  for (const name of ['items', 'additionalProperties'] as const) {
    const inner = schemaIn(s[name]);
    if (inner !== undefined) out.push([inner, child(path, name)]);
  }
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const)
    for (const [i, inner] of (s[name] ?? []).entries()) out.push([inner, index(child(path, name), i)]);
  if (s.not !== undefined) out.push([s.not, child(path, 'not')]);
  return out;
}

function checkSchema(s: JSONSchemaProps, path: string, root: boolean, errors: FieldError[]): void {
  for (const name of UNSUPPORTED)
    if (s[name] !== undefined) errors.push(forbidden(child(path, name), `${name} is not supported`));
  if (s.type === 'null')
    errors.push(forbidden(child(path, 'type'), 'type cannot be set to null, use nullable as an alternative'));
  else if (s.type !== undefined && s.type !== '' && !TYPES.includes(s.type))
    errors.push(notSupported(child(path, 'type'), s.type, TYPES));
  if (isList(s.items))
    errors.push(forbidden(child(path, 'items'), 'items must be a schema object and not an array'));
  if (s.uniqueItems === true)
    errors.push(
      forbidden(
        child(path, 'uniqueItems'),
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  const additional = s.additionalProperties;
  if (Object.keys(s.properties ?? {}).length > 0 && (additional === false || isObject(additional)))
    errors.push(
      forbidden(
        child(path, 'additionalProperties'),
        'additionalProperties and properties are mutual exclusive',
      ),
    );
  if (root && s.default !== undefined)
    errors.push(forbidden(child(path, 'default'), 'must not be set at the root'));
  if (s['x-kubernetes-preserve-unknown-fields'] === false)
    errors.push(
      invalid(child(path, 'x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'),
    );
  checkListType(s, path, errors);
  checkMapType(s, path, errors);
  for (const [inner, at] of schemasIn(s, path)) checkSchema(inner, at, false, errors);
}

function checkMapType(s: JSONSchemaProps, path: string, errors: FieldError[]): void {
  const mapType = s['x-kubernetes-map-type'];
  if (mapType === undefined) return;
  if (!MAP_TYPES.includes(mapType))
    errors.push(notSupported(child(path, 'x-kubernetes-map-type'), mapType, MAP_TYPES));
  if (s.type !== 'object')
    errors.push(wrongType(s, path, 'must be object if x-kubernetes-map-type is specified'));
}

function wrongType(s: JSONSchemaProps, path: string, why: string): FieldError {
  const at = child(path, 'type');
  return s.type === undefined || s.type === '' ? required(at, why) : invalid(at, s.type, why);
}

function checkListType(s: JSONSchemaProps, path: string, errors: FieldError[]): void {
  const listType = s['x-kubernetes-list-type'];
  const keys = s['x-kubernetes-list-map-keys'] ?? [];
  const keysPath = child(path, 'x-kubernetes-list-map-keys');
  if (listType !== undefined && s.type !== 'array')
    errors.push(wrongType(s, path, 'must be array if x-kubernetes-list-type is specified'));
  if (listType !== undefined && !LIST_TYPES.includes(listType))
    errors.push(notSupported(child(path, 'x-kubernetes-list-type'), listType, LIST_TYPES));
  if (keys.length > 0 && listType !== 'map') {
    const at = child(path, 'x-kubernetes-list-type');
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(listType === undefined ? required(at, why) : invalid(at, listType, why));
  }
  if (listType !== 'map') return;
  if (keys.length === 0)
    errors.push(required(keysPath, 'must not be empty if x-kubernetes-list-type is map'));
  const items = schemaIn(s.items);
  if (items === undefined) {
    errors.push(required(child(path, 'items'), 'must have a schema if x-kubernetes-list-type is map'));
    return;
  }
  if (items.type !== 'object')
    errors.push(
      invalid(
        child(child(path, 'items'), 'type'),
        items.type ?? '',
        "must be object if parent array's x-kubernetes-list-type is map",
      ),
    );
  const seen = new Set<string>();
  for (const [i, name] of keys.entries()) {
    const known = items.properties !== undefined && Object.hasOwn(items.properties, name);
    const property = known ? items.properties?.[name] : undefined;
    if (property === undefined)
      errors.push(invalid(index(keysPath, i), name, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object')
      errors.push(
        invalid(
          child(key(child(child(path, 'items'), 'properties'), name), 'type'),
          property.type,
          "must be a scalar type if parent array's x-kubernetes-list-type is map",
        ),
      );
    else if (property.default === undefined && items.required?.includes(name) !== true)
      errors.push(
        required(
          child(key(child(child(path, 'items'), 'properties'), name), 'default'),
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      );
    if (seen.has(name)) errors.push(duplicate(index(keysPath, i), name));
    seen.add(name);
  }
}

/** Defaults and rules, once the schema is known to be sound. `lost`: below which list it is not known what a value was. */
function checkMeaning(
  s: JSONSchemaProps,
  path: string,
  lost: string | undefined,
  errors: FieldError[],
): void {
  if (s.default !== undefined && s.default !== null) checkDefault(s, path, errors);
  checkRules(s, path, lost, errors);
  for (const [name, inner] of Object.entries(s.properties ?? {}))
    checkMeaning(inner, key(child(path, 'properties'), name), lost, errors);
  const items = schemaIn(s.items);
  const below = child(path, 'items');
  const listed = s['x-kubernetes-list-type'] === 'map';
  if (items !== undefined) checkMeaning(items, below, lost ?? (listed ? undefined : below), errors);
  const values = schemaIn(s.additionalProperties);
  if (values !== undefined) checkMeaning(values, child(path, 'additionalProperties'), lost, errors);
}

/** A default must be a value of its schema, and say nothing that the schema does not know. */
function checkDefault(s: JSONSchemaProps, path: string, errors: FieldError[]): void {
  const at = child(path, 'default');
  const value = s.default ?? null;
  if (isObject(value)) {
    const { unknownFields } = prune(value, structuralOf(s));
    if (unknownFields.length > 0)
      errors.push(invalid(at, value, `must not have unknown fields: ${unknownFields.join(', ')}`));
  }
  for (const error of validateValues(value, s, undefined)) {
    const below = error.field === '' || error.field === '<nil>' ? at : `${at}.${error.field}`;
    errors.push({ ...error, field: below, detail: error.detail.replace(/^ in body/, 'default in body') });
  }
}

function checkRules(s: JSONSchemaProps, path: string, lost: string | undefined, errors: FieldError[]): void {
  const rules = s['x-kubernetes-validations'] ?? [];
  if (rules.length === 0) return;
  const structural = structuralOf(s);
  for (const [i, rule] of rules.entries()) {
    const at = index(child(path, 'x-kubernetes-validations'), i);
    if (rule.rule.trim() === '') {
      errors.push(required(child(at, 'rule'), 'rule is not specified'));
      continue;
    }
    checkWording(rule, at, errors);
    const compiled = compileRule(rule, structural);
    if ('error' in compiled) errors.push(invalid(child(at, 'rule'), rule, compiled.error));
    else if (compiled.usesOldSelf && lost !== undefined)
      errors.push(
        invalid(
          child(at, 'rule'),
          rule.rule,
          `oldSelf cannot be used on the uncorrelatable portion of the schema within ${lost}`,
        ),
      );
    else if (!compiled.usesOldSelf && rule.optionalOldSelf !== undefined)
      errors.push(
        invalid(
          child(at, 'optionalOldSelf'),
          rule.optionalOldSelf,
          'may not be set if oldSelf is not used in rule',
        ),
      );
    const problem = messageExpressionError(rule, structural);
    if (problem !== undefined) errors.push(invalid(child(at, 'messageExpression'), rule, problem));
  }
}

function checkWording(rule: ValidationRule, at: string, errors: FieldError[]): void {
  const { message, reason, fieldPath } = rule;
  if (message !== undefined && message.trim() === '')
    errors.push(invalid(child(at, 'message'), message, 'message must be non-empty if specified'));
  else if (message?.includes('\n') === true)
    errors.push(invalid(child(at, 'message'), message, 'message must not contain line breaks'));
  else if (rule.rule.includes('\n') && (message === undefined || message === ''))
    errors.push(required(child(at, 'message'), 'message must be specified if rule contains line breaks'));
  if (reason !== undefined && !REASONS.includes(reason))
    errors.push(notSupported(child(at, 'reason'), reason, REASONS));
  if (fieldPath !== undefined && fieldPath !== '' && !/^(\.[A-Za-z_][\w-]*|\['[^']+'\])+$/.test(fieldPath))
    errors.push(
      invalid(
        child(at, 'fieldPath'),
        fieldPath,
        `fieldPath must be a valid path: must refer to a field below the schema`,
      ),
    );
}
