/**
 * What `@kubernetes/client-node`'s models do not carry about the API types: which types to take,
 * which strings are quantities, and how lists and maps are merged. The merge facts follow the
 * `patchStrategy`, `patchMergeKey`, `+listType`, `+listMapKey` and `+structType` markers of
 * k8s.io/api and k8s.io/apimachinery at v1.35.
 */

import type { SchemaField } from '../apimachinery/schema.ts';

/** The models everything is generated from: these and all they refer to. Names are client-node's. */
export const ROOT_MODELS: readonly string[] = [
  'AuthenticationV1TokenRequest',
  'CoreV1Event',
  'V1Binding',
  'V1ClusterRole',
  'V1ClusterRoleBinding',
  'V1ConfigMap',
  'V1ControllerRevision',
  'V1CronJob',
  'V1DaemonSet',
  'V1DeleteOptions',
  'V1Deployment',
  'V1EndpointSlice',
  'V1Endpoints',
  'V1Eviction',
  'V1Ingress',
  'V1IngressClass',
  'V1Job',
  'V1Lease',
  'V1LimitRange',
  'V1LocalSubjectAccessReview',
  'V1Namespace',
  'V1NetworkPolicy',
  'V1Node',
  'V1PersistentVolume',
  'V1PersistentVolumeClaim',
  'V1Pod',
  'V1PodDisruptionBudget',
  'V1PodTemplate',
  'V1PriorityClass',
  'V1ReplicaSet',
  'V1ReplicationController',
  'V1ResourceQuota',
  'V1Role',
  'V1RoleBinding',
  'V1Scale',
  'V1Secret',
  'V1SelfSubjectAccessReview',
  'V1SelfSubjectRulesReview',
  'V1Service',
  'V1ServiceAccount',
  'V1StatefulSet',
  'V1StorageClass',
  'V1SubjectAccessReview',
  'V1TokenReview',
  'V2HorizontalPodAutoscaler',
];

/** Names for models whose Kubernetes name another model already has. */
export const RENAMED_MODELS: Readonly<Record<string, string>> = {
  DiscoveryV1EndpointPort: 'DiscoveryEndpointPort',
};

/** Kinds whose stored objects always carry `spec`, though upstream's schema has it optional. */
export const SPEC_ALWAYS: ReadonlySet<string> = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Job',
  'Lease',
  'LimitRange',
  'Namespace',
  'NetworkPolicy',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'PodDisruptionBudget',
  'ReplicaSet',
  'ReplicationController',
  'ResourceQuota',
  'Service',
  'StatefulSet',
]);

/** Fields that are in the models (API 1.36) and not in v1.35: `Type.field`. */
export const FIELDS_AFTER_1_35: ReadonlySet<string> = new Set([
  'PodSpec.schedulingGroup',
  'PodStatus.nodeAllocatableResourceClaimStatuses',
]);

/** Fields that hold a quantity, or a map of quantities: the models call both `string`. */
export const QUANTITY_FIELDS: ReadonlySet<string> = new Set([
  'ContainerStatus.allocatedResources',
  'EmptyDirVolumeSource.sizeLimit',
  'HPAScalingRules.tolerance',
  'LimitRangeItem.default',
  'LimitRangeItem.defaultRequest',
  'LimitRangeItem.max',
  'LimitRangeItem.maxLimitRequestRatio',
  'LimitRangeItem.min',
  'MetricTarget.averageValue',
  'MetricTarget.value',
  'MetricValueStatus.averageValue',
  'MetricValueStatus.value',
  'NodeStatus.allocatable',
  'NodeStatus.capacity',
  'PersistentVolumeClaimStatus.allocatedResources',
  'PersistentVolumeClaimStatus.capacity',
  'PersistentVolumeSpec.capacity',
  'PodSpec.overhead',
  'PodStatus.allocatedResources',
  'ResourceFieldSelector.divisor',
  'ResourceQuotaSpec.hard',
  'ResourceQuotaStatus.hard',
  'ResourceQuotaStatus.used',
  'ResourceRequirements.limits',
  'ResourceRequirements.requests',
  'VolumeResourceRequirements.limits',
  'VolumeResourceRequirements.requests',
]);

/** The part of a SchemaField that says how it is merged. */
export type MergeRule = Pick<
  SchemaField,
  'patchStrategy' | 'patchMergeKey' | 'listType' | 'listMapKeys' | 'mapType'
>;

/** A list merged by `key` both in strategic merge patch and in server-side apply. */
const keyed = (key: string, ...listMapKeys: string[]): MergeRule => ({
  patchStrategy: 'merge',
  patchMergeKey: key,
  listType: 'map',
  listMapKeys: listMapKeys.length === 0 ? [key] : listMapKeys,
});

/** As `keyed`, and the fields of an element that a patch does not name are cleared. */
const keyedRetain = (key: string): MergeRule => ({ ...keyed(key), patchStrategy: 'merge,retainKeys' });

/** Server-side apply merges by `keys`; strategic merge patch replaces the list. */
const applyKeyed = (...keys: string[]): MergeRule => ({ listType: 'map', listMapKeys: keys });

