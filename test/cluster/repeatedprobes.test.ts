import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Pod } from '../../src/api/generated/types.ts';
import { deployment } from '../../src/api/kinds/deployment.ts';
import { networkPolicy } from '../../src/api/kinds/networkpolicy.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { uidOf } from '../../src/api/object.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { Machine } from '../../src/cluster/machine.ts';
import { Routines } from '../../src/kubelet/runtime/routines.ts';
import { RepeatedExchange } from '../../src/network/again.ts';
import { Random } from '../../src/sim/random.ts';

/** Two nodes with pods of web servers and a database, all of them probed. */
function probedCluster(seed: number): Cluster {
  const nodes = ['node-1', 'node-2'].map((name) => ({ name, cpu: '4', memory: '8Gi' }));
  const cluster = new Cluster({ seed, nodes });
  expect(cluster.boot()).toBe(true);
  const http = { httpGet: { path: '/', port: 80 } };
  const index = { httpGet: { path: '/index.html?probe', port: 80 } };
  const tcp = { tcpSocket: { port: 6379 } };
  const containers = [
    { image: 'nginx:1.27', livenessProbe: http, readinessProbe: index },
    { image: 'httpd:2.4', livenessProbe: { ...http, periodSeconds: 3 }, readinessProbe: http },
    { image: 'redis:7', livenessProbe: tcp, readinessProbe: { ...tcp, periodSeconds: 1 } },
    {
      image: 'nginx:1.28',
      readinessProbe: { ...http, periodSeconds: 2 },
      resources: { limits: { cpu: '5m' } },
    },
  ];
  for (const [i, container] of containers.entries()) {
    const labels = { app: `app-${i}` };
    const created = cluster.client('test').create(deployment, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `app-${i}`, namespace: 'default' },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', ...container }] } },
      },
    });
    expect(created.ok).toBe(true);
  }
  cluster.runFor(30_000);
  return cluster;
}

/** All that probes leave behind: what containers printed, what they used, what the network counted. */
function traces(cluster: Cluster): unknown {
  const { exchanges, byOutcome } = cluster.fabric.counters;
  const machines = [...cluster.machines.values()].map((machine) => ({
    stats: machine.containerd.machineStats(),
    containers: machine.containerd.listContainers().map(({ id, state, exitCode }) => {
      const text: string[] = [];
      const log = machine.containerd.logs(id, { follow: false, timestamps: true });
      if (log.ok) log.value.onOutput((chunk) => text.push(chunk.text));
      return { id, state, exitCode, stats: machine.containerd.containerStats(id), log: text.join('') };
    }),
    // The next exchange shows how many ports were used before.
    port: cluster.fabric.request(machine.host.namespace, {
      host: machine.host.ip,
      port: 9,
      message: { protocol: 'dns', name: 'nowhere', type: 'A' },
    }).error,
  }));
  const { events, pending } = cluster.sim;
  return { exchanges, byOutcome: { ...byOutcome }, machines, events, pending, state: cluster.stateHash() };
}

/** A running container of a random pod. */
function anyContainer(cluster: Cluster, random: Random): readonly [Machine, string] | undefined {
  const pods = cluster.objects(podKind).filter(({ metadata }) => metadata.namespace === 'default') as Pod[];
  const pod = random.pick(pods);
  const machine = cluster.machines.get(pod?.spec.nodeName ?? '');
  const container = pod && random.pick(machine?.containerd.containersOf(uidOf(pod)) ?? []);
  return machine === undefined || container === undefined ? undefined : [machine, container.id];
}

const SCRIPTS = [
  'rm /usr/share/nginx/html/index.html',
  'echo hello > /usr/share/nginx/html/index.html',
  'echo hello > /usr/local/apache2/htdocs/index.html',
  'printf "server { listen 80; return 503; }" > /etc/nginx/conf.d/default.conf; kill -HUP 1',
  'kill -HUP 1',
  'kill 1',
];

/** Something that probes may notice, or that looks at what they left. */
function disturb(cluster: Cluster, random: Random, heard: string[]): void {
  const found = anyContainer(cluster, random);
  if (found === undefined) return;
  const [machine, id] = found;
  const { containerd } = machine;
  const actions: (() => void)[] = [
    () => void containerd.containerStats(id),
    () => void containerd.machineStats(),
    () => {
      const log = containerd.logs(id, { follow: random.chance(0.7), timestamps: true, tailLines: 2 });
      if (log.ok) log.value.onOutput(({ text }) => heard.push(`${cluster.sim.now()} ${text}`));
    },
    () =>
      void containerd.exec(id, ['sh', '-c', random.pick(SCRIPTS) as string], { stdin: false, tty: false }),
    () => void containerd.pauseContainer(id),
    () => void containerd.resumeContainer(id),
    () => void containerd.killContainer(id),
    () => {
      const status = containerd.containerStatus(id);
      const resources = status?.config.resources;
      if (resources !== undefined)
        containerd.updateContainerResources(id, {
          ...resources,
          cpuLimit: random.pick([0, 2, 500]) as number,
        });
    },
    () => {
      const ip = containerd.listPodSandboxes().find(({ state }) => state === 'ready')?.ips[0];
      const message = {
        protocol: 'http',
        method: 'GET',
        path: '/',
        headers: {},
        body: '',
        host: 'x',
      } as const;
      if (ip !== undefined)
        cluster.fabric.request(
          cluster.fabric.outside.namespace,
          { host: ip, port: 80, message },
          { weight: random.pick([1, 1, 20_000]) as number },
        );
    },
    () => {
      const from = machine.host.namespace;
      const ips = containerd.listPodSandboxes().flatMap((sandbox) => sandbox.ips);
      const message = {
        protocol: 'http',
        method: 'GET',
        path: '/',
        headers: {},
        body: '',
        host: 'x',
      } as const;
      for (const host of ips) cluster.fabric.request(from, { host, port: 80, message });
    },
    () => void cluster.inject({ kind: random.pick(['NodeDown', 'NodeUp', 'NodeUp']), node: machine.name }),
    () => void cluster.inject({ kind: random.pick(['KubeletStop', 'KubeletStart']), node: machine.name }),
    () => {
      const app = `app-${random.int(4)}`;
      cluster.client('test').patch(deployment, app, 'default', 'merge', {
        spec: { replicas: random.between(0, 4) },
      });
    },
  ];
  random.pick(actions)?.();
}

/** The traces at some moments of a run. */
function play(seed: number): readonly unknown[] {
  const random = new Random(seed, 'disturbances');
  const cluster = probedCluster(seed);
  const seen: unknown[] = [];
  const heard: string[] = [];
  for (let step = 0; step < 40; step++) {
    cluster.runFor(random.pick([1, 700, 5_000, 40_000]) as number);
    disturb(cluster, random, heard);
    if (step === 30) {
      cluster.client('test').create(networkPolicy, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'closed', namespace: 'default' },
        spec: { podSelector: {}, policyTypes: ['Ingress'] },
      });
    }
    if (step % 10 === 9) seen.push(traces(cluster), [...heard]);
  }
  return seen;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('probes that find what they found before', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'leave the same traces as probes that are made from scratch (seed %i)',
    (seed) => {
      const noted = vi.spyOn(Routines.prototype, 'note');
      const short = play(seed);
      expect(noted.mock.results.filter(({ value }) => value === true).length).toBeGreaterThan(50);
      vi.spyOn(RepeatedExchange, 'of').mockReturnValue(undefined);
      expect(play(seed)).toEqual(short);
    },
  );
});
