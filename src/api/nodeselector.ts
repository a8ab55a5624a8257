import { newRequirement, newSelector, type Operator, type Selector } from '../apimachinery/labels.ts';
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod } from './generated/types.ts';
import { nameOf } from './object.ts';

/** The only field that `matchFields` can name. */
export const NAME_FIELD = 'metadata.name';

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
  ['Gt', 'gt'],
  ['Lt', 'lt'],
]);

/** A node selector term, compiled: labels and fields must both match. */
export interface Term {
  matches(node: Node): boolean;
}

/** A preferred term and its weight. */
export interface WeightedTerm {
  readonly term: Term;
  readonly weight: number;
}

/**
 * Compiles a term (component-helpers/scheduling/corev1/nodeaffinity). Undefined for one that selects
 * nothing: an empty one, and one that cannot be read.
 */
export function compileTerm(term: NodeSelectorTerm): Term | undefined {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return undefined;
  const selector = compileExpressions(expressions);
  if (selector === undefined || !fields.every(isNameRequirement)) return undefined;
  return {
    matches: (node) =>
      selector.matches(node.metadata.labels) && fields.every((field) => fieldMatches(field, nameOf(node))),
  };
}

function compileExpressions(expressions: readonly NodeSelectorRequirement[]): Selector | undefined {
  const requirements = [];
  for (const { key, operator, values = [] } of expressions) {
    const known = OPERATORS.get(operator);
    if (known === undefined) return undefined;
    const requirement = newRequirement(key, known, values);
    if ('error' in requirement) return undefined;
    requirements.push(requirement);
  }
  return newSelector(requirements);
}

function isNameRequirement({ key, operator, values = [] }: NodeSelectorRequirement): boolean {
  return key === NAME_FIELD && (operator === 'In' || operator === 'NotIn') && values.length === 1;
}

function fieldMatches({ operator, values = [] }: NodeSelectorRequirement, name: string): boolean {
  return values.includes(name) === (operator === 'In');
}

/** What a pod demands of its node: `nodeSelector` and the required terms, of which one must match. */
export interface RequiredAffinity {
  matches(node: Node): boolean;
}

/** The pod's demands on its node; undefined when it has none. */
export function requiredAffinity(pod: Pod): RequiredAffinity | undefined {
  const labels = Object.entries(pod.spec.nodeSelector ?? {});
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (labels.length === 0 && required === undefined) return undefined;
  const terms = required?.nodeSelectorTerms.map(compileTerm).filter((term) => term !== undefined);
  return {
    matches(node) {
      const actual = node.metadata.labels;
      for (const [key, value] of labels) {
        if (actual === undefined || !Object.hasOwn(actual, key) || actual[key] !== value) return false;
      }
      return terms === undefined || terms.some((term) => term.matches(node));
    },
  };
}

/** The pod's preferred terms that can match at all. */
export function preferredTerms(pod: Pod): WeightedTerm[] {
  const out: WeightedTerm[] = [];
  for (const { preference, weight } of pod.spec.affinity?.nodeAffinity
    ?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
    const term = weight === 0 ? undefined : compileTerm(preference);
    if (term !== undefined) out.push({ term, weight });
  }
  return out;
}
