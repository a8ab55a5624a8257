import type { Pod } from '../api/generated/types.ts';
import { isTerminating, namespaceOf } from '../api/object.ts';
import { NOTHING, type Selector } from '../apimachinery/labels.ts';
import { type AffinityTerm, textOf } from './affinityterms.ts';
import { DomainCounts, type Eligibility } from './domaincounts.ts';
import type { Listers } from './listers.ts';
import type { NodeInfo } from './nodeinfo.ts';
import { SelectorIndex } from './selectorindex.ts';

/** Which pods are counted, by a key that is the same for questions that ask the same. */
export interface PodQuery {
  readonly key: string;
  /** One that every counted pod satisfies. */
  readonly selector: Selector;
  matches(pod: Pod): boolean;
}

/** The pods of a namespace that a selector selects and that are not about to end. */
export function livePods(namespace: string, selector: Selector): PodQuery {
  return {
    key: JSON.stringify(['live', namespace, textOf(selector)]),
    selector,
    matches: (pod) =>
      namespaceOf(pod) === namespace && !isTerminating(pod) && selector.matches(pod.metadata.labels),
  };
}

/**
 * The pods that all terms mean. Selectors of namespaces are looked up now, so that the question is
 * another one when the labels of a namespace change.
 */
export function podsOfTerms(terms: readonly AffinityTerm[], listers: Listers): PodQuery {
  const parts = terms.map((term) => ({ selector: term.selector, names: namesOf(term, listers) }));
  const [first] = parts;
  if (first === undefined) throw new Error('a question about pods without terms');
  return {
    key: JSON.stringify(parts.map(({ selector, names }) => [textOf(selector), names ?? null])),
    selector: first.selector,
    matches: (pod) =>
      parts.every(
        ({ selector, names }) =>
          names?.includes(namespaceOf(pod)) !== false && selector.matches(pod.metadata.labels),
      ),
  };
}

/** The namespaces a term means, sorted; undefined for all, those included that nobody has told of yet. */
function namesOf(term: AffinityTerm, listers: Listers): readonly string[] | undefined {
  const { namespaceSelector, namespaces } = term;
  if (namespaceSelector === NOTHING) return namespaces;
  if (namespaceSelector.isEmpty()) return undefined;
  const selected = listers
    .namespaces()
    .filter((name) => namespaceSelector.matches(listers.namespaceLabels(name)));
  return [...new Set([...namespaces, ...selected])].sort();
}

/** How many of some pods each node and each domain has. */
export class PodCount {
  readonly query: PodQuery;
  readonly #perNode = new Map<NodeInfo, number>();
  /** The same by the place of the node in the cache's list; undefined after nodes came or went. */
  #byPlace: Int32Array<ArrayBuffer> | undefined;
  readonly #tables = new Map<string, DomainCounts>();

  constructor(query: PodQuery) {
    this.query = query;
  }

  /** How many are on each of the cache's nodes, by its place there; true until the next pod or node comes or goes. */
  byPlace(nodes: readonly NodeInfo[]): Int32Array<ArrayBuffer> {
    this.#byPlace ??= Int32Array.from(nodes, (node) => this.#perNode.get(node) ?? 0);
    return this.#byPlace;
  }

  change(node: NodeInfo, by: 1 | -1): void {
    const count = (this.#perNode.get(node) ?? 0) + by;
    if (count === 0) this.#perNode.delete(node);
    else this.#perNode.set(node, count);
    // A node of which only pods are known has no place.
    if (this.#byPlace !== undefined && node.index >= 0) this.#byPlace[node.index] = count;
    for (const table of this.#tables.values()) table.change(node, by);
  }

  invalidate(): void {
    this.#byPlace = undefined;
    for (const table of this.#tables.values()) table.invalidate();
  }

  /** The counts by domain; true until the next pod or node comes or goes. */
  domains(topologyKey: string, eligibility: Eligibility, nodes: readonly NodeInfo[]): DomainCounts {
    const key = `${topologyKey}|${eligibility.key}`;
    let table = this.#tables.get(key);
    if (table === undefined) {
      if (this.#tables.size >= MOST_TABLES) this.#tables.clear();
      table = new DomainCounts(topologyKey, eligibility);
      this.#tables.set(key, table);
    }
    table.refresh(nodes, this.#perNode);
    return table;
  }
}

const MOST_TABLES = 16;
/** Questions kept; the one not asked for longest is dropped. */
const MOST_QUERIES = 1024;

/**
 * Answers to the questions that plugins ask about pods, kept as pods come and go, so that a cycle
 * costs what its pod asks and not what is on all nodes. Upstream counts anew for each pod.
 */
export class PodCounts {
  /** The one asked longest ago first. */
  readonly #counts = new Map<string, PodCount>();
  readonly #index = new SelectorIndex<PodCount>();

  /** The counts of a question; at its first time `pods` are gone through. */
  of(query: PodQuery, pods: () => Iterable<readonly [Pod, NodeInfo]>): PodCount {
    let count = this.#counts.get(query.key);
    if (count === undefined) {
      count = new PodCount(query);
      for (const [pod, node] of pods()) if (query.matches(pod)) count.change(node, 1);
      this.#index.add(query.selector, count);
      if (this.#counts.size >= MOST_QUERIES) this.#dropOldest();
    } else {
      this.#counts.delete(query.key);
    }
    this.#counts.set(query.key, count);
    return count;
  }

  #dropOldest(): void {
    for (const [key, count] of this.#counts) {
      this.#counts.delete(key);
      this.#index.delete(count.query.selector, count);
      return;
    }
  }

  /** A pod came to a node, or left it; it must leave in the state in which it came. */
  change(pod: Pod, node: NodeInfo, by: 1 | -1): void {
    if (this.#counts.size === 0) return;
    this.#index.candidates(pod.metadata.labels, (count) => {
      if (count.query.matches(pod)) count.change(node, by);
    });
  }

  /** A node came, went, or has other labels or taints. */
  invalidate(): void {
    for (const count of this.#counts.values()) count.invalidate();
  }
}
