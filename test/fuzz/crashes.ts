import type { Cluster } from '../../src/cluster/cluster.ts';
import type { Commit } from './checker.ts';
import type { CrashingComponent } from './plan.ts';

/** Parts of the controller manager by which it signs its writes: all that are no other component's. */
const OTHERS = /^(kube-|kubectl|kubelet|shipshape-|fuzz|coredns|etcd|kubeadm)/;
/** Written all the time and never a step of anything. */
const HEARTBEATS: readonly string[] = ['Lease', 'Event'];

/**
 * Kills components between two of their writes. Whoever is to die writes its last, is refused everything
 * else that it tries within the same event, and is gone before the next one: what was half done stays so.
 */
export class Crashes {
  readonly #cluster: Cluster;
  readonly #armed = new Map<CrashingComponent, number>();
  #dying: CrashingComponent | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  arm(component: CrashingComponent, writes: number): void {
    this.#armed.set(component, writes);
  }

  disarm(): void {
    this.#armed.clear();
  }

  /** Called inside each commit. */
  commit({ value, previous, cause }: Commit): void {
    if (this.#armed.size === 0 || HEARTBEATS.includes((value ?? previous?.value)?.kind ?? '')) return;
    const component = writer(cause.component);
    const left = component === undefined ? undefined : this.#armed.get(component);
    if (component === undefined || left === undefined) return;
    if (left > 1) {
      this.#armed.set(component, left - 1);
      return;
    }
    this.#armed.delete(component);
    this.#dying = component;
    this.#cluster.apiTrouble.add(SILENCE);
  }

  /** Called after each event; true when somebody died in it. */
  event(): boolean {
    if (this.#dying === undefined) return false;
    const component = this.#dying;
    this.#dying = undefined;
    const { apiTrouble } = this.#cluster;
    const others = apiTrouble.rules.filter((rule) => rule !== SILENCE);
    apiTrouble.clear();
    for (const rule of others) apiTrouble.add(rule);
    this.#cluster.inject({ kind: 'ComponentKill', component });
    return true;
  }
}

/** Nobody gets an answer until the event is over. */
const SILENCE = Object.freeze({ code: 503, percent: 100 } as const);

function writer(component: string): CrashingComponent | undefined {
  if (component === 'kube-scheduler') return component;
  return OTHERS.test(component) ? undefined : 'kube-controller-manager';
}
