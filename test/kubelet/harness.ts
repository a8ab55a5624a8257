import type { Event, Node, Pod, PodCondition, PodStatus } from '../../src/api/generated/types.ts';
import { event as eventKind } from '../../src/api/kinds/event.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { kinds } from '../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { ApiRequest } from '../../src/api/request.ts';
import type { Status } from '../../src/apimachinery/status.ts';
import { ApiServer } from '../../src/apiserver/apiserver.ts';
import { Client } from '../../src/client/client.ts';
import { Etcd } from '../../src/etcd/etcd.ts';
import type { KubeletConfig, StaticManifest } from '../../src/kubelet/config.ts';
import { NodeDisk } from '../../src/kubelet/files.ts';
import { Journal } from '../../src/kubelet/journal.ts';
import { Kubelet } from '../../src/kubelet/kubelet.ts';
import { Fabric } from '../../src/network/fabric.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';
import { type Behaviour, FakeRuntime } from './fakeruntime.ts';

export const NODE = 'cargo-1';

/** A status an API server that is away answers with. */
const REFUSED = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'dial tcp 192.168.0.10:6443: connect: connection refused',
  code: 0,
} as const;

export interface HarnessOptions {
  readonly images?: Readonly<Record<string, Behaviour>>;
  readonly config?: Partial<KubeletConfig>;
  readonly manifests?: readonly StaticManifest[];
  readonly start?: boolean;
}

/** One node with a real API server, a fake runtime and a kubelet. */
export class Harness {
  readonly sim = new Simulation({ seed: 1 });
  readonly fabric = new Fabric(this.sim);
  readonly host = this.fabric.addHost({ name: NODE, ip: '192.168.0.11', podCIDR: '10.244.1.0/24' });
  readonly disk = new NodeDisk();
  readonly journal = new Journal(this.sim);
  readonly runtime: FakeRuntime;
  readonly admin: Client;
  readonly api: ApiServer;
  /** Set to make the API server unreachable for the kubelet. */
  away = false;
  /** The requests of the kubelet. */
  readonly requests: ApiRequest[] = [];
  manifests: readonly StaticManifest[];
  kubelet!: Kubelet;
  process!: Process;
  readonly #manifestWatchers = new Set<() => void>();
  readonly #config: Partial<KubeletConfig>;
  #incarnation = 0;

  constructor(options: HarnessOptions = {}) {
    this.runtime = new FakeRuntime(this.sim, this.host, options.images ?? { nginx: {} });
    this.manifests = options.manifests ?? [];
    this.#config = options.config ?? {};
    const store = new Etcd<KubeObject>(this.sim);
    this.api = new ApiServer({
      process: new Process(this.sim, 'apiserver'),
      store,
      kinds,
      admission: [],
      faults: (request) =>
        this.away && request.user.name.startsWith('system:node') ? (REFUSED as unknown as Status) : undefined,
    });
    const transport = { send: (request: ApiRequest) => this.api.handle(request) };
    this.admin = new Client(transport, {
      user: { name: 'admin', groups: ['system:masters'] },
      component: 'test',
    });
    if (options.start !== false) this.startKubelet();
  }

