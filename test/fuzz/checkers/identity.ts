import { kindByGVK } from '../../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import { semanticEqual } from '../../../src/apimachinery/equal.ts';
import type { Checker } from '../checker.ts';

interface Observed {
  readonly spec?: unknown;
  readonly status?: { readonly observedGeneration?: number };
}

/** Invariants 4 and 5: uid and creationTimestamp are for life, generation counts changes of the spec. */
export const identity: Checker = {
  name: 'objects keep their identity, and generation counts spec changes',
  open({ cluster }, { fail, saw }) {
    const used = new Map<string, string>();
    for (const { key, value } of cluster.history.between(cluster.history.oldest, cluster.revision))
      if (value?.metadata.uid !== undefined) used.set(value.metadata.uid, key);
    return {
      commit({ key, value, previous }) {
        // The leases that API servers keep of themselves are no objects.
        if (value === undefined || key.startsWith('/registry/masterleases/')) return;
        const { uid = '', creationTimestamp } = value.metadata;
        const old = previous?.value;
        if (old === undefined) {
          const other = used.get(uid);
          if (uid === '' || other !== undefined) fail(`${key}: uid "${uid}" was ${other ?? 'never given'}`);
          used.set(uid, key);
        } else {
          if (old.metadata.uid !== uid) fail(`${key}: uid changed from ${old.metadata.uid} to ${uid}`);
          if (old.metadata.creationTimestamp !== creationTimestamp) fail(`${key}: creationTimestamp changed`);
          checkGeneration(key, old, value, fail);
        }
        saw();
      },
    };
  },
};

function checkGeneration(
  key: string,
  old: KubeObject,
  next: KubeObject,
  fail: (message: string) => void,
): void {
  const kind = kindByGVK(next.apiVersion, next.kind);
  if (kind?.hasGeneration !== true) return;
  const before = old.metadata.generation ?? 0;
  const after = next.metadata.generation ?? 0;
  const specChanged = !semanticEqual(withoutBinding(old), withoutBinding(next));
  const deleted =
    old.metadata.deletionTimestamp === undefined && next.metadata.deletionTimestamp !== undefined;
  const mayCount = specChanged || deleted || kind.generationChanged?.(next, old) === true;
  if (specChanged && after !== before + 1) fail(`${key}: spec changed, generation ${before} -> ${after}`);
  if (after !== before && !mayCount) fail(`${key}: generation ${before} -> ${after}, but nothing changed`);
  const observed = (next as Observed).status?.observedGeneration ?? 0;
  if (observed > after) fail(`${key}: observedGeneration ${observed} is ahead of generation ${after}`);
}

/** A binding does not count as a change of the spec (pkg/registry/core/pod/storage assignPod). */
function withoutBinding(object: KubeObject): unknown {
  const { spec } = object as Observed;
  return object.kind === 'Pod' ? { ...(spec as object), nodeName: '' } : spec;
}
