import { kindByGVK, kinds } from '../../../src/api/kinds/registry.ts';
import { controllerOf, type KubeObject, namespaceOf } from '../../../src/api/object.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker } from '../checker.ts';

/** Invariants 16 and 17: one controller an object, and nothing outlives all of its owners. */
export const owners: Checker = {
  name: 'one controller an object, and dependents go with their owners',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value, previous, modRevision }) {
        if (
          value?.kind === 'Pod' &&
          previous?.value !== undefined &&
          controllerOf(previous.value) === undefined
        )
          adopted(key, value, modRevision);
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

    /** Whoever takes an orphan selects it. */
    function adopted(key: string, pod: KubeObject, revision: number): void {
      const owner = controllerOf(pod);
      const kind = owner === undefined ? undefined : kindByGVK(owner.apiVersion, owner.kind);
      if (owner === undefined || kind === undefined) return;
      const by = cluster.history.get(storageKey(kind, namespaceOf(pod), owner.name), revision)?.value;
      const { selector } = (by as { spec?: { selector?: Record<string, unknown> } } | undefined)?.spec ?? {};
      const labels = (selector?.matchLabels ?? selector ?? {}) as Readonly<Record<string, string>>;
      for (const [label, wanted] of Object.entries(labels))
        if (pod.metadata.labels?.[label] !== wanted)
          fail(`${key}: adopted by ${owner.name}, which does not select it`);
      saw();
    }
  },
};
