/** How a decision is put into a sentence; Kubernetes' own reasons stay as it prints them. */
export interface DecisionWords {
  readonly notAssigned: (pod: string, message: string | undefined) => string;
  readonly notBound: (pod: string, node: string, message: string) => string;
  readonly onlyOne: (facts: DecisionFacts) => string;
  readonly highest: (facts: ScoredFacts) => string;
}

/** What a sentence about an assignment is made of. */
export interface DecisionFacts {
  readonly pod: string;
  readonly node: string;
  /** Nodes of the cluster, and how many of them were looked at. */
  readonly total: number;
  readonly evaluated: number;
  /** `2 Insufficient cpu`, as the scheduler counts reasons. */
  readonly rejected: readonly string[];
}

/** The same where nodes were scored. */
export interface ScoredFacts extends DecisionFacts {
  readonly score: number;
  /** Other nodes with the same score, between which the draw decided. */
  readonly tied: readonly string[];
  /** The best of those with a lower score. */
  readonly next: { readonly node: string; readonly score: number } | undefined;
}

/** More names than this are counted. */
const MAX_NAMES = 3;

/** Names in words: the first few, and how many more. */
export function namesIn(names: readonly string[], more: (count: number) => string): string {
  if (names.length <= MAX_NAMES) return names.join(', ');
  return `${names.slice(0, MAX_NAMES).join(', ')}${more(names.length - MAX_NAMES)}`;
}

function lookedAt({ evaluated, total }: DecisionFacts): string {
  if (evaluated < total) return `${evaluated} of ${total} nodes looked at`;
  return total === 1 ? '1 node' : `${total} nodes`;
}

function without({ rejected }: DecisionFacts): string {
  return rejected.length === 0 ? '' : ` (rejected: ${rejected.join(', ')})`;
}

/** English, as the command line and the tests read it. */
export const decisionWords: DecisionWords = {
  notAssigned: (pod, message) => `${pod} was not assigned: ${message ?? 'no reason recorded'}`,
  notBound: (pod, node, message) => `${pod} was meant for ${node}, but was not assigned: ${message}`,
  onlyOne: (facts) =>
    `${facts.pod} was assigned to ${facts.node}, the only one of ${lookedAt(facts)} that can take it${without(facts)}.`,
  highest: (facts) => {
    const { pod, node, score, tied, next } = facts;
    const after = next === undefined ? '' : `; next is ${next.node} with ${next.score}`;
    if (tied.length === 0)
      return `${pod} was assigned to ${node}, which scored highest of ${lookedAt(facts)} with ${score}${after}${without(facts)}.`;
    const others = namesIn(tied, (count) => ` and ${count} more`);
    return `${pod} was assigned to ${node}, which tied with ${others} for the highest score of ${lookedAt(facts)}, ${score}; of equals one is drawn at random${after}${without(facts)}.`;
  },
};
