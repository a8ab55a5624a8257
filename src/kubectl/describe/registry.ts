import { certificateSigningRequest } from './certificatesigningrequest.ts';
import { configMap, secret, serviceAccount } from './configmap.ts';
import { daemonSet } from './daemonset.ts';
import { deployment } from './deployment.ts';
import type { Describer } from './describer.ts';
import { horizontalPodAutoscaler } from './horizontalpodautoscaler.ts';
import { ingress, ingressClass } from './ingress.ts';
import { cronJob, job } from './job.ts';
import { namespace } from './namespace.ts';
import { networkPolicy } from './networkpolicy.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { podDisruptionBudget } from './poddisruptionbudget.ts';
import { limitRange, priorityClass, resourceQuota } from './quota.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.ts';
import { replicaSet, replicationController } from './replicaset.ts';
import { endpointSlice, endpoints, service } from './service.ts';
import { statefulSet } from './statefulset.ts';
import { persistentVolume, persistentVolumeClaim, storageClass } from './storage.ts';

/** Every kind with a description of its own, sorted by name; the others are described generically. */
export const describers: readonly Describer[] = [
  certificateSigningRequest,
  clusterRole,
  clusterRoleBinding,
  configMap,
  cronJob,
  daemonSet,
  deployment,
  endpoints,
  endpointSlice,
  horizontalPodAutoscaler,
  job,
  ingress,
  ingressClass,
  namespace,
  networkPolicy,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  podDisruptionBudget,
  limitRange,
  priorityClass,
  replicaSet,
  replicationController,
  resourceQuota,
  role,
  roleBinding,
  secret,
  service,
  serviceAccount,
  statefulSet,
  storageClass,
];
