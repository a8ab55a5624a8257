// One measurement of @ngrok/webernetes: N pods of one Deployment on M nodes until all are Running.
// Prints one line of JSON. Run by run.ts in a process of its own: `node --expose-gc peer.mjs PODS NODES`.
import { BaseImage, Cluster } from '@ngrok/webernetes';
import { retained } from './memory.ts';

const [pods, nodes] = process.argv.slice(2).map(Number);

class Server extends BaseImage {
  static imageName = 'server';
  static imageVersion = '1.0';
  defaultCommand = ['server'];
  async exec(ctx, argv) {
    return argv[0] === 'server' ? ctx.waitUntilKilled() : super.exec(ctx, argv);
  }
}

const cluster = new Cluster({ nodes });
cluster.registerImage(Server);
await cluster.init();
const running = new Set();
const done = new Promise((resolve) => {
  cluster.informer('pods', (type, pod) => {
    if (pod.metadata?.namespace !== 'default') return;
    if (type !== 'delete' && pod.status?.phase === 'Running') running.add(pod.metadata.uid);
    if (running.size >= pods) resolve();
  });
});
const before = retained();
const cpu = process.cpuUsage();
const began = performance.now();
await cluster.apply([
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: pods,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'server:1.0' }] },
      },
    },
  },
]);
await done;
const wall = performance.now() - began;
const used = process.cpuUsage(cpu);
const after = retained();
console.log(
  JSON.stringify({
    wallMs: wall,
    cpuMs: (used.user + used.system) / 1000,
    retained: after.heap + after.external - before.heap - before.external,
    peakRss: process.resourceUsage().maxRSS * 1024,
  }),
);
process.exit(0);
