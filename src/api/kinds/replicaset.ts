import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type { ReplicaSet, ReplicaSetSpec, ReplicaSetStatus } from '../generated/types.ts';
import { type KindDefinition, withDefaults, withField } from '../kind.ts';
import { workloadWarnings } from '../validation/podwarnings.ts';
import { validateReplicaSetSpec, validateSelectorUnchanged } from '../validation/workload.ts';
import { validateReplicaSetStatus } from '../validation/workloadstatus.ts';
import { containersColumn, defaultPodTemplate, imagesColumn } from './podtemplate.ts';

const SPEC_DEFAULTS = { replicas: 1 } as const;
const NO_STATUS: ReplicaSetStatus = Object.freeze({ replicas: 0 });

function defaultSpec(spec: ReplicaSetSpec): ReplicaSetSpec {
  return withStruct(withDefaults<ReplicaSetSpec>(spec, SPEC_DEFAULTS), 'template', defaultPodTemplate);
}

/** ReplicaSets (pkg/apis/apps/v1/defaults.go, pkg/registry/apps/replicaset/strategy.go). */
export const replicaSet: KindDefinition<ReplicaSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  schemaType: 'ReplicaSet',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withStruct(object, 'spec', defaultSpec),
  prepareForCreate: (object) => withField(object, 'status', NO_STATUS),
  validate: ({ spec, status }) => [...validateReplicaSetSpec(spec), ...validateReplicaSetStatus(status)],
  validateUpdate: (next, old) => validateSelectorUnchanged(next.spec, old.spec),
  warnings: ({ metadata, spec }) => workloadWarnings(metadata.name, spec.template),
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  subresources: ['scale'],
  columns: [
    nameColumn,
    { name: 'Desired', cell: ({ spec }) => spec.replicas ?? 0 },
    { name: 'Current', cell: ({ status }) => status?.replicas ?? 0 },
    { name: 'Ready', cell: ({ status }) => status?.readyReplicas ?? 0 },
    ageColumn,
    containersColumn,
    imagesColumn,
    { name: 'Selector', wide: true, cell: ({ spec }) => formatLabelSelector(spec.selector) },
  ],
};