/** Strategic merge patch merges by `key`; server-side apply takes the list whole. */
const patchKeyed = (key: string): MergeRule => ({
  patchStrategy: 'merge',
  patchMergeKey: key,
  listType: 'atomic',
});

const SET: MergeRule = { listType: 'set' };
const MERGED_SET: MergeRule = { patchStrategy: 'merge', listType: 'set' };
const RETAIN_KEYS: MergeRule = { patchStrategy: 'retainKeys' };
const REPLACED: MergeRule = { patchStrategy: 'replace' };
const ATOMIC_MAP: MergeRule = { mapType: 'atomic' };

/** Merge rules by `Type.field`. A list that is not here is replaced whole by both kinds of patch. */
export const MERGE_RULES: Readonly<Record<string, MergeRule>> = {
  'Container.env': keyed('name'),
  'Container.ports': keyed('containerPort', 'containerPort', 'protocol'),
  'Container.volumeDevices': keyed('devicePath'),
  'Container.volumeMounts': keyed('mountPath'),
  'ContainerRestartRuleOnExitCodes.values': SET,
  'ContainerStatus.allocatedResourcesStatus': keyed('name'),
  'ContainerStatus.volumeMounts': keyed('mountPath'),
  'DaemonSetStatus.conditions': keyed('type'),
  'DeploymentSpec.strategy': RETAIN_KEYS,
  'DeploymentStatus.conditions': keyed('type'),
  'Endpoint.addresses': SET,
  'EphemeralContainer.env': keyed('name'),
  'EphemeralContainer.ports': keyed('containerPort', 'containerPort', 'protocol'),
  'EphemeralContainer.volumeDevices': keyed('devicePath'),
  'EphemeralContainer.volumeMounts': keyed('mountPath'),
  'HorizontalPodAutoscalerStatus.conditions': keyed('type'),
  'JobStatus.conditions': patchKeyed('type'),
  'NamespaceStatus.conditions': keyed('type'),
  'NodeSpec.podCIDRs': MERGED_SET,
  'NodeStatus.addresses': keyed('type'),
  'NodeStatus.conditions': keyed('type'),
  'ObjectMeta.finalizers': MERGED_SET,
  'ObjectMeta.ownerReferences': keyed('uid'),
  'PersistentVolumeClaimStatus.conditions': keyed('type'),
  'PersistentVolumeSpec.claimRef': { mapType: 'granular' },
  'PodDisruptionBudgetSpec.selector': REPLACED,
  'PodDisruptionBudgetStatus.conditions': keyed('type'),
  'PodFailurePolicyOnExitCodesRequirement.values': SET,
  'PodSpec.containers': keyed('name'),
  'PodSpec.ephemeralContainers': keyed('name'),
  'PodSpec.hostAliases': keyed('ip'),
  'PodSpec.imagePullSecrets': keyed('name'),
  'PodSpec.initContainers': keyed('name'),
  'PodSpec.nodeSelector': ATOMIC_MAP,
  'PodSpec.resourceClaims': keyedRetain('name'),
  'PodSpec.schedulingGates': keyed('name'),
  'PodSpec.topologySpreadConstraints': keyed('topologyKey', 'topologyKey', 'whenUnsatisfiable'),
  'PodSpec.volumes': keyedRetain('name'),
  'PodStatus.conditions': keyed('type'),
  'PodStatus.hostIPs': patchKeyed('ip'),
  'PodStatus.podIPs': keyed('ip'),
  'PodStatus.resourceClaimStatuses': keyedRetain('name'),
  'ReplicaSetStatus.conditions': keyed('type'),
  'ReplicationControllerSpec.selector': ATOMIC_MAP,
  'ReplicationControllerStatus.conditions': keyed('type'),
  'ResourceRequirements.claims': applyKeyed('name'),
  'ResourceStatus.resources': applyKeyed('resourceID'),
  'ServiceAccount.secrets': keyed('name'),
  'ServiceSpec.ports': keyed('port', 'port', 'protocol'),
  'ServiceSpec.selector': ATOMIC_MAP,
  'ServiceStatus.conditions': keyed('type'),
  'StatefulSetStatus.conditions': keyed('type'),
  'UncountedTerminatedPods.failed': SET,
  'UncountedTerminatedPods.succeeded': SET,
};

/** Types whose values server-side apply takes whole (`x-kubernetes-map-type: atomic`). */
export const ATOMIC_TYPES: ReadonlySet<string> = new Set([
  'ConfigMapKeySelector',
  'DiscoveryEndpointPort',
  'EndpointAddress',
  'EndpointPort',
  'FileKeySelector',
  'LabelSelector',
  'LocalObjectReference',
  'NodeSelector',
  'NodeSelectorTerm',
  'ObjectFieldSelector',
  'ObjectReference',
  'OwnerReference',
  'ResourceFieldSelector',
  'RoleRef',
  'ScopeSelector',
  'SecretKeySelector',
  'SecretReference',
  'Subject',
  'TopologySelectorTerm',
  'TypedLocalObjectReference',
]);
