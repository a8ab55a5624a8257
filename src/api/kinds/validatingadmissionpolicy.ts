import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withMatchDefaults } from '../defaults/matchresources.ts';
import { withStruct } from '../defaults/unset.ts';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicySpec } from '../generated/types.ts';
import { type KindDefinition, withDefaults, withField } from '../kind.ts';
import { validateAdmissionPolicy } from '../validation/validatingadmissionpolicy.ts';

function defaultSpec(given: ValidatingAdmissionPolicySpec): ValidatingAdmissionPolicySpec {
  const spec = withDefaults<ValidatingAdmissionPolicySpec>(given, { failurePolicy: 'Fail' });
  const { matchConstraints } = spec;
  return matchConstraints === undefined
    ? spec
    : withField(spec, 'matchConstraints', withMatchDefaults(matchConstraints));
}

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy: rules, in CEL, for what may be stored. */
export const validatingAdmissionPolicy: KindDefinition<ValidatingAdmissionPolicy> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  shortNames: [],
  categories: ['api-extensions'],
  namespaced: false,
  schemaType: 'ValidatingAdmissionPolicy',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withStruct(object, 'spec', defaultSpec),
  validate: validateAdmissionPolicy,
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Validations', cell: ({ spec }) => spec.validations?.length ?? 0 },
    {
      name: 'ParamKind',
      cell: ({ spec: { paramKind } }) =>
        paramKind === undefined ? '<unset>' : `${paramKind.apiVersion}/${paramKind.kind}`,
    },
    ageColumn,
  ],
};
