import type { Event, Node, NodeSpec, Pod, PodSpec, PodStatus } from '../../src/api/generated/types.ts';
import { event as eventKind } from '../../src/api/kinds/event.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { kinds } from '../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { ApiRequest } from '../../src/api/request.ts';
import type { Status } from '../../src/apimachinery/status.ts';
import { ApiServer } from '../../src/apiserver/apiserver.ts';
import { Client, type Result } from '../../src/client/client.ts';
import { Etcd } from '../../src/etcd/etcd.ts';
import { isSchedulingDecision, type SchedulingDecision } from '../../src/scheduler/decision.ts';
import { Scheduler, type SchedulerOptions } from '../../src/scheduler/scheduler.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

const ADMIN = { name: 'kubernetes-admin', groups: ['system:masters'] };
const SCHEDULER = { name: 'system:kube-scheduler', groups: ['system:authenticated'] };

/** What a test says of a node; the rest is a node of 4 CPUs and 8Gi. */
export interface NodeShape {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: NodeSpec;
  readonly images?: readonly { readonly names: readonly string[]; readonly sizeBytes: number }[];
}

export function makeNode(name: string, shape: NodeShape = {}): Node {
  const { cpu = '4', memory = '8Gi', pods = '110' } = shape;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...shape.labels } },
    spec: shape.spec ?? {},
    status: {
      allocatable: { cpu, memory, pods, ...shape.allocatable },
      capacity: { cpu, memory, pods, ...shape.allocatable },
      ...(shape.images === undefined ? {} : { images: shape.images }),
    },
  };
}

/** What a test says of a pod; the rest is one container without requests. */
export interface PodShape {
  readonly cpu?: string;
  readonly memory?: string;
  readonly requests?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly hostPort?: number;
  readonly hostIP?: string;
  readonly protocol?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Partial<PodSpec>;
  readonly status?: PodStatus;
}

export function makePod(name: string, shape: PodShape = {}): Pod {
  const requests = {
    ...(shape.cpu === undefined ? {} : { cpu: shape.cpu }),
    ...(shape.memory === undefined ? {} : { memory: shape.memory }),
    ...shape.requests,
  };
  const port =
    shape.hostPort === undefined
      ? {}
      : {
          ports: [
            {
              containerPort: shape.hostPort,
              hostPort: shape.hostPort,
              protocol: shape.protocol ?? 'TCP',
              ...(shape.hostIP === undefined ? {} : { hostIP: shape.hostIP }),
            },
          ],
        };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      ...(shape.labels === undefined ? {} : { labels: shape.labels }),
    },
    spec: {
      containers: [
        {
          name: 'main',
          image: shape.image ?? 'nginx:1.27',
          ...port,
          // Extended resources must have limits that equal the requests.
          ...(Object.keys(requests).length === 0 ? {} : { resources: { requests, limits: requests } }),
        },
      ],
      ...shape.spec,
    },
    ...(shape.status === undefined ? {} : { status: shape.status }),
  };
}

/** A cluster of an API server and a scheduler; nodes and pods are just objects. */
export class Harness {
  readonly sim: Simulation;
  readonly etcd: Etcd<KubeObject>;
  readonly server: ApiServer;
  readonly admin: Client;
  readonly #options: Partial<SchedulerOptions>;
  process: Process;
  scheduler: Scheduler;
  /** Set to answer the scheduler's requests with a refusal. */
  refuse: (request: ApiRequest) => Status | undefined = () => undefined;
  /** The scheduler's requests that wrote something, as `verb resource/subresource name`. */
  readonly writes: string[] = [];
  readonly decisions: SchedulingDecision[] = [];
  #incarnation = 0;

