import type { Pod } from '../api/generated/types.ts';
import { type AffinityTerm, type NamespaceLabels, type PodAffinity, termMatches } from './affinityterms.ts';
import { ALL_NODES, DomainCounts } from './domaincounts.ts';
import type { NodeInfo } from './nodeinfo.ts';
import { SelectorIndex } from './selectorindex.ts';

/** What a term of a pod that is on a node means for a pod that is to come. */
export type TermKind = 'required' | 'requiredAnti' | 'preferred';

/** A term that pods on nodes have, and where those pods are. */
export class TermCount {
  readonly key: string;
  readonly kind: TermKind;
  readonly term: AffinityTerm;
  /** Of a preferred term; else 0. */
  readonly weight: number;
  readonly #perNode = new Map<NodeInfo, number>();
  readonly #domains: DomainCounts;

  constructor(key: string, kind: TermKind, term: AffinityTerm, weight: number) {
    this.key = key;
    this.kind = kind;
    this.term = term;
    this.weight = weight;
    this.#domains = new DomainCounts(term.topologyKey, ALL_NODES);
  }

  get isEmpty(): boolean {
    return this.#perNode.size === 0;
  }

  change(node: NodeInfo, by: 1 | -1): void {
    const count = (this.#perNode.get(node) ?? 0) + by;
    if (count === 0) this.#perNode.delete(node);
    else this.#perNode.set(node, count);
    this.#domains.change(node, by);
  }

  invalidate(): void {
    this.#domains.invalidate();
  }

  domains(nodes: readonly NodeInfo[]): DomainCounts {
    this.#domains.refresh(nodes, this.#perNode);
    return this.#domains;
  }
}

/** The terms that pods on nodes have, equal ones once, so that a pod to come is compared with each only once. */
export class TermCounts {
  readonly #terms = new Map<string, TermCount>();
  readonly #indexes: Readonly<Record<TermKind, SelectorIndex<TermCount>>> = {
    required: new SelectorIndex(),
    requiredAnti: new SelectorIndex(),
    preferred: new SelectorIndex(),
  };

  /** A pod with these terms came to a node, or left it. */
  change({ required, requiredAnti, preferred }: PodAffinity, node: NodeInfo, by: 1 | -1): void {
    for (const term of required) this.#change('required', term, 0, node, by);
    for (const term of requiredAnti) this.#change('requiredAnti', term, 0, node, by);
    for (const { term, weight } of preferred) this.#change('preferred', term, weight, node, by);
  }

  #change(kind: TermKind, term: AffinityTerm, weight: number, node: NodeInfo, by: 1 | -1): void {
    const key = `${kind}|${weight}|${term.key}`;
    let count = this.#terms.get(key);
    if (count === undefined) {
      count = new TermCount(key, kind, term, weight);
      this.#terms.set(key, count);
      this.#indexes[kind].add(term.selector, count);
    }
    count.change(node, by);
    if (!count.isEmpty) return;
    this.#terms.delete(key);
    this.#indexes[kind].delete(term.selector, count);
  }

  /** The terms of a kind that mean this pod. */
  matching(kind: TermKind, pod: Pod, labelsOf: NamespaceLabels): readonly TermCount[] {
    if (this.#terms.size === 0) return NONE;
    const out: TermCount[] = [];
    this.#indexes[kind].candidates(pod.metadata.labels, (count) => {
      if (termMatches(count.term, pod, labelsOf)) out.push(count);
    });
    return out;
  }

  /** A node came, went, or has other labels. */
  invalidate(): void {
    for (const count of this.#terms.values()) count.invalidate();
  }
}

const NONE: readonly TermCount[] = Object.freeze([]);
