import type { Pod } from '../../api/generated/types.ts';
import { persistentVolumeClaim as claimKind } from '../../api/kinds/persistentvolumeclaim.ts';
import { makeKey, namespaceOf } from '../../api/object.ts';
import { claimNamesOf } from '../../api/volumes.ts';
import { StateKey } from '../cyclestate.ts';
import { Action } from '../events.ts';
import type { PluginFactory, PreFilterResult } from '../framework.ts';
import type { PodInfo } from '../podinfo.ts';
import { rejection, SKIP, SUCCESS } from '../status.ts';

const NAME = 'VolumeRestrictions';
const REJECTED = rejection(
  'unschedulable',
  NAME,
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
);
const CAN_SKIP: PreFilterResult = Object.freeze({ status: SKIP });
const GO_ON: PreFilterResult = Object.freeze({ status: SUCCESS });

interface Conflicts {
  /** The ReadWriteOncePod claims of the pod, by key. */
  readonly claims: ReadonlySet<string>;
  /** How many uses of them by other pods there are. */
  readonly uses: number;
}

const CONFLICTS = new StateKey<Conflicts>(`${NAME}/conflicts`);

/** A claim with ReadWriteOncePod is one pod's alone, wherever that runs (plugins/volumerestrictions). */
export const volumeRestrictions: PluginFactory = {
  name: NAME,
  create({ informers, cache }) {
    const claims = informers.informer(claimKind);
    const exclusive = (pod: Pod): Set<string> => {
      const keys = new Set<string>();
      for (const name of claimNamesOf(pod)) {
        const key = makeKey(namespaceOf(pod), name);
        if (claims.get(key)?.spec.accessModes?.includes('ReadWriteOncePod') === true) keys.add(key);
      }
      return keys;
    };
    return {
      name: NAME,
      events: [
        { resource: 'AssignedPod', actions: Action.delete },
        { resource: 'PersistentVolumeClaim', actions: Action.add | Action.update },
      ],
      preFilter(state, { pod }) {
        const keys = claimNamesOf(pod).length === 0 ? undefined : exclusive(pod);
        if (keys === undefined || keys.size === 0) return CAN_SKIP;
        let uses = 0;
        for (const node of cache.nodes) for (const other of node.pods.values()) uses += shared(keys, other);
        state.write(CONFLICTS, { claims: keys, uses });
        return GO_ON;
      },
      addPod(state, _, added) {
        const known = state.read(CONFLICTS);
        if (known !== undefined)
          state.write(CONFLICTS, { ...known, uses: known.uses + shared(known.claims, added) });
      },
      removePod(state, _, removed) {
        const known = state.read(CONFLICTS);
        if (known !== undefined)
          state.write(CONFLICTS, { ...known, uses: known.uses - shared(known.claims, removed) });
      },
      filter: (state) => ((state.read(CONFLICTS)?.uses ?? 0) > 0 ? REJECTED : SUCCESS),
    };
  },
};

/** How many of the claims the pod uses. */
function shared(keys: ReadonlySet<string>, { pod }: PodInfo): number {
  let count = 0;
  for (const name of claimNamesOf(pod)) if (keys.has(makeKey(namespaceOf(pod), name))) count++;
  return count;
}
