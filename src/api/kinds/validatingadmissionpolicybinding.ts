import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withMatchDefaults } from '../defaults/matchresources.ts';
import { withStruct } from '../defaults/unset.ts';
import type { ParamRef, ValidatingAdmissionPolicyBinding } from '../generated/types.ts';
import { type KindDefinition, withField } from '../kind.ts';
import { validatePolicyBinding } from '../validation/validatingadmissionpolicy.ts';

/** As printValidatingAdmissionPolicyBinding has it: `*` for the namespace of the request. */
function paramText(ref: ParamRef | undefined): string {
  if (ref === undefined) return '<unset>';
  const { name = '', namespace = '', selector } = ref;
  if (name !== '') return `${namespace === '' ? '*' : namespace}/${name}`;
  return selector === undefined ? '<unset>' : formatLabelSelector(selector);
}

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding: where a policy holds, with which parameters. */
export const validatingAdmissionPolicyBinding: KindDefinition<ValidatingAdmissionPolicyBinding> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  shortNames: [],
  categories: ['api-extensions'],
  namespaced: false,
  schemaType: 'ValidatingAdmissionPolicyBinding',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) =>
    withStruct(object, 'spec', (spec) =>
      spec.matchResources === undefined
        ? spec
        : withField(spec, 'matchResources', withMatchDefaults(spec.matchResources)),
    ),
  validate: validatePolicyBinding,
  statusSubresource: false,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'PolicyName', cell: ({ spec }) => spec.policyName ?? '' },
    { name: 'ParamRef', cell: ({ spec }) => paramText(spec.paramRef) },
    ageColumn,
  ],
};
