import { type KubeObject, uidOf } from '../../../src/api/object.ts';
import type { Checker } from '../checker.ts';

/** Whoever came to an owner this short a time before it went may not have been heard of, ms. */
const UNHEARD_MS = 2_000;

/** Invariant 16: in foreground, dependents go before their owner; orphans lose the reference before it goes. */
export const garbage: Checker = {
  name: 'an owner waits for its dependents, or lets them go first',
  open({ plan }, { fail, saw }) {
    const late = plan.steps.some(
      ({ action }) => action.do === 'fault' && /Slow|Pause|Clog|Cut|Drop/.test(String(action.fault.kind)),
    );
    /** Owner's uid -> key of a dependent -> since when, and whether the owner must wait for it. */
    const dependents = new Map<string, Map<string, { readonly since: number; readonly blocks: boolean }>>();
    const count = (
      key: string,
      object: KubeObject | undefined,
      before: KubeObject | undefined,
      time: number,
    ): void => {
      const now = object?.metadata.ownerReferences ?? [];
      const old = before?.metadata.ownerReferences ?? [];
      if (now === old) return;
      for (const { uid } of old) if (!now.some((each) => each.uid === uid)) dependents.get(uid)?.delete(key);
      for (const { uid, blockOwnerDeletion: blocks = false } of now) {
        const known = dependents.get(uid) ?? new Map();
        dependents.set(uid, known.set(key, { since: known.get(key)?.since ?? time, blocks }));
      }
    };
    return {
      commit({ key, value, previous, time, cause }) {
        const old = previous?.value;
        count(key, value, old, time);
        if (value !== undefined || old === undefined) return;
        const { finalizers = [], deletionTimestamp } = old.metadata;
        // The collector itself takes the finalizer away; whoever else does, does so at his own risk.
        if (deletionTimestamp === undefined || cause.component !== 'generic-garbage-collector' || late)
          return;
        const foreground = finalizers.includes('foregroundDeletion');
        if (!foreground && !finalizers.includes('orphan')) return;
        saw();
        const left = [...(dependents.get(uidOf(old)) ?? [])].find(
          ([, { since, blocks }]) => (blocks || !foreground) && time - since > UNHEARD_MS,
        );
        if (left !== undefined) fail(`${key}: gone before ${left[0]}`);
      },
    };
  },
};
