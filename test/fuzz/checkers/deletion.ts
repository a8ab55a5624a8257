import { namespace as namespaceKind } from '../../../src/api/kinds/namespace.ts';
import { kinds } from '../../../src/api/kinds/registry.ts';
import { keyOf, nameOf } from '../../../src/api/object.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker } from '../checker.ts';
import { PLAYERS_FINALIZER } from '../mend.ts';

/** Invariants 11 and 12: finalizers hold an object, deletion cannot be taken back, terminating namespaces take nothing new. */
export const deletion: Checker = {
  name: 'finalizers hold objects, and nothing is created in a terminating namespace',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value, previous, modRevision, cause }) {
        const old = previous?.value;
        if (value === undefined) {
          // Whoever removes the last finalizer deletes with the same write; the player's own nobody else removes.
          const held = old?.metadata.finalizers?.includes(PLAYERS_FINALIZER) === true;
          const released =
            cause.component === 'kubectl' && (cause.input === undefined || cause.input === 'merge');
          if (held && !released) fail(`${key}: gone while held by ${PLAYERS_FINALIZER}`);
          if (old?.kind === 'Namespace') {
            const left = leftIn(nameOf(old));
            if (left !== undefined) fail(`${key}: gone before ${left}`);
          }
          saw();
          return;
        }
        if (old !== undefined) {
          const was = old.metadata.deletionTimestamp;
          if (was !== undefined && value.metadata.deletionTimestamp === undefined)
            fail(`${key}: deletion was taken back`);
          return;
        }
        const { namespace } = value.metadata;
        if (namespace === undefined || value.kind === 'Event' || value.kind === 'Lease') return;
        const home = cluster.history.get(storageKey(namespaceKind, '', namespace), modRevision)?.value;
        if (home === undefined) fail(`${key}: created in a namespace that does not exist`);
        else if (home.metadata.deletionTimestamp !== undefined)
          fail(`${key}: created in a terminating namespace`);
        saw();
      },
      *unsettled() {
        for (const each of cluster.objects(namespaceKind))
          if (each.metadata.deletionTimestamp !== undefined)
            yield `namespace ${each.metadata.name} is still terminating`;
      },
    };

    function leftIn(namespace: string): string | undefined {
      for (const kind of kinds) {
        if (!kind.namespaced || kind.verbs !== undefined || kind.plural === 'events') continue;
        const [left] = cluster.objects(kind, namespace);
        if (left !== undefined) return `${kind.plural} ${keyOf(left)}`;
      }
      return undefined;
    }
  },
};
