import type { Node, Pod } from '../api/generated/types.ts';
import { isTerminating, nameOf, uidOf } from '../api/object.ts';
import type { Selector } from '../apimachinery/labels.ts';
import type { AffinityTerm } from './affinityterms.ts';
import { AmountPool } from './amounts.ts';
import type { Listers } from './listers.ts';
import { type ImageState, NodeInfo } from './nodeinfo.ts';
import { NodeTree } from './nodetree.ts';
import { livePods, type PodCount, PodCounts, podsOfTerms } from './podcounts.ts';
import { type PodInfo, podInfo } from './podinfo.ts';
import { TermCounts } from './termcounts.ts';

/** A counted pod: where, and whether its binding is still under way. */
interface Placed {
  readonly node: string;
  readonly info: PodInfo;
  readonly assumed: boolean;
}

/**
 * What the scheduler knows of nodes and the pods on them, assumed pods included
 * (pkg/scheduler/backend/cache). A scheduling cycle never overlaps an event, so cycles read the
 * cache itself: there is no copy to take.
 */
export class Cache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #softTainted = new Set<NodeInfo>();
  readonly #amounts = new AmountPool();
  readonly #tree = new NodeTree();
  readonly #placed = new Map<string, Placed>();
  readonly #images = new Map<string, ImageState>();
  /** How many counted pods have each priority. */
  readonly #priorities = new Map<number, number>();
  readonly #counts = new PodCounts();
  /** What counted pods say of the pods near to them. */
  readonly terms = new TermCounts();
  #list: readonly NodeInfo[] = [];
  #names: readonly string[] = [];
  #stale = false;

  /** The nodes, zones taking turns. The array is replaced, never changed: keep it as long as you like. */
  get nodes(): readonly NodeInfo[] {
    if (this.#stale) this.#rebuild();
    return this.#list;
  }

  /** The names of `nodes`, in the same order; kept the same array as long as the list is. */
  get nodeNames(): readonly string[] {
    if (this.#stale) this.#rebuild();
    return this.#names;
  }

  #rebuild(): void {
    this.#stale = false;
    this.#list = this.#tree.list();
    this.#names = this.#list.map((info) => info.name);
    for (const [i, info] of this.#list.entries()) info.index = i;
  }

  /** Whether any node has a PreferNoSchedule taint. */
  get hasSoftTaints(): boolean {
    return this.#softTainted.size > 0;
  }

  /** A node that exists; undefined for one of which only pods are known. */
  node(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name);
    return info?.node === undefined ? undefined : info;
  }

  /** Where an image lies, by its name as nodes report it. */
  image(name: string): ImageState | undefined {
    return this.#images.get(name);
  }

  /** Where the counted pods are that all the terms mean. */
  countByTerms(terms: readonly AffinityTerm[], listers: Listers): PodCount {
    const query = podsOfTerms(terms, listers);
    return this.#counts.of(query, () => this.#podsOnNodes());
  }

  /** Where the counted pods of a namespace are that a selector selects and that are not about to end. */
  countLive(namespace: string, selector: Selector): PodCount {
    return this.#counts.of(livePods(namespace, selector), () => this.#podsOnNodes());
  }

  *#podsOnNodes(): Iterable<readonly [Pod, NodeInfo]> {
    for (const node of this.#nodes.values()) for (const { pod } of node.pods.values()) yield [pod, node];
  }

  /** Adds a node or takes over its new state. */
  putNode(node: Node): void {
    const info = this.#nodeInfo(nameOf(node));
    const before = info.node?.status?.images;
    const moved = info.node === undefined || standsElsewhere(info.node, node);
    info.setNode(node);
    if (moved) this.#invalidateCounts();
    if (info.softTaints.length > 0) this.#softTainted.add(info);
    else this.#softTainted.delete(info);
    if (this.#tree.put(info, node)) this.#stale = true;
    if (before !== node.status?.images || info.images.size === 0) this.#setImages(info, node);
  }

  /** Removes a node. Its pods stay counted until they are gone themselves. */
  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info === undefined) return;
    this.#tree.remove(info);
    this.#softTainted.delete(info);
    this.#dropImages(info);
    info.node = undefined;
    info.index = -1;
    this.#stale = true;
    this.#invalidateCounts();
    this.#dropIfEmpty(info);
  }

  #nodeInfo(name: string): NodeInfo {
    let info = this.#nodes.get(name);
    if (info === undefined) {
      info = new NodeInfo(name, this.#amounts.take());
      this.#nodes.set(name, info);
    }
    return info;
  }

  #setImages(info: NodeInfo, node: Node): void {
    this.#dropImages(info);
    const images = new Map<string, ImageState>();
    for (const { names, sizeBytes } of node.status?.images ?? []) {
      for (const name of names ?? []) {
        if (images.has(name)) continue;
        let state = this.#images.get(name);
        if (state === undefined) {
          state = { size: sizeBytes ?? 0, nodes: 0 };
          this.#images.set(name, state);
        }
        state.nodes++;
        images.set(name, state);
      }
    }
    info.images = images;
  }

  #dropImages(info: NodeInfo): void {
    for (const [name, state] of info.images) {
      state.nodes--;
      if (state.nodes === 0) this.#images.delete(name);
    }
    info.images = new Map();
  }

  /** Counts a pod on the node chosen for it, before the API server has heard of it. */
  assume(info: PodInfo, node: string): void {
    this.#place(info, node, true);
  }

  /** Takes an assumption back, because binding failed. A pod known to be bound stays. */
  forget(uid: string): void {
    if (this.#placed.get(uid)?.assumed === true) this.#remove(uid);
  }

  /** Whether the pod is counted somewhere: its binding is under way or done. */
  has(uid: string): boolean {
    return this.#placed.has(uid);
  }

  /** Whether any counted pod has a lower priority than this: whether preemption could find victims at all. */
  hasPriorityBelow(priority: number): boolean {
    for (const known of this.#priorities.keys()) if (known < priority) return true;
    return false;
  }

  /** The counted pod, if any. */
  pod(uid: string): PodInfo | undefined {
    return this.#placed.get(uid)?.info;
  }

  /** Takes over a state of a pod that has a node: what was assumed is now known. */
  putPod(pod: Pod): void {
    const node = pod.spec.nodeName ?? '';
    const before = this.#placed.get(uidOf(pod));
    const info = podInfo(pod, before?.info);
    if (before?.node === node && countsAlike(before.info.pod, pod) && this.#nodeInfo(node).replacePod(info)) {
      this.#placed.set(info.uid, { node, info, assumed: false });
      return;
    }
    this.#place(info, node, false);
  }

  /** Counts a pod out. */
  removePod(uid: string): void {
    this.#remove(uid);
  }

  #place(info: PodInfo, node: string, assumed: boolean): void {
    this.#remove(info.uid);
    const on = this.#nodeInfo(node);
    on.addPod(info);
    this.#placed.set(info.uid, { node, info, assumed });
    this.#count(info, on, 1);
    this.#priorities.set(info.priority, (this.#priorities.get(info.priority) ?? 0) + 1);
  }

  #remove(uid: string): void {
    const placed = this.#placed.get(uid);
    if (placed === undefined) return;
    this.#placed.delete(uid);
    const { priority } = placed.info;
    const left = (this.#priorities.get(priority) ?? 0) - 1;
    if (left > 0) this.#priorities.set(priority, left);
    else this.#priorities.delete(priority);
    const info = this.#nodes.get(placed.node);
    if (info === undefined) return;
    info.removePod(uid);
    this.#count(placed.info, info, -1);
    this.#dropIfEmpty(info);
  }

  #count({ pod, affinity }: PodInfo, node: NodeInfo, by: 1 | -1): void {
    this.#counts.change(pod, node, by);
    if (affinity !== undefined) this.terms.change(affinity, node, by);
  }

  #invalidateCounts(): void {
    this.#counts.invalidate();
    this.terms.invalidate();
  }

  /** Forgets a node that is gone, with its last pod. */
  #dropIfEmpty(info: NodeInfo): void {
    if (info.node !== undefined || info.pods.size > 0) return;
    this.#nodes.delete(info.name);
    this.#amounts.give(info.amounts);
  }
}

/** Whether what decides in which domains a node is differs: its labels, and the taints that keep pods off. */
function standsElsewhere(before: Node, after: Node): boolean {
  return before.metadata.labels !== after.metadata.labels || before.spec !== after.spec;
}

/** Whether two states of a pod are the same to whoever counts pods. */
function countsAlike(before: Pod, after: Pod): boolean {
  return before.metadata.labels === after.metadata.labels && isTerminating(before) === isTerminating(after);
}
