import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../generated/types.ts';
import { type KindDefinition, withField } from '../kind.ts';
import { validatePodDisruptionBudget } from '../validation/poddisruptionbudget.ts';

const NO_STATUS: PodDisruptionBudgetStatus = Object.freeze({
  currentHealthy: 0,
  desiredHealthy: 0,
  disruptionsAllowed: 0,
  expectedPods: 0,
});

/** PodDisruptionBudgets (pkg/registry/policy/poddisruptionbudget/strategy.go). */
export const podDisruptionBudget: KindDefinition<PodDisruptionBudget> = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  namespaced: true,
  schemaType: 'PodDisruptionBudget',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => (object.spec === undefined ? { ...object, spec: {} } : object),
  prepareForCreate: (object) => withField(object, 'status', NO_STATUS),
  validate: validatePodDisruptionBudget,
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Min Available', cell: ({ spec }) => String(spec?.minAvailable ?? 'N/A') },
    { name: 'Max Unavailable', cell: ({ spec }) => String(spec?.maxUnavailable ?? 'N/A') },
    { name: 'Allowed Disruptions', cell: ({ status }) => status?.disruptionsAllowed ?? 0 },
    ageColumn,
  ],
};
