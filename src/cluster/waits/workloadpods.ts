import type { Pod } from '../../api/generated/types.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import {
  controllerOf,
  isTerminating,
  type KubeObject,
  nameOf,
  namespaceOf,
  uidOf,
} from '../../api/object.ts';
import { isPodConditionTrue } from '../../api/podstatus.ts';
import { isPodActive } from '../../controllers/ownership.ts';
import { silentComponent } from './components.ts';
import { describeCommand } from './look.ts';
import type { Wait, WaitView } from './wait.ts';

/** What the recorder puts before a message that stands for several like it. */
const COMBINED = '(combined from similar events): ';

/** The pods that an object controls, in key order. */
export function podsOf(owner: KubeObject, view: WaitView): readonly Pod[] {
  const uid = uidOf(owner);
  return view.objects(podKind, namespaceOf(owner)).filter((pod) => controllerOf(pod)?.uid === uid);
}

/** That the controller has not seen the object's last change, and whether it works at all. */
export function notObserved(
  object: KubeObject,
  observed: number | undefined,
  view: WaitView,
): readonly Wait[] {
  const { generation = 0 } = object.metadata;
  if ((observed ?? 0) >= generation) return [];
  const silent = silentComponent('kube-controller-manager', view);
  return [
    { text: view.words.workload.notObserved(generation, observed ?? 0) },
    ...(silent === undefined ? [] : [silent]),
  ];
}

/** What keeps pods from being made, in the words of the server that refused them, else how many are missing. */
export function missingPods(owner: KubeObject, has: number, wanted: number, view: WaitView): readonly Wait[] {
  if (has >= wanted) return [];
  const { words } = view;
  const failed = view.events(owner).findLast(({ reason }) => reason === 'FailedCreate');
  const silent = silentComponent('kube-controller-manager', view);
  const count = { text: words.workload.podsMissing(has, wanted) };
  if (failed !== undefined)
    return [
      count,
      { text: words.condition('FailedCreate', '', (failed.message ?? '').replace(COMBINED, '')) },
    ];
  return silent === undefined ? [count] : [count, silent];
}

/** The pods that are not ready, the first of them with its own cause, and those that are still ending. */
export function unreadyPods(pods: readonly Pod[], view: WaitView): readonly Wait[] {
  const { words } = view;
  const unready = pods.filter((pod) => isPodActive(pod) && !isPodConditionTrue(pod, 'Ready'));
  const waits: Wait[] = [];
  const [first] = unready;
  if (first !== undefined) {
    const [cause] = view.of(first);
    const look = cause?.look ?? describeCommand('pod', nameOf(first), namespaceOf(first));
    waits.push({ text: words.child(`pod/${nameOf(first)}`, cause?.text ?? words.pod.preparing), look });
    if (unready.length > 1) waits.push({ text: words.more(unready.length - 1, 'pods') });
  }
  return waits;
}

/** Pods that are marked for deletion and still there. */
export function endingPods(pods: readonly Pod[], view: WaitView): readonly Wait[] {
  const count = pods.filter(isTerminating).length;
  return count === 0 ? [] : [{ text: view.words.workload.ending(count) }];
}
