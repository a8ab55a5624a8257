import type { ClusterRole, ClusterRoleBinding, PolicyRule } from '../../../api/generated/types.ts';
import { aggregate, binding, clusterRole, EVENTS, partOf, READ, rule, urls, WRITE } from './shorthand.ts';

const AUTHENTICATION = 'authentication.k8s.io';
const AUTHORIZATION = 'authorization.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const COORDINATION = 'coordination.k8s.io';
const DISCOVERY = 'discovery.k8s.io';
const NETWORKING = 'networking.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';
const RESOURCE = 'resource.k8s.io';
const STORAGE = 'storage.k8s.io';

const TOKEN_REVIEWS = rule('create', AUTHENTICATION, 'tokenreviews');
const ACCESS_REVIEWS = rule('create', AUTHORIZATION, 'subjectaccessreviews');

/** What a kubelet may do where the node authorizer does not look closer (bootstrappolicy.NodeRules). */
export const NODE_RULES: readonly PolicyRule[] = [
  TOKEN_REVIEWS,
  rule('create', AUTHORIZATION, 'localsubjectaccessreviews subjectaccessreviews'),
  rule(READ, '-', 'services'),
  rule('create get list watch', '-', 'nodes'),
  rule('patch update', '-', 'nodes/status'),
  rule('patch update', '-', 'nodes'),
  rule('create patch update', '-', 'events'),
  rule(READ, '-', 'pods'),
  rule('create delete', '-', 'pods'),
  rule('patch update', '-', 'pods/status'),
  rule('create', '-', 'pods/eviction'),
  rule(READ, '-', 'configmaps secrets'),
  rule('get', '-', 'persistentvolumeclaims persistentvolumes'),
  rule('get', '-', 'endpoints'),
  rule('create get list watch', CERTIFICATES, 'certificatesigningrequests'),
  rule('create delete get patch update', COORDINATION, 'leases'),
  rule('get', STORAGE, 'volumeattachments'),
  rule('create', '-', 'serviceaccounts/token'),
  rule('get patch update', '-', 'persistentvolumeclaims/status'),
  rule(READ, STORAGE, 'csidrivers'),
  rule('create delete get patch update', STORAGE, 'csinodes'),
  rule(READ, 'node.k8s.io', 'runtimeclasses'),
  rule('get', RESOURCE, 'resourceclaims'),
  rule('create delete deletecollection get list patch update watch', RESOURCE, 'resourceslices'),
];

