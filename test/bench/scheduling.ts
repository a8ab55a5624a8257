// A workload of upstream's scheduler_perf: an API server, a scheduler and no kubelets; the whole path of a
// pod through API, etcd and watches. Prints one line of JSON. Run in a process of its own:
// `node scheduling.ts WORKLOAD [PART]`, where PART of the nodes and pods is used, 1 by default.
import type { Pod } from '../../src/api/generated/types.ts';
import type { KindDefinition } from '../../src/api/kind.ts';
import { namespace as namespaceKind } from '../../src/api/kinds/namespace.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { kinds } from '../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { ApiServer } from '../../src/apiserver/apiserver.ts';
import { Client } from '../../src/client/client.ts';
import { Etcd } from '../../src/etcd/etcd.ts';
import { Scheduler } from '../../src/scheduler/scheduler.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';
import { makeNode, WORKLOADS, type Workload } from './schedulerworkloads.ts';

const [name = 'SchedulingBasic', part = '1'] = process.argv.slice(2);
const workload = WORKLOADS[name] as Workload;
const scaled = (count: number): number => Math.ceil(count * Number(part));

const LIMIT_MS = 3_600_000;
const STEP_MS = 100;

const sim = new Simulation({ seed: 1 });
const store = new Etcd<KubeObject>(sim);
const server = new ApiServer({ process: new Process(sim, 'kube-apiserver'), store, kinds, admission: [] });
const clientOf = (component: string): Client =>
  new Client(
    { send: (request) => server.handle(request) },
    { user: { name: component, groups: [] }, component },
  );
const admin = clientOf('bench');

/** Assigned pods, measured ones only: those whose names begin so. */
let bound = 0;
let prefix = '';
store.observe(({ key, value, previous }) => {
  const pod = value as Pod | undefined;
  if (!key.startsWith('/registry/pods/') || (pod?.spec.nodeName ?? '') === '') return;
  if (((previous?.value as Pod | undefined)?.spec.nodeName ?? '') !== '') return;
  if (pod?.metadata.name?.startsWith(prefix) === true) bound++;
});

function create<T extends KubeObject>(kind: KindDefinition<T>, object: T): void {
  const created = admin.create(kind, object);
  if (!created.ok) throw new Error(created.status.message);
}

function untilBound(count: number): void {
  for (const since = sim.now(); bound < count; ) {
    sim.runUntil(sim.now() + STEP_MS);
    if (sim.now() - since > LIMIT_MS) throw new Error(`${bound} of ${count} pods bound`);
  }
}

for (const namespace of ['default', 'sched-0', 'sched-1'])
  admin.create(namespaceKind, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
    spec: {},
  });
for (let i = 0; i < scaled(workload.nodes); i++)
  create(nodeKind, makeNode(`node-${i}`, workload.labels?.(i)));
new Scheduler({ process: new Process(sim, 'kube-scheduler'), client: clientOf('kube-scheduler') }).start();
sim.runUntil(sim.now() + 1000);
prefix = workload.initialPod(0).metadata.name?.replace(/\d+$/, '') ?? '';
for (let i = 0; i < scaled(workload.initial); i++) create(podKind, workload.initialPod(i));
untilBound(scaled(workload.initial));
bound = 0;
prefix = 'pod-';

const measured = scaled(workload.measured);
const cpu = process.cpuUsage();
const began = performance.now();
if (workload.churn === undefined) {
  for (let i = 0; i < measured; i++) create(podKind, workload.pod(i));
} else {
  // Beside churn pods come as fast as upstream must be, so that as many rounds of it fall to each.
  const { every, run } = workload.churn;
  const start = sim.now();
  let rounds = 0;
  for (let made = 0; made < measured; sim.runUntil(sim.now() + STEP_MS)) {
    while (rounds * every <= sim.now() - start) run(admin, rounds++);
    const due = Math.min(measured, Math.ceil(((sim.now() - start + STEP_MS) * workload.threshold) / 1000));
    while (made < due) create(podKind, workload.pod(made++));
  }
}
const made = process.cpuUsage(cpu);
untilBound(measured);
const wallMs = performance.now() - began;
const used = process.cpuUsage(cpu);
const createMs = (made.user + made.system) / 1000;
const cpuMs = (used.user + used.system) / 1000;
const podsPerCpuSecond = Math.round((measured * 1000) / cpuMs);
console.log(
  JSON.stringify({ wallMs, createMs, cpuMs, podsPerCpuSecond, threshold: workload.threshold, measured }),
);
