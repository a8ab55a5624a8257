import type { Pod, PodAffinityTerm } from '../api/generated/types.ts';
import { namespaceOf } from '../api/object.ts';
import { compiledSelector, type Labels, NOTHING, type Selector } from '../apimachinery/labels.ts';

/** A term of a pod's affinity or anti-affinity to other pods, compiled (framework.AffinityTerm). */
export interface AffinityTerm {
  /** The same for terms that mean the same. */
  readonly key: string;
  readonly topologyKey: string;
  readonly selector: Selector;
  /** Pods of these namespaces are meant, and those of namespaces that `namespaceSelector` selects. */
  readonly namespaces: readonly string[];
  readonly namespaceSelector: Selector;
}

/** A preferred term: what each pod that it matches adds to a score. */
export interface WeightedTerm {
  readonly term: AffinityTerm;
  /** Negative for anti-affinity. */
  readonly weight: number;
}

/** All that a pod says of the pods it wants to be near to, or far from. */
export interface PodAffinity {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  /** Affinity first, then anti-affinity. */
  readonly preferred: readonly WeightedTerm[];
}

/** The labels of a namespace by its name; undefined when it is unknown or has none. */
export type NamespaceLabels = (namespace: string) => Labels;

const NONE: readonly never[] = Object.freeze([]);

/** What the pod says; undefined when it says nothing. */
export function podAffinity(pod: Pod): PodAffinity | undefined {
  const { podAffinity: near, podAntiAffinity: far } = pod.spec.affinity ?? {};
  if (near === undefined && far === undefined) return undefined;
  const namespace = namespaceOf(pod);
  const compile = (term: PodAffinityTerm): AffinityTerm => compileTerm(term, namespace);
  const preferred: WeightedTerm[] = [];
  for (const [rules, sign] of [
    [near, 1],
    [far, -1],
  ] as const) {
    for (const { podAffinityTerm, weight } of rules?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      preferred.push({ term: compile(podAffinityTerm), weight: sign * weight });
  }
  return {
    required: near?.requiredDuringSchedulingIgnoredDuringExecution?.map(compile) ?? NONE,
    requiredAnti: far?.requiredDuringSchedulingIgnoredDuringExecution?.map(compile) ?? NONE,
    preferred,
  };
}

const compiled = new WeakMap<PodAffinityTerm, { readonly namespace: string; readonly term: AffinityTerm }>();

/** Terms without namespaces of their own mean the pod's (framework/types.go getNamespacesFromPodAffinityTerm). */
function compileTerm(given: PodAffinityTerm, namespace: string): AffinityTerm {
  const known = compiled.get(given);
  if (known?.namespace === namespace) return known.term;
  const { topologyKey, labelSelector, namespaceSelector } = given;
  const named = given.namespaces ?? NONE;
  const namespaces =
    named.length === 0 && namespaceSelector === undefined ? [namespace] : [...new Set(named)].sort();
  const selectors = [compiledSelector(labelSelector), compiledSelector(namespaceSelector)] as const;
  const term: AffinityTerm = {
    key: JSON.stringify([topologyKey, namespaces, ...selectors.map(textOf)]),
    topologyKey,
    selector: selectors[0],
    namespaces,
    namespaceSelector: selectors[1],
  };
  compiled.set(given, { namespace, term });
  return term;
}

/** A text that differs for selectors that differ; that of nothing is null. */
export function textOf(selector: Selector): string | null {
  return selector === NOTHING ? null : selector.toString();
}

/** Whether the term means this pod (AffinityTerm.Matches). */
export function termMatches(term: AffinityTerm, pod: Pod, labelsOf: NamespaceLabels): boolean {
  const namespace = namespaceOf(pod);
  if (!term.namespaces.includes(namespace) && !selectsNamespace(term, namespace, labelsOf)) return false;
  return term.selector.matches(pod.metadata.labels);
}

function selectsNamespace(
  { namespaceSelector }: AffinityTerm,
  namespace: string,
  labelsOf: NamespaceLabels,
): boolean {
  return namespaceSelector !== NOTHING && namespaceSelector.matches(labelsOf(namespace));
}

/** Whether all terms mean the pod; no terms mean nobody (podMatchesAllAffinityTerms). */
export function allTermsMatch(terms: readonly AffinityTerm[], pod: Pod, labelsOf: NamespaceLabels): boolean {
  return terms.length > 0 && terms.every((term) => termMatches(term, pod, labelsOf));
}
