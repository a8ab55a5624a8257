// Looking back at an earlier moment of a run with many pods: `node lookback.ts PODS NODES`. Prints one line of
// JSON: how many ms of a processor it takes to find the moment, to read its pods, its events, and why a pod is as it
// is; and, as `screen`, to have all of it together as the screen does: harbour, events, and the table of each kind.
import { deployment } from '../../src/api/kinds/deployment.ts';
import { event } from '../../src/api/kinds/event.ts';
import { node } from '../../src/api/kinds/node.ts';
import { pod } from '../../src/api/kinds/pod.ts';
import { kinds } from '../../src/api/kinds/registry.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import { lookAt } from '../../src/ui/model/past.ts';
import { objectsOf } from '../../src/ui/panels/objects.ts';

const [pods = 30_000, nodes = 300] = process.argv.slice(2).map(Number);
const ROOM = { cpu: '64', memory: '256Gi', pods: Math.ceil(pods / nodes) + 20 };
const VIRTUAL_LIMIT_MS = 3_600_000;
const STEP_MS = 1_000;

const cluster = new Cluster({
  seed: 1,
  nodes: Array.from({ length: nodes }, (_, i) => ({ name: `node-${i + 1}`, ...ROOM })),
});
if (!cluster.boot()) throw new Error('the cluster did not boot');
const since = cluster.sim.now();
const labels = { app: 'web' };
const created = cluster.client('bench').create(deployment, {
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
const running = (): number =>
  cluster.objects(pod, 'default').filter(({ status }) => status?.phase === 'Running').length;
while (running() < pods) {
  cluster.runFor(STEP_MS * 10);
  if (cluster.sim.now() - since > VIRTUAL_LIMIT_MS) throw new Error(`only ${running()} pods Running`);
}

const took: Record<string, number> = {};
function timed<T>(what: string, run: () => T): T {
  const began = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(began);
  took[what] = Math.round((user + system) / 100) / 10;
  return result;
}
const time = since + (cluster.sim.now() - since) * 0.8;
const revision = timed('find', () => cluster.history.revisionAt(time));
const then = timed('pods', () => cluster.objectsAt(pod, revision));
const nodesThen = timed('nodes', () => cluster.objectsAt(node, revision));
const events = timed('events', () => cluster.objectsAt(event, revision));
const traffic = timed('traffic', () => cluster.trafficAt(time));
const some = then.find(({ metadata }) => metadata.namespace === 'default')?.metadata.name ?? '';
const lines = timed('why', () => cluster.why(pod, 'default', some, { revision }));
const decision = timed('decision', () => cluster.decisionFor('default', some, revision));
const screen = timed('screen', () => {
  const { source, reader } = lookAt(cluster, since, Math.floor((time - since) / 1000) - 1);
  for (const kind of kinds) if (!kind.plural.endsWith('reviews')) objectsOf(source, kind);
  return reader.read(0);
});
console.log(
  JSON.stringify({
    pods: then.length,
    nodes: nodesThen.length,
    events: events.length,
    ships: screen.ships.length,
    traffic: traffic.length,
    why: lines.length,
    decided: decision !== undefined,
    revisions: cluster.revision,
    took,
  }),
);
