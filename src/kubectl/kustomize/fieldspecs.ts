import type { FieldSpec } from './fieldspec.ts';

/** Where kustomize's transformers act when nothing else is said (api/internal/konfig/builtinpluginconsts). */

const TEMPLATED = ['Deployment', 'ReplicaSet', 'DaemonSet'] as const;

/** Where pod templates and the objects that hold them have labels or annotations. */
function inMetadata(field: 'labels' | 'annotations'): readonly FieldSpec[] {
  const template = `spec/template/metadata/${field}`;
  return [
    { path: `metadata/${field}`, create: true },
    { path: template, create: true, version: 'v1', kind: 'ReplicationController' },
    ...TEMPLATED.map((kind): FieldSpec => ({ path: template, create: true, kind })),
    { path: template, create: true, group: 'apps', kind: 'StatefulSet' },
    { path: template, create: true, group: 'batch', kind: 'Job' },
    { path: `spec/jobTemplate/metadata/${field}`, create: true, group: 'batch', kind: 'CronJob' },
    { path: `spec/jobTemplate/${template}`, create: true, group: 'batch', kind: 'CronJob' },
  ];
}

export const ANNOTATION_FIELDS = inMetadata('annotations');
/** Labels of objects and of their pod templates. */
export const TEMPLATE_LABEL_FIELDS = inMetadata('labels');

const MATCH = 'labelSelector/matchLabels';
const AFFINITIES = ['podAffinity', 'podAntiAffinity'].flatMap((affinity) => [
  `affinity/${affinity}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/${MATCH}`,
  `affinity/${affinity}/requiredDuringSchedulingIgnoredDuringExecution/${MATCH}`,
]);

function inPodTemplate(kind: string): readonly FieldSpec[] {
  return [...AFFINITIES, `topologySpreadConstraints/${MATCH}`].map((path) => ({
    path: `spec/template/spec/${path}`,
    group: 'apps',
    kind,
  }));
}

/** Labels wherever they are set or selected by. */
export const SELECTOR_LABEL_FIELDS: readonly FieldSpec[] = [
  { path: 'spec/selector', create: true, version: 'v1', kind: 'Service' },
  { path: 'spec/selector', create: true, version: 'v1', kind: 'ReplicationController' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'Deployment' },
  ...inPodTemplate('Deployment'),
  { path: 'spec/selector/matchLabels', create: true, kind: 'ReplicaSet' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'DaemonSet' },
  { path: 'spec/selector/matchLabels', create: true, group: 'apps', kind: 'StatefulSet' },
  { path: 'spec/volumeClaimTemplates[]/metadata/labels', create: true, group: 'apps', kind: 'StatefulSet' },
  ...inPodTemplate('StatefulSet'),
  { path: 'spec/selector/matchLabels', group: 'batch', kind: 'Job' },
  { path: 'spec/jobTemplate/spec/selector/matchLabels', group: 'batch', kind: 'CronJob' },
  { path: 'spec/selector/matchLabels', group: 'policy', kind: 'PodDisruptionBudget' },
  ...['podSelector', 'ingress/from/podSelector', 'egress/to/podSelector'].map(
    (path): FieldSpec => ({
      path: `spec/${path}/matchLabels`,
      group: 'networking.k8s.io',
      kind: 'NetworkPolicy',
    }),
  ),
  ...TEMPLATE_LABEL_FIELDS,
];

export const REPLICA_FIELDS: readonly FieldSpec[] = [
  'Deployment',
  'ReplicationController',
  'ReplicaSet',
  'StatefulSet',
].map((kind) => ({ path: 'spec/replicas', create: true, kind }));

/** Where namespaces stand beside `metadata.namespace` and the subjects of bindings. */
export const NAMESPACE_FIELDS: readonly FieldSpec[] = [
  { path: 'metadata/name', create: true, version: 'v1', kind: 'Namespace' },
  { path: 'spec/service/namespace', group: 'apiregistration.k8s.io', kind: 'APIService' },
  {
    path: 'spec/conversion/webhook/clientConfig/service/namespace',
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
  },
];

/** Kinds whose names stay as they are. */
export const UNPREFIXED: readonly { readonly group?: string; readonly kind: string }[] = [
  { kind: 'CustomResourceDefinition' },
  { kind: 'APIService', group: 'apiregistration.k8s.io' },
  { kind: 'Namespace' },
];
