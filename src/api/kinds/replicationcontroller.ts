import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { formatLabels } from '../cells.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withChanged, withStruct } from '../defaults/unset.ts';
import type {
  ReplicationController,
  ReplicationControllerSpec,
  ReplicationControllerStatus,
} from '../generated/types.ts';
import { type KindDefinition, withDefaults, withField } from '../kind.ts';
import { workloadWarnings } from '../validation/podwarnings.ts';
import { validateReplicationControllerSpec } from '../validation/workload.ts';
import { validateReplicaSetStatus } from '../validation/workloadstatus.ts';
import { containersColumn, defaultPodTemplate, imagesColumn } from './podtemplate.ts';

const SPEC_DEFAULTS = { replicas: 1 } as const;
const NO_STATUS: ReplicationControllerStatus = Object.freeze({ replicas: 0 });

function isEmptyMap(map: object | undefined): boolean {
  return map === undefined || Object.keys(map).length === 0;
}

function defaultSpec(given: ReplicationControllerSpec): ReplicationControllerSpec {
  let spec = withDefaults<ReplicationControllerSpec>(given, SPEC_DEFAULTS);
  spec = withChanged(spec, 'template', defaultPodTemplate);
  const labels = spec.template?.metadata?.labels;
  return labels !== undefined && isEmptyMap(spec.selector) ? { ...spec, selector: labels } : spec;
}

/** Selector and labels that are not given are the template's (SetDefaults_ReplicationController). */
function applyDefaults(object: ReplicationController): ReplicationController {
  const next = withStruct(object, 'spec', defaultSpec);
  const labels = next.spec.template?.metadata?.labels;
  if (labels === undefined || !isEmptyMap(next.metadata.labels)) return next;
  return { ...next, metadata: { ...next.metadata, labels } };
}

/** ReplicationControllers, the ancestors of ReplicaSets. */
export const replicationController: KindDefinition<ReplicationController> = {
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  schemaType: 'ReplicationController',
  validateName: isDNS1123Subdomain,
  applyDefaults,
  prepareForCreate: (object) => withField(object, 'status', NO_STATUS),
  validate: ({ spec, status }) => [
    ...validateReplicationControllerSpec(spec),
    ...validateReplicaSetStatus(status),
  ],
  warnings: ({ metadata, spec }) => workloadWarnings(metadata.name, spec.template),
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
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
    { name: 'Selector', wide: true, cell: ({ spec }) => formatLabels(spec.selector) },
  ],
};
