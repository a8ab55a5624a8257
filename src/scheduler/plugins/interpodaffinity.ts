import type { Pod } from '../../api/generated/types.ts';
import {
  type AffinityTerm,
  allTermsMatch,
  type NamespaceLabels,
  type PodAffinity,
  podAffinity,
  termMatches,
} from '../affinityterms.ts';
import { type CycleState, StateKey } from '../cyclestate.ts';
import { ALL_NODES, type DomainCounts, labelOf } from '../domaincounts.ts';
import { Action, type ClusterEvent, type EventInterest } from '../events.ts';
import type { Handle, PluginFactory, PreFilterResult } from '../framework.ts';
import { MAX_NODE_SCORE } from '../maxscore.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import type { PodInfo } from '../podinfo.ts';
import { rejection, SKIP, type Status, SUCCESS } from '../status.ts';

const NAME = 'InterPodAffinity';
/** apis/config/v1/defaults.go hardPodAffinityWeight: what a required term of a pod on a node adds to a score. */
const HARD_WEIGHT = 1;

const NOT_NEAR = rejection('unresolvable', NAME, "node(s) didn't match pod affinity rules");
const TOO_NEAR = rejection('unschedulable', NAME, "node(s) didn't match pod anti-affinity rules");
const UNWELCOME = rejection(
  'unschedulable',
  NAME,
  "node(s) didn't satisfy existing pods anti-affinity rules",
);
const CAN_SKIP: PreFilterResult = Object.freeze({ status: SKIP });
const GO_ON: PreFilterResult = Object.freeze({ status: SUCCESS });
const SAYS_NOTHING: PodAffinity = Object.freeze({ required: [], requiredAnti: [], preferred: [] });
const NO_CHANGES: Changes = new Map();

/** Pods more, or fewer, in a domain under trial: by topology key and value. */
type Changes = Map<string, number>;

/** What the filter reads; the tables are the cache's, and true until something is assigned. */
interface Needs {
  /** One a term: where the pods are that all required terms mean. */
  readonly near: readonly DomainCounts[];
  /** Whether the pod itself is one that its own terms mean. */
  readonly meansItself: boolean;
  readonly far: readonly DomainCounts[];
  /** Where pods are that do not want this one near. */
  readonly unwelcome: readonly DomainCounts[];
  nearChanges: Changes;
  farChanges: Changes;
  unwelcomeChanges: Changes;
}

interface Wish {
  readonly counts: DomainCounts;
  readonly weight: number;
}

const NEEDS = new StateKey<Needs>(`${NAME}/needs`, (needs) => ({
  ...needs,
  nearChanges: copied(needs.nearChanges),
  farChanges: copied(needs.farChanges),
  unwelcomeChanges: copied(needs.unwelcomeChanges),
}));
const WISHES = new StateKey<readonly Wish[]>(`${NAME}/wishes`);

/** Affinity and anti-affinity to other pods, required and preferred, in both directions (plugins/interpodaffinity). */
export const interPodAffinity: PluginFactory = {
  name: NAME,
  create(handle, { hardPodAffinityWeight = HARD_WEIGHT }) {
    const { listers } = handle;
    const labelsOf: NamespaceLabels = (namespace) => listers.namespaceLabels(namespace);
    return {
      name: NAME,
      events: interests(labelsOf),
      preFilter(state, pod) {
        const needs = needsOf(handle, pod, labelsOf);
        if (needs === undefined) return CAN_SKIP;
        state.write(NEEDS, needs);
        return GO_ON;
      },
      addPod: (state, pod, added, node) => change(state, pod, added, node, 1, labelsOf),
      removePod: (state, pod, removed, node) => change(state, pod, removed, node, -1, labelsOf),
      filter(state, _, node) {
        const needs = state.read(NEEDS);
        return needs === undefined ? SUCCESS : verdict(needs, node);
      },
      preScore(state, pod) {
        const wishes = wishesOf(handle, pod, labelsOf, hardPodAffinityWeight);
        if (wishes.length === 0) return SKIP;
        state.write(WISHES, wishes);
        return SUCCESS;
      },
      score(state, _, nodes, scores) {
        scores.fill(0, 0, nodes.length);
        for (const { counts, weight } of state.read(WISHES) ?? []) {
          for (let i = 0; i < nodes.length; i++)
            scores[i] = (scores[i] as number) + weight * counts.near(nodes[i] as NodeInfo);
        }
      },
      normalize: (_state, _pod, scores, count) => stretch(scores, count),
    };
  },
};