const VIEW: readonly PolicyRule[] = [
  rule(
    READ,
    '-',
    'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
  ),
  rule(
    READ,
    '-',
    'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
  ),
  rule(READ, '-', 'namespaces'),
  rule(READ, DISCOVERY, 'endpointslices'),
  rule(
    READ,
    'apps',
    'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
  ),
  rule(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  rule(READ, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
  rule(
    READ,
    'extensions',
    'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale',
  ),
  rule(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
  rule(READ, NETWORKING, 'ingresses ingresses/status networkpolicies'),
  rule(READ, RESOURCE, 'resourceclaims resourceclaims/status resourceclaimtemplates'),
];

const EDIT: readonly PolicyRule[] = [
  rule(READ, '-', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
  rule('impersonate', '-', 'serviceaccounts'),
  rule(WRITE, '-', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
  rule('create', '-', 'pods/eviction'),
  rule(
    WRITE,
    '-',
    'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
  ),
  rule('create', '-', 'serviceaccounts/token'),
  rule(
    WRITE,
    'apps',
    'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
  ),
  rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
  rule(WRITE, 'batch', 'cronjobs jobs'),
  rule(
    WRITE,
    'extensions',
    'daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale',
  ),
  rule(WRITE, 'policy', 'poddisruptionbudgets'),
  rule(WRITE, NETWORKING, 'ingresses networkpolicies'),
  rule(`${READ} ${WRITE}`, COORDINATION, 'leases'),
  rule(WRITE, RESOURCE, 'resourceclaims resourceclaimtemplates'),
];

const CONTROLLER_MANAGER: readonly PolicyRule[] = [
  EVENTS,
  rule('create', COORDINATION, 'leases'),
  rule('get update', COORDINATION, 'leases', 'kube-controller-manager'),
  rule('create', '-', 'secrets serviceaccounts'),
  rule('delete', '-', 'secrets'),
  rule('get', '-', 'configmaps namespaces secrets serviceaccounts'),
  rule('update', '-', 'secrets serviceaccounts'),
  TOKEN_REVIEWS,
  ACCESS_REVIEWS,
  rule('list watch', '*', '*'),
  rule('create', '-', 'serviceaccounts/token'),
];

const SCHEDULER: readonly PolicyRule[] = [
  EVENTS,
  rule('create', COORDINATION, 'leases'),
  rule('get update', COORDINATION, 'leases', 'kube-scheduler'),
  rule('create', COORDINATION, 'leasecandidates'),
  rule('delete deletecollection get list patch update watch', COORDINATION, 'leasecandidates'),
  rule(READ, '-', 'nodes'),
  rule('delete get list watch', '-', 'pods'),
  rule('create', '-', 'bindings pods/binding'),
  rule('patch update', '-', 'pods/status'),
  rule(READ, '-', 'replicationcontrollers services'),
  rule(READ, 'apps extensions', 'replicasets'),
  rule(READ, 'apps', 'statefulsets'),
  rule(READ, 'policy', 'poddisruptionbudgets'),
  rule(READ, '-', 'persistentvolumeclaims persistentvolumes'),
  TOKEN_REVIEWS,
  ACCESS_REVIEWS,
  rule(READ, STORAGE, 'csinodes'),
  rule(READ, '-', 'namespaces'),
  rule(READ, STORAGE, 'csidrivers'),
  rule(READ, STORAGE, 'csistoragecapacities'),
  rule(READ, STORAGE, 'volumeattachments'),
  rule(READ, RESOURCE, 'deviceclasses'),
  rule('get list patch update watch', RESOURCE, 'resourceclaims'),
  rule('get list patch update watch', RESOURCE, 'resourceclaims/status'),
  rule('patch update', '-', 'pods/finalizers'),
  rule(READ, RESOURCE, 'resourceslices'),
];

const HEALTH = '/healthz /livez /readyz';

function approver(name: string, signer: string): ClusterRole {
  return clusterRole(`system:certificates.k8s.io:${name}`, [
    rule('approve', CERTIFICATES, 'signers', `kubernetes.io/${signer}`),
  ]);
}

/** The ClusterRoles that every cluster has (plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go), by name. */
export const CLUSTER_ROLES: readonly ClusterRole[] = [
  aggregate('admin'),
  clusterRole('cluster-admin', [rule('*', '*', '*'), urls('*', '*')]),
  aggregate('edit', partOf('admin')),
  clusterRole(
    'system:aggregate-to-admin',
    [
      rule('create', AUTHORIZATION, 'localsubjectaccessreviews'),
      rule(`${READ} ${WRITE}`, RBAC, 'rolebindings roles'),
    ],
    partOf('admin'),
  ),
  clusterRole('system:aggregate-to-edit', EDIT, partOf('edit')),
  clusterRole('system:aggregate-to-view', VIEW, partOf('view')),
  clusterRole('system:auth-delegator', [TOKEN_REVIEWS, ACCESS_REVIEWS]),
  clusterRole('system:basic-user', [
    rule('create', AUTHORIZATION, 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    rule('create', AUTHENTICATION, 'selfsubjectreviews'),
  ]),
  clusterRole('system:certificates.k8s.io:certificatesigningrequests:nodeclient', [
    rule('create', CERTIFICATES, 'certificatesigningrequests/nodeclient'),
  ]),
  clusterRole('system:certificates.k8s.io:certificatesigningrequests:selfnodeclient', [
    rule('create', CERTIFICATES, 'certificatesigningrequests/selfnodeclient'),
  ]),
  approver('kube-apiserver-client-approver', 'kube-apiserver-client'),
  approver('kube-apiserver-client-kubelet-approver', 'kube-apiserver-client-kubelet'),
  approver('kubelet-serving-approver', 'kubelet-serving'),
  approver('legacy-unknown-approver', 'legacy-unknown'),
  clusterRole('system:discovery', [
    urls('get', `/api /api/* /apis /apis/* /openapi /openapi/* /version /version/ ${HEALTH}`),
  ]),
  clusterRole('system:heapster', [
    rule(READ, '-', 'events namespaces nodes pods'),
    rule(READ, 'extensions', 'deployments'),
  ]),
  clusterRole('system:kube-aggregator', [rule(READ, '-', 'endpoints services')]),
  clusterRole('system:kube-controller-manager', CONTROLLER_MANAGER),
  clusterRole('system:kube-dns', [rule('list watch', '-', 'endpoints services')]),
  clusterRole('system:kube-scheduler', SCHEDULER),
  clusterRole('system:kubelet-api-admin', [
    rule(READ, '-', 'nodes'),
    rule('proxy', '-', 'nodes'),
    rule(
      '*',
      '-',
      'nodes/checkpoint nodes/configz nodes/healthz nodes/log nodes/metrics nodes/pods nodes/proxy nodes/stats',
    ),
  ]),
  clusterRole('system:monitoring', [
    urls('get', '/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*'),
  ]),
  clusterRole('system:node', NODE_RULES),
  clusterRole('system:node-bootstrapper', [
    rule('create get list watch', CERTIFICATES, 'certificatesigningrequests'),
  ]),
  clusterRole('system:node-problem-detector', [
    rule('get', '-', 'nodes'),
    rule('patch', '-', 'nodes/status'),
    EVENTS,
  ]),
  clusterRole('system:node-proxier', [
    rule('list watch', '-', 'endpoints services'),
    rule(READ, '-', 'nodes'),
    EVENTS,
    rule('list watch', DISCOVERY, 'endpointslices'),
    rule('list watch', NETWORKING, 'servicecidrs'),
  ]),
  clusterRole('system:persistent-volume-provisioner', [
    rule('create delete get list watch', '-', 'persistentvolumes'),
    rule('get list update watch', '-', 'persistentvolumeclaims'),
    rule(READ, STORAGE, 'storageclasses'),
    rule('watch', '-', 'events'),
    EVENTS,
  ]),
  clusterRole('system:public-info-viewer', [urls('get', `/version /version/ ${HEALTH}`)]),
  clusterRole('system:service-account-issuer-discovery', [
    urls(
      'get',
      '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
    ),
  ]),
  clusterRole('system:volume-scheduler', [
    rule('get list patch update watch', '-', 'persistentvolumes'),
    rule(READ, STORAGE, 'storageclasses'),
    rule('get list patch update watch', '-', 'persistentvolumeclaims'),
  ]),
  aggregate('view', partOf('edit')),
];

/** Who has them from the beginning. Nodes have no role: the node authorizer speaks for them. */
export const CLUSTER_ROLE_BINDINGS: readonly ClusterRoleBinding[] = [
  binding('cluster-admin', 'Group:system:masters'),
  binding('system:basic-user', 'Group:system:authenticated'),
  binding('system:discovery', 'Group:system:authenticated'),
  binding('system:kube-controller-manager', 'User:system:kube-controller-manager'),
  binding('system:kube-dns', 'ServiceAccount:kube-system/kube-dns'),
  binding('system:kube-scheduler', 'User:system:kube-scheduler'),
  binding('system:monitoring', 'Group:system:monitoring'),
  binding('system:node'),
  binding('system:node-proxier', 'User:system:kube-proxy'),
  binding('system:public-info-viewer', 'Group:system:authenticated', 'Group:system:unauthenticated'),
  binding('system:service-account-issuer-discovery', 'Group:system:serviceaccounts'),
  binding('system:volume-scheduler', 'User:system:kube-scheduler'),
];
