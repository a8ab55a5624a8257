import { autoscalerWaits } from './autoscaler.ts';
import { clusterRoleBindingWaits, roleBindingWaits } from './binding.ts';
import { budgetWaits } from './budget.ts';
import { claimWaits } from './claim.ts';
import { cronJobWaits } from './cronjob.ts';
import { daemonSetWaits } from './daemonset.ts';
import { deploymentWaits } from './deployment.ts';
import { ingressWaits } from './ingress.ts';
import { jobWaits } from './job.ts';
import { namespaceWaits } from './namespace.ts';
import { networkPolicyWaits } from './networkpolicy.ts';
import { nodeWaits } from './node.ts';
import { podWaits } from './pod.ts';
import { replicaSetWaits, replicationControllerWaits } from './replicas.ts';
import { serviceWaits } from './service.ts';
import { statefulSetWaits } from './statefulset.ts';
import { volumeWaits } from './volume.ts';
import type { WaitRule } from './wait.ts';

/** What objects wait for, kind by kind; objects of other kinds wait for their finalizers only. */
export const waitRules: readonly WaitRule[] = [
  autoscalerWaits,
  budgetWaits,
  claimWaits,
  clusterRoleBindingWaits,
  cronJobWaits,
  daemonSetWaits,
  deploymentWaits,
  ingressWaits,
  jobWaits,
  namespaceWaits,
  networkPolicyWaits,
  nodeWaits,
  podWaits,
  replicaSetWaits,
  replicationControllerWaits,
  roleBindingWaits,
  serviceWaits,
  statefulSetWaits,
  volumeWaits,
];