  constructor(options: Partial<SchedulerOptions> = {}) {
    this.sim = new Simulation({ seed: 'scheduler' });
    this.etcd = new Etcd<KubeObject>(this.sim);
    this.#options = options;
    this.server = new ApiServer({
      process: new Process(this.sim, 'kube-apiserver'),
      store: this.etcd,
      // Pods bring their priorities themselves: without admission, and without classes to look them up in.
      kinds: kinds.filter(({ kind }) => kind !== 'PriorityClass'),
      admission: [],
    });
    const server = this.server;
    this.admin = new Client(
      { send: (request) => server.handle(request) },
      { user: ADMIN, component: 'test' },
    );
    this.process = new Process(this.sim, 'kube-scheduler');
    this.scheduler = this.#newScheduler();
  }

  #newScheduler(): Scheduler {
    const send = (request: ApiRequest) => {
      const status = this.refuse(request);
      if (status !== undefined) return { kind: 'error', ok: false, status } as const;
      if (!['get', 'list', 'watch'].includes(request.verb)) this.#note(request);
      return this.server.handle(request);
    };
    const client = new Client({ send }, { user: SCHEDULER, component: 'kube-scheduler' });
    return new Scheduler({ ...this.#options, process: this.process, client });
  }

  #note({ verb, resource, subresource, name, cause }: ApiRequest): void {
    if (resource === 'events') return;
    this.writes.push(
      `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${name ?? ''}`,
    );
    if (isSchedulingDecision(cause.decision)) this.decisions.push(cause.decision);
  }

  start(): this {
    this.scheduler.start();
    return this;
  }

  /** Kills the scheduler as it is and starts another one. */
  restart(): void {
    this.process.kill();
    this.process = new Process(this.sim, 'kube-scheduler', ++this.#incarnation);
    this.scheduler = this.#newScheduler();
    this.scheduler.start();
  }

  /** Lets time pass, in ms. */
  run(ms = 100): void {
    this.sim.runUntil(this.sim.now() + ms);
  }

  node(name: string, shape: NodeShape = {}): Node {
    return must(this.admin.create(nodeKind, makeNode(name, shape)));
  }

  pod(name: string, shape: PodShape = {}): Pod {
    const { metadata, ...rest } = makePod(name, shape);
    const { uid: _, ...named } = metadata;
    const pod = must(this.admin.create(podKind, { ...rest, metadata: named }));
    const { status } = shape;
    return status === undefined
      ? pod
      : must(this.admin.updateStatus(podKind, { ...pod, status: { ...pod.status, ...status } }));
  }

  patchNode(name: string, patch: object, subresource?: string): void {
    must(
      this.admin.patch(
        nodeKind,
        name,
        undefined,
        'merge',
        patch,
        subresource === undefined ? {} : { subresource },
      ),
    );
  }

  patchPod(name: string, patch: object, subresource?: string): void {
    must(
      this.admin.patch(
        podKind,
        name,
        'default',
        'merge',
        patch,
        subresource === undefined ? {} : { subresource },
      ),
    );
  }

  deletePod(name: string): void {
    const result = this.admin.delete(podKind, name, 'default', { gracePeriodSeconds: 0 });
    if (!result.ok) throw new Error(result.status.message);
  }

  getPod(name: string): Pod {
    return must(this.admin.get(podKind, name, 'default'));
  }

  /** The node of a pod; '' while it has none. */
  nodeOf(name: string): string {
    return this.getPod(name).spec.nodeName ?? '';
  }

  /** `status/reason: message` of the pod's PodScheduled condition. */
  scheduled(name: string): string {
    const condition = this.getPod(name).status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (condition === undefined) return '';
    const { status, reason = '', message = '' } = condition;
    return reason === '' ? status : `${status}/${reason}: ${message}`;
  }

  /** The events about an object, as `type reason: message`, in order. */
  events(name: string): string[] {
    return this.eventObjects(name).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  }

  eventObjects(name: string): Event[] {
    return must(this.admin.list(eventKind)).items.filter(
      ({ involvedObject }) => involvedObject.name === name,
    );
  }
}

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.value;
}
