import type { Deployment, ReplicaSet } from '../../api/generated/types.ts';
import { deployment as deploymentKind } from '../../api/kinds/deployment.ts';
import { replicaSet as replicaSetKind } from '../../api/kinds/replicaset.ts';
import { controllerOf, nameOf, namespaceOf, uidOf } from '../../api/object.ts';
import { isPodActive } from '../../controllers/ownership.ts';
import { conditionWaits } from './conditions.ts';
import { describeCommand } from './look.ts';
import type { Wait, WaitRule, WaitView } from './wait.ts';
import { endingPods, missingPods, notObserved, podsOf, unreadyPods } from './workloadpods.ts';

const REVISION = 'deployment.kubernetes.io/revision';

/** A Deployment waits for its newest ReplicaSet's pods, then for the old ones to go. */
export const deploymentWaits: WaitRule<Deployment> = {
  kind: deploymentKind,
  waits: (deployment, view) => {
    const { spec, status } = deployment;
    const { workload: words } = view.words;
    const waits: Wait[] = [...notObserved(deployment, status?.observedGeneration, view)];
    const sets = setsOf(deployment, view);
    const newest = sets.at(-1);
    const wanted = spec?.replicas ?? 1;
    const pods = newest === undefined ? [] : podsOf(newest, view);
    const old = sets.slice(0, -1).flatMap((set) => podsOf(set, view));
    const done =
      (status?.availableReplicas ?? 0) >= wanted &&
      !old.some(isPodActive) &&
      (status?.updatedReplicas ?? 0) >= wanted;
    if (spec?.paused === true && !done) waits.push({ text: words.paused });
    waits.push(...conditionWaits(status?.conditions, { Progressing: 'False' }, view));
    if (newest !== undefined) {
      const has = pods.filter(isPodActive).length;
      const missing = missingPods(newest, has, newest.spec?.replicas ?? 1, view);
      const look = describeCommand('rs', nameOf(newest), namespaceOf(newest));
      waits.push(...missing.map((wait) => ({ look, ...wait })));
    } else if (waits.length === 0 && wanted > 0) waits.push(...missingPods(deployment, 0, wanted, view));
    waits.push(...unreadyPods(pods, view));
    const remaining = old.filter(isPodActive).length;
    if (remaining > 0) waits.push({ text: words.oldPods(remaining) });
    const ready = status?.readyReplicas ?? 0;
    const young = ready - (status?.availableReplicas ?? 0);
    if (young > 0 && (spec?.minReadySeconds ?? 0) > 0)
      waits.push({ text: words.notYetAvailable(young, spec?.minReadySeconds ?? 0) });
    return [...waits, ...endingPods([...old, ...pods], view)];
  },
};

/** By revision, the newest last. */
function setsOf(deployment: Deployment, view: WaitView): readonly ReplicaSet[] {
  const uid = uidOf(deployment);
  return view
    .objects(replicaSetKind, namespaceOf(deployment))
    .filter((set) => controllerOf(set)?.uid === uid)
    .sort((a, b) => revision(a) - revision(b));
}

function revision(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}
