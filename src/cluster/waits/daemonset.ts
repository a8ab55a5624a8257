import type { DaemonSet } from '../../api/generated/types.ts';
import { daemonSet as daemonSetKind } from '../../api/kinds/daemonset.ts';
import { isPodActive } from '../../controllers/ownership.ts';
import type { Wait, WaitRule } from './wait.ts';
import { endingPods, missingPods, notObserved, podsOf, unreadyPods } from './workloadpods.ts';

/** A DaemonSet waits for a pod on each eligible node. */
export const daemonSetWaits: WaitRule<DaemonSet> = {
  kind: daemonSetKind,
  waits: (set, view) => {
    const { spec, status } = set;
    const { workload: words } = view.words;
    const pods = podsOf(set, view);
    const wanted = status?.desiredNumberScheduled ?? 0;
    const waits: Wait[] = [...notObserved(set, status?.observedGeneration, view)];
    if (waits.length === 0 && wanted === 0) waits.push({ text: words.noNode, look: 'kubectl get nodes' });
    waits.push(
      ...missingPods(set, pods.filter(isPodActive).length, wanted, view),
      ...unreadyPods(pods, view),
    );
    const old = wanted - (status?.updatedNumberScheduled ?? 0);
    if (old > 0)
      waits.push({ text: spec?.updateStrategy?.type === 'OnDelete' ? words.onDelete : words.oldPods(old) });
    return [...waits, ...endingPods(pods, view)];
  },
};
