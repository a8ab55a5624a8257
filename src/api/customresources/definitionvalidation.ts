import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
  tooMany,
} from '../../apimachinery/fielderror.ts';
import { compileJsonPath } from '../../apimachinery/jsonpath.ts';
import { isDNS1035Label, isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  JSONSchemaProps,
} from '../generated/types.ts';
import { checkImmutable, isUnset } from '../validation/common.ts';
import { isConditionTrue } from './conditions.ts';
import { validateSchema } from './schemavalidation.ts';

/** What protected groups must have to show that somebody agreed (KubeAPIApprovedAnnotation). */
export const APPROVED_ANNOTATION = 'api-approved.kubernetes.io';
const APPROVAL_PR = 'https://github.com/kubernetes/enhancements/pull/1111';
const COLUMN_TYPES: readonly string[] = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS: readonly string[] = [
  'byte',
  'date',
  'date-time',
  'double',
  'float',
  'int32',
  'int64',
  'password',
];
const SCOPES: readonly string[] = ['Cluster', 'Namespaced'];
const STRATEGIES: readonly string[] = ['None', 'Webhook'];
const MAX_SELECTABLE_FIELDS = 8;

/** Groups of Kubernetes itself, which nobody else should define kinds in (apihelpers.IsProtectedCommunityGroup). */
export function isProtectedGroup(group: string): boolean {
  return ['k8s.io', 'kubernetes.io'].some((suffix) => group === suffix || group.endsWith(`.${suffix}`));
}

