import type { Pod } from '../../api/generated/types.ts';
import { node as nodeKind } from '../../api/kinds/node.ts';
import { persistentVolumeClaim } from '../../api/kinds/persistentvolumeclaim.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { isTerminating, namespaceOf } from '../../api/object.ts';
import { podCondition } from '../../api/podstatus.ts';
import { silentComponent, silentKubelet } from './components.ts';
import { describeCommand } from './look.ts';
import { containerWaits } from './podcontainers.ts';
import type { Wait, WaitRule, WaitView } from './wait.ts';

const DEFAULT_SCHEDULER = 'default-scheduler';

/** A pod waits for its scheduler, then for its node's kubelet, then for its containers. */
export const podWaits: WaitRule<Pod> = {
  kind: podKind,
  waits: (pod, view) => {
    if (isTerminating(pod)) return ending(pod, view);
    const node = pod.spec.nodeName ?? '';
    if (node === '') return scheduling(pod, view);
    const { phase, reason = '', message = '' } = pod.status ?? {};
    if (phase === 'Succeeded') return [];
    if (phase === 'Failed')
      return [{ text: view.words.pod.failed(reason, message) }, ...containerWaits(pod, view)];
    return kubelet(pod, node, view) ?? containerWaits(pod, view);
  },
};

function scheduling(pod: Pod, view: WaitView): readonly Wait[] {
  const { pod: words } = view.words;
  const { schedulingGates = [], schedulerName = DEFAULT_SCHEDULER } = pod.spec;
  if (schedulingGates.length > 0) return [{ text: words.gates(schedulingGates.map(({ name }) => name)) }];
  const waits: Wait[] = [];
  const silent = schedulerName === DEFAULT_SCHEDULER ? silentComponent('kube-scheduler', view) : undefined;
  if (silent !== undefined) waits.push(silent);
  const scheduled = podCondition(pod, 'PodScheduled');
  const nominated = pod.status?.nominatedNodeName;
  if (nominated !== undefined)
    waits.push({ text: words.room(nominated), look: describeCommand('node', nominated) });
  else if (scheduled?.status === 'False') {
    waits.push({ text: words.noNode(scheduled.message ?? '') }, ...claims(pod, view));
  } else if (schedulerName !== DEFAULT_SCHEDULER) waits.push({ text: words.otherScheduler(schedulerName) });
  else if (silent === undefined) waits.push({ text: words.notLookedAt });
  return waits;
}

/** The claims of a pod that are missing or not bound, with what they wait for; not those that wait for the pod. */
function claims(pod: Pod, view: WaitView): readonly Wait[] {
  const namespace = namespaceOf(pod);
  return (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: source }) => {
    if (source === undefined) return [];
    const what = `persistentvolumeclaim/${source.claimName}`;
    const claim = view.get(persistentVolumeClaim, namespace, source.claimName);
    if (claim === undefined) return [{ text: view.words.missing(what) }];
    if (claim.status?.phase === 'Bound') return [];
    return view
      .of(claim)
      .slice(0, 1)
      .map(({ text }) => ({
        text: view.words.child(what, text),
        look: describeCommand('pvc', source.claimName, namespace),
      }));
  });
}

/** What keeps the kubelet from it; undefined when the kubelet has it in hand. */
function kubelet(pod: Pod, node: string, view: WaitView): readonly Wait[] | undefined {
  if (view.get(nodeKind, '', node) === undefined) return [{ text: view.words.missing(`node/${node}`) }];
  const silent = silentKubelet(node, view);
  if (silent !== undefined) return [silent];
  if (pod.status?.startTime === undefined)
    return [{ text: view.words.pod.notTakenUp(node), look: describeCommand('node', node) }];
  return undefined;
}

function ending(pod: Pod, view: WaitView): readonly Wait[] {
  const { words } = view;
  const { finalizers = [], deletionGracePeriodSeconds = 0 } = pod.metadata;
  const node = pod.spec.nodeName ?? '';
  const waits: Wait[] = finalizers.length > 0 ? [{ text: words.finalizers(finalizers) }] : [];
  if (node === '') return waits;
  const silent = view.get(nodeKind, '', node) === undefined ? undefined : silentKubelet(node, view);
  if (silent !== undefined)
    return [...waits, { ...silent, text: `${words.pod.kubeletMustEnd(node)}; ${silent.text}` }];
  const running = (pod.status?.containerStatuses ?? []).some(({ state }) => state?.running !== undefined);
  const hook = pod.spec.containers.some(({ lifecycle }) => lifecycle?.preStop !== undefined);
  if (running) return [...waits, { text: words.pod.grace(deletionGracePeriodSeconds, hook) }];
  return waits.length > 0
    ? waits
    : [{ text: words.pod.kubeletMustEnd(node), look: describeCommand('node', node) }];
}
