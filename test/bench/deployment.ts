// One measurement of ours: N pods of one Deployment on M nodes until all are Running. Prints one line
// of JSON. Run by run.ts in a process of its own: `node --expose-gc deployment.ts PODS NODES`.
import type { Pod } from '../../src/api/generated/types.ts';
import { deployment } from '../../src/api/kinds/deployment.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import { retained } from './memory.ts';

const [pods = 10, nodes = 3] = process.argv.slice(2).map(Number);

/** Room for the pods of any case, so that capacity plays no part. */
const ROOM = { cpu: '64', memory: '256Gi', pods: Math.max(110, Math.ceil(pods / nodes) + 20) };
const VIRTUAL_LIMIT_MS = 3_600_000;
const STEP_MS = 100;

const bootCpu = process.cpuUsage();
const cluster = new Cluster({
  seed: 1,
  nodes: Array.from({ length: nodes }, (_, i) => ({ name: `node-${i + 1}`, ...ROOM })),
});
if (!cluster.boot()) throw new Error('the cluster did not boot');
const boot = process.cpuUsage(bootCpu);
const bootCpuMs = (boot.user + boot.system) / 1000;

const running = new Set<string>();
cluster.onCommit(({ key, value }) => {
  if (!key.startsWith('/registry/pods/default/') || value === undefined) return;
  if ((value as Pod).status?.phase === 'Running') running.add(key);
});
const client = cluster.client('bench');

const before = retained();
const revisions = cluster.revision;
const events = cluster.sim.events;
const since = cluster.sim.now();
const cpu = process.cpuUsage();
const began = performance.now();

const labels = { app: 'web' };
const created = client.create(deployment, {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: pods,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] } },
  },
});
if (!created.ok) throw new Error(created.status.message);
while (running.size < pods) {
  cluster.runFor(STEP_MS);
  if (cluster.sim.now() - since > VIRTUAL_LIMIT_MS)
    throw new Error(`${running.size} of ${pods} pods Running`);
}

const wallMs = performance.now() - began;
const used = process.cpuUsage(cpu);
const after = retained();
const external = after.external - before.external;
console.log(
  JSON.stringify({
    wallMs,
    cpuMs: (used.user + used.system) / 1000,
    bootCpuMs,
    retained: after.heap - before.heap + external,
    external,
    peakRss: process.resourceUsage().maxRSS * 1024,
    virtualMs: cluster.sim.now() - since,
    revisions: cluster.revision - revisions,
    events: cluster.sim.events - events,
  }),
);
