import { type FieldError, invalid, required } from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain, isHTTPPath } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type { IngressClass } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { checkImmutable, complain, isUnset } from '../validation/common.ts';

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

/** ValidateIngressClass: the controller is a path below a domain, `k8s.io/ingress-nginx`. */
function validate({ spec }: IngressClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  const controller = spec?.controller ?? '';
  if (controller === '') errors.push(required('spec.controller'));
  else {
    const slash = controller.indexOf('/');
    const domain = slash < 0 ? '' : controller.slice(0, slash);
    if (domain === '' || slash === controller.length - 1)
      errors.push(
        invalid('spec.controller', controller, 'must be a domain-prefixed path (such as "acme.io/foo")'),
      );
    else {
      complain(errors, 'spec.controller', domain, isDNS1123Subdomain(domain));
      complain(errors, 'spec.controller', controller, isHTTPPath(controller.slice(slash + 1)));
    }
  }
  const { parameters } = spec ?? {};
  if (parameters !== undefined) {
    if (isUnset(parameters.kind)) errors.push(required('spec.parameters.kind', 'kind is required'));
    if (isUnset(parameters.name)) errors.push(required('spec.parameters.name', 'name is required'));
  }
  return errors;
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
  validate,
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
