import { describe, expect, it } from 'vitest';
import { validatingAdmissionPolicy } from '../../../src/api/kinds/validatingadmissionpolicy.ts';
import { validatingAdmissionPolicyBinding } from '../../../src/api/kinds/validatingadmissionpolicybinding.ts';
import { complaints, defaulted } from './manifests.ts';

const RULE = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] };
const policy = (spec: object = {}): unknown => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'p' },
  spec: {
    matchConstraints: { resourceRules: [RULE] },
    validations: [{ expression: 'object.spec.replicas <= 5' }],
    ...spec,
  },
});
const binding = (spec: object = {}): unknown => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'b' },
  spec: { policyName: 'p', validationActions: ['Deny'], ...spec },
});
const validation = (change: object): unknown => policy({ validations: [{ expression: 'true', ...change }] });
const ref = (change: object): unknown =>
  binding({ paramRef: { parameterNotFoundAction: 'Deny', name: 'x', ...change } });

// From pkg/apis/admissionregistration/v1/defaults.go and validation/validation.go.
describe('a ValidatingAdmissionPolicy and its binding', () => {
  it('get upstream’s defaults', () => {
    const { spec } = defaulted(validatingAdmissionPolicy, policy());
    expect(spec).toMatchObject({
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        resourceRules: [{ scope: '*' }],
      },
    });
    expect(complaints(validatingAdmissionPolicy, policy())).toEqual([]);
    expect(defaulted(validatingAdmissionPolicyBinding, binding()).spec.matchResources).toBeUndefined();
    expect(
      defaulted(validatingAdmissionPolicyBinding, binding({ matchResources: {} })).spec.matchResources,
    ).toMatchObject({ matchPolicy: 'Equivalent' });
  });

  it.each([
    [policy({ matchConstraints: undefined }), 'spec.matchConstraints: Required value'],
    [policy({ matchConstraints: {} }), 'spec.matchConstraints.resourceRules: Required value'],
    [
      policy({ validations: [] }),
      'spec.validations: Required value: validations or auditAnnotations must contain at least one entry',
    ],
    [
      policy({ failurePolicy: 'Maybe' }),
      'spec.failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"',
    ],
    [policy({ paramKind: { apiVersion: 'v1' } }), 'spec.paramKind.kind: Required value'],
    [
      policy({ paramKind: { apiVersion: 'a/b/c', kind: 'X' } }),
      'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
    ],
    [
      policy({ variables: [{ name: 'a-b', expression: '1' }] }),
      'spec.variables[0].name: Invalid value: "a-b": name is not a valid CEL identifier',
    ],
    [
      policy({
        variables: [
          { name: 'a', expression: 'variables.b' },
          { name: 'b', expression: '1' },
        ],
      }),
      'spec.variables[0].expression: Invalid value: "variables.b": compilation failed: ERROR: <input>:1:1',
    ],
    [
      policy({ variables: [{ name: 'a', expression: 'variables["a"]' }] }),
      'spec.variables[0].expression: Invalid value: "variables[\\"a\\"]": compilation failed: ERROR: <input>:1:1: found no matching overload for \'_[_]\'',
    ],
    [
      validation({ expression: ' ' }),
      'spec.validations[0].expression: Required value: expression is not specified',
    ],
    [
      validation({ expression: 'object.spec.hostNetwork' }),
      'spec.validations[0].expression: Invalid value: "object.spec.hostNetwork": must evaluate to bool',
    ],
    [validation({ expression: 'params.x > 1' }), "undeclared reference to 'params' (in container '')"],
    [
      validation({ message: 'a\nb' }),
      'spec.validations[0].message: Invalid value: "a\\nb": message must not contain line breaks',
    ],
    [
      validation({ message: ' ' }),
      'spec.validations[0].message: Invalid value: " ": message must be non-empty if specified',
    ],
    [
      validation({ messageExpression: '1 + 1' }),
      'spec.validations[0].messageExpression: Invalid value: "1 + 1": must evaluate to string',
    ],
    [
      validation({ reason: 'Because' }),
      'spec.validations[0].reason: Unsupported value: "Because": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"',
    ],
    [
      policy({ auditAnnotations: [{ key: 'k', valueExpression: '1' }] }),
      'spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type]',
    ],
    [
      policy({
        matchConstraints: { resourceRules: [{ ...RULE, resourceNames: ['a', 'a'] }] },
      }),
      'spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "a"',
    ],
  ])('a policy is refused %#', (manifest, why) => {
    expect(complaints(validatingAdmissionPolicy, manifest).join('\n')).toContain(why);
  });

  it.each([
    [binding({ policyName: '' }), 'spec.policyName: Required value'],
    [
      binding({ validationActions: [] }),
      'spec.validationActions: Required value: at least one validation action is required',
    ],
    [
      binding({ validationActions: ['Deny', 'Warn'] }),
      'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    ],
    [
      binding({ validationActions: ['Refuse'] }),
      'spec.validationActions[0]: Unsupported value: "Refuse": supported values: "Audit", "Deny", "Warn"',
    ],
    [ref({ parameterNotFoundAction: undefined }), 'spec.paramRef.parameterNotFoundAction: Required value'],
    [ref({ name: undefined }), 'spec.paramRef: Required value: one of name or selector must be specified'],
    [ref({ selector: {} }), 'spec.paramRef.name: Forbidden: name and selector are mutually exclusive'],
  ])('a binding is refused %#', (manifest, why) => {
    expect(complaints(validatingAdmissionPolicyBinding, manifest).join('\n')).toContain(why);
  });
});
