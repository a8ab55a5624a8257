import type { Pod, ReplicaSet } from '../../../src/api/generated/types.ts';
import { controllerOf, isTerminating } from '../../../src/api/object.ts';
import type { Checker } from '../checker.ts';
import { isActive } from '../fit.ts';

/** Invariant 23, at every instant: while nothing is broken a set never makes more pods than it was ever asked for. */
export const surplus: Checker = {
  name: 'a set makes no more pods than it was asked for',
  open({ plan }, { fail, saw }) {
    if (!plan.calm) return {};
    const most = new Map<string, number>();
    const owned = new Map<string, Set<string>>();
    return {
      commit({ key, value, previous }) {
        const object = value ?? previous?.value;
        if (object?.kind === 'ReplicaSet') {
          const { metadata, spec } = object as ReplicaSet;
          const uid = metadata.uid ?? '';
          most.set(uid, Math.max(most.get(uid) ?? 0, spec?.replicas ?? 0));
          return;
        }
        if (object?.kind !== 'Pod') return;
        const uid = controllerOf(object)?.uid;
        const limit = uid === undefined ? undefined : most.get(uid);
        if (uid === undefined || limit === undefined) return;
        const pods = owned.get(uid) ?? new Set<string>();
        owned.set(uid, pods);
        if (value === undefined || isTerminating(value) || !isActive(value as Pod)) pods.delete(key);
        // Pods that were there before are adopted first and put away afterwards.
        else if (previous?.value === undefined) pods.add(key);
        if (pods.size > limit)
          fail(`${key}: its set has ${pods.size} pods and was never asked for more than ${limit}`);
        saw();
      },
    };
  },
};
