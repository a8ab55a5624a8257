import type { PodInfo } from './podinfo.ts';

interface Nomination {
  readonly node: string;
  readonly info: PodInfo;
}

const NOBODY: ReadonlyMap<string, PodInfo> = new Map();

/**
 * Which pods are promised room on which node, after preemption made it (backend/queue/nominator.go).
 * Other pods of no higher priority must leave that room alone.
 */
export class Nominator {
  readonly #byPod = new Map<string, Nomination>();
  readonly #byNode = new Map<string, Map<string, PodInfo>>();

  /** Promises a pod room on a node instead of any earlier promise. */
  nominate(info: PodInfo, node: string): void {
    this.remove(info.uid);
    this.#byPod.set(info.uid, { node, info });
    let pods = this.#byNode.get(node);
    if (pods === undefined) {
      pods = new Map();
      this.#byNode.set(node, pods);
    }
    pods.set(info.uid, info);
  }

  /** Takes the promise back, if there was one. */
  remove(uid: string): void {
    const nomination = this.#byPod.get(uid);
    if (nomination === undefined) return;
    this.#byPod.delete(uid);
    const pods = this.#byNode.get(nomination.node);
    pods?.delete(uid);
    if (pods?.size === 0) this.#byNode.delete(nomination.node);
  }

  /** The node promised to a pod. */
  nodeOf(uid: string): string | undefined {
    return this.#byPod.get(uid)?.node;
  }

  /** Whether no pod is promised room anywhere. */
  get isEmpty(): boolean {
    return this.#byPod.size === 0;
  }

  /** The pods promised room on a node, by uid, in the order they were promised it. */
  podsOn(node: string): ReadonlyMap<string, PodInfo> {
    return this.#byNode.size === 0 ? NOBODY : (this.#byNode.get(node) ?? NOBODY);
  }
}
