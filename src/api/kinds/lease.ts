import { child, type FieldError, forbidden, invalid, notSupported } from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain, isQualifiedName } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { Lease } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';

const STRATEGIES: readonly string[] = Object.freeze(['OldestEmulationVersion']);

/** pkg/apis/coordination/validation/validation.go. */
function validate(lease: Lease): readonly FieldError[] {
  const spec = lease.spec;
  const errors: FieldError[] = [];
  if (spec.leaseDurationSeconds !== undefined && spec.leaseDurationSeconds <= 0) {
    const path = 'spec.leaseDurationSeconds';
    errors.push(invalid(path, spec.leaseDurationSeconds, 'must be greater than 0'));
  }
  if (spec.leaseTransitions !== undefined && spec.leaseTransitions < 0) {
    const path = 'spec.leaseTransitions';
    errors.push(invalid(path, spec.leaseTransitions, 'must be greater than or equal to 0'));
  }
  if (spec.strategy !== undefined) errors.push(...validateStrategy(spec.strategy));
  if ((spec.preferredHolder ?? '') !== '' && (spec.strategy ?? '') === '') {
    errors.push(forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
  }
  return errors;
}

/** The path names `strategy` twice: so it does upstream. */
function validateStrategy(strategy: string): readonly FieldError[] {
  const path = child('spec.strategy', 'strategy');
  if (strategy.includes('/')) return isQualifiedName(strategy).map((m) => invalid(path, strategy, m));
  return STRATEGIES.includes(strategy) ? [] : [notSupported(path, strategy, STRATEGIES)];
}

/** coordination.k8s.io/v1 Lease: who leads, and until when; also the heartbeat of a node. */
export const lease: KindDefinition<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  shortNames: [],
  namespaced: true,
  schemaType: 'Lease',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => (object.spec === undefined ? { ...object, spec: {} } : object),
  validate,
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: false,
  defaultPropagation: 'Background',
  columns: [nameColumn, { name: 'Holder', cell: (l) => l.spec.holderIdentity ?? '' }, ageColumn],
};
