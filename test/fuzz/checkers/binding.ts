import type { Node, Pod } from '../../../src/api/generated/types.ts';
import { namespace as namespaceKind } from '../../../src/api/kinds/namespace.ts';
import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import { type KubeObject, keyOf } from '../../../src/api/object.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker, Commit } from '../checker.ts';
import { allocatable, asked, excess, forbids, hostPorts, isActive, NOTHING, sum } from '../fit.ts';
import { farTerms, looksAround, nearnessForbids, type World } from '../nearness.ts';

/** How stale the scheduler's view of a node may be when it binds, ms; pauses come on top. */
const STALE_MS = 2_000;
/** How long the scheduler may not have heard of a change while nothing delays what it hears, ms. */
const UNSEEN_MS = 200;

/** Invariants 18, 19 and 20: bound once, to a node that existed, had room, and was allowed. */
export const binding: Checker = {
  name: 'a pod is bound once, where it fits and may be',
  open({ cluster, plan }, { fail, saw }) {
    const onNode = new Map<string, Map<string, Pod>>();
    // A scheduler that was stopped in the middle acts on what it knew before.
    const stalled = plan.steps.some(
      ({ action }) =>
        action.do === 'fault' && /Pause|Cut|Slow|Clog|ApiErrors|Skew|Drop/.test(String(action.fault.kind)),
    );
    // What others do is heard of late, or what was decided is not written.
    const late =
      stalled ||
      plan.steps.some(
        ({ action }) => action.do === 'fault' && /Slow|Errors|Drop/.test(String(action.fault.kind)),
      );
    // A scheduler whose request was carried out and not answered takes the pod for unbound, until it hears of it.
    const unanswered = plan.steps.some(
      ({ action }) =>
        action.do === 'fault' && action.fault.kind === 'ApiErrors' && action.fault.code === 'timeout',
    );
    /** When pods were bound, by key; kept only where answers get lost. */
    const boundAt = new Map<string, number>();
    const take = (pod: Pod, key: string, present: boolean): void => {
      const name = pod.spec?.nodeName;
      if (name === undefined || name === '') return;
      const pods = onNode.get(name) ?? new Map<string, Pod>();
      onNode.set(name, pods);
      if (present && isActive(pod)) pods.set(key, pod);
      else pods.delete(key);
    };
    /** What changed of late by which the scheduler may have judged otherwise, other than its own doing. */
    const changes: Change[] = [];
    const world = (of: Pod): World => ({
      nodes: cluster.objects(nodeKind),
      pods: [...onNode.values()]
        .flatMap((pods) => [...pods.values()])
        .filter(({ metadata }) => metadata.uid !== of.metadata.uid),
      namespaceLabels: (name) =>
        cluster.objects(namespaceKind).find(({ metadata }) => metadata.name === name)?.metadata.labels ?? {},
    });
    const judgeNearness = (pod: Pod, node: Node, time: number): string | undefined => {
      if (late) return undefined;
      const there = world(pod);
      if (!looksAround(pod) && !there.pods.some((other) => farTerms(other).length > 0)) return undefined;
      saw();
      const complaint = nearnessForbids(pod, node, there);
      while (changes[0] !== undefined && time - changes[0].time >= UNSEEN_MS) changes.shift();
      if (complaint === undefined || changes.length === 0) return complaint;
      if (changes.some(({ before, after }) => (before ?? after)?.kind !== 'Pod')) return undefined;
      // Perhaps it knew only the first of the changes yet, or none of them.
      for (let known = changes.length - 1; known >= 0; known--) {
        const pods = asBefore(there.pods, changes.slice(known));
        if (nearnessForbids(pod, node, { ...there, pods }) === undefined) return undefined;
      }
      return complaint;
    };
    for (const { key, value } of everyPod(cluster.history, cluster.revision)) take(value as Pod, key, true);
    return {
      commit({ key, value, previous, modRevision, cause, time }) {
        if (changesWorld(value, previous?.value, cause.component))
          changes.push({ time, before: previous?.value, after: value });
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
        // A pod that waits for its volumes is bound long after it was decided where.
        if (pod.spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined))
          return;
        const since = stalled ? Number.NEGATIVE_INFINITY : time - STALE_MS;
        const complaints = statesSince(record, since).map((node) => forbids(pod, node));
        if (complaints.every((each) => each !== undefined))
          fail(`${key}: bound to ${after} against ${complaints[0]}`);
        const near = judgeNearness(pod, record.value as Node, time);
        if (near !== undefined) fail(`${key}: bound to ${after} against ${near}`);
        const pods = [...(onNode.get(after)?.values() ?? [])];
        const taken = new Set(
          pods.filter((each) => each.metadata.uid !== pod.metadata.uid).flatMap(hostPorts),
        );
        const clash = hostPorts(pod).find((port) => taken.has(port));
        if (clash !== undefined && !pods.some((each) => placedByHand(each) && hostPorts(each).length > 0))
          fail(`${key}: bound to ${after}, where ${clash} is taken`);
        if (pods.some((each) => placedByHand(each))) return;
        if (unanswered) {
          const known = pods.filter(
            (each) =>
              each === pod || time - (boundAt.get(keyOf(each)) ?? Number.NEGATIVE_INFINITY) > UNSEEN_MS,
          );
          boundAt.set(keyOf(pod), time);
          if (
            known.length < pods.length &&
            excess(known.map(asked).reduce(sum, NOTHING), allocatable(record.value as Node)) === undefined
          )
            return;
        }
        const over = excess(pods.map(asked).reduce(sum, NOTHING), allocatable(record.value as Node));
        if (over !== undefined) fail(`${key}: bound to ${after} beyond its ${over}`);
      },
    };
  },
};

