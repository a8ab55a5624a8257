import type { NodeInfo } from './nodeinfo.ts';
import { messageOf, type Status, SUCCESS } from './status.ts';

/**
 * Why a pod fits nowhere: what each node was rejected for, and what holds for all nodes that were
 * not looked at one by one (framework.Diagnosis and FitError).
 */
export class Diagnosis {
  /** Rejected nodes, and at the same place in `statuses` what for. */
  readonly nodes: NodeInfo[] = [];
  readonly statuses: Status[] = [];
  /** The verdict on nodes that are not in `nodes`. */
  absent: Status = SUCCESS;
  /** Set when a plugin rejected the pod before any node was looked at. */
  preFilterMessage = '';
  postFilterMessage = '';
  /** The plugins to blame, for the queue: only what concerns them can help. */
  readonly plugins = new Set<string>();
  #byName: Map<string, Status> | undefined;

  reject(node: NodeInfo, status: Status): void {
    if (status !== this.statuses[this.statuses.length - 1]) this.plugins.add(status.plugin);
    this.nodes.push(node);
    this.statuses.push(status);
    this.#byName = undefined;
  }

  /** The verdict on a node by name. */
  statusOf(name: string): Status {
    this.#byName ??= new Map(this.nodes.map((node, i) => [node.name, this.statuses[i] as Status]));
    return this.#byName.get(name) ?? this.absent;
  }

  /** How many nodes each reason holds for; `total` is the number of nodes of the cluster. */
  reasons(total: number): ReadonlyMap<string, number> {
    const byStatus = new Map<Status, number>();
    for (const status of this.statuses) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    const absent = total - this.nodes.length;
    if (absent > 0) byStatus.set(this.absent, (byStatus.get(this.absent) ?? 0) + absent);
    const counts = new Map<string, number>();
    for (const [status, count] of byStatus) {
      for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + count);
    }
    return counts;
  }

  /** The sentence of the FailedScheduling event (framework/types.go FitError.Error). */
  message(total: number): string {
    let text = `0/${total} nodes are available:`;
    if (this.preFilterMessage !== '') {
      text += ` ${this.preFilterMessage}.`;
    } else {
      const counted = [...this.reasons(total)].map(([reason, count]) => `${count} ${reason}`).sort();
      if (counted.length > 0) text += ` ${counted.join(', ')}.`;
    }
    return this.postFilterMessage === '' ? text : `${text} ${this.postFilterMessage}`;
  }

  /** Notes that a plugin rejected the pod as such. */
  rejectAll(status: Status): void {
    this.absent = status;
    this.preFilterMessage = messageOf(status);
    if (status.plugin !== '') this.plugins.add(status.plugin);
  }
}
