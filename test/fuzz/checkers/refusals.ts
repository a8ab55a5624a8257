import type { Node, Pod } from '../../../src/api/generated/types.ts';
import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import type { Checker } from '../checker.ts';
import { allocatable, asked, excess, isActive, NOTHING, sum } from '../fit.ts';

/** Invariant 19, seen from the node: a kubelet turns a pod away for want of room only where there is none. */
export const refusals: Checker = {
  name: 'a kubelet turns away only what does not fit',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value, previous, cause }) {
        const [pod, old] = [value as Pod | undefined, previous?.value as Pod | undefined];
        if (pod?.kind !== 'Pod' || cause.component !== 'kubelet' || old?.status?.phase === pod.status?.phase)
          return;
        if (pod.status?.phase !== 'Failed' || pod.status.reason?.startsWith('OutOf') !== true) return;
        const name = pod.spec.nodeName ?? '';
        const node = cluster.get(nodeKind, '', name) as Node | undefined;
        if (node === undefined) return;
        saw();
        const there = cluster
          .objects(podKind)
          .filter((other) => other.spec.nodeName === name && other.metadata.uid !== pod.metadata.uid);
        const total = [...there.filter(isActive), pod].map(asked).reduce(sum, NOTHING);
        const over = excess(total, allocatable(node));
        if (over === undefined) fail(`${key}: turned away as ${pod.status.reason}, but it fits on ${name}`);
      },
    };
  },
};
