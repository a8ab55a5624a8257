import type {
  Deployment,
  Event,
  NodeCondition,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  Taint,
} from '../../src/api/generated/types.ts';
import type { KindDefinition } from '../../src/api/kind.ts';
import { deployment as deploymentKind } from '../../src/api/kinds/deployment.ts';
import { event as eventKind } from '../../src/api/kinds/event.ts';
import { lease as leaseKind } from '../../src/api/kinds/lease.ts';
import { namespace as namespaceKind } from '../../src/api/kinds/namespace.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { kinds } from '../../src/api/kinds/registry.ts';
import { replicaSet as replicaSetKind } from '../../src/api/kinds/replicaset.ts';
import { serviceAccount as serviceAccountKind } from '../../src/api/kinds/serviceaccount.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { isTerminating, keyOf, nameOf, namespaceOf, uidOf } from '../../src/api/object.ts';
import type { ApiRequest } from '../../src/api/request.ts';
import type { Status } from '../../src/apimachinery/status.ts';
import { formatMicroTime, formatTime } from '../../src/apimachinery/time.ts';
import { ApiServer } from '../../src/apiserver/apiserver.ts';
import { Client, type Result } from '../../src/client/client.ts';
import { Informer, InformerFactory } from '../../src/client/informer.ts';
import { EventRecorder } from '../../src/client/recorder.ts';
import type { Cloud } from '../../src/controllers/cloud.ts';
import type { ControllerDefinition } from '../../src/controllers/context.ts';
import { controllers as all } from '../../src/controllers/registry.ts';
import { Etcd } from '../../src/etcd/etcd.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

const ADMIN = { name: 'kubernetes-admin', groups: ['system:masters'] };

/** The value of a request that must succeed. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.value;
}

export interface ClusterOptions {
  readonly seed?: number;
  /** Default: all of them. */
  readonly controllers?: readonly ControllerDefinition[];
  /** Names of nodes that exist, and are ready, from the start; default one, `n1`. */
  readonly nodes?: readonly string[];
  readonly kubelet?: KubeletOptions | false;
  /** Where disks come from. */
  readonly cloud?: Cloud;
}

/** An API server with controllers, a client for the test, and a kubelet that only pretends. */
export class Cluster {
  readonly sim: Simulation;
  readonly etcd: Etcd<KubeObject>;
  readonly api: ApiServer;
  readonly admin: Client;
  readonly kubelet: FakeKubelet;
  /** The controllers' process. */
  process: Process;
  /** Set to answer the controllers' requests with a refusal. */
  refuse: (request: ApiRequest) => Status | undefined = () => undefined;
  /** How many requests the controllers have made, by `verb resource`. */
  readonly requests = new Map<string, number>();
  readonly #controllers: readonly ControllerDefinition[];
  readonly #cloud: Cloud | undefined;
  #incarnation = 0;

