import type { LabelSelector, Node, Pod, PodAffinityTerm } from '../../src/api/generated/types.ts';
import { holds, selects, untolerated } from './fit.ts';

/**
 * Rules about other pods, judged a second time and as plainly as possible: affinity, anti-affinity in
 * both directions, and topology spread. Every pod is looked at for every question.
 */

type Labels = Readonly<Record<string, string>>;

/** What there is when a pod is judged. */
export interface World {
  readonly nodes: readonly Node[];
  /** Pods that are on nodes and have not ended; not the one that is judged. */
  readonly pods: readonly Pod[];
  namespaceLabels(name: string): Labels;
}

/** Why the pod may not be put on the node because of other pods; undefined when it may. */
export function nearnessForbids(pod: Pod, node: Node, world: World): string | undefined {
  return (
    affinityForbids(pod, node, world) ??
    antiAffinityForbids(pod, node, world) ??
    spreadForbids(pod, node, world)
  );
}

/** Whether the pod asks anything of other pods. */
export function looksAround(pod: Pod): boolean {
  return (
    nearTerms(pod).length > 0 ||
    farTerms(pod).length > 0 ||
    (pod.spec.topologySpreadConstraints ?? []).length > 0
  );
}

function nearTerms(pod: Pod): readonly PodAffinityTerm[] {
  return pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

export function farTerms(pod: Pod): readonly PodAffinityTerm[] {
  return pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

function affinityForbids(pod: Pod, node: Node, world: World): string | undefined {
  const terms = nearTerms(pod);
  if (terms.length === 0) return undefined;
  const wanted = (other: Pod): boolean => terms.every((term) => means(term, pod, other, world));
  for (const { topologyKey } of terms)
    if (label(node, topologyKey) === undefined) return `no label ${topologyKey}`;
  const all = world.pods.filter(wanted);
  const isThere = (term: PodAffinityTerm): boolean =>
    all.some((other) => sameDomain(term.topologyKey, node, nodeOf(other, world)));
  if (terms.every(isThere)) return undefined;
  const anywhere = all.some((other) =>
    terms.some(({ topologyKey }) => label(nodeOf(other, world), topologyKey) !== undefined),
  );
  return !anywhere && wanted(pod) ? undefined : 'affinity';
}

/** Anti-affinity of the pod itself, and of those that are there already. */
export function antiAffinityForbids(pod: Pod, node: Node, world: World): string | undefined {
  for (const other of world.pods) {
    const there = nodeOf(other, world);
    const clash = (of: Pod, against: Pod): boolean =>
      farTerms(of).some(
        (term) => means(term, of, against, world) && sameDomain(term.topologyKey, node, there),
      );
    if (clash(pod, other)) return `anti-affinity to ${other.metadata.name}`;
    if (clash(other, pod)) return `anti-affinity of ${other.metadata.name}`;
  }
  return undefined;
}

function spreadForbids(pod: Pod, node: Node, world: World): string | undefined {
  const rules = (pod.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
  );
  for (const {
    topologyKey,
    labelSelector,
    maxSkew,
    minDomains = 1,
    nodeAffinityPolicy,
    nodeTaintsPolicy,
  } of rules) {
    const value = label(node, topologyKey);
    if (value === undefined) return `no label ${topologyKey}`;
    const counts = new Map<string, number>();
    for (const each of world.nodes) {
      if (!rules.every((rule) => label(each, rule.topologyKey) !== undefined)) continue;
      if (nodeAffinityPolicy !== 'Ignore' && !selects(pod, each)) continue;
      if (nodeTaintsPolicy === 'Honor' && untolerated(pod, each) !== undefined) continue;
      const domain = label(each, topologyKey) ?? '';
      const here = world.pods.filter(
        (other) =>
          other.spec.nodeName === each.metadata.name &&
          other.metadata.namespace === pod.metadata.namespace &&
          other.metadata.deletionTimestamp === undefined &&
          selected(labelSelector, other.metadata.labels),
      );
      counts.set(domain, (counts.get(domain) ?? 0) + here.length);
    }
    const least = counts.size < minDomains ? 0 : Math.min(...counts.values());
    const self = selected(labelSelector, pod.metadata.labels) ? 1 : 0;
    const skew = (counts.get(value) ?? 0) + self - least;
    if (skew > maxSkew) return `skew ${skew} over ${topologyKey}`;
  }
  return undefined;
}

function means(term: PodAffinityTerm, of: Pod, other: Pod, world: World): boolean {
  const { namespaces = [], namespaceSelector, labelSelector } = term;
  const namespace = other.metadata.namespace ?? '';
  const own =
    namespaces.length === 0 && namespaceSelector === undefined && namespace === of.metadata.namespace;
  const chosen =
    own ||
    namespaces.includes(namespace) ||
    (namespaceSelector !== undefined && selected(namespaceSelector, world.namespaceLabels(namespace)));
  return chosen && selected(labelSelector, other.metadata.labels);
}

function selected(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  if (selector === undefined) return false;
  for (const [key, wanted] of Object.entries(selector.matchLabels ?? {}))
    if (labels[key] !== wanted) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) =>
    holds(operator, values, labels[key]),
  );
}

function nodeOf(pod: Pod, { nodes }: World): Node | undefined {
  return nodes.find(({ metadata }) => metadata.name === pod.spec.nodeName);
}

function sameDomain(key: string, a: Node, b: Node | undefined): boolean {
  const value = label(a, key);
  return value !== undefined && value === label(b, key);
}

function label(node: Node | undefined, key: string): string | undefined {
  return node?.metadata.labels?.[key];
}
