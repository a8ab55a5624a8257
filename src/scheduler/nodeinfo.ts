import type { Node, Taint } from '../api/generated/types.ts';
import { nameOf } from '../api/object.ts';
import { type Amounts, ownAmounts, Slot } from './amounts.ts';
import { amountOf, type HostPort, type PodInfo } from './podinfo.ts';

/** An image that lies on nodes, shared by all nodes that have it. */
export interface ImageState {
  /** Bytes, as the first node that reported it says. */
  readonly size: number;
  /** On how many nodes it lies. */
  nodes: number;
}

const NO_TAINTS: readonly Taint[] = Object.freeze([]);
const NO_SCALARS: ReadonlyMap<string, number> = new Map();
const ANY_ADDRESS = '0.0.0.0';

/**
 * A node and what is on it, with sums kept as pods come and go (framework.NodeInfo). Amounts are
 * millicores, bytes and whole units. A node of which only pods are known has no `node`.
 */
export class NodeInfo {
  readonly name: string;
  /** Where the node stands in the cache's list; -1 while it is not in it. */
  index = -1;
  node: Node | undefined;
  /** Pods assigned or assumed here, by uid, in the order they came. */
  readonly pods = new Map<string, PodInfo>();

  /** Where this node's amounts lie. */
  readonly amounts: Amounts;
  readonly #array: Float64Array;
  readonly #base: number;
  #scalar: Map<string, number> | undefined;
  allocatableScalar: ReadonlyMap<string, number> = NO_SCALARS;

  unschedulable = false;
  /** Taints that keep pods away: NoSchedule and NoExecute. */
  taints: readonly Taint[] = NO_TAINTS;
  /** PreferNoSchedule taints. */
  softTaints: readonly Taint[] = NO_TAINTS;

  /** By image name as the node reports it. */
  images: ReadonlyMap<string, ImageState> = new Map();
  /** `TCP/8080` to the addresses it is taken on, with how many pods take it. */
  #ports: Map<string, Map<string, number>> | undefined;

  constructor(name: string, amounts: Amounts = ownAmounts()) {
    this.name = name;
    this.amounts = amounts;
    this.#array = amounts.array;
    this.#base = amounts.base;
  }

