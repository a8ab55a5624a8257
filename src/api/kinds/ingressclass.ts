import type { FieldError } from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type { IngressClass } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { checkImmutable } from '../validation/common.ts';
import { validateIngressClass } from '../validation/ingressclass.ts';

/** Ingresses that name no class get the class with this annotation, `true`. */
export const DEFAULT_INGRESS_CLASS = 'ingressclass.kubernetes.io/is-default-class';

/** Cluster is what parameters are found in unless they say otherwise. */
function applyDefaults(object: IngressClass): IngressClass {
  return withStruct(object, 'spec', (spec) => {
    const { parameters } = spec;
    if (parameters === undefined || parameters.scope !== undefined) return spec;
    return { ...spec, parameters: { ...parameters, scope: 'Cluster' } };
  });
}

/** networking.k8s.io/v1 IngressClass: which controller cares for an Ingress. */
export const ingressClass: KindDefinition<IngressClass> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  singular: 'ingressclass',
  shortNames: [],
  namespaced: false,
  schemaType: 'IngressClass',
  validateName: isDNS1123Subdomain,
  applyDefaults,
  validate: validateIngressClass,
  validateUpdate(next, old) {
    const errors: FieldError[] = [];
    checkImmutable(errors, 'spec.controller', next.spec?.controller, old.spec?.controller);
    return errors;
  },
  statusSubresource: false,
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Controller', cell: ({ spec }) => spec?.controller ?? '' },
    {
      name: 'Parameters',
      cell({ spec }) {
        const { parameters } = spec ?? {};
        if (parameters === undefined) return '<none>';
        const group = parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`;
        return `${parameters.kind}${group}/${parameters.name}`;
      },
    },
    ageColumn,
  ],
};
