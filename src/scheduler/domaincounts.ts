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
 * value. Kept as pods come and go; when nodes change it is counted anew at its next use. Domains are
 * numbered, so that a cycle that asks of thousands of nodes looks up no label.
 */
export class DomainCounts {
  readonly topologyKey: string;
  readonly #eligibility: Eligibility;
  /** The domain of each value that a node's label has. */
  readonly #byValue = new Map<string, number>();
  /** The domain of each node, by its place in the cache's list; -1 without the label. */
  #byNode: Int32Array<ArrayBuffer> = NO_NODES;
  /** Pods by domain; -1 in a domain without an eligible node. */
  #pods: number[] = [];
  /** How many domains have how many pods. */
  readonly #sizes = new Map<number, number>();
  /** By domain: the last count of distinct domains that came across it. */
  #seen: number[] = [];
  #sightings = 0;
  #domains = 0;
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

  /** How many domains with an eligible node there are, those without pods included. */
  get domains(): number {
    return this.#domains;
  }

  /** Pods in the domain with the fewest; infinite while there is none. */
  get least(): number {
    return this.#least;
  }

  /** The number of the domain that a node is in; -1 for one without the label, or that is not there. */
  domainOf(node: NodeInfo): number {
    return this.#byNode[node.index] ?? -1;
  }

  /** Pods in the domain that a node is in; 0 when it is in none, or in one without an eligible node. */
  near(node: NodeInfo): number {
    const domain = this.domainOf(node);
    return domain < 0 ? 0 : Math.max(0, this.#pods[domain] as number);
  }

  /** Pods in a domain; 0 for one that has no eligible node. */
  of(value: string): number {
    const domain = this.#byValue.get(value);
    return domain === undefined ? 0 : Math.max(0, this.#pods[domain] as number);
  }

  /** How many domains nodes are in; those without the label are in one. */
  distinct(nodes: readonly NodeInfo[], ignored: ReadonlySet<NodeInfo>): number {
    if (this.#byValue.size === 0) return nodes.length > ignored.size ? 1 : 0;
    this.#sightings++;
    let count = 0;
    let outside = 0;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] as NodeInfo;
      if (ignored.size > 0 && ignored.has(node)) continue;
      const domain = this.domainOf(node);
      if (domain < 0) outside = 1;
      else if (this.#seen[domain] !== this.#sightings) {
        this.#seen[domain] = this.#sightings;
        count++;
      }
    }
    return count + outside;
  }

  /** What `least` is when some domains have so many pods more, or fewer. */
  leastWith(changes: ReadonlyMap<string, number>): number {
    if (changes.size === 0) return this.#least;
    const without = new Map<number, number>();
    let least = Number.POSITIVE_INFINITY;
    for (const [value, change] of changes) {
      const count = this.#pods[this.#byValue.get(value) ?? -1] ?? -1;
      if (count >= 0) without.set(count, (without.get(count) ?? 0) + 1);
      least = Math.min(least, Math.max(0, count) + change);
    }
    for (const [size, domains] of this.#sizes)
      if (size < least && domains > (without.get(size) ?? 0)) least = size;
    return least;
  }

  /** Nodes have changed: what was counted is not to be relied on. */
  invalidate(): void {
    this.#stale = true;
  }

  /** Counts anew if need be. `nodes` is the cache's list; `perNode` says how many of the pods each has. */
  refresh(nodes: readonly NodeInfo[], perNode: ReadonlyMap<NodeInfo, number>): void {
    if (!this.#stale) return;
    this.#stale = false;
    this.#byValue.clear();
    this.#byNode = new Int32Array(nodes.length).fill(-1);
    this.#pods = [];
    this.#seen = [];
    this.#total = 0;
    for (const node of nodes) {
      const value = labelOf(node, this.topologyKey);
      if (value === undefined) continue;
      const domain = this.#number(value);
      this.#byNode[node.index] = domain;
      if (!this.#eligibility.includes(node)) continue;
      const count = perNode.get(node) ?? 0;
      this.#total += count;
      this.#pods[domain] = Math.max(0, this.#pods[domain] as number) + count;
    }
    this.#measure();
  }

  #number(value: string): number {
    const known = this.#byValue.get(value);
    if (known !== undefined) return known;
    const domain = this.#pods.push(-1) - 1;
    this.#seen.push(0);
    this.#byValue.set(value, domain);
    return domain;
  }

  #measure(): void {
    this.#sizes.clear();
    this.#domains = 0;
    this.#least = Number.POSITIVE_INFINITY;
    for (const count of this.#pods) {
      if (count < 0) continue;
      this.#domains++;
      this.#sizes.set(count, (this.#sizes.get(count) ?? 0) + 1);
      this.#least = Math.min(this.#least, count);
    }
  }

  /** One of the pods came to a node, or left it. */
  change(node: NodeInfo, by: 1 | -1): void {
    if (this.#stale) return;
    const domain = this.domainOf(node);
    const count = this.#pods[domain] ?? -1;
    if (count < 0 || !this.#eligibility.includes(node)) return;
    this.#total += by;
    this.#pods[domain] = count + by;
    const left = (this.#sizes.get(count) ?? 0) - 1;
    if (left > 0) this.#sizes.set(count, left);
    else this.#sizes.delete(count);
    this.#sizes.set(count + by, (this.#sizes.get(count + by) ?? 0) + 1);
    if (count + by < this.#least) this.#least = count + by;
    // The domain that left the fewest went one up, and so nothing lies between.
    else if (count === this.#least && left <= 0) this.#least = count + by;
  }
}

const NO_NODES = new Int32Array(0);
