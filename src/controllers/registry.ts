import { attachDetach } from './attachdetach.ts';
import { certificateCleaner, certificateSigner } from './certificates.ts';
import { clusterRoleAggregationController } from './clusterroleaggregation.ts';
import type { ControllerDefinition } from './context.ts';
import { cronJobController } from './cronjob.ts';
import { daemonSetController } from './daemonset.ts';
import { deploymentController } from './deployment.ts';
import { disruptionController } from './disruptionbudget.ts';
import { endpointsController } from './endpoints.ts';
import { endpointSliceController } from './endpointslice.ts';
import { ephemeralVolume } from './ephemeralvolume.ts';
import { garbageCollector } from './garbagecollector.ts';
import { horizontalPodAutoscalerController } from './horizontalpodautoscaler.ts';
import { jobController } from './job.ts';
import { namespaceController } from './namespace.ts';
import { nodeLifecycleController } from './nodelifecycle.ts';
import { persistentVolumeBinder } from './persistentvolumebinder.ts';
import { podGarbageCollector } from './podgc.ts';
import { provisioner } from './provisioner.ts';
import { replicaSetController } from './replicaset.ts';
import { replicationControllerController } from './replicationcontroller.ts';
import { resourceQuotaController } from './resourcequota.ts';
import { rootCACertificatePublisher } from './rootcacertificatepublisher.ts';
import { serviceAccountController } from './serviceaccount.ts';
import { serviceLoadBalancer } from './serviceloadbalancer.ts';
import { statefulSetController } from './statefulset.ts';
import { pvcProtection, pvProtection } from './storageprotection.ts';
import { taintEvictionController } from './tainteviction.ts';
import { ttlAfterFinishedController } from './ttlafterfinished.ts';

/** The controllers of kube-controller-manager, by file name. */
export const controllers: readonly ControllerDefinition[] = [
  certificateCleaner,
  certificateSigner,
  cronJobController,
  clusterRoleAggregationController,
  attachDetach,
  daemonSetController,
  deploymentController,
  disruptionController,
  endpointsController,
  endpointSliceController,
  ephemeralVolume,
  garbageCollector,
  horizontalPodAutoscalerController,
  jobController,
  namespaceController,
  nodeLifecycleController,
  persistentVolumeBinder,
  podGarbageCollector,
  provisioner,
  pvcProtection,
  pvProtection,
  replicaSetController,
  replicationControllerController,
  resourceQuotaController,
  rootCACertificatePublisher,
  serviceAccountController,
  statefulSetController,
  serviceLoadBalancer,
  taintEvictionController,
  ttlAfterFinishedController,
];