  startKubelet(): void {
    const process = new Process(this.sim, `kubelet/${NODE}`, this.#incarnation++);
    const transport = {
      send: (request: ApiRequest) => {
        this.requests.push(request);
        return this.api.handle(request);
      },
    };
    const user = { name: `system:node:${NODE}`, groups: ['system:nodes'] };
    const client = new Client(transport, { user, component: `kubelet/${NODE}` });
    this.process = process;
    this.kubelet = new Kubelet({
      process,
      client,
      runtime: this.runtime,
      nodeName: NODE,
      nodeInfo: {
        capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi' },
        addresses: [
          { type: 'InternalIP', address: '192.168.0.11' },
          { type: 'Hostname', address: NODE },
        ],
        bootID: 'b',
        machineID: 'm',
        systemUUID: 's',
        labels: { 'topology.kubernetes.io/zone': 'east', rack: 'r1' },
      },
      fabric: this.fabric,
      hostNetwork: this.host.namespace,
      disk: this.disk,
      journal: this.journal,
      config: this.#config,
      staticPods: {
        read: () => this.manifests,
        subscribe: (changed) => {
          this.#manifestWatchers.add(changed);
          return () => this.#manifestWatchers.delete(changed);
        },
      },
    });
    this.kubelet.start();
  }

  setManifests(manifests: readonly StaticManifest[]): void {
    this.manifests = manifests;
    for (const changed of [...this.#manifestWatchers]) changed();
  }

  /** Kills the kubelet and starts another one. */
  restartKubelet(): void {
    this.process.kill();
    this.startKubelet();
  }

  /** Lets `seconds` pass. */
  run(seconds: number): void {
    this.sim.runUntil(this.sim.now() + seconds * 1000);
  }

  create(pod: Partial<Pod> & Pick<Pod, 'spec'>): Pod {
    const created = this.admin.create(podKind, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'default' },
      ...pod,
    });
    if (!created.ok) throw new Error(created.status.message);
    return created.value;
  }

  pod(name = 'web', namespace = 'default'): Pod | undefined {
    const found = this.admin.get(podKind, name, namespace);
    return found.ok ? found.value : undefined;
  }

  node(): Node {
    const found = this.admin.get(nodeKind, NODE);
    if (!found.ok) throw new Error(found.status.message);
    return found.value;
  }

  /** Writes a pod's spec and metadata. */
  replace(pod: Pod): void {
    const result = this.admin.update(podKind, pod);
    if (!result.ok) throw new Error(result.status.message);
  }

  /** Writes a pod's status, as another component may. */
  writeStatus(name: string, status: PodStatus): void {
    const pod = this.pod(name);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    const result = this.admin.updateStatus(podKind, { ...pod, status });
    if (!result.ok) throw new Error(result.status.message);
  }

  delete(
    name = 'web',
    {
      namespace = 'default',
      ...options
    }: { readonly gracePeriodSeconds?: number; readonly namespace?: string } = {},
  ): void {
    const result = this.admin.delete(podKind, name, namespace, options);
    if (!result.ok) throw new Error(result.status.message);
  }

  events(kind = 'Pod'): Event[] {
    const list = this.admin.list(eventKind);
    return list.ok ? list.value.items.filter(({ involvedObject }) => involvedObject.kind === kind) : [];
  }

  /** `Reason message` of the pod events, in the order they were first written. */
  told(kind = 'Pod'): string[] {
    return this.events(kind)
      .toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion) || 0)
      .map(({ reason, message }) => `${reason} ${message}`);
  }

  condition(type: string, name = 'web'): PodCondition | undefined {
    return this.pod(name)?.status?.conditions?.find((condition) => condition.type === type);
  }

  /** What `kubectl get` would say in a word or two: waiting reason, `running` or `exited <code>`. */
  state(container = 'web', name = 'web'): string {
    const { containerStatuses = [], initContainerStatuses = [] } = this.pod(name)?.status ?? {};
    const state = [...containerStatuses, ...initContainerStatuses].find((s) => s.name === container)?.state;
    if (state?.running !== undefined) return 'running';
    if (state?.terminated !== undefined) return `exited ${state.terminated.exitCode}`;
    return state?.waiting?.reason ?? 'none';
  }

  restarts(container = 'web', name = 'web'): number {
    return this.pod(name)?.status?.containerStatuses?.find((s) => s.name === container)?.restartCount ?? 0;
  }
}

/** A pod spec on the test's node with one container `web`, overridden by `container` and `spec`. */
export function spec(
  container: Partial<Pod['spec']['containers'][number]> = {},
  rest: Partial<Pod['spec']> = {},
): Pod['spec'] {
  return {
    nodeName: NODE,
    containers: [{ name: 'web', image: 'nginx', imagePullPolicy: 'IfNotPresent', ...container }],
    ...rest,
  };
}
