import { isDNS1123Label } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type {
  PersistentVolumeClaim,
  RollingUpdateStatefulSetStrategy,
  StatefulSet,
  StatefulSetSpec,
  StatefulSetStatus,
  StatefulSetUpdateStrategy,
} from '../generated/types.ts';
import { type KindDefinition, mapShared, withDefaults, withField } from '../kind.ts';
import { workloadWarnings } from '../validation/podwarnings.ts';
import { validateStatefulSetSpec, validateStatefulSetUpdate } from '../validation/statefulset.ts';
import { containersColumn, defaultPodTemplate, imagesColumn } from './podtemplate.ts';

const SPEC_DEFAULTS = { podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10 } as const;
const ROLLING_UPDATE_DEFAULTS: RollingUpdateStatefulSetStrategy = Object.freeze({ partition: 0 });
const STRATEGY_DEFAULT: StatefulSetUpdateStrategy = Object.freeze({
  type: 'RollingUpdate',
  rollingUpdate: ROLLING_UPDATE_DEFAULTS,
});
const RETENTION_DEFAULTS = Object.freeze({ whenDeleted: 'Retain', whenScaled: 'Retain' });
const NO_STATUS: StatefulSetStatus = Object.freeze({ replicas: 0, availableReplicas: 0 });

function defaultStrategy(given: StatefulSetUpdateStrategy | undefined): StatefulSetUpdateStrategy {
  if (given === undefined) return STRATEGY_DEFAULT;
  const strategy =
    given.type === undefined || given.type === '' ? { ...given, type: 'RollingUpdate' } : given;
  if (strategy.type !== 'RollingUpdate') return strategy;
  const { rollingUpdate = ROLLING_UPDATE_DEFAULTS } = strategy;
  return withField(strategy, 'rollingUpdate', withDefaults(rollingUpdate, ROLLING_UPDATE_DEFAULTS));
}

/** Claim templates are claims, which say what they are and are pending and of file systems unless told otherwise. */
function defaultClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const typed = withDefaults<PersistentVolumeClaim>(claim, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {},
    status: { phase: 'Pending' },
  });
  return withStruct(typed, 'spec', (spec) => withDefaults(spec, { volumeMode: 'Filesystem' }));
}

function defaultSpec(given: StatefulSetSpec): StatefulSetSpec {
  let spec = withDefaults<StatefulSetSpec>(given, SPEC_DEFAULTS);
  spec = withField(spec, 'updateStrategy', defaultStrategy(spec.updateStrategy));
  const retention = spec.persistentVolumeClaimRetentionPolicy ?? RETENTION_DEFAULTS;
  spec = withField(spec, 'persistentVolumeClaimRetentionPolicy', withDefaults(retention, RETENTION_DEFAULTS));
  if (spec.volumeClaimTemplates !== undefined)
    spec = withField(spec, 'volumeClaimTemplates', mapShared(spec.volumeClaimTemplates, defaultClaim));
  return withStruct(spec, 'template', defaultPodTemplate);
}

/** The field of the feature gate MaxUnavailableStatefulSet, off in v1.35: it is dropped (dropStatefulSetDisabledFields). */
function withoutMaxUnavailable(object: StatefulSet): StatefulSet {
  const strategy = object.spec.updateStrategy;
  if (strategy?.rollingUpdate?.maxUnavailable === undefined) return object;
  const { maxUnavailable: _, ...rollingUpdate } = strategy.rollingUpdate;
  return { ...object, spec: { ...object.spec, updateStrategy: { ...strategy, rollingUpdate } } };
}

/** StatefulSets (pkg/apis/apps/v1/defaults.go, pkg/registry/apps/statefulset/strategy.go). */
export const statefulSet: KindDefinition<StatefulSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  schemaType: 'StatefulSet',
  validateName: isDNS1123Label,
  applyDefaults: (object) => withStruct(object, 'spec', defaultSpec),
  prepareForCreate: (object) => withField(withoutMaxUnavailable(object), 'status', NO_STATUS),
  prepareForUpdate: withoutMaxUnavailable,
  validate: (object) => validateStatefulSetSpec(object.spec),
  validateUpdate: validateStatefulSetUpdate,
  warnings: ({ metadata, spec }) => workloadWarnings(metadata.name, spec.template),
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  subresources: ['scale'],
  columns: [
    nameColumn,
    { name: 'Ready', cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}` },
    ageColumn,
    containersColumn,
    imagesColumn,
  ],
};
