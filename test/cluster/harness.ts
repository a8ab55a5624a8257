import type { Deployment, Node, Pod, Service } from '../../src/api/generated/types.ts';
import { deployment } from '../../src/api/kinds/deployment.ts';
import { node } from '../../src/api/kinds/node.ts';
import { pod } from '../../src/api/kinds/pod.ts';
import { kindByGVK } from '../../src/api/kinds/registry.ts';
import { service } from '../../src/api/kinds/service.ts';
import { type KubeObject, nameOf } from '../../src/api/object.ts';
import type { Client, Result } from '../../src/client/client.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { ClusterSpec } from '../../src/cluster/spec.ts';
import type { Exchange } from '../../src/network/types.ts';

/** A cluster that stands, with two workers unless told otherwise. */
export function booted(spec: Partial<ClusterSpec> = {}): Cluster {
  const cluster = new Cluster({ seed: 1, nodes: [{ name: 'n1' }, { name: 'n2' }], ...spec });
  if (!cluster.boot()) throw new Error('the cluster does not come up');
  return cluster;
}

/** The value of a request that must succeed. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.value;
}

/** What is said to a client when it is refused; undefined when it is not. */
export function refusal(result: Result<unknown>): string | undefined {
  return result.ok ? undefined : result.status.message;
}

/** Creates objects as `kubectl create` does. */
export function create(cluster: Cluster, ...objects: KubeObject[]): void {
  const client = player(cluster, 'kubectl create');
  for (const object of objects) {
    const kind = kindByGVK(object.apiVersion, object.kind);
    if (kind === undefined) throw new Error(`no kind ${object.kind}`);
    must(client.create(kind, object));
  }
}

export function player(cluster: Cluster, line: string): Client {
  const client = cluster.client('kubectl');
  client.setCause({ component: 'kubectl', trigger: 0, input: line });
  return client;
}

export function webDeployment(replicas: number, image = 'nginx:1.27'): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'nginx', image }] },
      },
    },
  };
}

/** Selects the pods of webDeployment. */
export function webService(nodePort?: number, name = 'web'): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: {
      ...(nodePort === undefined ? {} : { type: 'NodePort' }),
      selector: { app: 'web' },
      ports: [{ port: 80, ...(nodePort === undefined ? {} : { nodePort }) }],
    },
  };
}

export function barePod(name: string, spec: Partial<NonNullable<Pod['spec']>> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: { containers: [{ name: 'main', image: 'nginx:1.27' }], ...spec },
  };
}

export function pods(cluster: Cluster, namespace = 'default'): readonly Pod[] {
  return cluster.objects(pod, namespace);
}

export function podNamed(cluster: Cluster, name: string, namespace = 'default'): Pod | undefined {
  return cluster.get(pod, namespace, name);
}

export function isReady(object: Pod | Node): boolean {
  const conditions: readonly { type: string; status: string }[] = object.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

export function readyPods(cluster: Cluster, namespace = 'default'): readonly Pod[] {
  return pods(cluster, namespace).filter(
    (each) => isReady(each) && each.metadata.deletionTimestamp === undefined,
  );
}

/** The Ready condition's status of each node. */
export function nodeStates(cluster: Cluster): Readonly<Record<string, string>> {
  return Object.fromEntries(
    cluster
      .objects(node)
      .map((each) => [
        nameOf(each),
        each.status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'none',
      ]),
  );
}

/** Lets time pass until `done`, at most `limit` ms; how long it took, or undefined. */
export function until(cluster: Cluster, done: () => boolean, limit: number): number | undefined {
  const start = cluster.sim.now();
  while (!done()) {
    if (cluster.sim.now() - start >= limit) return undefined;
    cluster.runFor(500);
  }
  return cluster.sim.now() - start;
}

/** The deployment web stands on so many ready pods. */
export function withWeb(replicas: number, spec: Partial<ClusterSpec> = {}): Cluster {
  const cluster = booted(spec);
  create(cluster, webDeployment(replicas), webService(30080));
  const stands = until(cluster, () => readyPods(cluster).length === replicas, 60_000);
  if (stands === undefined) throw new Error('the workload does not come up');
  cluster.runFor(1000);
  return cluster;
}

/** A GET from the outside. */
export function get(cluster: Cluster, host: string, port = 30080): Exchange {
  return cluster.fabric.request(cluster.fabric.outside.namespace, {
    host,
    port,
    message: { protocol: 'http', method: 'GET', path: '/', headers: {}, body: '', host },
  });
}

/** Whether the node port of `web` answers on a machine. */
export function answers(cluster: Cluster, machine: string, port = 30080): boolean {
  const { host } = cluster.machines.get(machine) ?? cluster.controlPlane;
  const { reply } = get(cluster, host.ip, port);
  return reply?.type === 'http' && reply.status === 200;
}

export function scale(cluster: Cluster, replicas: number): void {
  const client = player(cluster, `kubectl scale deployment web --replicas=${replicas}`);
  const current = must(client.get(deployment, 'web', 'default'));
  must(client.update(deployment, { ...current, spec: { ...current.spec, replicas } }));
}

export { deployment, node, pod, service };