  constructor(options: ClusterOptions = {}) {
    this.sim = new Simulation({ seed: options.seed ?? 1 });
    this.etcd = new Etcd<KubeObject>(this.sim);
    this.api = new ApiServer({ process: new Process(this.sim, 'kube-apiserver'), store: this.etcd, kinds });
    this.admin = this.client('kubectl');
    this.#controllers = options.controllers ?? all;
    this.#cloud = options.cloud;
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
    };
    must(this.admin.create(serviceAccountKind, account));
    this.kubelet = new FakeKubelet(
      this,
      options.kubelet === false ? { idle: true } : (options.kubelet ?? {}),
    );
    for (const name of options.nodes ?? ['n1']) this.addNode(name);
    this.process = new Process(this.sim, 'kube-controller-manager');
    this.#start();
    this.run(1000);
  }

  client(component: string): Client {
    return new Client({ send: (request) => this.api.handle(request) }, { user: ADMIN, component });
  }

  #start(): void {
    const { process } = this;
    const send = (request: ApiRequest) => {
      const key = `${request.verb} ${request.resource}`;
      this.requests.set(key, (this.requests.get(key) ?? 0) + 1);
      const status = this.refuse(request);
      return status === undefined
        ? this.api.handle(request)
        : ({ kind: 'error', ok: false, status } as const);
    };
    const clientFor = (component: string) => new Client({ send }, { user: ADMIN, component });
    const informers = new InformerFactory(process, clientFor('kube-controller-manager'));
    for (const controller of this.#controllers)
      controller.start({
        process,
        informers,
        clientFor,
        ...(this.#cloud === undefined ? {} : { cloud: this.#cloud }),
        recorderFor: (component, client) => new EventRecorder(client, process, { component }),
      });
    informers.start();
  }

  /** Kills the controllers as they are and starts new ones. */
  restart(): void {
    this.process.kill();
    this.process = new Process(this.sim, 'kube-controller-manager', ++this.#incarnation);
    this.#start();
  }

  /** Lets time pass, in ms. */
  run(ms: number): this {
    this.sim.runUntil(this.sim.now() + ms);
    return this;
  }

  /** Runs event by event until `done`, at most `ms`. Calls `each` after every event. */
  until(done: () => boolean, ms = 600_000, each: () => void = () => {}): void {
    const end = this.sim.now() + ms;
    while (!done()) {
      const next = this.sim.nextTime();
      if (next === undefined || next > end) throw new Error('it did not happen in time');
      this.sim.step();
      each();
    }
  }

  create<T extends KubeObject>(kind: KindDefinition<T>, object: T): T {
    return must(this.admin.create(kind, object));
  }

  find<T extends KubeObject>(kind: KindDefinition<T>, name: string, namespace = 'default'): T | undefined {
    const found = this.admin.get(kind, name, kind.namespaced ? namespace : undefined);
    return found.ok ? found.value : undefined;
  }

  get<T extends KubeObject>(kind: KindDefinition<T>, name: string, namespace = 'default'): T {
    return must(this.admin.get(kind, name, kind.namespaced ? namespace : undefined));
  }

  list<T extends KubeObject>(kind: KindDefinition<T>, namespace = 'default'): readonly T[] {
    return must(this.admin.list(kind, kind.namespaced ? { namespace } : {})).items;
  }

  pods(namespace = 'default'): readonly Pod[] {
    return this.list(podKind, namespace);
  }

  merge<T extends KubeObject>(kind: KindDefinition<T>, name: string, patch: object, subresource?: string): T {
    const namespace = kind.namespaced ? 'default' : undefined;
    const options = subresource === undefined ? {} : { subresource };
    return must(this.admin.patch(kind, name, namespace, 'merge', patch, options));
  }

  remove<T extends KubeObject>(
    kind: KindDefinition<T>,
    name: string,
    propagationPolicy?: 'Background' | 'Foreground' | 'Orphan',
  ): void {
    const options = propagationPolicy === undefined ? {} : { propagationPolicy };
    must(this.admin.delete(kind, name, kind.namespaced ? 'default' : undefined, options));
  }

  /** `Normal Reason from component: message` of each event about an object. */
  events(name: string): string[] {
    return must(this.admin.list(eventKind, {}))
      .items.filter((event: Event) => event.involvedObject.name === name)
      .map(({ type, reason, source, message }) => `${type} ${reason} from ${source?.component}: ${message}`);
  }

  addNode(
    name: string,
    more: { labels?: Record<string, string>; taints?: readonly Taint[]; ready?: string } = {},
  ): void {
    const time = formatTime(this.sim.now());
    const condition = (type: string, status: string): NodeCondition => ({
      type,
      status,
      reason: `Kubelet${type}`,
      message: '',
      lastHeartbeatTime: time,
      lastTransitionTime: time,
    });
    const created = this.create(nodeKind, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
      spec: {},
    });
    const conditions = [
      condition('MemoryPressure', 'False'),
      condition('DiskPressure', 'False'),
      condition('PIDPressure', 'False'),
      condition('Ready', more.ready ?? 'True'),
    ];
    const posted = must(this.admin.updateStatus(nodeKind, { ...created, status: { conditions } }));
    // New nodes are tainted not-ready until the node controller has seen them ready.
    const { taints: _, ...spec } = posted.spec;
    must(
      this.admin.update(nodeKind, {
        ...posted,
        spec: more.taints === undefined ? spec : { ...spec, taints: more.taints },
      }),
    );
    this.kubelet.join(name);
  }
}

