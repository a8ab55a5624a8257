import type { NodeInfo } from './nodeinfo.ts';

/** The value of a node's label; undefined for a node without it, and for one that is not there. */
export function labelOf({ node }: NodeInfo, key: string): string | undefined {
  const labels = node?.metadata.labels;
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** Which nodes count, by a key that is the same for rules that say the same. */
export interface Eligibility {
  readonly key: string;
  includes(node: NodeInfo): boolean;
}

/** Every node counts. */
export const ALL_NODES: Eligibility = Object.freeze({ key: '', includes: () => true });

/**
 * How many of some pods are in each domain of a topology: on all eligible nodes whose label has that
 * value. Kept as pods come and go; when nodes change it is counted anew at its next use.
 */
export class DomainCounts {
  readonly topologyKey: string;
  readonly #eligibility: Eligibility;
  readonly #counts = new Map<string, number>();
  /** How many domains have how many pods. */
  readonly #sizes = new Map<number, number>();
  #least = Number.POSITIVE_INFINITY;
  #total = 0;
  #stale = true;

  constructor(topologyKey: string, eligibility: Eligibility) {
    this.topologyKey = topologyKey;
    this.#eligibility = eligibility;
  }

  /** Pods in all domains. */
  get total(): number {
    return this.#total;
  }

  /** How many domains there are, those without pods included. */
  get domains(): number {
    return this.#counts.size;
  }

  /** Pods in the domain with the fewest; infinite while there is none. */
  get least(): number {
    return this.#least;
  }

  /** Pods in a domain; undefined for one that has no eligible node. */
  of(value: string): number | undefined {
    return this.#counts.get(value);
  }

  /** What `least` is when some domains have so many pods more, or fewer. */
  leastWith(changes: ReadonlyMap<string, number>): number {
    if (changes.size === 0) return this.#least;
    const without = new Map<number, number>();
    let least = Number.POSITIVE_INFINITY;
    for (const [value, change] of changes) {
      const count = this.#counts.get(value);
      if (count !== undefined) without.set(count, (without.get(count) ?? 0) + 1);
      least = Math.min(least, (count ?? 0) + change);
    }
    for (const [size, domains] of this.#sizes)
      if (size < least && domains > (without.get(size) ?? 0)) least = size;
    return least;
  }

  /** Nodes have changed: what was counted is not to be relied on. */
  invalidate(): void {
    this.#stale = true;
  }

  /** Counts anew if need be. `perNode` says how many of the pods each node has. */
  refresh(nodes: readonly NodeInfo[], perNode: ReadonlyMap<NodeInfo, number>): void {
    if (!this.#stale) return;
    this.#stale = false;
    this.#counts.clear();
    this.#sizes.clear();
    this.#least = Number.POSITIVE_INFINITY;
    this.#total = 0;
    for (const node of nodes) {
      const value = labelOf(node, this.topologyKey);
      if (value === undefined || !this.#eligibility.includes(node)) continue;
      const count = perNode.get(node) ?? 0;
      this.#total += count;
      this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
    }
    for (const count of this.#counts.values()) {
      this.#sizes.set(count, (this.#sizes.get(count) ?? 0) + 1);
      this.#least = Math.min(this.#least, count);
    }
  }

  /** One of the pods came to a node, or left it. */
  change(node: NodeInfo, by: 1 | -1): void {
    if (this.#stale) return;
    const value = labelOf(node, this.topologyKey);
    const count = value === undefined ? undefined : this.#counts.get(value);
    if (value === undefined || count === undefined || !this.#eligibility.includes(node)) return;
    this.#total += by;
    this.#counts.set(value, count + by);
    const left = (this.#sizes.get(count) ?? 0) - 1;
    if (left > 0) this.#sizes.set(count, left);
    else this.#sizes.delete(count);
    this.#sizes.set(count + by, (this.#sizes.get(count + by) ?? 0) + 1);
    if (count + by < this.#least) this.#least = count + by;
    // The domain that left the fewest went one up, and so nothing lies between.
    else if (count === this.#least && left <= 0) this.#least = count + by;
  }
}
