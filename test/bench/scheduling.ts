// SchedulingBasic of upstream's scheduler_perf: N pods onto M nodes, with an API server and a scheduler and
// no kubelets. Prints one line of JSON. Run in a process of its own: `node scheduling.ts PODS NODES`.
import type { Node, Pod } from '../../src/api/generated/types.ts';
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

const [pods = 10_000, nodes = 5000] = process.argv.slice(2).map(Number);

/** As upstream's templates node-default.yaml and pod-default.yaml have it. */
const CAPACITY = { cpu: '4', memory: '32Gi', pods: '110' };
const REQUESTS = { cpu: '100m', memory: '500Mi' };
const LIMIT_MS = 3_600_000;

const sim = new Simulation({ seed: 1 });
const store = new Etcd<KubeObject>(sim);
const server = new ApiServer({ process: new Process(sim, 'kube-apiserver'), store, kinds, admission: [] });
const clientOf = (name: string): Client =>
  new Client({ send: (request) => server.handle(request) }, { user: { name, groups: [] }, component: name });
const admin = clientOf('bench');

for (let i = 0; i < nodes; i++) {
  const name = `node-${i}`;
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec: {},
    status: { allocatable: CAPACITY, capacity: CAPACITY },
  };
  const created = admin.create(nodeKind, node);
  if (!created.ok) throw new Error(created.status.message);
}
new Scheduler({ process: new Process(sim, 'kube-scheduler'), client: clientOf('kube-scheduler') }).start();
sim.runUntil(sim.now() + 1000);

let bound = 0;
store.observe(({ key, value }) => {
  if (!key.startsWith('/registry/pods/') || ((value as Pod | undefined)?.spec.nodeName ?? '') === '') return;
  bound++;
});
const cpu = process.cpuUsage();
const began = performance.now();
for (let i = 0; i < pods; i++) {
  const created = admin.create(podKind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${i}`, namespace: 'default' },
    spec: {
      containers: [
        { name: 'pause', image: 'registry.k8s.io/pause:3.10.1', resources: { requests: REQUESTS } },
      ],
    },
  });
  if (!created.ok) throw new Error(created.status.message);
}
const made = process.cpuUsage(cpu);
for (const since = sim.now(); bound < pods; ) {
  sim.runUntil(sim.now() + 100);
  if (sim.now() - since > LIMIT_MS) throw new Error(`${bound} of ${pods} pods bound`);
}
const wallMs = performance.now() - began;
const used = process.cpuUsage(cpu);
const createMs = (made.user + made.system) / 1000;
const cpuMs = (used.user + used.system) / 1000;
console.log(JSON.stringify({ wallMs, createMs, cpuMs, podsPerCpuSecond: Math.round((pods * 1000) / cpuMs) }));
