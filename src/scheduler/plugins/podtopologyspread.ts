import type { Pod } from '../../api/generated/types.ts';
import { isTerminating, namespaceOf } from '../../api/object.ts';
import { type CycleState, StateKey } from '../cyclestate.ts';
import { type DomainCounts, labelOf } from '../domaincounts.ts';
import { Action, type ClusterEvent, type EventInterest } from '../events.ts';
import type { Handle, PluginFactory, PreFilterResult } from '../framework.ts';
import { MAX_NODE_SCORE } from '../maxscore.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import type { PodInfo } from '../podinfo.ts';
import { defaultConstraints, HOSTNAME, ownConstraints, type SpreadConstraint } from '../spreadconstraints.ts';
import { rejection, SKIP, type Status, SUCCESS } from '../status.ts';

const NAME = 'PodTopologySpread';
const REASON = "node(s) didn't match pod topology spread constraints";
const TOO_SKEWED = rejection('unschedulable', NAME, REASON);
const NO_LABEL = rejection('unresolvable', NAME, `${REASON} (missing required label)`);
const CAN_SKIP: PreFilterResult = Object.freeze({ status: SKIP });
const GO_ON: PreFilterResult = Object.freeze({ status: SUCCESS });

type Changes = Map<string, number>;
const NO_CHANGES: Changes = new Map();

/** A constraint that must hold, and how pods are spread now. */
interface Rule {
  readonly constraint: SpreadConstraint;
  readonly counts: DomainCounts;
  /** 1 when the pod is one of those that are counted. */
  readonly self: number;
  /** Pods more, or fewer, in a domain under trial. */
  changes: Changes;
  least: number;
}

/** A constraint that is better held, and what a pod in a domain counts. */
interface Wish {
  readonly constraint: SpreadConstraint;
  readonly counts: DomainCounts;
  /** Where every node is a domain: how many pods are on it, by its place among the cache's nodes. */
  readonly byPlace: Int32Array | undefined;
  readonly weight: number;
}

interface Wishes {
  readonly all: readonly Wish[];
  /** Nodes without one of the topologies; they are not scored. */
  readonly ignored: ReadonlySet<NodeInfo>;
  readonly nodes: readonly NodeInfo[];
}

const RULES = new StateKey<readonly Rule[]>(`${NAME}/rules`, (rules) =>
  rules.map((rule) => ({ ...rule, changes: new Map(rule.changes) })),
);
const WISHES = new StateKey<Wishes>(`${NAME}/wishes`);

/** Spreads pods over zones, nodes and other domains as evenly as their constraints ask (plugins/podtopologyspread). */
export const podTopologySpread: PluginFactory = {
  name: NAME,
  create: (handle) => ({
    name: NAME,
    events: INTERESTS,
    preFilter(state, pod) {
      const constraints = ownConstraints(pod.pod, 'DoNotSchedule');
      if (constraints.length === 0) return CAN_SKIP;
      state.write(RULES, rulesOf(handle, pod, constraints));
      return GO_ON;
    },
    addPod: (state, pod, added, node) => change(state, pod, added, node, 1),
    removePod: (state, pod, removed, node) => change(state, pod, removed, node, -1),
    filter: (state, _, node) => verdict(state.read(RULES), node),
    preScore(state, pod, nodes) {
      const wishes = wishesOf(handle, pod, nodes);
      if (wishes === undefined) return SKIP;
      state.write(WISHES, wishes);
      return SUCCESS;
    },
    score: (state, _, nodes, scores) => score(state.read(WISHES), nodes, scores),
    normalize(state, _, scores, count) {
      const wishes = state.read(WISHES);
      if (wishes !== undefined) reverse(wishes, scores, count);
    },
  }),
};

function rulesOf(handle: Handle, { pod }: PodInfo, constraints: readonly SpreadConstraint[]): Rule[] {
  const { cache } = handle;
  return constraints.map((constraint) => {
    const { selector, topologyKey, nodes } = constraint;
    const counts = cache.countLive(namespaceOf(pod), selector).domains(topologyKey, nodes, cache.nodes);
    const self = selector.matches(pod.metadata.labels) ? 1 : 0;
    return { constraint, counts, self, changes: NO_CHANGES, least: leastOf(constraint, counts, NO_CHANGES) };
  });
}

/** What skew is measured from (preFilterState.minMatchNum). */
function leastOf({ minDomains }: SpreadConstraint, counts: DomainCounts, changes: Changes): number {
  return counts.domains < minDomains ? 0 : counts.leastWith(changes);
}