export interface KubeletOptions {
  /** ms until a pod is bound, started, or stopped; default 100. */
  readonly latency?: (step: 'bind' | 'start' | 'stop') => number;
  /** Whether a started pod becomes ready; default: unless its image is called broken. */
  readonly ready?: (pod: Pod) => boolean;
  /** True: it does nothing. */
  readonly idle?: boolean;
}

function works(pod: Pod): boolean {
  return pod.spec.containers[0]?.image !== 'broken';
}

/** Scheduler and kubelets in one, as little as controllers need: binds pods, starts them, stops them, renews leases. */
export class FakeKubelet {
  readonly #cluster: Cluster;
  readonly #client: Client;
  readonly #process: Process;
  readonly #pods: Informer<Pod>;
  readonly #options: KubeletOptions;
  readonly #nodes: string[] = [];
  readonly #silent = new Set<string>();
  readonly #begun = new Set<string>();
  #turn = 0;
  #address = 0;

  constructor(cluster: Cluster, options: KubeletOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#client = cluster.client('kubelet');
    this.#process = new Process(cluster.sim, 'kubelet');
    this.#pods = new Informer(this.#process, this.#client, podKind);
    if (options.idle !== true)
      this.#pods.addHandler({ add: (pod) => this.#see(pod), update: (_, pod) => this.#see(pod) });
    this.#pods.start();
    this.#process.every(10_000, () => this.#heartbeat());
  }

  join(name: string): void {
    this.#nodes.push(name);
    this.#renew(name);
  }

  /** The node's kubelet stops: no heartbeats, its pods stay as they are. */
  silence(...names: string[]): void {
    for (const name of names) this.#silent.add(name);
  }

  /** The node's kubelet is back, and says that it is ready. */
  revive(...names: string[]): void {
    for (const name of names) {
      this.#silent.delete(name);
      this.post(name, 'True');
      this.#renew(name);
    }
    for (const pod of this.#pods.list()) this.#see(pod);
  }

  /** Posts a Ready condition. */
  post(name: string, status: string): void {
    const time = formatTime(this.#cluster.sim.now());
    const conditions = [
      {
        type: 'Ready',
        status,
        lastHeartbeatTime: time,
        lastTransitionTime: time,
        reason: 'Kubelet',
        message: '',
      },
    ];
    must(
      this.#client.patch(
        nodeKind,
        name,
        undefined,
        'strategic',
        { status: { conditions } },
        { subresource: 'status' },
      ),
    );
  }

  /** Sets a pod's phase and readiness. */
  set(pod: Pod, phase: string, ready = false): void {
    this.#post(pod, phase, ready);
  }

  #heartbeat(): void {
    for (const name of this.#nodes) if (!this.#silent.has(name)) this.#renew(name);
  }

  #renew(name: string): void {
    const renewTime = formatMicroTime(this.#cluster.sim.now());
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime };
    const patched = this.#client.patch(leaseKind, name, 'kube-node-lease', 'merge', { spec });
    if (patched.ok) return;
    const metadata = { name, namespace: 'kube-node-lease' };
    must(
      this.#client.create(leaseKind, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }),
    );
  }

  #see(pod: Pod): void {
    const node = pod.spec.nodeName ?? '';
    if (this.#silent.has(node)) return;
    if (isTerminating(pod)) this.#once(pod, 'stop', () => this.#stop(pod));
    else if (node === '') this.#once(pod, 'bind', () => this.#bind(pod));
    else if (pod.status?.phase === 'Pending') this.#once(pod, 'start', (current) => this.#begin(current));
  }

