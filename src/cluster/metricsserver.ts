import type { Node, Pod } from '../api/generated/types.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import {
  METRICS_GROUP,
  type NodeMetrics,
  nodeMetrics,
  type PodMetrics,
  podMetrics,
  type Usage,
} from '../api/metrics.ts';
import { type KubeObject, nameOf, namespaceOf } from '../api/object.ts';
import type { ApiRequest, ApiResponse } from '../api/request.ts';
import { methodNotAllowed, notFound, unknownResource } from '../apimachinery/status.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { AggregatedApi } from '../apiserver/aggregation.ts';
import { refuse } from '../apiserver/context.ts';
import type { DialKubelet } from '../apiserver/nodeproxy.ts';
import type { Client } from '../client/client.ts';
import type { Process } from '../sim/process.ts';

/** --metric-resolution. */
const RESOLUTION_MS = 15_000;
/** A container that started since the last scrape counts from its start, once it has run for this long (storage/types.go). */
const FRESH_MIN_MS = 10_000;

/** What was read of one node or container at one moment: core time used since it started (ms), bytes. */
interface Point {
  readonly time: number;
  readonly startedAt: number;
  readonly cpuTime: number;
  readonly memory: number;
}

/** Use between two points: millicores and bytes. */
interface Measured {
  readonly time: number;
  readonly window: number;
  readonly cpu: number;
  readonly memory: number;
}

export interface MetricsServerOptions {
  readonly process: Process;
  readonly client: Client;
  readonly dial: DialKubelet;
  /** ms; default 15 s. */
  readonly resolution?: number;
}

/**
 * metrics-server (sigs.k8s.io/metrics-server): asks every kubelet for its counters once in a while, keeps
 * the last two answers, and serves what was used between them as metrics.k8s.io/v1beta1.
 */
export class MetricsServer implements AggregatedApi {
  readonly #process: Process;
  readonly #client: Client;
  readonly #dial: DialKubelet;
  readonly #resolution: number;
  /** By node name, and by `namespace/pod`, container name. */
  #nodes = new Map<string, Point>();
  #pods = new Map<string, Map<string, Point>>();
  #nodeUse = new Map<string, Measured>();
  #podUse = new Map<string, Map<string, Measured>>();

  constructor(options: MetricsServerOptions) {
    this.#process = options.process;
    this.#client = options.client;
    this.#dial = options.dial;
    this.#resolution = options.resolution ?? RESOLUTION_MS;
    this.#process.every(this.#resolution, () => this.#scrape(), 0);
  }

  /** Whether it has anything to tell: what its readiness probe asks. */
  get ready(): boolean {
    return this.#nodeUse.size > 0;
  }

  handle(request: ApiRequest): ApiResponse {
    const { resource, verb, name = '', namespace = '' } = request;
    if (resource !== 'pods' && resource !== 'nodes') return refuse(unknownResource());
    const about = { group: METRICS_GROUP, resource };
    if (verb !== 'get' && verb !== 'list') return refuse(methodNotAllowed(about, verb));
    if (verb === 'list') {
      const { labelSelector, fieldSelector } = request.options ?? {};
      const options = {
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
      };
      const found =
        resource === 'nodes'
          ? this.#client.list(nodeKind, options)
          : this.#client.list(podKind, { ...options, ...(namespace === '' ? {} : { namespace }) });
      if (!found.ok) return refuse(found.status);
      const items: KubeObject[] = [];
      for (const object of found.value.items) {
        const metrics = resource === 'nodes' ? this.#ofNode(object as Node) : this.#ofPod(object as Pod);
        if (metrics !== undefined) items.push(metrics);
      }
      return { kind: 'list', ok: true, list: { items, resourceVersion: '' } };
    }
    const found =
      resource === 'nodes' ? this.#client.get(nodeKind, name) : this.#client.get(podKind, name, namespace);
    const metrics = !found.ok
      ? undefined
      : resource === 'nodes'
        ? this.#ofNode(found.value as Node)
        : this.#ofPod(found.value as Pod);
    if (metrics === undefined)
      return refuse(notFound(about, resource === 'pods' ? `${namespace}/${name}` : name));
    return { kind: 'object', ok: true, code: 200, object: metrics, warnings: [] };
  }

