import type { Pod } from '../../../src/api/generated/types.ts';
import { deployment } from '../../../src/api/kinds/deployment.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { replicaSet } from '../../../src/api/kinds/replicaset.ts';
import { replicationController } from '../../../src/api/kinds/replicationcontroller.ts';
import { controllerOf, type KubeObject } from '../../../src/api/object.ts';
import type { Checker } from '../checker.ts';
import { isActive } from '../fit.ts';

interface Counted extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly observedGeneration?: number;
  };
}

/** Invariant 23: in the end a set has as many pods as it asks for, and says how many it has. */
export const replicas: Checker = {
  name: 'a set has as many pods as it wants, and counts them rightly',
  open({ cluster }, { saw }) {
    return {
      *unsettled() {
        const owned = new Map<string, Pod[]>();
        for (const pod of cluster.objects(podKind)) {
          const uid = controllerOf(pod)?.uid;
          if (uid === undefined || !isActive(pod) || pod.metadata.deletionTimestamp !== undefined) continue;
          const pods = owned.get(uid) ?? [];
          pods.push(pod);
          owned.set(uid, pods);
        }
        const sets: readonly Counted[] = [
          ...cluster.objects(replicaSet),
          ...cluster.objects(replicationController),
        ];
        for (const set of sets) {
          saw();
          const pods = owned.get(set.metadata.uid ?? '') ?? [];
          const what = `${set.kind} ${set.metadata.name}`;
          if (pods.length !== set.spec?.replicas)
            yield `${what} has ${pods.length} pods and wants ${set.spec?.replicas}`;
          if (set.status?.replicas !== pods.length)
            yield `${what} says ${set.status?.replicas} of ${pods.length} pods`;
          const ready = pods.filter(isReady).length;
          if ((set.status?.readyReplicas ?? 0) !== ready)
            yield `${what} says ${set.status?.readyReplicas} ready of ${ready}`;
          if ((set.status?.availableReplicas ?? 0) !== ready)
            yield `${what} has pods that are ready but not yet available`;
          if (set.status?.observedGeneration !== set.metadata.generation) yield `${what} was not looked at`;
        }
        for (const each of cluster.objects(deployment)) {
          const { spec, status, metadata } = each;
          if (status?.observedGeneration !== metadata.generation)
            yield `Deployment ${metadata.name} was not looked at`;
          const own = cluster
            .objects(replicaSet, metadata.namespace)
            .filter((set) => controllerOf(set)?.uid === metadata.uid);
          const total = own.reduce((sum, set) => sum + (set.spec?.replicas ?? 0), 0);
          const limit = spec?.revisionHistoryLimit ?? 10;
          const kept = own.filter(
            (set) => set.spec?.replicas === 0 && (set.status?.replicas ?? 0) === 0,
          ).length;
          // Old pods may stay while new ones do not get ready: then the rollout is under way, not done.
          const whole =
            (status?.updatedReplicas ?? 0) === spec?.replicas &&
            (status?.availableReplicas ?? 0) >= (spec?.replicas ?? 0) &&
            (status?.unavailableReplicas ?? 0) === 0;
          if (whole && spec?.paused !== true) {
            if (total !== spec?.replicas) yield `Deployment ${metadata.name} asks its sets for ${total}`;
            if (kept > limit + 1)
              yield `Deployment ${metadata.name} keeps ${kept} old sets, more than ${limit}`;
          }
        }
      },
    };
  },
};

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}
