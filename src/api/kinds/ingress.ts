import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { listWithMore, loadBalancerText } from '../cells.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type { Ingress, IngressStatus } from '../generated/types.ts';
import { type KindDefinition, withField } from '../kind.ts';
import { CLASS_ANNOTATION, validateIngress } from '../validation/ingress.ts';

const EMPTY_STATUS: IngressStatus = Object.freeze({ loadBalancer: Object.freeze({}) });

/** The class of an Ingress: its field, else the annotation of old; undefined without either. */
export function ingressClassOf({ metadata, spec }: Ingress): string | undefined {
  return spec.ingressClassName ?? metadata.annotations?.[CLASS_ANNOTATION];
}

/** The hosts of the rules; rules without one count among those that are left out. */
function hosts({ spec }: Ingress): string {
  const rules = spec.rules ?? [];
  const named = rules.map(({ host = '' }) => host).filter((host) => host !== '');
  const full = rules.findIndex(
    (_, i) => rules.slice(0, i).filter(({ host = '' }) => host !== '').length === 3,
  );
  return listWithMore(named, full < 0 ? named.length : rules.length, '*');
}

/** networking.k8s.io/v1 Ingress: hosts and paths to Services (pkg/registry/networking/ingress/strategy.go). */
export const ingress: KindDefinition<Ingress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  schemaType: 'Ingress',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withStruct(object, 'spec', (spec) => spec),
  prepareForCreate: (object) => withField(object, 'status', EMPTY_STATUS),
  validate: validateIngress,
  warnings: ({ metadata }) =>
    metadata.annotations?.[CLASS_ANNOTATION] === undefined
      ? []
      : [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`],
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Class', cell: ({ spec }) => spec.ingressClassName ?? '<none>' },
    { name: 'Hosts', cell: hosts },
    { name: 'Address', cell: ({ status }) => loadBalancerText(status?.loadBalancer?.ingress) },
    { name: 'Ports', cell: ({ spec }) => ((spec.tls ?? []).length > 0 ? '80, 443' : '80') },
    ageColumn,
  ],
};
