import type { Pod } from '../api/generated/types.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { controllerOf, type KubeObject } from '../api/object.ts';
import { podRequests } from '../api/podrequests.ts';
import { anyKindOf } from './kindof.ts';
import { isSystem, type Mirror, type ObjectChange } from './mirror.ts';

const POD = anyKindOf(podKind);

/**
 * What the player's pods take up: ships in use, requests, restarts. Pods of the system's namespaces,
 * of DaemonSets (they are on every node anyway) and finished ones do not count. Kept change by change.
 */
export class Usage {
  readonly #podsOn = new Map<string, number>();
  #milliCpu = 0;
  #memory = 0;
  #restarts = 0;
  readonly #listeners: (() => void)[] = [];

  constructor(mirror: Mirror) {
    for (const object of mirror.objects(POD)) this.#add(object as Pod, 1);
    mirror.onChange(POD, (change) => this.#change(change));
  }

  /** Nodes that carry at least one pod. */
  get nodes(): number {
    return this.#podsOn.size;
  }

  /** Cores requested by pods that have a node. */
  get cpu(): number {
    return this.#milliCpu / 1000;
  }

  /** Bytes requested by pods that have a node. */
  get memory(): number {
    return this.#memory;
  }

  /** Container restarts since the beginning, those of deleted pods included. */
  get restarts(): number {
    return this.#restarts;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #change({ before, after }: ObjectChange): void {
    const [old, next] = [before as Pod | undefined, after as Pod | undefined];
    const moreRestarts = next === undefined || isSystem(next) ? 0 : restartsOf(next) - restartsOf(old);
    const same =
      old !== undefined && next !== undefined && placeOf(old) === placeOf(next) && old.spec === next.spec;
    if (same && moreRestarts <= 0) return;
    if (old !== undefined) this.#add(old, -1);
    if (next !== undefined) this.#add(next, 1);
    if (moreRestarts > 0) this.#restarts += moreRestarts;
    for (const listener of this.#listeners) listener();
  }

  #add(pod: Pod, sign: 1 | -1): void {
    const node = placeOf(pod);
    if (node === undefined) return;
    const requests = podRequests(pod.spec);
    this.#milliCpu += sign * requests.milliCPU;
    this.#memory += sign * requests.memory;
    const count = (this.#podsOn.get(node) ?? 0) + sign;
    if (count === 0) this.#podsOn.delete(node);
    else this.#podsOn.set(node, count);
  }
}

/** The node that a pod takes room on; undefined for pods that do not count. */
function placeOf(pod: Pod): string | undefined {
  const node = pod.spec.nodeName;
  if (node === undefined || node === '' || isSystem(pod)) return undefined;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return undefined;
  return isOfDaemonSet(pod) ? undefined : node;
}

function isOfDaemonSet(object: KubeObject): boolean {
  const owner = controllerOf(object)?.kind;
  return owner === 'DaemonSet' || owner === 'Node';
}

function restartsOf(pod: Pod | undefined): number {
  let total = 0;
  for (const status of pod?.status?.containerStatuses ?? []) total += status.restartCount;
  return total;
}
