import type { ReplicationController } from '../api/generated/types.ts';
import { replicationController } from '../api/kinds/replicationcontroller.ts';
import { selectorFromSet } from '../apimachinery/labels.ts';
import type { ControllerDefinition } from './context.ts';
import { type ReplicasAdapter, ReplicasController } from './replicas.ts';

const adapter: ReplicasAdapter<ReplicationController> = {
  controller: 'replication-controller',
  kind: replicationController,
  countsTerminating: false,
  spec: (owner) => ({
    replicas: owner.spec.replicas ?? 1,
    minReadySeconds: owner.spec.minReadySeconds ?? 0,
    selector: selectorFromSet(owner.spec.selector),
    template: owner.spec.template,
  }),
  status: (owner) => owner.status,
  withStatus: (owner, status) => ({ ...owner, status }),
};

/** Keeps a ReplicationController's number of pods (pkg/controller/replication: an adapter upstream too). */
export const replicationControllerController: ControllerDefinition = {
  name: 'replicationcontroller-controller',
  start: (context) => void new ReplicasController(context, adapter),
};
