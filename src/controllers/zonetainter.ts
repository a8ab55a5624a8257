import type { Node } from '../api/generated/types.ts';
import { nameOf } from '../api/object.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';

/** cmd/kube-controller-manager/app/options/nodelifecyclecontroller.go: nodes a second, per zone. */
const EVICTION_RATE = 0.1;
const SECONDARY_RATE = 0.01;
const UNHEALTHY_THRESHOLD = 0.55;
const LARGE_CLUSTER = 50;
/** How often a zone's queue is looked at. */
const RETRY_MS = 1_000;

type ZoneState = 'normal' | 'partial' | 'full';

interface Zone {
  /** Nodes waiting for their NoExecute taint, in the order in which they were lost. */
  readonly queue: Set<string>;
  /** Nodes that have it. */
  readonly tainted: Set<string>;
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
  #allFull = false;

  /** `taint` is called when it is a node's turn; false means: not yet, try again. */
  constructor(process: Process, taint: (node: string) => boolean) {
    this.#process = process;
    this.#taint = taint;
  }

  /** The node should be tainted when its turn comes. Asking again changes nothing. */
  want(node: Node): void {
    const zone = this.#zone(zoneKey(node));
    this.#zoneOf.set(nameOf(node), zoneKey(node));
    if (zone.tainted.has(nameOf(node))) return;
    zone.queue.add(nameOf(node));
    this.#schedule(zone);
  }

  /** The node is well again, or gone. */
  forget(name: string): void {
    const key = this.#zoneOf.get(name);
    const zone = key === undefined ? undefined : this.#zones.get(key);
    if (zone === undefined) return;
    zone.queue.delete(name);
    zone.tainted.delete(name);
    this.#zoneOf.delete(name);
  }

  /** Judges every zone from the state of all nodes (handleDisruption, ComputeZoneState). */
  updateZones(nodes: readonly { readonly node: Node; readonly ready: string }[]): void {
    const counts = new Map<string, { ready: number; notReady: number }>();
    for (const { node, ready } of nodes) {
      const key = zoneKey(node);
      let count = counts.get(key);
      if (count === undefined) {
        count = { ready: 0, notReady: 0 };
        counts.set(key, count);
      }
      if (ready === 'True') count.ready++;
      else count.notReady++;
    }
    for (const [key, { ready, notReady }] of counts) this.#zone(key).state = stateOf(ready, notReady);
    this.#allFull = counts.size > 0 && [...counts.keys()].every((key) => this.#zone(key).state === 'full');
    for (const [key, { ready, notReady }] of counts) {
      const zone = this.#zone(key);
      zone.rate = this.#allFull ? 0 : rateOf(zone.state, ready + notReady);
      this.#schedule(zone);
    }
  }

  #zone(key: string): Zone {
    let zone = this.#zones.get(key);
    if (zone === undefined) {
      zone = {
        queue: new Set(),
        tainted: new Set(),
        state: 'normal',
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
    if (zone.rate === 0) return;
    for (const name of zone.queue) {
      if (!this.#taint(name)) {
        zone.nextAt = this.#process.now() + RETRY_MS;
        break;
      }
      zone.queue.delete(name);
      zone.tainted.add(name);
      zone.nextAt = this.#process.now() + 1000 / zone.rate;
      break;
    }
    this.#schedule(zone);
  }
}

/** nodeutil.GetZoneKey: nodes without labels share one zone. */
function zoneKey(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const region = labels['topology.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? '';
  return `${region}:${zone}`;
}

function stateOf(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'full';
  if (notReady > 2 && notReady / (ready + notReady) >= UNHEALTHY_THRESHOLD) return 'partial';
  return 'normal';
}

function rateOf(state: ZoneState, size: number): number {
  if (state !== 'partial') return EVICTION_RATE;
  return size > LARGE_CLUSTER ? SECONDARY_RATE : 0;
}
