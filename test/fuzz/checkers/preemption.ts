import type { Node, Pod } from '../../../src/api/generated/types.ts';
import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import { isSchedulingDecision } from '../../../src/scheduler/decision.ts';
import type { Checker } from '../checker.ts';
import { allocatable, asked, excess, isActive, NOTHING, sum } from '../fit.ts';
import { looksAround } from '../nearness.ts';

/** Invariant 21: whoever is preempted is less important, and no more go than must. */
export const preemption: Checker = {
  name: 'preemption takes lower priorities only, and no more of them than it needs',
  open({ cluster, plan }, { fail, saw }) {
    // Who hears of others late takes away whom it need not have.
    const late = plan.steps.some(
      ({ action }) => action.do === 'fault' && /Slow|Pause|Clog|Cut|Drop/.test(String(action.fault.kind)),
    );
    /** The revisions of a short while, to find what the scheduler can have known. */
    const recent: { readonly time: number; readonly revision: number }[] = [];
    /** Preemptor's uid to the victims of its last attempt. */
    const victims = new Map<string, Pod[]>();
    const open: Attempt[] = [];
    const podsAt = (revision: number): readonly Pod[] =>
      cluster.history.range('/registry/pods/', revision).map(({ value }) => value as Pod);
    return {
      commit({ key, value, previous, modRevision, cause, time }) {
        recent.push({ time, revision: modRevision });
        while (recent[1] !== undefined && time - recent[1].time > KNOWN_MS) recent.shift();
        while (open[0] !== undefined && time - open[0].time > BINDING_MS) {
          const { key: of, pod, node, gone, pods, known } = open.shift() as Attempt;
          const later = podsAt(modRevision);
          const complaint =
            judge(pod, node, gone, pods, later) && judge(pod, node, gone, podsAt(known), later);
          if (complaint !== undefined) fail(`${of}: on ${node.metadata.name} ${complaint}`);
        }
        if (value?.kind !== 'Pod' || !isSchedulingDecision(cause.decision)) return;
        const pod = value as Pod;
        const { uid } = cause.decision;
        if (isVictim(pod) && !isVictim(previous?.value as Pod | undefined)) {
          const preemptor = podsAt(modRevision).find(({ metadata }) => metadata.uid === uid);
          if (preemptor === undefined) return;
          saw();
          if (priorityOf(pod) >= priorityOf(preemptor))
            fail(`${key}: preempted by ${preemptor.metadata.name}, which is no more important`);
          if (preemptor.spec.preemptionPolicy === 'Never')
            fail(`${key}: preempted by ${preemptor.metadata.name}, which never preempts`);
          victims.set(uid, [...(victims.get(uid) ?? []), pod]);
          return;
        }
        const nominated = pod.status?.nominatedNodeName ?? '';
        if (pod.metadata.uid !== uid || nominated === '' || !victims.has(uid)) return;
        const gone = victims.get(uid) ?? [];
        victims.delete(uid);
        // Nominated before, it is bound now: of its last attempt, made since, nothing was written.
        if ((pod.spec.nodeName ?? '') !== '') return;
        const node = cluster.history.get(storageKey(nodeKind, '', nominated), modRevision)?.value as
          | Node
          | undefined;
        if (node === undefined || looksAround(pod) || late) return;
        open.push({
          key,
          time,
          pod,
          node,
          gone,
          pods: podsAt(modRevision),
          known: recent[0]?.revision ?? modRevision,
        });
      },
    };
  },
};

/** What the scheduler has decided, but not written yet, is written within this time, ms. */
const BINDING_MS = 50;
/** What the scheduler decides by may be this old, ms. */
const KNOWN_MS = 100;

/** A preemption to be judged once what the scheduler knew beforehand has been written. */
interface Attempt {
  readonly key: string;
  readonly time: number;
  readonly pod: Pod;
  readonly node: Node;
  readonly gone: readonly Pod[];
  readonly pods: readonly Pod[];
  /** A revision that it had heard of when it decided. */
  readonly known: number;
}

/** What is wrong with these victims for this pod, `later` telling what was about to come; undefined when nothing is. */
function judge(
  pod: Pod,
  node: Node,
  gone: readonly Pod[],
  pods: readonly Pod[],
  later: readonly Pod[],
): string | undefined {
  const { name = '' } = node.metadata;
  const names = new Set(gone.map(({ metadata }) => metadata.uid));
  const there = pods.filter(
    (other) => isActive(other) && other.spec.nodeName === name && !names.has(other.metadata.uid),
  );
  const promised = pods.filter(
    (other) =>
      other.metadata.uid !== pod.metadata.uid &&
      other.status?.nominatedNodeName === name &&
      (other.spec.nodeName ?? '') === '' &&
      priorityOf(other) >= priorityOf(pod),
  );
  const unassigned = new Set(
    pods.filter((other) => (other.spec.nodeName ?? '') === '').map(({ metadata }) => metadata.uid),
  );
  const assumed = later.filter((other) => other.spec.nodeName === name && unassigned.has(other.metadata.uid));
  const fits = (others: readonly Pod[]): boolean =>
    excess([...others, pod].map(asked).reduce(sum, NOTHING), allocatable(node)) === undefined;
  // What is ending already and less important counts as room that comes.
  const staying = there.filter(
    (other) => other.metadata.deletionTimestamp === undefined || priorityOf(other) >= priorityOf(pod),
  );
  if (!fits(staying)) return 'it does not fit though all its victims went';
  for (const victim of gone) {
    if (hasRules(victim) || hasRules(pod)) continue;
    if (fits([...there, ...promised, ...assumed, victim]))
      return `${victim.metadata.name} need not have gone`;
  }
  return undefined;
}

/** Ports and rules about other pods may be why a pod had to go; they are not weighed here. */
function hasRules(pod: Pod): boolean {
  return (
    looksAround(pod) ||
    pod.spec.containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort !== undefined))
  );
}

function isVictim(pod: Pod | undefined): boolean {
  return (
    pod?.status?.conditions?.some(
      ({ type, reason }) => type === 'DisruptionTarget' && reason === 'PreemptionByScheduler',
    ) === true
  );
}

function priorityOf({ spec }: Pod): number {
  return spec.priority ?? 0;
}
