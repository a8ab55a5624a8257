import type { Node, Pod, Taint } from '../../../src/api/generated/types.ts';
import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker, Commit } from '../checker.ts';

/** How late the controller may hear of a taint that is gone, ms: usually, and where watches are slow. */
const STALE_MS = 2_000;
const VERY_STALE_MS = 120_000;
/** Times of taints are whole seconds. */
const ROUNDING_MS = 1_000;

/** Invariant 35: a taint evicts only whom it concerns, and only once he has tolerated it as long as he said. */
export const tolerations: Checker = {
  name: 'a pod is evicted when its toleration has run out, not before',
  open({ cluster, plan }, { fail, saw }) {
    const has = (faults: RegExp): boolean =>
      plan.steps.some(({ action }) => action.do === 'fault' && faults.test(String(action.fault.kind)));
    if (has(/Skew/)) return {};
    const stale = has(/Slow|Pause|Clog|Cut|Drop|Errors|Etcd/) ? VERY_STALE_MS : STALE_MS;
    return {
      commit({ key, value, previous, modRevision, time }) {
        const [pod, old] = [value as Pod | undefined, previous?.value as Pod | undefined];
        if (pod?.kind !== 'Pod' || !isEvicted(pod) || (old !== undefined && isEvicted(old))) return;
        saw();
        let record = cluster.history.get(storageKey(nodeKind, '', pod.spec.nodeName ?? ''), modRevision);
        for (; record?.value !== undefined; record = record.previous) {
          if (mustGo(pod, record, time)) return;
          if (record.time < time - stale) break;
        }
        fail(`${key}: evicted from ${pod.spec.nodeName}, whose taints it tolerates`);
      },
    };
  },
};

function isEvicted({ status }: Pod): boolean {
  return status?.conditions?.some(({ reason }) => reason === 'DeletionByTaintManager') === true;
}

/** Whether a taint that the node had then has driven the pod away by now. */
function mustGo({ spec, metadata }: Pod, record: Commit, time: number): boolean {
  return (taintsOf(record) ?? []).some((taint) => {
    if (taint.effect !== 'NoExecute') return false;
    const toleration = (spec.tolerations ?? []).find(
      ({ key = '', operator, value = '', effect = '' }) =>
        (effect === '' || effect === 'NoExecute') &&
        (key === '' || key === taint.key) &&
        (operator === 'Exists' || value === (taint.value ?? '')),
    );
    if (toleration === undefined) return true;
    if (toleration.tolerationSeconds === undefined) return false;
    // Without a time it counts from when it was first seen, by a pod that was there already or came later.
    const added =
      taint.timeAdded === undefined
        ? Math.max(firstSeen(record, taint), Date.parse(metadata.creationTimestamp ?? ''))
        : Date.parse(taint.timeAdded);
    return time + ROUNDING_MS >= added + toleration.tolerationSeconds * 1000;
  });
}

/** Since when the node has had the taint without a break, ms. */
function firstSeen(latest: Commit, { key, effect }: Taint): number {
  let since = latest.time;
  for (let record: Commit | undefined = latest; record !== undefined; record = record.previous) {
    if (taintsOf(record)?.some((each) => each.key === key && each.effect === effect) !== true) break;
    since = record.time;
  }
  return since;
}

function taintsOf({ value }: Commit): readonly Taint[] | undefined {
  return (value as Node | undefined)?.spec?.taints;
}
