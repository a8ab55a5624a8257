import { describe, expect, it } from 'vitest';
import type { KindDefinition } from '../../src/api/kind.ts';
import { replicaSet } from '../../src/api/kinds/replicaset.ts';
import { nameOf } from '../../src/api/object.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { whyTexts } from '../../src/ui/texts/whytexts.ts';
import {
  barePod,
  booted,
  create,
  deployment,
  must,
  node,
  player,
  pod,
  pods,
  scale,
  until,
  webDeployment,
  withWeb,
} from './harness.ts';

/** The chain as `component: text`. */
function chain(cluster: Cluster, kind: KindDefinition, namespace: string, name: string): string[] {
  return cluster.why(kind, namespace, name).map(({ component, text }) => `${component}: ${text}`);
}

/** Whether the lines match the patterns in this order, with others between. */
function expectInOrder(lines: readonly string[], patterns: readonly RegExp[]): void {
  let from = 0;
  for (const pattern of patterns) {
    const at = lines.findIndex((line, i) => i >= from && pattern.test(line));
    expect(at, `${pattern} in\n${lines.slice(from).join('\n')}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}

const STEPS = [
  /^kubectl: created Deployment default\/web \(kubectl create\)$/,
  /^deployment-controller: created ReplicaSet default\/web-/,
  /^replicaset-controller: created Pod default\/web-/,
  /^kube-scheduler: default\/web-\S+ was assigned to n[12], which (?:scored highest of 3 nodes with \d+; next is n[12] with \d+|tied with n[12] for the highest score of 3 nodes, \d+; of equals one is drawn at random) \(rejected: 1 node\(s\) had untolerated taint/,
  /^kubelet: Pod default\/web-\S+: container nginx: waiting, ContainerCreating/,
  /^kubelet: Pod default\/web-\S+: phase Pending -> Running, container nginx: running, address 10\.244\.\d+\.\d+, pod is ready$/,
];

describe('why a pod is there', () => {
  it('leads from what the player typed over each component that reacted', () => {
    const cluster = withWeb(1);
    expectInOrder(chain(cluster, pod, 'default', nameOf(pods(cluster)[0] as never)), STEPS);
  });

  it('is told in other words where they are given, with the names and reasons of Kubernetes', () => {
    const cluster = withWeb(1);
    const lines = cluster.why(pod, 'default', nameOf(pods(cluster)[0] as never), { words: whyTexts.ko });
    const told = lines.map(({ component, text }) => `${component}: ${text}`);
    expectInOrder(told, [
      /^kubectl: Deployment default\/web 만듦 \(kubectl create\)$/,
      /^replicaset-controller: Pod default\/web-\S+ 만듦$/,
      /^kube-scheduler: default\/web-\S+: n[12] 노드에 배정\. 노드 3개 가운데 \d+점으로 .*\(제외: 1 node\(s\) had untolerated taint/,
      /^kubelet: Pod default\/web-\S+: 컨테이너 nginx: 대기, ContainerCreating/,
      /^kubelet: Pod default\/web-\S+: 단계 Pending -> Running, 컨테이너 nginx: 실행 중, 주소 10\.244\.\d+\.\d+, 파드 준비됨$/,
    ]);
  });

  it('links each reaction to a revision that is in the chain', () => {
    const cluster = withWeb(1);
    const lines = cluster.why(pod, 'default', nameOf(pods(cluster)[0] as never));
    const revisions = new Set(lines.map(({ revision }) => revision));
    for (const { trigger, component } of lines) {
      if (component === 'kubectl') expect(trigger).toBe(0);
      else expect(revisions.has(trigger), `${component} reacted to ${trigger}`).toBe(true);
    }
    expect([...revisions]).toEqual([...revisions].sort((a, b) => a - b));
  });

  it('is known after it was deleted, the reason included', () => {
    const cluster = withWeb(1);
    const name = nameOf(pods(cluster)[0] as never);
    scale(cluster, 0);
    expect(until(cluster, () => pods(cluster).length === 0, 60_000)).toBeDefined();
    const lines = chain(cluster, pod, 'default', name);
    expectInOrder(lines, [
      ...STEPS,
      /^kubectl: Deployment default\/web: spec\.replicas 1 -> 0 \(kubectl scale deployment web --replicas=0\)$/,
      /^deployment-controller: ReplicaSet default\/web-\S+: .*spec\.replicas 1 -> 0/,
      /^replicaset-controller: Pod default\/web-\S+: marked for deletion/,
      /^kubelet: deleted Pod default\/web-/,
    ]);
  });

  it('can be asked as of an earlier revision', () => {
    const cluster = withWeb(1);
    const [only] = pods(cluster);
    const revision = cluster.revision;
    scale(cluster, 0);
    cluster.runFor(60_000);
    const then = cluster.why(pod, 'default', nameOf(only as never), { revision });
    expect(then.every((line) => line.revision <= revision)).toBe(true);
    expect(then.at(-1)?.text).toMatch(/pod is ready$/);
  });

  it('tells the words of the runtime when an image cannot be pulled', () => {
    const cluster = booted();
    create(cluster, barePod('redis', { containers: [{ name: 'redis', image: 'redis123' }] }));
    cluster.runFor(20_000);
    expectInOrder(chain(cluster, pod, 'default', 'redis'), [
      /container redis: waiting, ErrImagePull: failed to pull and unpack image "docker.io\/library\/redis123:latest"/,
      /container redis: waiting, ImagePullBackOff$/,
    ]);
  });

  it('tells which plugin rejected which node when it fits nowhere', () => {
    const cluster = booted();
    const resources = { requests: { cpu: '9' } };
    create(cluster, barePod('big', { containers: [{ name: 'main', image: 'nginx:1.27', resources }] }));
    cluster.runFor(5_000);
    expectInOrder(chain(cluster, pod, 'default', 'big'), [
      /^kubectl: created Pod default\/big/,
      /^kube-scheduler: Pod default\/big: Unschedulable: 0\/3 nodes are available: .*2 Insufficient cpu/,
    ]);
  });

  it('tells of restarts and exit codes', () => {
    const cluster = booted({ images: { 'job:fail': { exitCode: 3, after: '1s' } } });
    create(cluster, barePod('job', { containers: [{ name: 'main', image: 'job:fail' }] }));
    cluster.runFor(40_000);
    expectInOrder(chain(cluster, pod, 'default', 'job'), [
      /container main: terminated, Error \(exit code 3\)/,
      /container main: running, container main restarted \(1 so far\)/,
      /container main: waiting, CrashLoopBackOff$/,
    ]);
  });

  it('leads to the player who drained nothing but deleted it', () => {
    const cluster = withWeb(1);
    const old = nameOf(pods(cluster)[0] as never);
    must(player(cluster, 'kubectl delete pod').delete(pod, old, 'default'));
    cluster.runFor(5_000);
    const next = pods(cluster).find((each) => nameOf(each) !== old);
    expectInOrder(chain(cluster, pod, 'default', nameOf(next as never)), [
      new RegExp(`^kubectl: Pod default/${old}: marked for deletion.* \\(kubectl delete pod\\)$`),
      /^replicaset-controller: created Pod default\/web-/,
    ]);
  });
});

describe('why of other objects', () => {
  it('counts what a Deployment and its ReplicaSet have', () => {
    const cluster = withWeb(3);
    expect(chain(cluster, deployment, 'default', 'web').at(-1)).toMatch(
      /^deployment-controller: Deployment default\/web: readyReplicas \d -> 3, availableReplicas \d -> 3, unavailableReplicas \d -> 0/,
    );
    const [set] = cluster.objects(replicaSet, 'default');
    expect(chain(cluster, replicaSet, 'default', nameOf(set as never)).at(-1)).toMatch(
      /^replicaset-controller: ReplicaSet default\/web-\S+: readyReplicas \d -> 3, availableReplicas \d -> 3$/,
    );
  });

  it('says of a lost node what was seen and done', () => {
    const cluster = booted();
    cluster.inject({ kind: 'NodeDown', node: 'n1' });
    cluster.runFor(60_000);
    const lines = chain(cluster, node, '', 'n1');
    expectInOrder(lines, [
      /^kubelet: created Node n1$/,
      /^node-controller: Node n1: .*Ready: Unknown \(NodeStatusUnknown\)/,
      /^node-controller: Node n1: taint node\.kubernetes\.io\/unreachable:No(Execute|Schedule) added/,
    ]);
  });

  it('says heartbeats once, with their number', () => {
    const cluster = booted();
    cluster.runFor(3_600_000);
    const lines = chain(cluster, node, '', 'n1').filter((line) => line.includes('still alive'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^kubelet: Node n1: still alive \(1\d times\)$/);
  });

  it('is nothing for what never was', () => {
    expect(booted().why(deployment, 'default', 'ghost')).toEqual([]);
  });

  it('is bounded', () => {
    const cluster = booted();
    create(cluster, webDeployment(1));
    for (let i = 0; i < 500; i++) {
      const client = player(cluster, `kubectl annotate ${i}`);
      const current = must(client.get(deployment, 'web', 'default'));
      const metadata = {
        ...current.metadata,
        annotations: { ...current.metadata.annotations, turn: String(i) },
      };
      must(client.update(deployment, { ...current, metadata }));
    }
    const lines = cluster.why(deployment, 'default', 'web');
    expect(lines.length).toBeLessThanOrEqual(200);
    expect(lines.at(-1)?.text).toBe(
      'Deployment default/web: annotations.turn 498 -> 499 (kubectl annotate 499)',
    );
  });
});
