import type { DialKubelet } from '../apiserver/nodeproxy.ts';
import type { PodMetrics, PodMetricsSource } from '../controllers/podmetrics.ts';
import type { Process } from '../sim/process.ts';

/** --metric-resolution. */
const RESOLUTION_MS = 15_000;

/** metrics-server: asks every kubelet for what its containers use, and remembers the last answers. */
export class MetricsServer implements PodMetricsSource {
  readonly #process: Process;
  readonly #nodes: () => Iterable<string>;
  readonly #dial: DialKubelet;
  /** Namespace -> pod -> its metrics. */
  #pods = new Map<string, Map<string, PodMetrics>>();

  constructor(process: Process, nodes: () => Iterable<string>, dial: DialKubelet) {
    this.#process = process;
    this.#nodes = nodes;
    this.#dial = dial;
    process.every(RESOLUTION_MS, () => this.#scrape());
  }

  podMetrics(namespace: string): readonly PodMetrics[] {
    return [...(this.#pods.get(namespace)?.values() ?? [])];
  }

  /** What a node that cannot be reached ran is not known: its pods are left out. */
  #scrape(): void {
    const timestamp = this.#process.now();
    const pods = new Map<string, Map<string, PodMetrics>>();
    for (const node of this.#nodes()) {
      const dialled = this.#dial(node);
      if ('error' in dialled) continue;
      for (const { namespace, pod, container, cpu, memory } of dialled.api.usage()) {
        const group = pods.get(namespace) ?? new Map<string, PodMetrics>();
        pods.set(namespace, group);
        const containers = new Map(group.get(pod)?.containers).set(container, { cpu, memory });
        group.set(pod, { name: pod, timestamp, window: RESOLUTION_MS, containers });
      }
    }
    this.#pods = pods;
  }
}
