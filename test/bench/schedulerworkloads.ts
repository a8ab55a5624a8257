import type { Node, Pod, PodSpec, Service } from '../../src/api/generated/types.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { service as serviceKind } from '../../src/api/kinds/service.ts';
import type { Client } from '../../src/client/client.ts';

/** What happens beside the pods that are measured, every so many virtual milliseconds. */
interface Churn {
  readonly every: number;
  run(admin: Client, round: number): void;
}

/** One of upstream's workloads (test/integration/scheduler_perf, performance-config.yaml). */
export interface Workload {
  readonly nodes: number;
  /** Labels of each node besides its host name. */
  readonly labels?: (i: number) => Readonly<Record<string, string>>;
  /** Pods that are there before. */
  readonly initial: number;
  readonly initialPod: (i: number) => Pod;
  /** Pods whose scheduling is measured. */
  readonly measured: number;
  readonly pod: (i: number) => Pod;
  readonly churn?: Churn;
  /** Pods a second below which upstream calls it a regression. */
  readonly threshold: number;
}

const ZONE = 'topology.kubernetes.io/zone';
const CAPACITY = { cpu: '4', memory: '32Gi', pods: '110' };

/** upstream's node-default.yaml. */
export function makeNode(name: string, labels: Readonly<Record<string, string>> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: {},
    status: { allocatable: CAPACITY, capacity: CAPACITY },
  };
}

interface Shape {
  readonly cpu?: string;
  readonly color?: string;
  readonly namespace?: string;
  readonly spec?: Partial<PodSpec>;
}

function makePod(name: string, { cpu = '100m', color, namespace = 'default', spec = {} }: Shape = {}): Pod {
  const resources = { requests: { cpu, memory: '500Mi' }, limits: { cpu, memory: '500Mi' } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(color === undefined ? {} : { labels: { color } }) },
    spec: {
      ...spec,
      containers: [
        {
          name: 'pause',
          image: 'registry.k8s.io/pause:3.10.1',
          ports: [{ containerPort: 80 }],
          resources,
        },
      ],
    },
  };
}

const basic = (i: number): Pod => makePod(`pod-${i}`);
const initial = (i: number): Pod => makePod(`initial-${i}`);

function apart(name: string, namespace: string): Pod {
  const term = {
    labelSelector: { matchLabels: { color: 'green' } },
    topologyKey: 'kubernetes.io/hostname',
    namespaces: ['sched-1', 'sched-0'],
  };
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  return makePod(name, { color: 'green', namespace, spec: { affinity } });
}

function together(name: string, namespace: string): Pod {
  const term = {
    labelSelector: { matchLabels: { color: 'blue' } },
    topologyKey: ZONE,
    namespaces: ['sched-1', 'sched-0'],
  };
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  return makePod(name, { color: 'blue', namespace, spec: { affinity } });
}

function spread(name: string): Pod {
  const constraint = {
    maxSkew: 5,
    topologyKey: ZONE,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { color: 'blue' } },
  };
  return makePod(name, { color: 'blue', spec: { topologySpreadConstraints: [constraint] } });
}

/** A service, a node and a pod that fits nowhere, one of each at a time, each made anew every second. */
const RECREATE: Churn = {
  every: 1000,
  run(admin, round) {
    const service: Service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'churn', namespace: 'default' },
      spec: { selector: { app: 'foo' }, ports: [{ protocol: 'TCP', port: 8080, targetPort: 8080 }] },
    };
    if (round > 0) {
      admin.delete(serviceKind, 'churn', 'default');
      admin.delete(nodeKind, 'churn', undefined);
      admin.delete(podKind, 'churn', 'default', { gracePeriodSeconds: 0 });
    }
    admin.create(serviceKind, service);
    admin.create(nodeKind, makeNode('churn'));
    admin.create(podKind, makePod('churn', { cpu: '9', spec: { priority: 10 } }));
  },
};

/** Five times a second a pod for which three others must go. */
const PREEMPT: Churn = {
  every: 200,
  run: (admin, round) =>
    void admin.create(podKind, makePod(`high-${round}`, { cpu: '3', spec: { priority: 10 } })),
};

/** By upstream's name. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  SchedulingBasic: {
    nodes: 5000,
    initial: 1000,
    initialPod: initial,
    measured: 10_000,
    pod: basic,
    threshold: 680,
  },
  TopologySpreading: {
    nodes: 5000,
    labels: (i) => ({ [ZONE]: `moon-${(i % 3) + 1}` }),
    initial: 1000,
    initialPod: initial,
    measured: 5000,
    pod: (i) => spread(`pod-${i}`),
    threshold: 460,
  },
  SchedulingPodAntiAffinity: {
    nodes: 5000,
    initial: 1000,
    initialPod: (i) => apart(`initial-${i}`, 'sched-0'),
    measured: 2000,
    pod: (i) => apart(`pod-${i}`, 'sched-1'),
    threshold: 60,
  },
  SchedulingPodAffinity: {
    nodes: 5000,
    labels: () => ({ [ZONE]: 'zone1' }),
    initial: 5000,
    initialPod: (i) => together(`initial-${i}`, 'sched-0'),
    measured: 5000,
    pod: (i) => together(`pod-${i}`, 'sched-1'),
    threshold: 35,
  },
  PreemptionAsync: {
    nodes: 5000,
    initial: 20_000,
    initialPod: (i) =>
      makePod(`low-${i}`, { cpu: '900m', spec: { priority: 0, terminationGracePeriodSeconds: 0 } }),
    measured: 5000,
    pod: basic,
    churn: PREEMPT,
    threshold: 570,
  },
  SchedulingWithMixedChurn: {
    nodes: 5000,
    initial: 0,
    initialPod: initial,
    measured: 10_000,
    pod: basic,
    churn: RECREATE,
    threshold: 710,
  },
};