  #ofNode(node: Node): NodeMetrics | undefined {
    const use = this.#nodeUse.get(nameOf(node));
    if (use === undefined) return undefined;
    const { kind, group, version } = nodeMetrics;
    return { kind, apiVersion: `${group}/${version}`, ...this.#frame(node, use), usage: usageOf(use) };
  }

  /** A pod is told of once all its running containers have been measured. */
  #ofPod(pod: Pod): PodMetrics | undefined {
    const uses = this.#podUse.get(`${namespaceOf(pod)}/${nameOf(pod)}`);
    if (uses === undefined || pod.status?.phase !== 'Running') return undefined;
    const containers: { name: string; usage: Usage }[] = [];
    let oldest: Measured | undefined;
    for (const [name, use] of uses) {
      containers.push({ name, usage: usageOf(use) });
      if (oldest === undefined || use.time < oldest.time) oldest = use;
    }
    if (oldest === undefined) return undefined;
    const { kind, group, version } = podMetrics;
    return { kind, apiVersion: `${group}/${version}`, ...this.#frame(pod, oldest), containers };
  }

  #frame(
    object: KubeObject,
    { time, window }: Measured,
  ): Pick<NodeMetrics, 'metadata' | 'timestamp' | 'window'> {
    const { name, namespace, labels } = object.metadata;
    return {
      metadata: {
        ...(name === undefined ? {} : { name }),
        ...(namespace === undefined ? {} : { namespace }),
        creationTimestamp: formatTime(this.#process.now()),
        ...(labels === undefined ? {} : { labels }),
      },
      timestamp: formatTime(time),
      window: `${Math.round(window) / 1000}s`,
    };
  }

  /** What ran on a node that cannot be reached is not known: it is left out. */
  #scrape(): void {
    const listed = this.#client.list(nodeKind);
    if (!listed.ok) return;
    const now = this.#process.now();
    const nodes = new Map<string, Point>();
    const pods = new Map<string, Map<string, Point>>();
    const nodeUse = new Map<string, Measured>();
    const podUse = new Map<string, Map<string, Measured>>();
    for (const node of listed.value.items) {
      const name = nameOf(node);
      const dialled = this.#dial(name);
      if ('error' in dialled) continue;
      const summary = dialled.api.summary();
      const point = { ...summary.node, time: now };
      nodes.set(name, point);
      const before = this.#nodes.get(name);
      const used = before === undefined ? undefined : between(before, point);
      if (used !== undefined) nodeUse.set(name, used);
      for (const { namespace, pod, container, ...figures } of summary.containers)
        into(pods, `${namespace}/${pod}`).set(container, { ...figures, time: now });
    }
    for (const [key, containers] of pods) {
      const uses = new Map<string, Measured>();
      for (const [container, point] of containers) {
        const used = this.#between(this.#pods.get(key)?.get(container), point);
        if (used !== undefined) uses.set(container, used);
      }
      if (uses.size === containers.size) podUse.set(key, uses);
    }
    [this.#nodes, this.#pods, this.#nodeUse, this.#podUse] = [nodes, pods, nodeUse, podUse];
  }

  #between(before: Point | undefined, point: Point): Measured | undefined {
    if (before !== undefined && before.startedAt === point.startedAt) return between(before, point);
    const age = point.time - point.startedAt;
    const fresh = age >= FRESH_MIN_MS && age < this.#resolution;
    return fresh ? between({ ...point, time: point.startedAt, cpuTime: 0 }, point) : undefined;
  }
}

function between(before: Point, after: Point): Measured | undefined {
  const window = after.time - before.time;
  if (window <= 0 || (after.startedAt !== before.startedAt && before.cpuTime > after.cpuTime))
    return undefined;
  const cpu = ((after.cpuTime - before.cpuTime) * 1000) / window;
  return { time: after.time, window, cpu, memory: after.memory };
}

function into<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = map.get(key) ?? new Map<string, V>();
  map.set(key, found);
  return found;
}

/** As metrics-server writes amounts: nanocores and Ki. */
function usageOf({ cpu, memory }: Measured): Usage {
  return { cpu: cpu === 0 ? '0' : `${Math.round(cpu * 1e6)}n`, memory: `${Math.round(memory / 1024)}Ki` };
}
