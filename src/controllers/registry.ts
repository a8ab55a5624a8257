import { clusterRoleAggregationController } from './clusterroleaggregation.ts';
import type { ControllerDefinition } from './context.ts';
import { cronJobController } from './cronjob.ts';
import { daemonSetController } from './daemonset.ts';
import { deploymentController } from './deployment.ts';
import { disruptionController } from './disruptionbudget.ts';
import { endpointsController } from './endpoints.ts';
import { endpointSliceController } from './endpointslice.ts';
import { garbageCollector } from './garbagecollector.ts';
import { horizontalPodAutoscalerController } from './horizontalpodautoscaler.ts';
import { jobController } from './job.ts';
import { namespaceController } from './namespace.ts';
import { nodeLifecycleController } from './nodelifecycle.ts';
import { podGarbageCollector } from './podgc.ts';
import { replicaSetController } from './replicaset.ts';
import { replicationControllerController } from './replicationcontroller.ts';
import { resourceQuotaController } from './resourcequota.ts';
import { rootCACertificatePublisher } from './rootcacertificatepublisher.ts';
import { serviceAccountController } from './serviceaccount.ts';
import { statefulSetController } from './statefulset.ts';
import { taintEvictionController } from './tainteviction.ts';
import { ttlAfterFinishedController } from './ttlafterfinished.ts';

/** The controllers of kube-controller-manager, by file name. */
export const controllers: readonly ControllerDefinition[] = [
  cronJobController,
  clusterRoleAggregationController,
  daemonSetController,
  deploymentController,
  disruptionController,
  endpointsController,
  endpointSliceController,
  garbageCollector,
  horizontalPodAutoscalerController,
  jobController,
  namespaceController,
  nodeLifecycleController,
  podGarbageCollector,
  replicaSetController,
  replicationControllerController,
  resourceQuotaController,
  rootCACertificatePublisher,
  serviceAccountController,
  statefulSetController,
  taintEvictionController,
  ttlAfterFinishedController,
];
