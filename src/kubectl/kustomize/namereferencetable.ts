import type { FieldSpec } from './fieldspec.ts';
import type { GvkPattern } from './resid.ts';

/** Which fields name objects of a type (api/internal/konfig/builtinpluginconsts/namereference.go). */
export interface NameReferences {
  readonly target: GvkPattern & { readonly kind: string };
  readonly fields: readonly FieldSpec[];
}

/** Where kinds hold a pod's spec. */
const POD_SPECS: Readonly<Record<string, string>> = {
  Pod: 'spec',
  PodTemplate: 'template/spec',
  Deployment: 'spec/template/spec',
  ReplicaSet: 'spec/template/spec',
  ReplicationController: 'spec/template/spec',
  DaemonSet: 'spec/template/spec',
  StatefulSet: 'spec/template/spec',
  Job: 'spec/template/spec',
  CronJob: 'spec/jobTemplate/spec/template/spec',
};
const DATA_USERS = [
  'Pod',
  'PodTemplate',
  'Deployment',
  'ReplicaSet',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
];
const OTHER_USERS = [
  'Pod',
  'StatefulSet',
  'Deployment',
  'ReplicationController',
  'CronJob',
  'Job',
  'DaemonSet',
];
const NETWORKING = 'networking.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';

function inPods(kinds: readonly string[], paths: readonly string[]): readonly FieldSpec[] {
  return kinds.flatMap((kind) =>
    paths.map((path): FieldSpec => ({ path: `${POD_SPECS[kind]}/${path}`, kind })),
  );
}

/** How containers name what their environment comes from. */
function inContainers(what: 'configMap' | 'secret'): readonly string[] {
  return ['containers', 'initContainers'].flatMap((list) => [
    `${list}/env/valueFrom/${what}KeyRef/name`,
    `${list}/envFrom/${what}Ref/name`,
  ]);
}

function at(kind: string, ...paths: readonly string[]): readonly FieldSpec[] {
  return paths.map((path) => ({ path, kind }));
}

const SCALED = 'spec/scaleTargetRef/name';
const NGINX = 'metadata/annotations/nginx.ingress.kubernetes.io\\/';

export const NAME_REFERENCES: readonly NameReferences[] = [
  ...['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map(
    (kind): NameReferences => ({
      target: { kind },
      fields: at('HorizontalPodAutoscaler', SCALED),
    }),
  ),
  {
    target: { kind: 'ConfigMap', version: 'v1' },
    fields: [
      ...inPods(DATA_USERS, [
        'volumes/configMap/name',
        ...inContainers('configMap'),
        'volumes/projected/sources/configMap/name',
      ]),
      ...at('Node', 'spec/configSource/configMap'),
      ...at('Role', 'rules/resourceNames'),
      ...at('ClusterRole', 'rules/resourceNames'),
      ...at('Ingress', `${NGINX}fastcgi-params-configmap`),
    ],
  },
  {
    target: { kind: 'Secret', version: 'v1' },
    fields: [
      ...inPods(DATA_USERS, [
        'volumes/secret/secretName',
        ...inContainers('secret'),
        'imagePullSecrets/name',
        'volumes/projected/sources/secret/name',
      ]),
      ...at(
        'Ingress',
        'spec/tls/secretName',
        'metadata/annotations/ingress.kubernetes.io\\/auth-secret',
        `${NGINX}auth-secret`,
        `${NGINX}auth-tls-secret`,
      ),
      ...at('ServiceAccount', 'imagePullSecrets/name'),
      ...at(
        'StorageClass',
        'parameters/secretName',
        'parameters/adminSecretName',
        'parameters/userSecretName',
        'parameters/secretRef',
      ),
      ...at('Role', 'rules/resourceNames'),
      ...at('ClusterRole', 'rules/resourceNames'),
      ...at('PersistentVolume', 'spec/azureFile/secretName'),
    ],
  },
  {
    target: { kind: 'Service', version: 'v1' },
    fields: [
      { path: 'spec/serviceName', kind: 'StatefulSet', group: 'apps' },
      ...at(
        'Ingress',
        'spec/rules/http/paths/backend/serviceName',
        'spec/backend/serviceName',
        'spec/rules/http/paths/backend/service/name',
        'spec/defaultBackend/service/name',
      ),
      { path: 'spec/service/name', kind: 'APIService', group: 'apiregistration.k8s.io' },
      ...at('ValidatingWebhookConfiguration', 'webhooks/clientConfig/service'),
      ...at('MutatingWebhookConfiguration', 'webhooks/clientConfig/service'),
      ...at('HTTPRoute', 'spec/rules/backendRefs/name'),
    ],
  },
  {
    target: { kind: 'Role', group: RBAC },
    fields: [{ path: 'roleRef/name', kind: 'RoleBinding', group: RBAC }],
  },
  {
    target: { kind: 'ClusterRole', group: RBAC },
    fields: [
      { path: 'roleRef/name', kind: 'RoleBinding', group: RBAC },
      { path: 'roleRef/name', kind: 'ClusterRoleBinding', group: RBAC },
    ],
  },
  {
    target: { kind: 'ServiceAccount', version: 'v1' },
    fields: [
      { path: 'subjects', kind: 'RoleBinding', group: RBAC },
      { path: 'subjects', kind: 'ClusterRoleBinding', group: RBAC },
      ...inPods(OTHER_USERS, ['serviceAccountName']),
    ],
  },
  {
    target: { kind: 'PersistentVolumeClaim', version: 'v1' },
    fields: inPods(OTHER_USERS, ['volumes/persistentVolumeClaim/claimName']),
  },
  {
    target: { kind: 'PersistentVolume', version: 'v1' },
    fields: [...at('PersistentVolumeClaim', 'spec/volumeName'), ...at('ClusterRole', 'rules/resourceNames')],
  },
  {
    target: { kind: 'StorageClass', version: 'v1', group: 'storage.k8s.io' },
    fields: [
      ...at('PersistentVolume', 'spec/storageClassName'),
      ...at('PersistentVolumeClaim', 'spec/storageClassName'),
      ...at('StatefulSet', 'spec/volumeClaimTemplates/spec/storageClassName'),
    ],
  },
  {
    target: { kind: 'PriorityClass', version: 'v1', group: 'scheduling.k8s.io' },
    fields: inPods(OTHER_USERS, ['priorityClassName']),
  },
  {
    target: { kind: 'IngressClass', version: 'v1', group: NETWORKING },
    fields: at('Ingress', 'spec/ingressClassName'),
  },
];
