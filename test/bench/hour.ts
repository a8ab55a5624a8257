// Virtual time of a cluster at rest, its pods with liveness and readiness probes every 10 s: an hour of 10
// nodes and 200 pods unless told otherwise. Prints one line of JSON. Run by run.ts in a process of its own:
// `node hour.ts NODES PODS MINUTES`.
import type { Pod } from '../../src/api/generated/types.ts';
import { deployment } from '../../src/api/kinds/deployment.ts';
import { Cluster } from '../../src/cluster/cluster.ts';

const [nodes = 10, pods = 200, minutes = 60] = process.argv.slice(2).map(Number);
const cluster = new Cluster({
  seed: 1,
  nodes: Array.from({ length: nodes }, (_, i) => ({ name: `node-${i + 1}`, cpu: '16', memory: '64Gi' })),
});
if (!cluster.boot()) throw new Error('the cluster did not boot');
const ready = new Set<string>();
cluster.onCommit(({ key, value }) => {
  if (!key.startsWith('/registry/pods/default/') || value === undefined) return;
  const conditions = (value as Pod).status?.conditions ?? [];
  if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) ready.add(key);
});
const labels = { app: 'web' };
const probe = { httpGet: { path: '/', port: 80 }, periodSeconds: 10 };
const created = cluster.client('bench').create(deployment, {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: pods,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [{ name: 'web', image: 'nginx:1.27', livenessProbe: probe, readinessProbe: probe }],
      },
    },
  },
});
if (!created.ok) throw new Error(created.status.message);
for (let waited = 0; ready.size < pods; waited++) {
  if (waited > 600) throw new Error(`${ready.size} of ${pods} pods ready`);
  cluster.runFor(1000);
}
const events = cluster.sim.events;
const revisions = cluster.revision;
const cpu = process.cpuUsage();
const began = performance.now();
cluster.runFor(minutes * 60_000);
const wallMs = performance.now() - began;
const used = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    wallMs,
    cpuMs: (used.user + used.system) / 1000,
    events: cluster.sim.events - events,
    revisions: cluster.revision - revisions,
  }),
);
