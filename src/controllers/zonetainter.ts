import type { Node } from '../api/generated/types.ts';
import { nameOf } from '../api/object.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';

/** cmd/kube-controller-manager/app/options/nodelifecyclecontroller.go: nodes a second, per zone. */
const EVICTION_RATE = 0.1;
const SECONDARY_RATE = 0.01;
const UNHEALTHY_THRESHOLD = 0.55;
const LARGE_CLUSTER = 50;
/** Nodes with this label do not count when a zone is judged. */
const EXCLUDED = 'node.kubernetes.io/exclude-disruption';

type ZoneState = 'initial' | 'normal' | 'partial' | 'full';

/** What a new judgement of the zones means for the cluster as a whole. */
export type Disruption = 'entered' | 'left' | 'unchanged';

interface ZoneCount {
  readonly ready: number;
  readonly notReady: number;
}

interface Zone {
  /** Nodes waiting for their NoExecute taint, in the order in which they were lost. */
  readonly queue: Set<string>;
  state: ZoneState;
  /** Nodes a second; 0 stops evictions. */
  rate: number;
  nextAt: number;
  timer: ProcessTimer | undefined;
}

/**
 * Adds NoExecute taints at the pace of each zone, so that a broken switch does not empty half the
 * cluster: one node per ten seconds; slower, or not at all in a small zone, once 55 % and more than two
 * of its nodes are gone; at full pace in a zone that is gone altogether, unless every zone is.
 */
export class ZoneTainter {
  readonly #process: Process;
  readonly #taint: (node: string) => boolean;
  readonly #zones = new Map<string, Zone>();
  readonly #zoneOf = new Map<string, string>();

  /** `taint` is called when it is a node's turn; false means: not yet, try again. */
  constructor(process: Process, taint: (node: string) => boolean) {
    this.#process = process;
    this.#taint = taint;
  }

  /** The node should be tainted when its turn comes. Asking again changes nothing. */
  want(node: Node): void {
    const key = zoneKey(node);
    if (this.#zoneOf.get(nameOf(node)) !== key) this.forget(nameOf(node));
    const zone = this.#zone(key);
    this.#zoneOf.set(nameOf(node), key);
    zone.queue.add(nameOf(node));
    this.#schedule(zone);
  }

  /** The node is well again, or tainted, or gone. */
  forget(name: string): void {
    const key = this.#zoneOf.get(name);
    const zone = key === undefined ? undefined : this.#zones.get(key);
    if (zone === undefined) return;
    zone.queue.delete(name);
    this.#zoneOf.delete(name);
  }

  /**
   * Judges every zone from the state of all nodes (handleDisruption, ComputeZoneState). When the last
   * zone is lost altogether, it is rather we who are cut off: all evictions stop until one is back.
   */
  updateZones(nodes: readonly { readonly node: Node; readonly ready: string }[]): Disruption {
    const counts = countByZone(nodes);
    const states = [...counts].map(([key, count]) => ({
      zone: this.#zone(key),
      count,
      state: stateOf(count),
    }));
    const allFull = states.every(({ state }) => state === 'full');
    const allWereFull = states.every(({ zone }) => zone.state === 'full');
    for (const key of this.#zones.keys()) if (!counts.has(key)) this.#drop(key);
    if (states.length === 0 || (allFull && allWereFull)) return 'unchanged';
    for (const { zone, count, state } of states) {
      zone.state = state;
      this.#setRate(zone, allFull ? 0 : rateOf(state, count.ready + count.notReady));
    }
    if (allFull) return 'entered';
    return allWereFull ? 'left' : 'unchanged';
  }

  #drop(key: string): void {
    const zone = this.#zones.get(key);
    if (zone === undefined || zone.queue.size > 0) return;
    this.#process.cancel(zone.timer);
    this.#zones.delete(key);
  }

  /** A queue that was waiting goes on waiting, at the new pace (RateLimitedTimedQueue.SwapLimiter). */
  #setRate(zone: Zone, rate: number): void {
    if (zone.rate === rate) return;
    const now = this.#process.now();
    if (rate > 0 && zone.nextAt > now) zone.nextAt = now + 1000 / rate;
    zone.rate = rate;
    this.#process.cancel(zone.timer);
    zone.timer = undefined;
    this.#schedule(zone);
  }

  #zone(key: string): Zone {
    let zone = this.#zones.get(key);
    if (zone === undefined) {
      zone = {
        queue: new Set(),
        state: 'initial',
        rate: EVICTION_RATE,
        nextAt: 0,
        timer: undefined,
      };
      this.#zones.set(key, zone);
    }
    return zone;
  }

  #schedule(zone: Zone): void {
    if (zone.timer !== undefined || zone.queue.size === 0 || zone.rate === 0) return;
    zone.timer = this.#process.at(zone.nextAt, () => {
      zone.timer = undefined;
      this.#next(zone);
    });
  }

  #next(zone: Zone): void {
    const [name] = zone.queue;
    if (name === undefined) return;
    zone.nextAt = this.#process.now() + 1000 / zone.rate;
    zone.queue.delete(name);
    // Refused: it is tried again when the others had their turn.
    if (!this.#taint(name)) zone.queue.add(name);
    this.#schedule(zone);
  }
}

function countByZone(
  nodes: readonly { readonly node: Node; readonly ready: string }[],
): ReadonlyMap<string, ZoneCount> {
  const counts = new Map<string, ZoneCount>();
  for (const { node, ready } of nodes) {
    if (node.metadata.labels?.[EXCLUDED] !== undefined) continue;
    const key = zoneKey(node);
    const { ready: up, notReady: down } = counts.get(key) ?? { ready: 0, notReady: 0 };
    counts.set(key, ready === 'True' ? { ready: up + 1, notReady: down } : { ready: up, notReady: down + 1 });
  }
  return counts;
}

/** nodeutil.GetZoneKey: nodes without labels share one zone. */
function zoneKey(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const region = labels['topology.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? '';
  return `${region}:${zone}`;
}

function stateOf({ ready, notReady }: ZoneCount): ZoneState {
  if (ready === 0 && notReady > 0) return 'full';
  if (notReady > 2 && notReady / (ready + notReady) >= UNHEALTHY_THRESHOLD) return 'partial';
  return 'normal';
}

function rateOf(state: ZoneState, size: number): number {
  if (state !== 'partial') return EVICTION_RATE;
  return size > LARGE_CLUSTER ? SECONDARY_RATE : 0;
}
