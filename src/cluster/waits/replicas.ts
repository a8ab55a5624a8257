import type { ReplicaSet, ReplicationController } from '../../api/generated/types.ts';
import { replicaSet } from '../../api/kinds/replicaset.ts';
import { replicationController } from '../../api/kinds/replicationcontroller.ts';
import { isPodActive } from '../../controllers/ownership.ts';
import type { Wait, WaitRule, WaitView } from './wait.ts';
import { missingPods, notObserved, podsOf, unreadyPods } from './workloadpods.ts';

export const replicaSetWaits: WaitRule<ReplicaSet> = { kind: replicaSet, waits: ofReplicas };

export const replicationControllerWaits: WaitRule<ReplicationController> = {
  kind: replicationController,
  waits: ofReplicas,
};

/** Either waits for pods to be made, and for those to be ready. */
function ofReplicas(set: ReplicaSet | ReplicationController, view: WaitView): readonly Wait[] {
  const pods = podsOf(set, view);
  const wanted = set.spec?.replicas ?? 1;
  return [
    ...notObserved(set, set.status?.observedGeneration, view),
    ...missingPods(set, pods.filter(isPodActive).length, wanted, view),
    ...unreadyPods(pods, view),
  ];
}