interface Change {
  readonly time: number;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

/** The pods as they were before all the changes. */
function asBefore(pods: readonly Pod[], changes: readonly Change[]): readonly Pod[] {
  const out = new Map(pods.map((pod) => [pod.metadata.uid, pod]));
  for (const { before, after } of changes.toReversed()) {
    const pod = before as Pod | undefined;
    if (pod === undefined || !isActive(pod) || (pod.spec.nodeName ?? '') === '')
      out.delete((before ?? after)?.metadata.uid);
    else out.set(pod.metadata.uid, pod);
  }
  return [...out.values()];
}

/** Whether a write changes where pods may go, without the scheduler having decided it. */
function changesWorld(
  value: KubeObject | undefined,
  before: KubeObject | undefined,
  component: string,
): boolean {
  const object = value ?? before;
  if (object?.kind === 'Namespace')
    return JSON.stringify(value?.metadata.labels) !== JSON.stringify(before?.metadata.labels);
  if (object?.kind === 'Node') {
    const [a, b] = [value as Node | undefined, before as Node | undefined];
    return JSON.stringify([a?.metadata.labels, a?.spec]) !== JSON.stringify([b?.metadata.labels, b?.spec]);
  }
  if (object?.kind !== 'Pod') return false;
  const [a, b] = [value as Pod | undefined, before as Pod | undefined];
  if ((a ?? b)?.spec.nodeName === undefined) return false;
  if (a === undefined || b === undefined) return true;
  return (
    (a.spec.nodeName !== b.spec.nodeName && component !== 'kube-scheduler') ||
    a.metadata.deletionTimestamp !== b.metadata.deletionTimestamp ||
    JSON.stringify(a.metadata.labels) !== JSON.stringify(b.metadata.labels) ||
    isActive(a) !== isActive(b)
  );
}

/** The states of a node from a time on, newest first; of those that had its name before it, too. */
function statesSince(latest: Commit, time: number): readonly Node[] {
  const states: Node[] = [];
  for (let record: Commit | undefined = latest; record !== undefined; record = record.previous) {
    if (record.value !== undefined) states.push(record.value as Node);
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
