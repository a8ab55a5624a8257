import { semanticEqual } from '../../apimachinery/equal.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type {
  Deployment,
  DeploymentSpec,
  DeploymentStatus,
  DeploymentStrategy,
  RollingUpdateDeployment,
} from '../generated/types.ts';
import { type KindDefinition, withDefaults, withField } from '../kind.ts';
import { workloadWarnings } from '../validation/podwarnings.ts';
import { validateDeploymentSpec, validateSelectorUnchanged } from '../validation/workload.ts';
import { validateCollisionCount, validateDeploymentStatus } from '../validation/workloadstatus.ts';
import { containersColumn, defaultPodTemplate, imagesColumn } from './podtemplate.ts';

const SPEC_DEFAULTS = { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 } as const;
const ROLLING_UPDATE_DEFAULTS: RollingUpdateDeployment = Object.freeze({
  maxUnavailable: '25%',
  maxSurge: '25%',
});
const STRATEGY_DEFAULT: DeploymentStrategy = Object.freeze({
  type: 'RollingUpdate',
  rollingUpdate: ROLLING_UPDATE_DEFAULTS,
});
const NO_STATUS: DeploymentStatus = Object.freeze({});

function defaultStrategy(given: DeploymentStrategy | undefined): DeploymentStrategy {
  if (given === undefined) return STRATEGY_DEFAULT;
  const strategy =
    given.type === undefined || given.type === '' ? { ...given, type: 'RollingUpdate' } : given;
  if (strategy.type !== 'RollingUpdate') return strategy;
  const { rollingUpdate = ROLLING_UPDATE_DEFAULTS } = strategy;
  return withField(strategy, 'rollingUpdate', withDefaults(rollingUpdate, ROLLING_UPDATE_DEFAULTS));
}

function defaultSpec(given: DeploymentSpec): DeploymentSpec {
  let spec = withDefaults<DeploymentSpec>(given, SPEC_DEFAULTS);
  spec = withField(spec, 'strategy', defaultStrategy(spec.strategy));
  return withStruct(spec, 'template', defaultPodTemplate);
}

function selectorText(object: Deployment): string {
  const selector = labelSelectorAsSelector(object.spec.selector);
  return 'error' in selector ? '' : selector.toString();
}

/** Deployments (pkg/apis/apps/v1/defaults.go, pkg/registry/apps/deployment/strategy.go). */
export const deployment: KindDefinition<Deployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  schemaType: 'Deployment',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withStruct(object, 'spec', defaultSpec),
  prepareForCreate: (object) => withField(object, 'status', NO_STATUS),
  validate: ({ spec, status }) => [...validateDeploymentSpec(spec), ...validateDeploymentStatus(status)],
  validateUpdate: (next, old) => [
    ...validateSelectorUnchanged(next.spec, old.spec),
    ...validateCollisionCount(next.status?.collisionCount, old.status?.collisionCount),
  ],
  warnings: ({ metadata, spec }) => workloadWarnings(metadata.name, spec.template),
  statusSubresource: true,
  keptByStatusUpdate: ['labels'],
  hasGeneration: true,
  // Annotations count, because the controller copies them to the ReplicaSets.
  generationChanged: (next, old) =>
    !semanticEqual(next.spec, old.spec) ||
    !semanticEqual(next.metadata.annotations, old.metadata.annotations),
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  subresources: ['scale'],
  columns: [
    nameColumn,
    { name: 'Ready', cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}` },
    { name: 'Up-to-date', cell: ({ status }) => status?.updatedReplicas ?? 0 },
    { name: 'Available', cell: ({ status }) => status?.availableReplicas ?? 0 },
    ageColumn,
    containersColumn,
    imagesColumn,
    { name: 'Selector', wide: true, cell: selectorText },
  ],
};
