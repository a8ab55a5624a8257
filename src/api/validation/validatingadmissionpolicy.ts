import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isDNS1035Label, isDNS1123Subdomain, isQualifiedName } from '../../apimachinery/validation.ts';
import { compileAdmission, type Purpose, type Speaks } from '../cel/admission.ts';
import { RESERVED_WORDS } from '../cel/expression.ts';
import type {
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicySpec,
  Validation,
} from '../generated/types.ts';
import { complain, isPathSegmentName, isUnset } from './common.ts';
import { validateLabelSelector } from './labels.ts';
import { validateMatchConditions } from './matchconditions.ts';
import { validateMatchResources } from './matchresources.ts';

const FAILURE_POLICIES: readonly string[] = ['Fail', 'Ignore'];
const REASONS: readonly string[] = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];
const ACTIONS: readonly string[] = ['Audit', 'Deny', 'Warn'];
const NOT_FOUND_ACTIONS: readonly string[] = ['Deny', 'Allow'];
const MAX_AUDIT_ANNOTATIONS = 20;
const MAX_VALUE_EXPRESSION = 5 * 1024;
const EXCLUSIVE = 'name and selector are mutually exclusive';
const NEEDS_ENTRY = 'validations or auditAnnotations must contain at least one entry';
const BOTH_ACTIONS =
  'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';

/** A policy (pkg/apis/admissionregistration/validation/validation.go validateValidatingAdmissionPolicy). */
export function validateAdmissionPolicy({
  metadata,
  spec,
}: ValidatingAdmissionPolicy): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { failurePolicy, paramKind, matchConstraints } = spec;
  if (isUnset(failurePolicy)) errors.push(required('spec.failurePolicy'));
  else if (!FAILURE_POLICIES.includes(failurePolicy ?? ''))
    errors.push(notSupported('spec.failurePolicy', failurePolicy, FAILURE_POLICIES));
  if (paramKind !== undefined) checkParamKind(errors, 'spec.paramKind', paramKind);
  if (matchConstraints === undefined) errors.push(required('spec.matchConstraints'));
  else {
    errors.push(...validateMatchResources(matchConstraints, 'spec.matchConstraints'));
    if ((matchConstraints.resourceRules ?? []).length === 0)
      errors.push(required('spec.matchConstraints.resourceRules'));
  }
  const params = paramKind !== undefined;
  errors.push(...validateMatchConditions(spec.matchConditions ?? [], 'spec.matchConditions', params));
  const speaks: Speaks = { params, variables: checkVariables(errors, spec) };
  if ((spec.validations ?? []).length === 0 && (spec.auditAnnotations ?? []).length === 0) {
    errors.push(required('spec.validations', NEEDS_ENTRY), required('spec.auditAnnotations', NEEDS_ENTRY));
    return errors;
  }
  for (const [i, validation] of (spec.validations ?? []).entries())
    checkValidation(errors, index('spec.validations', i), validation, speaks);
  checkAuditAnnotations(errors, metadata.name ?? '', spec, speaks);
  return errors;
}

function checkParamKind(errors: FieldError[], path: string, { apiVersion, kind }: ParamKind): void {
  const at = child(path, 'apiVersion');
  const parts = (apiVersion ?? '').split('/');
  if (isUnset(apiVersion)) errors.push(required(at));
  else if (parts.length > 2)
    errors.push(invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    const [group, version] = parts.length === 1 ? ['', parts[0] ?? ''] : [parts[0] ?? '', parts[1] ?? ''];
    const ofGroup = group === '' ? [] : isDNS1123Subdomain(group);
    if (ofGroup.length > 0) errors.push(invalid(at, group, ofGroup.join(',')));
    const ofVersion = isDNS1035Label(version);
    if (version === '') errors.push(invalid(at, apiVersion, 'version must be specified'));
    else if (ofVersion.length > 0) errors.push(invalid(at, version, ofVersion.join(',')));
  }
  if (isUnset(kind)) errors.push(required(child(path, 'kind')));
  else {
    const ofKind = isDNS1035Label((kind ?? '').toLowerCase());
    const why = `may have mixed case, but should otherwise match: ${ofKind.join(',')}`;
    if (ofKind.length > 0) errors.push(invalid(child(path, 'kind'), kind, why));
  }
}

function checkExpression(
  errors: FieldError[],
  path: string,
  text: string,
  purpose: Purpose,
  speaks: Speaks,
): void {
  const compiled = compileAdmission(text, purpose, speaks);
  if ('error' in compiled) errors.push(invalid(path, text, compiled.error));
}

/** Each variable may speak of those before it; the names of all. */
function checkVariables(
  errors: FieldError[],
  { variables = [], paramKind }: ValidatingAdmissionPolicySpec,
): ReadonlySet<string> {
  const known = new Set<string>();
  for (const [i, { name, expression }] of variables.entries()) {
    const path = index('spec.variables', i);
    if (isUnset(name?.trim())) errors.push(required(child(path, 'name'), 'name is not specified'));
    else if (!/^[_a-zA-Z]\w*$/.test(name) || RESERVED_WORDS.has(name))
      errors.push(invalid(child(path, 'name'), name, 'name is not a valid CEL identifier'));
    const at = child(path, 'expression');
    if (isUnset(expression?.trim())) errors.push(required(at, 'expression is not specified'));
    else {
      const speaks = { params: paramKind !== undefined, variables: new Set(known) };
      checkExpression(errors, at, expression, 'variable', speaks);
    }
    known.add(name);
  }
  return known;
}

