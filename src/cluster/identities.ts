import { serviceAccountUserName } from '../api/rbac.ts';
import type { UserInfo } from '../api/request.ts';

const SYSTEM = 'kube-system';
const ACCOUNT_GROUPS: readonly string[] = Object.freeze([
  'system:serviceaccounts',
  `system:serviceaccounts:${SYSTEM}`,
  'system:authenticated',
]);

/** The player, and whoever else holds kubeadm's admin.conf: cluster-admin by a binding, which can be lost. */
export const ADMIN: UserInfo = Object.freeze({
  name: 'kubernetes-admin',
  groups: Object.freeze(['kubeadm:cluster-admins', 'system:authenticated']),
});

/** kubeadm's super-admin.conf: nobody asks what it may do. */
export const SUPER_ADMIN: UserInfo = Object.freeze({
  name: 'kubernetes-super-admin',
  groups: Object.freeze(['system:masters', 'system:authenticated']),
});

/** A service account of kube-system. */
export function systemAccount(name: string): UserInfo {
  return Object.freeze({ name: serviceAccountUserName(SYSTEM, name), groups: ACCOUNT_GROUPS });
}

/** Accounts of controllers that are not called like their controller (kube-controller-manager names, controller_policy.go). */
const CONTROLLER_ACCOUNTS: Readonly<Record<string, string>> = {
  'certificatesigningrequest-cleaner-controller': 'certificate-controller',
  'certificatesigningrequest-signing-controller': 'certificate-controller',
  'daemonset-controller': 'daemon-set-controller',
  'endpoints-controller': 'endpoint-controller',
  'endpointslice-mirroring-controller': 'endpointslicemirroring-controller',
  'garbage-collector-controller': 'generic-garbage-collector',
  'horizontal-pod-autoscaler-controller': 'horizontal-pod-autoscaler',
  'node-lifecycle-controller': 'node-controller',
  'persistentvolume-attach-detach-controller': 'attachdetach-controller',
  'persistentvolume-binder-controller': 'persistent-volume-binder',
  'persistentvolume-protection-controller': 'pv-protection-controller',
  'persistentvolumeclaim-protection-controller': 'pvc-protection-controller',
  'pod-garbage-collector-controller': 'pod-garbage-collector',
  'replicationcontroller-controller': 'replication-controller',
  'root-ca-certificate-publisher-controller': 'root-ca-cert-publisher',
  'serviceaccount-controller': 'service-account-controller',
  'service-lb-controller': 'service-controller',
  'taint-eviction-controller': 'node-controller',
};

/** `--use-service-account-credentials`: each controller signs in as an account of its own. */
export function controllerAccount(controller: string): UserInfo {
  return systemAccount(CONTROLLER_ACCOUNTS[controller] ?? controller);
}