function needsOf(handle: Handle, pod: PodInfo, labelsOf: NamespaceLabels): Needs | undefined {
  const { cache } = handle;
  const { required, requiredAnti } = pod.affinity ?? SAYS_NOTHING;
  const unwelcome = cache.terms.matching('requiredAnti', pod.pod, labelsOf);
  if (required.length === 0 && requiredAnti.length === 0 && unwelcome.length === 0) return undefined;
  return {
    near: required.map((term) => domainsOf(handle, required, term)),
    meansItself: allTermsMatch(required, pod.pod, labelsOf),
    far: requiredAnti.map((term) => domainsOf(handle, [term], term)),
    unwelcome: unwelcome.map((term) => term.domains(cache.nodes)),
    nearChanges: NO_CHANGES,
    farChanges: NO_CHANGES,
    unwelcomeChanges: NO_CHANGES,
  };
}

/** Where the pods are that all the terms mean, by the topology of one of them. */
function domainsOf(
  handle: Handle,
  terms: readonly AffinityTerm[],
  { topologyKey }: AffinityTerm,
): DomainCounts {
  return handle.cache.countByTerms(terms, handle.listers).domains(topologyKey, ALL_NODES, handle.cache.nodes);
}

/** A pod was put on a node, or taken off it, in thought (preFilterState.updateWithPod). */
function change(
  state: CycleState,
  { pod, affinity = SAYS_NOTHING }: PodInfo,
  other: PodInfo,
  node: NodeInfo,
  by: 1 | -1,
  labelsOf: NamespaceLabels,
): void {
  const needs = state.read(NEEDS);
  if (needs === undefined) return;
  for (const term of other.affinity?.requiredAnti ?? [])
    if (termMatches(term, pod, labelsOf))
      needs.unwelcomeChanges = changed(needs.unwelcomeChanges, term, node, by);
  if (allTermsMatch(affinity.required, other.pod, labelsOf))
    for (const term of affinity.required) needs.nearChanges = changed(needs.nearChanges, term, node, by);
  for (const term of affinity.requiredAnti)
    if (termMatches(term, other.pod, labelsOf)) needs.farChanges = changed(needs.farChanges, term, node, by);
}

function changed(changes: Changes, { topologyKey }: AffinityTerm, node: NodeInfo, by: 1 | -1): Changes {
  const value = labelOf(node, topologyKey);
  if (value === undefined) return changes;
  const out = changes === NO_CHANGES ? new Map() : changes;
  const key = pairOf(topologyKey, value);
  out.set(key, (out.get(key) ?? 0) + by);
  return out;
}

function copied(changes: Changes): Changes {
  return changes.size === 0 ? NO_CHANGES : new Map(changes);
}

function pairOf(topologyKey: string, value: string): string {
  return `${topologyKey}=${value}`;
}

function verdict(needs: Needs, node: NodeInfo): Status {
  if (!isNear(needs, node)) return NOT_NEAR;
  if (isNearAny(needs.far, needs.farChanges, node)) return TOO_NEAR;
  return isNearAny(needs.unwelcome, needs.unwelcomeChanges, node) ? UNWELCOME : SUCCESS;
}

/**
 * Whether all terms hold here. Where no pod that they mean is anywhere, the first one of its kind may
 * go to any node that has all the topologies, or it could never come (satisfyPodAffinity).
 */
function isNear({ near, nearChanges, meansItself }: Needs, node: NodeInfo): boolean {
  let everywhere = true;
  for (const counts of near) {
    if (counts.domainOf(node) < 0) return false;
    everywhere &&= pods(counts, nearChanges, node) > 0;
  }
  if (everywhere) return true;
  return meansItself && !existAnywhere(near, nearChanges);
}

function existAnywhere(near: readonly DomainCounts[], changes: Changes): boolean {
  if (changes.size === 0) return near.some(({ total }) => total > 0);
  const sum = [...changes.values()].reduce((a, b) => a + b, 0);
  return near.reduce((all, { total }) => all + total, 0) + sum > 0;
}

