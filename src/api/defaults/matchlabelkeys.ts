import type {
  Affinity,
  LabelSelector,
  LabelSelectorRequirement,
  Pod,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from '../generated/types.ts';
import { mapShared } from '../kind.ts';
import { withChanged } from './unset.ts';

type PodLabels = Readonly<Record<string, string>>;

/**
 * A new pod whose selectors spell out what `matchLabelKeys` and `mismatchLabelKeys` mean for its own
 * labels (mutatePodAffinity and mutateTopologySpreadConstraints, pkg/registry/core/pod/strategy.go).
 */
export function withMergedLabelKeys(pod: Pod): Pod {
  const labels = pod.metadata.labels ?? {};
  return withChanged(pod, 'spec', (given) => {
    const spec = withChanged(given, 'affinity', (affinity) => mergeAffinity(affinity, labels));
    return withChanged(spec, 'topologySpreadConstraints', (list) =>
      mapShared(list, (constraint) => mergeTerm<TopologySpreadConstraint>(constraint, labels)),
    );
  });
}

function mergeAffinity(given: Affinity, labels: PodLabels): Affinity {
  const affinity = withChanged(given, 'podAffinity', (rules) => mergeRules(rules, labels));
  return withChanged(affinity, 'podAntiAffinity', (rules) => mergeRules(rules, labels));
}

type Rules = NonNullable<Affinity['podAffinity']>;

function mergeRules(given: Rules, labels: PodLabels): Rules {
  const merge = (term: PodAffinityTerm): PodAffinityTerm => mergeTerm<PodAffinityTerm>(term, labels);
  const rules = withChanged(given, 'requiredDuringSchedulingIgnoredDuringExecution', (terms) =>
    mapShared(terms, merge),
  );
  return withChanged(rules, 'preferredDuringSchedulingIgnoredDuringExecution', (terms) =>
    mapShared(terms, (weighted) => withChanged(weighted, 'podAffinityTerm', merge)),
  );
}

interface WithLabelKeys {
  readonly labelSelector?: LabelSelector;
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
}

function mergeTerm<T extends WithLabelKeys>(term: T, labels: PodLabels): T {
  const selector = term.labelSelector;
  if (selector === undefined) return term;
  const added: LabelSelectorRequirement[] = [];
  const add = (keys: readonly string[] | undefined, operator: string): void => {
    for (const key of keys ?? []) {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      if (value !== undefined) added.push({ key, operator, values: [value] });
    }
  };
  add(term.matchLabelKeys, 'In');
  add(term.mismatchLabelKeys, 'NotIn');
  if (added.length === 0) return term;
  const matchExpressions = [...(selector.matchExpressions ?? []), ...added];
  return { ...term, labelSelector: { ...selector, matchExpressions } };
}
