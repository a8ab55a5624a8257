import type { Node, Pod } from '../../../src/api/generated/types.ts';
import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker, Commit } from '../checker.ts';
import { allocatable, asked, excess, forbids, isActive, NOTHING, sum } from '../fit.ts';

/** How stale the scheduler's view of a node may be when it binds, ms; pauses come on top. */
const STALE_MS = 2_000;

/** Invariants 18, 19 and 20: bound once, to a node that existed, had room, and was allowed. */
export const binding: Checker = {
  name: 'a pod is bound once, where it fits and may be',
  open({ cluster, plan }, { fail, saw }) {
    const onNode = new Map<string, Map<string, Pod>>();
    // A scheduler that was stopped in the middle acts on what it knew before.
    const stalled = plan.steps.some(
      ({ action }) => action.do === 'fault' && /Pause|Cut|Trouble/.test(String(action.fault.kind)),
    );
    const take = (pod: Pod, key: string, present: boolean): void => {
      const name = pod.spec?.nodeName;
      if (name === undefined || name === '') return;
      const pods = onNode.get(name) ?? new Map<string, Pod>();
      onNode.set(name, pods);
      if (present && isActive(pod)) pods.set(key, pod);
      else pods.delete(key);
    };
    for (const { key, value } of everyPod(cluster.history, cluster.revision)) take(value as Pod, key, true);
    return {
      commit({ key, value, previous, modRevision, cause, time }) {
        const old = previous?.value as Pod | undefined;
        if ((value ?? old)?.kind !== 'Pod') return;
        const pod = value as Pod | undefined;
        if (old !== undefined) take(old, key, false);
        if (pod !== undefined) take(pod, key, true);
        const before = old?.spec?.nodeName ?? '';
        const after = pod?.spec?.nodeName ?? '';
        if (pod === undefined || before === after) return;
        if (before !== '') fail(`${key}: moved from ${before} to ${after}`);
        if (old === undefined || cause.component !== 'kube-scheduler') return;
        const record = cluster.history.get(storageKey(nodeKind, '', after), modRevision);
        if (record?.value === undefined) {
          if (!stalled) fail(`${key}: bound to ${after}, which does not exist`);
          return;
        }
        saw();
        const complaints = statesSince(record, time - STALE_MS).map((node) => forbids(pod, node));
        if (!stalled && complaints.every((each) => each !== undefined))
          fail(`${key}: bound to ${after} against ${complaints[0]}`);
        const pods = [...(onNode.get(after)?.values() ?? [])];
        if (pods.some((each) => placedByHand(each))) return;
        const over = excess(pods.map(asked).reduce(sum, NOTHING), allocatable(record.value as Node));
        if (over !== undefined) fail(`${key}: bound to ${after} beyond its ${over}`);
      },
    };
  },
};

/** The states of a node from a time on, newest first. */
function statesSince(latest: Commit, time: number): readonly Node[] {
  const states: Node[] = [];
  for (let record: Commit | undefined = latest; record?.value !== undefined; record = record.previous) {
    states.push(record.value as Node);
    if (record.time < time) break;
  }
  return states;
}

/** Named a node by whoever made it: the scheduler was not asked, the kubelet may refuse it later. */
function placedByHand(pod: Pod): boolean {
  return pod.metadata.ownerReferences === undefined && pod.metadata.name?.startsWith('pod-') === true;
}

function everyPod(
  history: { range(prefix: string, revision: number): readonly Commit[] },
  revision: number,
): readonly Commit[] {
  return history.range('/registry/pods/', revision);
}
