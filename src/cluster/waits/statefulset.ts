import type { StatefulSet } from '../../api/generated/types.ts';
import { statefulSet as statefulSetKind } from '../../api/kinds/statefulset.ts';
import { nameOf } from '../../api/object.ts';
import { isPodConditionTrue } from '../../api/podstatus.ts';
import { isPodActive } from '../../controllers/ownership.ts';
import type { Wait, WaitRule } from './wait.ts';
import { endingPods, missingPods, notObserved, podsOf, unreadyPods } from './workloadpods.ts';

/** A StatefulSet waits for one pod after the other, unless it is Parallel. */
export const statefulSetWaits: WaitRule<StatefulSet> = {
  kind: statefulSetKind,
  waits: (set, view) => {
    const { spec, status } = set;
    const { workload: words } = view.words;
    const pods = podsOf(set, view);
    const active = pods.filter(isPodActive);
    const wanted = spec?.replicas ?? 1;
    const waits: Wait[] = [...notObserved(set, status?.observedGeneration, view)];
    const held =
      spec?.podManagementPolicy === 'Parallel'
        ? undefined
        : pods.find((pod) => !isPodConditionTrue(pod, 'Ready'));
    if (active.length < wanted && held !== undefined)
      waits.push({ text: words.ordinal(`${nameOf(set)}-${active.length}`, nameOf(held)) });
    else waits.push(...missingPods(set, active.length, wanted, view));
    waits.push(...unreadyPods(pods, view));
    const old = Math.max(0, (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0));
    const updating = status?.updateRevision !== undefined && status.updateRevision !== status.currentRevision;
    if (updating && old > 0 && (spec?.updateStrategy?.rollingUpdate?.partition ?? 0) === 0)
      waits.push({ text: spec?.updateStrategy?.type === 'OnDelete' ? words.onDelete : words.oldPods(old) });
    return [...waits, ...endingPods(pods, view)];
  },
};
