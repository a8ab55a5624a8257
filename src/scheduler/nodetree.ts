import type { Node } from '../api/generated/types.ts';
import type { NodeInfo } from './nodeinfo.ts';

/** component-helpers/node/topology GetZoneKey: region and zone, with the old labels as a fallback. */
export function zoneOf(node: Node): string {
  const labels = node.metadata.labels;
  if (labels === undefined) return '';
  const zone =
    labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  const region =
    labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  return zone === '' && region === '' ? '' : `${region}:\u0000:${zone}`;
}

/**
 * Nodes by zone, in the order both were first seen; the list takes one node of each zone in turn, so
 * that a search that stops early has looked at all zones (backend/cache/node_tree.go).
 */
export class NodeTree {
  readonly #zones = new Map<string, Set<NodeInfo>>();
  readonly #zoneOf = new Map<NodeInfo, string>();

  /** Files a node, or moves it when its zone changed. Returns whether the order changed. */
  put(info: NodeInfo, node: Node): boolean {
    const zone = zoneOf(node);
    const before = this.#zoneOf.get(info);
    if (before === zone) return false;
    if (before !== undefined) this.remove(info);
    let nodes = this.#zones.get(zone);
    if (nodes === undefined) {
      nodes = new Set();
      this.#zones.set(zone, nodes);
    }
    nodes.add(info);
    this.#zoneOf.set(info, zone);
    return true;
  }

  remove(info: NodeInfo): void {
    const zone = this.#zoneOf.get(info);
    if (zone === undefined) return;
    this.#zoneOf.delete(info);
    const nodes = this.#zones.get(zone);
    nodes?.delete(info);
    if (nodes?.size === 0) this.#zones.delete(zone);
  }

  /** All nodes, zones taking turns. */
  list(): NodeInfo[] {
    const zones = [...this.#zones.values()].map((nodes) => [...nodes]);
    if (zones.length === 1) return zones[0] ?? [];
    const out: NodeInfo[] = [];
    const longest = zones.reduce((most, nodes) => Math.max(most, nodes.length), 0);
    for (let i = 0; i < longest; i++) {
      for (const nodes of zones) {
        const info = nodes[i];
        if (info !== undefined) out.push(info);
      }
    }
    return out;
  }
}