/** What holds for one term at one node: pods of all terms of that topology count together, as upstream's do. */
function isNearAny(all: readonly DomainCounts[], changes: Changes, node: NodeInfo): boolean {
  for (const counts of all) {
    if (changes.size === 0) {
      if (counts.near(node) > 0) return true;
      continue;
    }
    const value = labelOf(node, counts.topologyKey);
    if (value === undefined) continue;
    let sum = changes.get(pairOf(counts.topologyKey, value)) ?? 0;
    for (const other of all) if (other.topologyKey === counts.topologyKey) sum += other.of(value);
    if (sum > 0) return true;
  }
  return false;
}

/** How many pods are in the domain of a node that is in one. */
function pods(counts: DomainCounts, changes: Changes, node: NodeInfo): number {
  if (changes.size === 0) return counts.near(node);
  const value = labelOf(node, counts.topologyKey) ?? '';
  return counts.near(node) + (changes.get(pairOf(counts.topologyKey, value)) ?? 0);
}

/** What counts for or against nodes: the pod's own wishes, and those of pods on nodes that mean it. */
function wishesOf(handle: Handle, pod: PodInfo, labelsOf: NamespaceLabels, hardWeight: number): Wish[] {
  const { cache } = handle;
  const out: Wish[] = [];
  const add = (counts: DomainCounts, weight: number): void => {
    if (counts.total > 0 && weight !== 0) out.push({ counts, weight });
  };
  for (const { term, weight } of pod.affinity?.preferred ?? []) add(domainsOf(handle, [term], term), weight);
  for (const term of cache.terms.matching('required', pod.pod, labelsOf))
    add(term.domains(cache.nodes), hardWeight);
  for (const term of cache.terms.matching('preferred', pod.pod, labelsOf))
    add(term.domains(cache.nodes), term.weight);
  return out;
}

/** The lowest becomes 0, the highest 100; all 0 where they are equal. */
function stretch(scores: Float64Array, count: number): void {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    min = Math.min(min, scores[i] as number);
    max = Math.max(max, scores[i] as number);
  }
  for (let i = 0; i < count; i++)
    scores[i] = max === min ? 0 : Math.floor(MAX_NODE_SCORE * (((scores[i] as number) - min) / (max - min)));
}

/** What may help: pods that are wanted near come, others go, nodes get the labels. */
function interests(labelsOf: NamespaceLabels): readonly EventInterest[] {
  return [
    {
      resource: 'AssignedPod',
      actions: Action.add | Action.delete | Action.podLabels,
      hint: (pod, event) => podMayHelp(pod, event, labelsOf),
    },
    { resource: 'Pod', actions: Action.podLabels },
    { resource: 'Node', actions: Action.add | Action.nodeLabels, hint: nodeMayHelp },
  ];
}

function podMayHelp(pod: PodInfo, event: ClusterEvent, labelsOf: NamespaceLabels): boolean {
  if (event.resource !== 'AssignedPod') return true;
  const { before, after } = event;
  const { required, requiredAnti } = pod.affinity ?? SAYS_NOTHING;
  const isWanted = (other: Pod | undefined): boolean =>
    other !== undefined && allTermsMatch(required, other, labelsOf);
  if (isWanted(after) && !isWanted(before)) return true;
  const isShunned = (other: Pod | undefined): boolean =>
    other !== undefined && requiredAnti.some((term) => termMatches(term, other, labelsOf));
  if (isShunned(before) && !isShunned(after)) return true;
  // The last pod of its kind is gone: the next one may start anywhere.
  if (after === undefined && isWanted(before)) return true;
  if (after !== undefined || before === undefined) return false;
  return podAffinity(before)?.requiredAnti.some((term) => termMatches(term, pod.pod, labelsOf)) === true;
}

/** A new node must have the topologies asked for; whom other labels help depends on the pods of all nodes. */
function nodeMayHelp({ affinity = SAYS_NOTHING }: PodInfo, event: ClusterEvent): boolean {
  if (event.resource !== 'Node' || event.before !== undefined) return true;
  const { labels } = event.after.metadata;
  return affinity.required.every(({ topologyKey }) => labels?.[topologyKey] !== undefined);
}