/** A pod was put on a node, or taken off it, in thought. */
function change(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo, by: 1 | -1): void {
  const rules = state.read(RULES);
  if (rules === undefined || !isCounted(pod.pod, other.pod)) return;
  for (const rule of rules) {
    const { constraint, counts } = rule;
    const value = labelOf(node, constraint.topologyKey);
    if (value === undefined || !constraint.selector.matches(other.pod.metadata.labels)) continue;
    if (!constraint.nodes.includes(node)) continue;
    if (rule.changes === NO_CHANGES) rule.changes = new Map();
    rule.changes.set(value, (rule.changes.get(value) ?? 0) + by);
    rule.least = leastOf(constraint, counts, rule.changes);
  }
}

function isCounted(pod: Pod, other: Pod): boolean {
  return namespaceOf(pod) === namespaceOf(other) && !isTerminating(other);
}

function verdict(rules: readonly Rule[] | undefined, node: NodeInfo): Status {
  for (const { constraint, counts, self, changes, least } of rules ?? []) {
    if (counts.domainOf(node) < 0) return NO_LABEL;
    let count = counts.near(node);
    if (changes.size > 0) count += changes.get(labelOf(node, constraint.topologyKey) ?? '') ?? 0;
    if (count + self - least > constraint.maxSkew) return TOO_SKEWED;
  }
  return SUCCESS;
}

function wishesOf(handle: Handle, { pod }: PodInfo, nodes: readonly NodeInfo[]): Wishes | undefined {
  const { cache, listers } = handle;
  const own = ownConstraints(pod, 'ScheduleAnyway');
  const constraints = own.length > 0 ? own : defaultConstraints(pod, listers);
  if (constraints.length === 0) return undefined;
  const ignored = new Set<NodeInfo>();
  if (own.length > 0) {
    for (const node of nodes)
      if (own.some(({ topologyKey }) => labelOf(node, topologyKey) === undefined)) ignored.add(node);
  }
  const all = constraints.map((constraint) => {
    const { selector, topologyKey, nodes: counted } = constraint;
    const count = cache.countLive(namespaceOf(pod), selector);
    const counts = count.domains(topologyKey, counted, cache.nodes);
    const hosts = topologyKey === HOSTNAME;
    const size = hosts ? nodes.length - ignored.size : counts.distinct(nodes, ignored);
    const byPlace = hosts ? count.byPlace(cache.nodes) : undefined;
    return { constraint, counts, byPlace, weight: Math.log(size + 2) };
  });
  return { all, ignored, nodes };
}

/** The more pods are there the higher: it is turned round afterwards (scoreForCount). */
function score(wishes: Wishes | undefined, nodes: readonly NodeInfo[], scores: Float64Array): void {
  const count = nodes.length;
  scores.fill(0, 0, count);
  if (wishes === undefined) return;
  for (const { constraint, counts, byPlace, weight } of wishes.all) {
    for (let i = 0; i < count; i++) {
      const node = nodes[i] as NodeInfo;
      if (counts.domainOf(node) < 0) continue;
      const pods = byPlace === undefined ? counts.near(node) : (byPlace[node.index] as number);
      scores[i] = (scores[i] as number) + (pods * weight + (constraint.maxSkew - 1));
    }
  }
  const { ignored } = wishes;
  for (let i = 0; i < count; i++)
    scores[i] = ignored.size > 0 && ignored.has(nodes[i] as NodeInfo) ? 0 : Math.round(scores[i] as number);
}

function reverse({ nodes, ignored }: Wishes, scores: Float64Array, count: number): void {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  const isIgnored = (i: number): boolean => ignored.size > 0 && ignored.has(nodes[i] as NodeInfo);
  for (let i = 0; i < count; i++) {
    if (isIgnored(i)) continue;
    min = Math.min(min, scores[i] as number);
    max = Math.max(max, scores[i] as number);
  }
  for (let i = 0; i < count; i++) {
    if (isIgnored(i)) scores[i] = 0;
    else if (max === 0) scores[i] = MAX_NODE_SCORE;
    else scores[i] = Math.floor((MAX_NODE_SCORE * (max + min - (scores[i] as number))) / max);
  }
}

/** Pods that are counted come, go or are relabelled; nodes come, go, or get other labels or taints. */
const INTERESTS: readonly EventInterest[] = [
  {
    resource: 'AssignedPod',
    actions: Action.add | Action.delete | Action.podLabels,
    hint: podMayHelp,
  },
  { resource: 'Pod', actions: Action.podLabels },
  { resource: 'Node', actions: Action.add | Action.delete | Action.nodeLabels | Action.nodeTaints },
];

function podMayHelp({ pod }: PodInfo, event: ClusterEvent): boolean {
  if (event.resource !== 'AssignedPod') return true;
  const other = event.after ?? event.before;
  if (other === undefined || namespaceOf(other) !== namespaceOf(pod)) return false;
  const counts = (state: Pod | undefined, { selector }: SpreadConstraint): boolean =>
    state !== undefined && selector.matches(state.metadata.labels);
  return ownConstraints(pod, 'DoNotSchedule').some(
    (constraint) => counts(event.before, constraint) !== counts(event.after, constraint),
  );
}