  #once(pod: Pod, step: 'bind' | 'start' | 'stop', run: (pod: Pod) => void): void {
    const id = `${uidOf(pod)} ${step}`;
    if (this.#begun.has(id)) return;
    this.#begun.add(id);
    this.#process.after(this.#options.latency?.(step) ?? 100, () => {
      const current = this.#pods.get(keyOf(pod));
      if (current === undefined || uidOf(current) !== uidOf(pod)) return;
      if (this.#silent.has(current.spec.nodeName ?? '')) this.#begun.delete(id);
      else run(current);
    });
  }

  #bind(pod: Pod): void {
    const terms =
      pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    const pinned = terms?.[0]?.matchFields?.[0]?.values?.[0];
    const up = this.#nodes.filter((name) => !this.#silent.has(name));
    const name = pinned ?? up[this.#turn++ % up.length];
    if (name === undefined) return;
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: nameOf(pod), namespace: namespaceOf(pod) },
      target: { kind: 'Node', name },
    };
    this.#client.createSubresource(podKind, nameOf(pod), namespaceOf(pod), 'binding', binding);
  }

  #begin(pod: Pod): void {
    if (!isTerminating(pod)) this.#post(pod, 'Running', (this.#options.ready ?? works)(pod));
  }

  #post(pod: Pod, phase: string, ready: boolean): void {
    this.#address++;
    const podIP = pod.status?.podIP ?? `10.1.${this.#address >> 8}.${this.#address & 255}`;
    const lastTransitionTime = formatTime(this.#cluster.sim.now());
    const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime }];
    const status = { phase, podIP, podIPs: [{ ip: podIP }], conditions };
    const options = { subresource: 'status' };
    this.#client.patch(podKind, nameOf(pod), namespaceOf(pod), 'strategic', { status }, options);
  }

  #stop(pod: Pod): void {
    this.#client.delete(podKind, nameOf(pod), namespaceOf(pod), {
      gracePeriodSeconds: 0,
      preconditions: { uid: uidOf(pod) },
    });
  }
}

/** A pod template of one container. */
export function template(image = 'nginx:1.27', app = 'web', more: object = {}): PodTemplateSpec {
  return {
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'main', image }], terminationGracePeriodSeconds: 1, ...more },
  };
}

export function deploymentOf(spec: Partial<Deployment['spec']> = {}, name = 'web'): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: template('nginx:1.27', name),
      ...spec,
    },
  };
}

export function replicaSetOf(spec: Partial<ReplicaSet['spec']> = {}, name = 'web'): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: template('nginx:1.27', name),
      ...spec,
    },
  };
}

export function podOf(name: string, more: { metadata?: object; spec?: object } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'web' }, ...more.metadata },
    spec: {
      containers: [{ name: 'main', image: 'nginx:1.27' }],
      terminationGracePeriodSeconds: 1,
      ...more.spec,
    },
  };
}

export function namespaceOfName(name: string): KubeObject {
  return { apiVersion: 'v1', kind: namespaceKind.kind, metadata: { name } };
}

/** Whether a Deployment's rollout is done. */
export function isRolledOut(deployment: Deployment): boolean {
  const { replicas = 1 } = deployment.spec;
  const { status } = deployment;
  return (
    status?.observedGeneration === deployment.metadata.generation &&
    (status?.replicas ?? 0) === replicas &&
    (status?.updatedReplicas ?? 0) === replicas &&
    (status?.availableReplicas ?? 0) === replicas
  );
}

/** The sets of the cluster as `revision: size`, by revision. */
export function sizes(cluster: Cluster): string[] {
  return cluster
    .list(replicaSetKind)
    .map((set) => `${set.metadata.annotations?.['deployment.kubernetes.io/revision']}: ${set.spec.replicas}`)
    .sort();
}

/** Sets the image of the Deployment `web`. */
export function setImage(cluster: Cluster, image: string): void {
  const patch = { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } };
  must(cluster.admin.patch(deploymentKind, 'web', 'default', 'strategic', patch));
}
