import { semanticEqual } from '../../apimachinery/equal.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { formatLabels } from '../cells.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type {
  DaemonSet,
  DaemonSetSpec,
  DaemonSetStatus,
  DaemonSetUpdateStrategy,
  RollingUpdateDaemonSet,
} from '../generated/types.ts';
import { type KindDefinition, withDefaults, withField } from '../kind.ts';
import { workloadWarnings } from '../validation/podwarnings.ts';
import { validateDaemonSetSpec, validateSelectorUnchanged } from '../validation/workload.ts';
import { validateCollisionCount, validateDaemonSetStatus } from '../validation/workloadstatus.ts';
import { containersColumn, defaultPodTemplate, imagesColumn } from './podtemplate.ts';

/** Counts the changes of the template; what is left in apps/v1 of `spec.templateGeneration`. */
export const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

const SPEC_DEFAULTS = { revisionHistoryLimit: 10 } as const;
const ROLLING_UPDATE_DEFAULTS: RollingUpdateDaemonSet = Object.freeze({ maxUnavailable: 1, maxSurge: 0 });
const STRATEGY_DEFAULT: DaemonSetUpdateStrategy = Object.freeze({
  type: 'RollingUpdate',
  rollingUpdate: ROLLING_UPDATE_DEFAULTS,
});
const NO_STATUS: DaemonSetStatus = Object.freeze({
  currentNumberScheduled: 0,
  desiredNumberScheduled: 0,
  numberMisscheduled: 0,
  numberReady: 0,
});

function defaultStrategy(given: DaemonSetUpdateStrategy | undefined): DaemonSetUpdateStrategy {
  if (given === undefined) return STRATEGY_DEFAULT;
  const strategy =
    given.type === undefined || given.type === '' ? { ...given, type: 'RollingUpdate' } : given;
  if (strategy.type !== 'RollingUpdate') return strategy;
  const { rollingUpdate = ROLLING_UPDATE_DEFAULTS } = strategy;
  return withField(strategy, 'rollingUpdate', withDefaults(rollingUpdate, ROLLING_UPDATE_DEFAULTS));
}

function defaultSpec(given: DaemonSetSpec): DaemonSetSpec {
  let spec = withDefaults<DaemonSetSpec>(given, SPEC_DEFAULTS);
  spec = withField(spec, 'updateStrategy', defaultStrategy(spec.updateStrategy));
  return withStruct(spec, 'template', defaultPodTemplate);
}

function withTemplateGeneration(object: DaemonSet, generation: number): DaemonSet {
  const text = String(generation);
  if (object.metadata.annotations?.[TEMPLATE_GENERATION] === text) return object;
  const annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: text };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function templateGeneration(object: DaemonSet): number {
  const generation = Number(object.metadata.annotations?.[TEMPLATE_GENERATION] ?? '1');
  return Number.isSafeInteger(generation) && generation > 0 ? generation : 1;
}

function prepareForUpdate(next: DaemonSet, old: DaemonSet): DaemonSet {
  const same = next.spec === old.spec || semanticEqual(next.spec.template, old.spec.template);
  return withTemplateGeneration(next, templateGeneration(old) + (same ? 0 : 1));
}

/** DaemonSets (pkg/apis/apps/v1/defaults.go, pkg/registry/apps/daemonset/strategy.go). */
export const daemonSet: KindDefinition<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  schemaType: 'DaemonSet',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withStruct(object, 'spec', defaultSpec),
  prepareForCreate: (object) => withTemplateGeneration(withField(object, 'status', NO_STATUS), 1),
  prepareForUpdate,
  validate: ({ spec, status }) => [...validateDaemonSetSpec(spec), ...validateDaemonSetStatus(status)],
  validateUpdate: (next, old) => [
    ...validateSelectorUnchanged(next.spec, old.spec),
    ...validateCollisionCount(next.status?.collisionCount, old.status?.collisionCount),
  ],
  warnings: ({ metadata, spec }) => workloadWarnings(metadata.name, spec.template),
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Desired', cell: ({ status }) => status?.desiredNumberScheduled ?? 0 },
    { name: 'Current', cell: ({ status }) => status?.currentNumberScheduled ?? 0 },
    { name: 'Ready', cell: ({ status }) => status?.numberReady ?? 0 },
    { name: 'Up-to-date', cell: ({ status }) => status?.updatedNumberScheduled ?? 0 },
    { name: 'Available', cell: ({ status }) => status?.numberAvailable ?? 0 },
    { name: 'Node Selector', cell: ({ spec }) => formatLabels(spec.template.spec?.nodeSelector) },
    ageColumn,
    containersColumn,
    imagesColumn,
    { name: 'Selector', wide: true, cell: ({ spec }) => formatLabelSelector(spec.selector) },
  ],
};
