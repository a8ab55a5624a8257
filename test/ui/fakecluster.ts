import type { Node, Pod } from '../../src/api/generated/types.ts';
import type { KindDefinition } from '../../src/api/kind.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { formatTime } from '../../src/apimachinery/time.ts';
import type { Exchange } from '../../src/network/types.ts';
import type { SchedulingDecision } from '../../src/scheduler/decision.ts';
import type { ClusterSource, Component, WhyEntry } from '../../src/ui/model/harbour.ts';

export const START = Date.UTC(2026, 0, 1, 8);

/** Objects that a test puts there by hand, with the reading side of a cluster. */
export class FakeCluster implements ClusterSource {
  revision = 412;
  time = START;
  readonly sim = { now: (): number => this.time };
  components: Component[] = [
    'kube-apiserver',
    'etcd',
    'kube-scheduler',
    'kube-controller-manager',
    'coredns',
  ].map((name) => ({ name, node: 'control-plane', state: 'running' }));
  decisions = new Map<string, SchedulingDecision>();
  whyLines: WhyEntry[] = [];
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<(record: { key: string; value?: KubeObject | undefined }) => void>();
  readonly #lists = new Map<string, readonly KubeObject[]>();

  readonly #past: {
    readonly revision: number;
    readonly time: number;
    readonly objects: Map<string, KubeObject>;
  }[] = [];
  /** How often the past was read. */
  reads = 0;

  readonly history = {
    revisionAt: (time: number): number => this.#past.findLast((then) => then.time <= time)?.revision ?? 0,
  };

  objectsAt<T extends KubeObject>(kind: KindDefinition<T>, revision: number): readonly T[] {
    this.reads++;
    const objects = this.#past.find((then) => then.revision === revision)?.objects ?? new Map();
    const prefix = prefixOf(kind);
    return [...objects].flatMap(([key, object]) => (key.startsWith(prefix) ? [object as T] : []));
  }

  put(resource: string, object: KubeObject): void {
    const namespace = object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`;
    this.#commit(`/registry/${resource}/${namespace}${object.metadata.name}`, object);
  }

  remove(key: string): void {
    this.#commit(key, undefined);
  }

  objects<T extends KubeObject>(kind: KindDefinition<T>): readonly T[] {
    const prefix = prefixOf(kind);
    let list = this.#lists.get(prefix);
    if (list === undefined) {
      const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
      list = keys.flatMap((key) => this.#objects.get(key) ?? []);
      this.#lists.set(prefix, list);
    }
    return list as readonly T[];
  }

  onCommit(listener: (record: { key: string; value?: KubeObject | undefined }) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  componentStates(): readonly Component[] {
    return this.components;
  }

  decisionFor(namespace: string, pod: string): SchedulingDecision | undefined {
    return this.decisions.get(`${namespace}/${pod}`);
  }

  exchanges: Exchange[] = [];

  trafficAt(time: number): readonly Exchange[] {
    return this.exchanges.filter((exchange) => exchange.time <= time);
  }

  why(): readonly WhyEntry[] {
    return this.whyLines;
  }

  #commit(key: string, value: KubeObject | undefined): void {
    this.revision++;
    if (value === undefined) this.#objects.delete(key);
    else this.#objects.set(key, value);
    this.#lists.clear();
    this.#past.push({ revision: this.revision, time: this.time, objects: new Map(this.#objects) });
    for (const listener of this.#listeners) listener({ key, value });
  }
}

function prefixOf(kind: KindDefinition): string {
  return `/registry/${kind.plural === 'nodes' ? 'minions' : kind.plural}/`;
}

export interface NodeOptions {
  readonly ready?: 'True' | 'False' | 'Unknown';
  readonly cordoned?: boolean;
  readonly cpu?: string;
}

export function newNode(
  name: string,
  { ready = 'True', cordoned = false, cpu = '4' }: NodeOptions = {},
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, creationTimestamp: formatTime(START) },
    spec: cordoned ? { unschedulable: true } : {},
    status: {
      allocatable: { cpu, memory: '8Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: ready, lastTransitionTime: formatTime(START) }],
    },
  };
}

export interface PodOptions {
  readonly namespace?: string;
  readonly app?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly ready?: boolean;
  readonly waiting?: string;
  readonly deleting?: boolean;
  readonly cpu?: string;
}

export function newPod(name: string, options: PodOptions = {}): Pod {
  const {
    namespace = 'default',
    app = name,
    node,
    phase = 'Running',
    ready = true,
    waiting,
    deleting = false,
  } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { app },
      creationTimestamp: formatTime(START),
      ...(deleting ? { deletionTimestamp: formatTime(START) } : {}),
    },
    spec: {
      containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: options.cpu ?? '500m' } } }],
      ...(node === undefined ? {} : { nodeName: node }),
    },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [
        {
          name: 'c',
          image: 'nginx',
          imageID: '',
          ready,
          restartCount: 0,
          state: waiting === undefined ? { running: {} } : { waiting: { reason: waiting } },
        },
      ],
    },
  };
}

export function newEvent(
  name: string,
  second: number,
  reason: string,
  message: string,
  type = 'Normal',
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: 'default', creationTimestamp: formatTime(START) },
    involvedObject: { kind: 'Pod', name: name.replace(/\.[^.]*$/, ''), namespace: 'default' },
    reason,
    message,
    type,
    count: 1,
    source: { component: reason === 'Scheduled' ? 'default-scheduler' : 'kubelet' },
    lastTimestamp: formatTime(START + second * 1000),
  } as unknown as KubeObject;
}

/** Four ships as on a working afternoon: apps in all states, one ship cordoned, one lost. */
export function busyHarbour(): FakeCluster {
  const cluster = new FakeCluster();
  cluster.put('minions', newNode('cargo-1'));
  cluster.put('minions', newNode('cargo-2'));
  cluster.put('minions', newNode('cargo-3', { cordoned: true }));
  cluster.put('minions', newNode('cargo-4', { ready: 'Unknown' }));
  const pods: readonly Pod[] = [
    newPod('web-7d4b9-aaaaa', { app: 'web', node: 'cargo-1' }),
    newPod('web-7d4b9-bbbbb', { app: 'web', node: 'cargo-1' }),
    newPod('web-7d4b9-x2kfp', {
      app: 'web',
      node: 'cargo-2',
      phase: 'Pending',
      ready: false,
      waiting: 'ContainerCreating',
    }),
    newPod('nginx-1', { app: 'nginx', node: 'cargo-1' }),
    newPod('nginx-2', { app: 'nginx', node: 'cargo-2', ready: false }),
    newPod('redis-1', {
      app: 'redis',
      node: 'cargo-1',
      phase: 'Running',
      ready: false,
      waiting: 'CrashLoopBackOff',
    }),
    newPod('redis-2', { app: 'redis', node: 'cargo-3' }),
    newPod('db-0', { app: 'db', node: 'cargo-2', deleting: true }),
    newPod('db-1', { app: 'db', phase: 'Pending', ready: false }),
    newPod('kube-proxy-1', { app: 'kube-proxy', node: 'cargo-1', namespace: 'kube-system' }),
  ];
  for (const pod of pods) cluster.put('pods', pod);
  cluster.put(
    'events',
    newEvent(
      'web-7d4b9-x2kfp.1',
      98,
      'Scheduled',
      'Successfully assigned default/web-7d4b9-x2kfp to cargo-2',
    ),
  );
  cluster.put('events', newEvent('web-7d4b9-x2kfp.2', 99, 'Pulling', 'Pulling image "nginx:1.27"'));
  cluster.put(
    'events',
    newEvent('redis-1.3', 101, 'BackOff', 'Back-off restarting failed container c in pod redis-1', 'Warning'),
  );
  cluster.time = START + 102_000;
  cluster.whyLines = [
    {
      time: START + 1000,
      revision: 301,
      component: 'kubectl',
      text: 'created Deployment default/web (kubectl apply -f web.yaml)',
    },
    {
      time: START + 1010,
      revision: 303,
      component: 'deployment-controller',
      text: 'created ReplicaSet default/web-7d4b9',
    },
    {
      time: START + 98_000,
      revision: 410,
      component: 'default-scheduler',
      text: 'default/web-7d4b9-x2kfp was assigned to cargo-2, which scored highest of 4 nodes with 83',
    },
  ];
  return cluster;
}