  #amount(slot: number): number {
    return this.#array[this.#base + slot] as number;
  }

  /** What the pods here request. */
  get milliCPU(): number {
    return this.#amount(Slot.cpu);
  }

  get memory(): number {
    return this.#amount(Slot.memory);
  }

  get ephemeralStorage(): number {
    return this.#amount(Slot.ephemeral);
  }

  /** The same with something assumed for containers that request nothing; for scoring only. */
  get nonZeroCPU(): number {
    return this.#amount(Slot.nonZeroCPU);
  }

  get nonZeroMemory(): number {
    return this.#amount(Slot.nonZeroMemory);
  }

  get allocatableCPU(): number {
    return this.#amount(Slot.allocatableCPU);
  }

  get allocatableMemory(): number {
    return this.#amount(Slot.allocatableMemory);
  }

  get allocatableEphemeral(): number {
    return this.#amount(Slot.allocatableEphemeral);
  }

  get allocatablePods(): number {
    return this.#amount(Slot.allocatablePods);
  }

  /** How many pods are here. */
  get podCount(): number {
    return this.#amount(Slot.podCount);
  }

  /** Takes over a state of the node object; images are the cache's to set. */
  setNode(node: Node): void {
    const before = this.node;
    this.node = node;
    this.unschedulable = node.spec?.unschedulable === true;
    if (before === undefined || before.spec?.taints !== node.spec?.taints) {
      const taints = node.spec?.taints ?? NO_TAINTS;
      this.softTaints = some(taints.filter((taint) => taint.effect === 'PreferNoSchedule'));
      this.taints = some(taints.filter((taint) => taint.effect !== 'PreferNoSchedule'));
    }
    if (before === undefined || before.status?.allocatable !== node.status?.allocatable)
      this.#readAllocatable(node);
  }

  #readAllocatable(node: Node): void {
    const allocatable = node.status?.allocatable ?? {};
    this.#set(Slot.allocatableCPU, amountOf('cpu', allocatable.cpu));
    this.#set(Slot.allocatableMemory, amountOf('memory', allocatable.memory));
    this.#set(Slot.allocatableEphemeral, amountOf('ephemeral-storage', allocatable['ephemeral-storage']));
    this.#set(Slot.allocatablePods, amountOf('pods', allocatable.pods));
    let scalar: Map<string, number> | undefined;
    for (const name of Object.keys(allocatable)) {
      if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || name === 'pods') continue;
      scalar ??= new Map();
      scalar.set(name, amountOf(name, allocatable[name]));
    }
    this.allocatableScalar = scalar ?? NO_SCALARS;
  }

  /** Counts a pod in; a state of the same pod that was counted before is replaced. */
  addPod(info: PodInfo): void {
    this.removePod(info.uid);
    this.pods.set(info.uid, info);
    this.#count(info, 1);
  }

  /** Replaces a pod by a newer state that asks for the same; false when it must be counted anew. */
  replacePod(info: PodInfo): boolean {
    const before = this.pods.get(info.uid);
    if (before === undefined || before.resources !== info.resources) return false;
    this.pods.set(info.uid, info);
    return true;
  }

  /** Counts a pod out. A pod that is not here changes nothing. */
  removePod(uid: string): void {
    const info = this.pods.get(uid);
    if (info === undefined) return;
    this.pods.delete(uid);
    this.#count(info, -1);
  }

  /** Counts a pod out in thought: it stays in `pods`, and `lower` counts it in again. */
  lift(info: PodInfo): void {
    this.#count(info, -1);
  }

  lower(info: PodInfo): void {
    this.#count(info, 1);
  }

  #count({ resources, hostPorts }: PodInfo, sign: 1 | -1): void {
    this.#add(Slot.cpu, sign * resources.milliCPU);
    this.#add(Slot.memory, sign * resources.memory);
    this.#add(Slot.ephemeral, sign * resources.ephemeralStorage);
    this.#add(Slot.nonZeroCPU, sign * resources.nonZeroCPU);
    this.#add(Slot.nonZeroMemory, sign * resources.nonZeroMemory);
    this.#add(Slot.podCount, sign);
    for (const [name, amount] of resources.scalar) {
      this.#scalar ??= new Map();
      this.#scalar.set(name, (this.#scalar.get(name) ?? 0) + sign * amount);
    }
    for (const port of hostPorts) this.#countPort(port, sign);
  }

  #set(slot: number, amount: number): void {
    this.#array[this.#base + slot] = amount;
  }

  #add(slot: number, amount: number): void {
    this.#set(slot, this.#amount(slot) + amount);
  }

  #countPort({ ip, port }: HostPort, sign: 1 | -1): void {
    this.#ports ??= new Map();
    let addresses = this.#ports.get(port);
    if (addresses === undefined) {
      addresses = new Map();
      this.#ports.set(port, addresses);
    }
    const left = (addresses.get(ip) ?? 0) + sign;
    if (left > 0) addresses.set(ip, left);
    else addresses.delete(ip);
    if (addresses.size === 0) this.#ports.delete(port);
  }

  /** How much of an extended resource the pods here ask for. */
  requestedScalar(name: string): number {
    return this.#scalar?.get(name) ?? 0;
  }

  /** Whether a pod here has the port on the same address, or either wants all addresses. */
  portTaken({ ip, port }: HostPort): boolean {
    const addresses = this.#ports?.get(port);
    if (addresses === undefined) return false;
    return ip === ANY_ADDRESS || addresses.has(ip) || addresses.has(ANY_ADDRESS);
  }

  /** A copy to try things on: same node, same pods, sums of its own. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name);
    copy.index = this.index;
    if (this.node !== undefined) copy.setNode(this.node);
    copy.images = this.images;
    for (const [uid, info] of this.pods) copy.pods.set(uid, info);
    copy.amounts.array.set(this.#array.subarray(this.#base, this.#base + copy.amounts.array.length));
    if (this.#scalar !== undefined) copy.#scalar = new Map(this.#scalar);
    if (this.#ports !== undefined)
      copy.#ports = new Map([...this.#ports].map(([port, addresses]) => [port, new Map(addresses)]));
    return copy;
  }

  /** A copy without pods: what the node can do at best. */
  static empty(node: Node): NodeInfo {
    const info = new NodeInfo(nameOf(node));
    info.setNode(node);
    return info;
  }
}

/** The list, or the one empty list that all nodes share. */
function some(taints: readonly Taint[]): readonly Taint[] {
  return taints.length === 0 ? NO_TAINTS : taints;
}