/** The rules of a definition (apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go). */
export function validateDefinition(definition: CustomResourceDefinition): readonly FieldError[] {
  const { metadata, spec } = definition;
  const errors: FieldError[] = [];
  if (metadata.name !== `${spec.names?.plural ?? ''}.${spec.group}`)
    errors.push(invalid('metadata.name', metadata.name ?? '', 'must be spec.names.plural+"."+spec.group'));
  checkGroup(spec.group, errors);
  if (isUnset(spec.scope)) errors.push(required('spec.scope'));
  else if (!SCOPES.includes(spec.scope)) errors.push(notSupported('spec.scope', spec.scope, SCOPES));
  if (spec.preserveUnknownFields === true)
    errors.push(
      invalid(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  checkVersions(spec, errors);
  checkNames(spec.names, 'spec.names', errors);
  checkConversion(spec, errors);
  for (const [i, version] of spec.versions.entries())
    checkVersion(version, index('spec.versions', i), errors);
  return errors;
}

/** What may not change, and who must have agreed (ValidateCustomResourceDefinitionUpdate). */
export function validateDefinitionUpdate(
  next: CustomResourceDefinition,
  old: CustomResourceDefinition,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (isConditionTrue(old, 'Established')) {
    checkImmutable(errors, 'spec.scope', next.spec.scope, old.spec.scope);
    checkImmutable(errors, 'spec.names.kind', next.spec.names.kind, old.spec.names.kind);
  }
  checkImmutable(errors, 'spec.group', next.spec.group, old.spec.group);
  checkImmutable(errors, 'spec.names.plural', next.spec.names.plural, old.spec.names.plural);
  (next.status?.storedVersions ?? []).forEach((stored, i) => {
    if (next.spec.versions.some(({ name }) => name === stored)) return;
    const why = `missing from spec.versions; ${stored} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${stored} and removes ${stored} from status.storedVersions`;
    errors.push(invalid(index('status.storedVersions', i), stored, why));
  });
  return errors;
}

/** Groups of the community need an annotation that tells who approved (validateAPIApproval). */
export function validateApproval(definition: CustomResourceDefinition): readonly FieldError[] {
  if (!isProtectedGroup(definition.spec.group)) return [];
  const path = `metadata.annotations[${APPROVED_ANNOTATION}]`;
  const state = approvalOf(definition);
  if (state.reason === 'MissingAnnotation') return [required(path, state.message)];
  if (state.reason === 'InvalidAnnotation')
    return [invalid(path, definition.metadata.annotations?.[APPROVED_ANNOTATION] ?? '', state.message)];
  return [];
}

/** What the approval annotation of a definition amounts to (apihelpers.GetAPIApprovalState). */
export function approvalOf(definition: CustomResourceDefinition): {
  readonly approved: boolean;
  readonly reason: string;
  readonly message: string;
} {
  const annotation = definition.metadata.annotations?.[APPROVED_ANNOTATION] ?? '';
  if (annotation === '')
    return {
      approved: false,
      reason: 'MissingAnnotation',
      message: `protected groups must have approval annotation "${APPROVED_ANNOTATION}", see ${APPROVAL_PR}`,
    };
  if (annotation.startsWith('unapproved'))
    return { approved: false, reason: 'UnapprovedAnnotation', message: `not approved: "${annotation}"` };
  if (/^https?:\/\/[^/\s]+/.test(annotation))
    return { approved: true, reason: 'ApprovedAnnotation', message: `approved in ${annotation}` };
  return {
    approved: false,
    reason: 'InvalidAnnotation',
    message: `protected groups must have approval annotation "${APPROVED_ANNOTATION}" with either a URL or a reason starting with "unapproved", see ${APPROVAL_PR}`,
  };
}

function checkGroup(group: string, errors: FieldError[]): void {
  if (isUnset(group)) errors.push(required('spec.group'));
  else {
    const complaints = isDNS1123Subdomain(group);
    if (complaints.length > 0) errors.push(invalid('spec.group', group, complaints.join(',')));
    else if (!group.includes('.'))
      errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'));
  }
}

function checkVersions({ versions }: CustomResourceDefinitionSpec, errors: FieldError[]): void {
  versions.forEach(({ name }, i) => {
    const complaints = isDNS1035Label(name);
    if (complaints.length > 0)
      errors.push(invalid(child(index('spec.versions', i), 'name'), name, complaints.join(',')));
  });
  if (new Set(versions.map(({ name }) => name)).size !== versions.length)
    errors.push(invalid('spec.versions', versions, 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(
      invalid('spec.versions', versions, 'must have exactly one version marked as storage version'),
    );
}

function checkNames(names: CustomResourceDefinitionNames, path: string, errors: FieldError[]): void {
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = names;
  for (const [name, value] of Object.entries({ plural, singular, kind, listKind }))
    if (isUnset(value)) errors.push(required(child(path, name)));
  const check = (at: string, value: string | undefined, text: string, prefix = ''): void => {
    const complaints = isDNS1035Label(text);
    if (!isUnset(value) && complaints.length > 0)
      errors.push(invalid(at, value, prefix + complaints.join(',')));
  };
  check(child(path, 'plural'), plural, plural);
  check(child(path, 'singular'), singular, singular ?? '');
  const mixed = 'may have mixed case, but should otherwise match: ';
  check(child(path, 'kind'), kind, kind.toLowerCase(), mixed);
  check(child(path, 'listKind'), listKind, (listKind ?? '').toLowerCase(), mixed);
  for (const [i, name] of shortNames.entries()) check(index(child(path, 'shortNames'), i), name, name);
  if (!isUnset(kind) && kind === listKind)
    errors.push(invalid(child(path, 'listKind'), listKind, 'kind and listKind may not be the same'));
  for (const [i, name] of categories.entries()) check(index(child(path, 'categories'), i), name, name);
}

function checkConversion({ conversion }: CustomResourceDefinitionSpec, errors: FieldError[]): void {
  if (conversion === undefined) return;
  const { strategy, webhook } = conversion;
  if (isUnset(strategy)) errors.push(required('spec.conversion.strategy'));
  else if (!STRATEGIES.includes(strategy))
    errors.push(notSupported('spec.conversion.strategy', strategy, STRATEGIES));
  else if (strategy === 'Webhook' && webhook?.clientConfig === undefined)
    errors.push(required('spec.conversion.webhookClientConfig', 'required when strategy is set to Webhook'));
  else if (strategy === 'None' && webhook !== undefined)
    errors.push({
      type: 'FieldValueForbidden',
      field: 'spec.conversion.webhook',
      detail: 'should not be set when strategy is not set to Webhook',
    });
}

function checkVersion(version: CustomResourceDefinitionVersion, path: string, errors: FieldError[]): void {
  const schema = version.schema?.openAPIV3Schema;
  const at = child(child(path, 'schema'), 'openAPIV3Schema');
  if (schema === undefined) errors.push(required(at, 'schemas are required'));
  else {
    if (version.subresources?.status !== undefined) checkRoot(schema, at, errors);
    errors.push(...validateSchema(schema, at));
  }
  if (version.deprecationWarning !== undefined && version.deprecated !== true)
    errors.push(
      invalid(
        child(path, 'deprecationWarning'),
        version.deprecationWarning,
        'can only be set for deprecated versions',
      ),
    );
  checkScale(version, child(path, 'subresources'), errors);
  version.additionalPrinterColumns?.forEach((column, i) => {
    const where = index(child(path, 'additionalPrinterColumns'), i);
    if (isUnset(column.name)) errors.push(required(child(where, 'name')));
    if (isUnset(column.type))
      errors.push(required(child(where, 'type'), `must be one of ${COLUMN_TYPES.join(',')}`));
    else if (!COLUMN_TYPES.includes(column.type))
      errors.push(notSupported(child(where, 'type'), column.type, COLUMN_TYPES));
    if (!isUnset(column.format) && !COLUMN_FORMATS.includes(column.format))
      errors.push(
        invalid(child(where, 'format'), column.format, `must be one of ${COLUMN_FORMATS.join(',')}`),
      );
    if (isUnset(column.jsonPath)) errors.push(required(child(where, 'jsonPath')));
    else checkPath(column.jsonPath, child(where, 'jsonPath'), errors);
  });
  checkSelectable(version, child(path, 'selectableFields'), errors);
}

/** What the root of a schema may say where the status has a schema of its own, taken out of it. */
const ALLOWED_AT_ROOT: readonly string[] = [
  ...'description type format title maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength'.split(
    ' ',
  ),
  ...'pattern maxItems minItems uniqueItems multipleOf required items properties externalDocs example'.split(
    ' ',
  ),
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
];

function checkRoot(schema: JSONSchemaProps, path: string, errors: FieldError[]): void {
  if (schema.type !== undefined && schema.type !== 'object') {
    const why =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    errors.push(invalid(child(path, 'type'), schema.type, why));
  } else if (Object.keys(schema).some((name) => !ALLOWED_AT_ROOT.includes(name))) {
    const why = `only [${ALLOWED_AT_ROOT.join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`;
    errors.push(invalid(path, schema, why));
  }
}

function checkPath(text: string, path: string, errors: FieldError[]): boolean {
  if (!text.startsWith('.')) errors.push(invalid(path, text, 'must be a simple json path starting with .'));
  else if ('error' in compileJsonPath(`{${text}}`, true))
    errors.push(invalid(path, text, 'must be a json path in the dot notation'));
  else return true;
  return false;
}

function checkScale(version: CustomResourceDefinitionVersion, path: string, errors: FieldError[]): void {
  const scale = version.subresources?.scale;
  if (scale === undefined) return;
  const fields = [
    ['specReplicasPath', scale.specReplicasPath, '.spec'],
    ['statusReplicasPath', scale.statusReplicasPath, '.status'],
    ['labelSelectorPath', scale.labelSelectorPath, '.status'],
  ] as const;
  for (const [name, value, root] of fields) {
    const at = child(child(path, 'scale'), name);
    const roots = name === 'labelSelectorPath' ? ['.spec', '.status'] : [root];
    if (isUnset(value)) {
      if (name !== 'labelSelectorPath') errors.push(required(at));
    } else if (/[[\]]/.test(value))
      errors.push(invalid(at, value, 'must be a json path in the dot notation without array notation'));
    else if (checkPath(value, at, errors) && !roots.some((each) => value.startsWith(`${each}.`)))
      errors.push(invalid(at, value, `should be a json path under ${roots.join(' or ')}`));
  }
}

function checkSelectable(version: CustomResourceDefinitionVersion, path: string, errors: FieldError[]): void {
  const fields = version.selectableFields ?? [];
  if (fields.length > MAX_SELECTABLE_FIELDS) errors.push(tooMany(path, fields.length, MAX_SELECTABLE_FIELDS));
  const seen = new Set<string>();
  fields.forEach(({ jsonPath }, i) => {
    const at = child(index(path, i), 'jsonPath');
    if (isUnset(jsonPath)) errors.push(required(at));
    else if (checkPath(jsonPath, at, errors)) {
      if (seen.has(jsonPath)) errors.push(duplicate(at, jsonPath));
      seen.add(jsonPath);
      const problem = selectableProblem(version.schema?.openAPIV3Schema, jsonPath);
      if (problem !== undefined) errors.push(invalid(at, jsonPath, problem));
    }
  });
}

function selectableProblem(schema: JSONSchemaProps | undefined, path: string): string | undefined {
  let at = schema;
  const names = path.slice(1).split('.');
  if (names[0] === 'metadata') return 'must not point to fields in metadata';
  for (const name of names) {
    const properties = at?.properties;
    at = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (at === undefined) return `is an invalid path: does not refer to a valid field`;
  }
  return ['string', 'boolean', 'integer'].includes(at?.type ?? '')
    ? undefined
    : 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
}
