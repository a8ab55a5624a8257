import { kindByGVK, kinds } from '../../../src/api/kinds/registry.ts';
import { namespaceOf } from '../../../src/api/object.ts';
import type { Checker } from '../checker.ts';

/** Invariants 16 and 17: one controller an object, and nothing outlives all of its owners. */
export const owners: Checker = {
  name: 'one controller an object, and dependents go with their owners',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value }) {
        const references = value?.metadata.ownerReferences;
        if (references === undefined || references.length === 0) return;
        const controllers = references.filter(({ controller }) => controller === true);
        if (controllers.length > 1) fail(`${key}: ${controllers.length} controllers`);
        saw();
      },
      *unsettled() {
        for (const kind of kinds) {
          for (const object of cluster.objects(kind)) {
            const references = object.metadata.ownerReferences ?? [];
            if (references.length === 0) continue;
            const alive = references.some(({ apiVersion, kind: name, name: owner, uid }) => {
              const ownerKind = kindByGVK(apiVersion, name);
              if (ownerKind === undefined) return true;
              const namespace = ownerKind.namespaced ? namespaceOf(object) : '';
              return cluster.get(ownerKind, namespace, owner)?.metadata.uid === uid;
            });
            if (!alive)
              yield `${object.kind} ${object.metadata.name} has outlived its owner ${references[0]?.name}`;
          }
        }
      },
    };
  },
};
