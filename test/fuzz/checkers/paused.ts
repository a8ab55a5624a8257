import type { Deployment, ReplicaSet } from '../../../src/api/generated/types.ts';
import { deployment } from '../../../src/api/kinds/deployment.ts';
import { controllerOf } from '../../../src/api/object.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker } from '../checker.ts';

/** How late a controller may hear that it shall pause, ms. */
const STALE_MS = 1_000;

/** Invariant 24: a Deployment that is paused makes no new set. */
export const paused: Checker = {
  name: 'a paused Deployment rolls nothing out',
  open({ cluster, plan }, { fail, saw }) {
    const late = plan.steps.some(
      ({ action }) => action.do === 'fault' && /Slow|Pause|Clog|Cut|Drop/.test(String(action.fault.kind)),
    );
    return {
      commit({ key, value, previous, modRevision, time }) {
        if (value?.kind !== 'ReplicaSet' || previous?.value !== undefined) return;
        const owner = controllerOf(value);
        if (owner?.kind !== 'Deployment' || late) return;
        saw();
        const at = storageKey(deployment, value.metadata.namespace ?? '', owner.name);
        const made = JSON.stringify((value as ReplicaSet).spec.template?.spec);
        let record = cluster.history.get(at, modRevision);
        for (; record?.value !== undefined; record = record.previous) {
          const { paused: is, template } = (record.value as Deployment).spec;
          if (is !== true && JSON.stringify(template.spec) === made) return;
          if (record.time < time - STALE_MS) break;
        }
        fail(`${key}: made though its Deployment was paused when it came to want this`);
      },
    };
  },
};
