import type { ClusterRole, ClusterRoleBinding, PolicyRule } from '../../../api/generated/types.ts';
import { binding, clusterRole, EVENTS, READ, rule } from './shorthand.ts';

const PREFIX = 'system:controller:';
const APPS = 'apps extensions';
const LIST = 'list watch';
const STORAGE = 'storage.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const NETWORKING = 'networking.k8s.io';
const RESOURCE = 'resource.k8s.io';
const PODS = rule('create delete list patch watch', '-', 'pods');
const SIGNERS =
  'kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving kubernetes.io/legacy-unknown';

/** What each controller's service account may do (bootstrappolicy/controller_policy.go). */
const RULES: Readonly<Record<string, readonly PolicyRule[]>> = {
  'attachdetach-controller': [
    rule(LIST, '-', 'persistentvolumeclaims persistentvolumes'),
    rule(READ, '-', 'nodes'),
    rule('patch update', '-', 'nodes/status'),
    rule(LIST, '-', 'pods'),
    EVENTS,
    rule('create delete get list watch', STORAGE, 'volumeattachments'),
    rule(READ, STORAGE, 'csidrivers'),
    rule(READ, STORAGE, 'csinodes'),
  ],
  'certificate-controller': [
    rule('delete get list watch', CERTIFICATES, 'certificatesigningrequests'),
    rule('update', CERTIFICATES, 'certificatesigningrequests/approval certificatesigningrequests/status'),
    rule('approve', CERTIFICATES, 'signers', 'kubernetes.io/kube-apiserver-client-kubelet'),
    rule('sign', CERTIFICATES, 'signers', SIGNERS),
    rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    EVENTS,
  ],
  'clusterrole-aggregation-controller': [
    rule('escalate get list patch update watch', 'rbac.authorization.k8s.io', 'clusterroles'),
  ],
  'cronjob-controller': [
    rule('get list update watch', 'batch', 'cronjobs'),
    rule('create delete get list patch update watch', 'batch', 'jobs'),
    rule('update', 'batch', 'cronjobs/status'),
    rule('update', 'batch', 'cronjobs/finalizers'),
    rule('delete list watch', '-', 'pods'),
    EVENTS,
  ],
  'daemon-set-controller': [
    rule(READ, APPS, 'daemonsets'),
    rule('update', APPS, 'daemonsets/status'),
    rule('update', APPS, 'daemonsets/finalizers'),
    rule(LIST, '-', 'nodes'),
    PODS,
    rule('create', '-', 'pods/binding'),
    rule('create delete get list patch update watch', 'apps', 'controllerrevisions'),
    EVENTS,
  ],
  'deployment-controller': [
    rule('get list update watch', APPS, 'deployments'),
    rule('update', APPS, 'deployments/status'),
    rule('update', APPS, 'deployments/finalizers'),
    rule('create delete get list patch update watch', APPS, 'replicasets'),
    rule('get list update watch', '-', 'pods'),
    EVENTS,
  ],
  'device-taint-eviction-controller': [
    rule('delete get list watch', '-', 'pods'),
    rule('patch update', '-', 'pods/status'),
    rule(READ, RESOURCE, 'resourceclaims'),
    rule(READ, RESOURCE, 'resourceslices'),
    rule(READ, RESOURCE, 'deviceclasses'),
    EVENTS,
  ],
  'disruption-controller': [
    rule(READ, APPS, 'deployments'),
    rule(READ, APPS, 'replicasets'),
    rule(READ, '-', 'replicationcontrollers'),
    rule(READ, 'policy', 'poddisruptionbudgets'),
    rule(READ, 'apps', 'statefulsets'),
    rule('update', 'policy', 'poddisruptionbudgets/status'),
    rule('patch update', '-', 'pods/status'),
    rule('get', '*', '*/scale'),
    rule(LIST, '-', 'pods'),
    EVENTS,
  ],
  'endpoint-controller': [
    rule(READ, '-', 'pods services'),
    rule('create delete get list update watch', '-', 'endpoints'),
    rule('create', '-', 'endpoints/restricted'),
    EVENTS,
  ],
  'endpointslice-controller': [
    rule(READ, '-', 'nodes pods services'),
    rule('update', '-', 'services/finalizers'),
    rule('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
    EVENTS,
  ],
  'endpointslicemirroring-controller': [
    rule(READ, '-', 'endpoints services'),
    rule('update', '-', 'services/finalizers'),
    rule('update', '-', 'endpoints/finalizers'),
    rule('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
    EVENTS,
  ],
  'ephemeral-volume-controller': [
    rule(READ, '-', 'pods'),
    rule('update', '-', 'pods/finalizers'),
    rule('create get list watch', '-', 'persistentvolumeclaims'),
    EVENTS,
  ],
  'expand-controller': [
    rule('get list patch update watch', '-', 'persistentvolumes'),
    rule('patch update', '-', 'persistentvolumeclaims/status'),
    rule(READ, '-', 'persistentvolumeclaims'),
    EVENTS,
    rule('get', '-', 'services'),
  ],
  'generic-garbage-collector': [rule('delete get list patch update watch', '*', '*'), EVENTS],
  'horizontal-pod-autoscaler': [
    rule(READ, 'autoscaling', 'horizontalpodautoscalers'),
    rule('update', 'autoscaling', 'horizontalpodautoscalers/status'),
    rule('get update', '*', '*/scale'),
    rule(LIST, '-', 'pods'),
    rule('list', 'metrics.k8s.io', 'pods'),
    rule('get list', 'custom.metrics.k8s.io', '*'),
    rule('get list', 'external.metrics.k8s.io', '*'),
    EVENTS,
  ],
  'job-controller': [
    rule('get list patch update watch', 'batch', 'jobs'),
    rule('update', 'batch', 'jobs/status'),
    rule('update', 'batch', 'jobs/finalizers'),
    PODS,
    EVENTS,
  ],
  'legacy-service-account-token-cleaner': [
    rule('get', '-', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'),
    rule('delete patch', '-', 'secrets'),
  ],
  'namespace-controller': [
    rule('delete get list watch', '-', 'namespaces'),
    rule('update', '-', 'namespaces/finalize namespaces/status'),
    rule('delete deletecollection get list watch', '*', '*'),
  ],
  'node-controller': [
    rule('delete get list patch update watch', '-', 'nodes'),
    rule('patch update', '-', 'nodes/status'),
    rule('patch update', '-', 'pods/status'),
    rule('delete get list watch', '-', 'pods'),
    EVENTS,
  ],
  'persistent-volume-binder': [
    rule('create delete get list update watch', '-', 'persistentvolumes'),
    rule('update', '-', 'persistentvolumes/status'),
    rule('get list update watch', '-', 'persistentvolumeclaims'),
    rule('update', '-', 'persistentvolumeclaims/status'),
    rule('create delete get list watch', '-', 'pods'),
    rule(READ, STORAGE, 'storageclasses'),
    rule(LIST, '-', 'nodes'),
    EVENTS,
    rule('watch', '-', 'events'),
    rule('get', '-', 'services'),
  ],
  'pod-garbage-collector': [
    rule('delete list watch', '-', 'pods'),
    rule(READ, '-', 'nodes'),
    rule('patch', '-', 'pods/status'),
  ],
  'pv-protection-controller': [rule('get list update watch', '-', 'persistentvolumes'), EVENTS],
  'pvc-protection-controller': [
    rule('get list update watch', '-', 'persistentvolumeclaims'),
    rule(READ, '-', 'pods'),
    EVENTS,
  ],
  'replicaset-controller': [
    rule('get list update watch', APPS, 'replicasets'),
    rule('update', APPS, 'replicasets/status'),
    rule('update', APPS, 'replicasets/finalizers'),
    PODS,
    EVENTS,
  ],
  'replication-controller': [
    rule('get list update watch', '-', 'replicationcontrollers'),
    rule('update', '-', 'replicationcontrollers/status'),
    rule('update', '-', 'replicationcontrollers/finalizers'),
    PODS,
    EVENTS,
  ],
  'resource-claim-controller': [
    rule(READ, '-', 'pods'),
    rule('update', '-', 'pods/finalizers'),
    rule('create delete get list watch', RESOURCE, 'resourceclaims'),
    rule('patch update', RESOURCE, 'resourceclaims resourceclaims/status'),
    rule('patch update', '-', 'pods/status'),
    EVENTS,
  ],
  'resourcequota-controller': [rule(LIST, '*', '*'), rule('update', '-', 'resourcequotas/status'), EVENTS],
  'root-ca-cert-publisher': [rule('create update', '-', 'configmaps'), EVENTS],
  'route-controller': [rule(LIST, '-', 'nodes'), rule('patch', '-', 'nodes/status'), EVENTS],
  'selinux-warning-controller': [
    EVENTS,
    rule(READ, '-', 'persistentvolumes'),
    rule(READ, '-', 'persistentvolumeclaims'),
    rule(READ, '-', 'pods'),
    rule(READ, STORAGE, 'csidrivers'),
  ],
  'service-account-controller': [rule('create', '-', 'serviceaccounts'), EVENTS],
  'service-cidrs-controller': [
    rule('get list patch update watch', NETWORKING, 'servicecidrs'),
    rule('patch update', NETWORKING, 'servicecidrs/finalizers'),
    rule('patch update', NETWORKING, 'servicecidrs/status'),
    rule(READ, NETWORKING, 'ipaddresses'),
    EVENTS,
  ],
  'service-controller': [
    rule(READ, '-', 'services'),
    rule('patch update', '-', 'services/status'),
    rule(LIST, '-', 'nodes'),
    EVENTS,
  ],
  'statefulset-controller': [
    rule(LIST, '-', 'pods'),
    rule(READ, 'apps', 'statefulsets'),
    rule('update', 'apps', 'statefulsets/status'),
    rule('update', 'apps', 'statefulsets/finalizers'),
    rule('create delete get patch update', '-', 'pods'),
    rule('create delete get list patch update watch', 'apps', 'controllerrevisions'),
    rule('create get list watch', '-', 'persistentvolumeclaims'),
    rule('delete update', '-', 'persistentvolumeclaims'),
    rule('update', '-', 'pods/finalizers'),
    EVENTS,
  ],
  'ttl-after-finished-controller': [rule('delete get list watch', 'batch', 'jobs'), EVENTS],
  'ttl-controller': [rule('list patch update watch', '-', 'nodes'), EVENTS],
  'validatingadmissionpolicy-status-controller': [
    rule(READ, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
    rule('get patch update', 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
    EVENTS,
  ],
  'volumeattributesclass-protection-controller': [
    rule(READ, '-', 'persistentvolumeclaims'),
    rule(READ, '-', 'persistentvolumes'),
    rule('get list update watch', STORAGE, 'volumeattributesclasses'),
    EVENTS,
  ],
};

/** One ClusterRole a controller, by name. */
export const CONTROLLER_ROLES: readonly ClusterRole[] = Object.entries(RULES).map(([name, rules]) =>
  clusterRole(PREFIX + name, rules),
);

/** Each bound to the service account of its name in kube-system. */
export const CONTROLLER_BINDINGS: readonly ClusterRoleBinding[] = Object.keys(RULES).map((name) =>
  binding(PREFIX + name, `ServiceAccount:kube-system/${name}`),
);

/** Whether there is a controller of this name, which is that of its service account. */
export function isController(name: string): boolean {
  return Object.hasOwn(RULES, name);
}