function checkValidation(
  errors: FieldError[],
  path: string,
  { expression, message, messageExpression, reason }: Validation,
  speaks: Speaks,
): void {
  const at = child(path, 'expression');
  if (isUnset(expression?.trim())) errors.push(required(at, 'expression is not specified'));
  else checkExpression(errors, at, expression, 'bool', speaks);
  if (!isUnset(messageExpression)) {
    const text = messageExpression ?? '';
    const ofMessage = child(path, 'messageExpression');
    if (text.trim() === '') errors.push(invalid(ofMessage, text, 'must be non-empty if specified'));
    else checkExpression(errors, ofMessage, text, 'string', speaks);
  }
  if (!isUnset(message) && message?.trim() === '')
    errors.push(invalid(child(path, 'message'), message, 'message must be non-empty if specified'));
  else if (/[\n\r]/.test(message?.trim() ?? ''))
    errors.push(invalid(child(path, 'message'), message, 'message must not contain line breaks'));
  if (reason !== undefined && !REASONS.includes(reason))
    errors.push(notSupported(child(path, 'reason'), reason, REASONS));
}

function checkAuditAnnotations(
  errors: FieldError[],
  policy: string,
  { auditAnnotations = [] }: ValidatingAdmissionPolicySpec,
  speaks: Speaks,
): void {
  const keys = new Set<string>();
  if (auditAnnotations.length > MAX_AUDIT_ANNOTATIONS)
    errors.push(
      invalid(
        'spec.auditAnnotations',
        auditAnnotations,
        `must not have more than ${MAX_AUDIT_ANNOTATIONS} auditAnnotations`,
      ),
    );
  for (const [i, { key, valueExpression }] of auditAnnotations.entries()) {
    const path = index('spec.auditAnnotations', i);
    if (policy === '') errors.push(invalid(child(path, 'key'), key, 'requires metadata.name be non-empty'));
    else complain(errors, child(path, 'key'), `${policy}/${key}`, isQualifiedName(`${policy}/${key}`));
    const at = child(path, 'valueExpression');
    const text = (valueExpression ?? '').trim();
    if (text === '') errors.push(required(at, 'valueExpression is not specified'));
    else if (text.length > MAX_VALUE_EXPRESSION)
      errors.push(required(at, `must not exceed ${MAX_VALUE_EXPRESSION} bytes in length`));
    else checkExpression(errors, at, text, 'auditAnnotation', speaks);
    if (keys.has(key)) errors.push(duplicate(child(path, 'key'), key));
    keys.add(key);
  }
}

/** A binding (validateValidatingAdmissionPolicyBindingSpec). */
export function validatePolicyBinding({ spec }: ValidatingAdmissionPolicyBinding): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { policyName, paramRef, matchResources, validationActions = [] } = spec;
  if (isUnset(policyName)) errors.push(required('spec.policyName'));
  else complain(errors, 'spec.policyName', policyName, isDNS1123Subdomain(policyName ?? ''));
  if (paramRef !== undefined) checkParamRef(errors, 'spec.paramRef', paramRef);
  if (matchResources !== undefined)
    errors.push(...validateMatchResources(matchResources, 'spec.matchResources'));
  const path = 'spec.validationActions';
  const seen = new Set<string>();
  for (const [i, action] of validationActions.entries()) {
    if (!ACTIONS.includes(action)) errors.push(notSupported(index(path, i), action, ACTIONS));
    if (seen.has(action)) errors.push(duplicate(index(path, i), action));
    seen.add(action);
  }
  if (seen.has('Deny') && seen.has('Warn')) errors.push(invalid(path, validationActions, BOTH_ACTIONS));
  if (seen.size === 0) errors.push(required(path, 'at least one validation action is required'));
  return errors;
}

function checkParamRef(
  errors: FieldError[],
  path: string,
  { name = '', selector, parameterNotFoundAction: action }: ParamRef,
): void {
  if (name !== '') {
    complain(errors, child(path, 'name'), name, isPathSegmentName(name));
    if (selector !== undefined) errors.push(forbidden(child(path, 'name'), EXCLUSIVE));
  }
  if (selector !== undefined) {
    errors.push(...validateLabelSelector(selector, child(path, 'selector')));
    if (name !== '') errors.push(forbidden(child(path, 'selector'), EXCLUSIVE));
  }
  if (name === '' && selector === undefined)
    errors.push(required(path, 'one of name or selector must be specified'));
  const at = child(path, 'parameterNotFoundAction');
  if (isUnset(action)) errors.push(required(at));
  else if (!NOT_FOUND_ACTIONS.includes(action ?? ''))
    errors.push(notSupported(at, action, NOT_FOUND_ACTIONS));
}
