import type { Node, Pod } from '../../../src/api/generated/types.ts';
import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import type { Checker } from '../checker.ts';
import { allocatable, asked, excess, isActive, NOTHING, sum } from '../fit.ts';

/** Invariant 19, seen from the node: a kubelet turns a pod away for want of room only where there is none. */
export const refusals: Checker = {
  name: 'a kubelet turns away only what does not fit',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value, previous, modRevision, time, cause }) {
        const [pod, old] = [value as Pod | undefined, previous?.value as Pod | undefined];
        if (pod?.kind !== 'Pod' || cause.component !== 'kubelet' || old?.status?.phase === pod.status?.phase)
          return;
        if (pod.status?.phase !== 'Failed' || pod.status.reason?.startsWith('OutOf') !== true) return;
        const name = pod.spec.nodeName ?? '';
        const node = cluster.get(nodeKind, '', name) as Node | undefined;
        if (node === undefined) return;
        saw();
        const fitsAt = (revision: number): boolean => {
          const there = cluster.history
            .range('/registry/pods/', revision)
            .map((record) => record.value as Pod)
            .filter((other) => other.spec.nodeName === name && other.metadata.uid !== pod.metadata.uid);
          const total = [...there.filter(isActive), pod].map(asked).reduce(sum, NOTHING);
          return excess(total, allocatable(node)) === undefined;
        };
        // It was turned away when it started, to the second, and is told when the API server can be told:
        // what has left the node meanwhile was in its way.
        const decided = Math.min(Date.parse(pod.status.startTime ?? '') || time, time);
        if (fitsAt(modRevision) && fitsAt(cluster.history.revisionAt(decided)))
          fail(`${key}: turned away as ${pod.status.reason}, but it fits on ${name}`);
      },
    };
  },
};
