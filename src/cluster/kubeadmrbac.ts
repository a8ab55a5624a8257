import type { ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from '../api/generated/types.ts';
import type { KubeObject } from '../api/object.ts';
import { RBAC_GROUP } from '../api/rbac.ts';
import { deepFreeze } from '../apimachinery/freeze.ts';

const API_VERSION = `${RBAC_GROUP}/v1`;
const SYSTEM = 'kube-system';
const TOKEN_GROUP = 'system:bootstrappers:kubeadm:default-node-token';

function group(name: string): Subject {
  return { apiGroup: RBAC_GROUP, kind: 'Group', name };
}

function account(name: string): Subject {
  return { kind: 'ServiceAccount', name, namespace: SYSTEM };
}

function clusterBinding(name: string, role: string, ...subjects: readonly Subject[]): ClusterRoleBinding {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role },
    subjects,
  };
}

function clusterRole(name: string, rules: readonly PolicyRule[]): KubeObject {
  return { apiVersion: API_VERSION, kind: 'ClusterRole', metadata: { name }, rules } as KubeObject;
}

/** A role of that name and its binding: some people may read one ConfigMap. */
function reader(
  namespace: string,
  name: string,
  configMap: string,
  ...subjects: readonly Subject[]
): readonly (Role | RoleBinding)[] {
  const metadata = { name, namespace };
  const rules = [{ apiGroups: [''], resourceNames: [configMap], resources: ['configmaps'], verbs: ['get'] }];
  return [
    { apiVersion: API_VERSION, kind: 'Role', metadata, rules },
    {
      apiVersion: API_VERSION,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name },
      subjects,
    },
  ];
}

const DNS_RULES: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
];
const AGENT_RULES: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['pods', 'namespaces'], verbs: ['list', 'watch'] },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['list', 'watch'] },
];
/** Beyond `system:persistent-volume-provisioner`: what a resizer and an attacher do. */
const STORAGE_RULES: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['update', 'patch'] },
  { apiGroups: [''], resources: ['persistentvolumeclaims/status'], verbs: ['update', 'patch'] },
  { apiGroups: ['storage.k8s.io'], resources: ['volumeattachments'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['storage.k8s.io'], resources: ['volumeattachments/status'], verbs: ['update', 'patch'] },
];
const CSR = 'system:certificates.k8s.io:certificatesigningrequests';

/** Roles and bindings that kubeadm makes (cmd/kubeadm/app/phases: kubeconfig, bootstraptoken, uploadconfig, addons). */
export const KUBEADM_RBAC: readonly KubeObject[] = deepFreeze([
  clusterBinding('kubeadm:cluster-admins', 'cluster-admin', group('kubeadm:cluster-admins')),
  ...reader(
    SYSTEM,
    'kubeadm:nodes-kubeadm-config',
    'kubeadm-config',
    group(TOKEN_GROUP),
    group('system:nodes'),
  ),
  ...reader(SYSTEM, 'kubeadm:kubelet-config', 'kubelet-config', group('system:nodes'), group(TOKEN_GROUP)),
  clusterRole('kubeadm:get-nodes', [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }]),
  clusterBinding('kubeadm:get-nodes', 'kubeadm:get-nodes', group(TOKEN_GROUP)),
  clusterBinding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', group(TOKEN_GROUP)),
  clusterBinding('kubeadm:node-autoapprove-bootstrap', `${CSR}:nodeclient`, group(TOKEN_GROUP)),
  clusterBinding(
    'kubeadm:node-autoapprove-certificate-rotation',
    `${CSR}:selfnodeclient`,
    group('system:nodes'),
  ),
  ...reader('kube-public', 'kubeadm:bootstrap-signer-clusterinfo', 'cluster-info', {
    apiGroup: RBAC_GROUP,
    kind: 'User',
    name: 'system:anonymous',
  }),
  clusterBinding('kubeadm:node-proxier', 'system:node-proxier', account('kube-proxy')),
  ...reader(SYSTEM, 'kube-proxy', 'kube-proxy', group(TOKEN_GROUP)),
  clusterRole('network-policy-agent', AGENT_RULES),
  clusterBinding('network-policy-agent', 'network-policy-agent', account('network-policy-agent')),
  clusterRole('shipshape-storage', STORAGE_RULES),
  clusterBinding('shipshape-storage', 'shipshape-storage', account('shipshape-storage')),
  clusterBinding(
    'shipshape-storage:provisioner',
    'system:persistent-volume-provisioner',
    account('shipshape-storage'),
  ),
  clusterRole('system:coredns', DNS_RULES),
  clusterBinding('system:coredns', 'system:coredns', account('coredns')),
]);
