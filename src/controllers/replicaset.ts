import type { ReplicaSet } from '../api/generated/types.ts';
import { replicaSet } from '../api/kinds/replicaset.ts';
import { compiledSelector } from '../apimachinery/labels.ts';
import type { ControllerDefinition } from './context.ts';
import { type ReplicasAdapter, ReplicasController } from './replicas.ts';

const adapter: ReplicasAdapter<ReplicaSet> = {
  controller: 'replicaset-controller',
  kind: replicaSet,
  countsTerminating: true,
  spec: (owner) => ({
    replicas: owner.spec.replicas ?? 1,
    minReadySeconds: owner.spec.minReadySeconds ?? 0,
    selector: compiledSelector(owner.spec.selector),
    template: owner.spec.template,
  }),
  status: (owner) => owner.status,
  withStatus: (owner, status) => ({ ...owner, status }),
};

/** Keeps a ReplicaSet's number of pods (pkg/controller/replicaset). */
export const replicaSetController: ControllerDefinition = {
  name: adapter.controller,
  start: (context) => void new ReplicasController(context, adapter),
};
