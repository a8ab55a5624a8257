import type { Node, Pod } from '../../../src/api/generated/types.ts';
import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker } from '../checker.ts';

/** How late the controller may hear of a taint that is gone, ms; slow watches come on top. */
const STALE_MS = 2_000;
/** Times of taints are whole seconds. */
const ROUNDING_MS = 1_000;

/** Invariant 35: a taint evicts only whom it concerns, and only once he has tolerated it as long as he said. */
export const tolerations: Checker = {
  name: 'a pod is evicted when its toleration has run out, not before',
  open({ cluster, plan }, { fail, saw }) {
    // Who hears late, or looks at another clock, judges otherwise.
    const late = plan.steps.some(
      ({ action }) =>
        action.do === 'fault' && /Slow|Skew|Pause|Clog|Cut|Drop/.test(String(action.fault.kind)),
    );
    return {
      commit({ key, value, previous, modRevision, time }) {
        const [pod, old] = [value as Pod | undefined, previous?.value as Pod | undefined];
        if (late || pod?.kind !== 'Pod' || !isEvicted(pod) || (old !== undefined && isEvicted(old))) return;
        saw();
        let record = cluster.history.get(storageKey(nodeKind, '', pod.spec.nodeName ?? ''), modRevision);
        for (; record?.value !== undefined; record = record.previous) {
          if (mustGo(pod, record.value as Node, time)) return;
          if (record.time < time - STALE_MS) break;
        }
        fail(`${key}: evicted from ${pod.spec.nodeName}, whose taints it tolerates at ${time}`);
      },
    };
  },
};

function isEvicted({ status }: Pod): boolean {
  return status?.conditions?.some(({ reason }) => reason === 'DeletionByTaintManager') === true;
}

function mustGo({ spec }: Pod, { spec: nodeSpec }: Node, time: number): boolean {
  return (nodeSpec?.taints ?? []).some((taint) => {
    if (taint.effect !== 'NoExecute') return false;
    const toleration = (spec.tolerations ?? []).find(
      ({ key = '', operator, value = '', effect = '' }) =>
        (effect === '' || effect === 'NoExecute') &&
        (key === '' || key === taint.key) &&
        (operator === 'Exists' || value === (taint.value ?? '')),
    );
    if (toleration === undefined) return true;
    if (toleration.tolerationSeconds === undefined) return false;
    const since = taint.timeAdded === undefined ? 0 : Date.parse(taint.timeAdded);
    return time + ROUNDING_MS >= since + toleration.tolerationSeconds * 1000;
  });
}
