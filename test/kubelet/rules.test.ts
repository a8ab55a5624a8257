import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../src/api/generated/types.ts';
import { admitPod } from '../../src/kubelet/admission.ts';
import { Backoff } from '../../src/kubelet/backoff.ts';
import { DEFAULT_KUBELET_CONFIG } from '../../src/kubelet/config.ts';
import { podResolver } from '../../src/kubelet/dns.ts';
import { resizeContainers } from '../../src/kubelet/resize.ts';
import { RuntimeView } from '../../src/kubelet/runtimeview.ts';
import type { PodServices } from '../../src/kubelet/services.ts';
import type { ResolverConfig } from '../../src/network/types.ts';
import { Harness, spec } from './harness.ts';

const HOST: ResolverConfig = {
  nameservers: ['192.168.0.1'],
  search: ['lan'],
  ndots: 1,
  timeoutMs: 5000,
  attempts: 2,
};

function pod(rest: Partial<Pod['spec']>, container: Partial<Pod['spec']['containers'][number]> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', uid: 'u' },
    spec: spec(container, rest),
  };
}

describe('the resolver of a pod', () => {
  const cluster = {
    nameservers: ['10.96.0.10'],
    search: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'lan'],
    ndots: 5,
  };
  it.each<[string, Partial<Pod['spec']>, Partial<ResolverConfig>]>([
    ['with ClusterFirst asks the cluster', { dnsPolicy: 'ClusterFirst' }, cluster],
    ['on the host network asks whom the host asks', { dnsPolicy: 'ClusterFirst', hostNetwork: true }, HOST],
    [
      'on the host network may ask the cluster',
      { dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true },
      cluster,
    ],
    ['with Default asks whom the host asks', { dnsPolicy: 'Default' }, HOST],
    [
      'with None has only what its dnsConfig says',
      {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['1.1.1.1'], searches: ['x.y'], options: [{ name: 'ndots', value: '2' }] },
      },
      { nameservers: ['1.1.1.1'], search: ['x.y'], ndots: 2 },
    ],
    [
      'adds its dnsConfig to the policy',
      { dnsPolicy: 'ClusterFirst', dnsConfig: { searches: ['x.y'] } },
      { ...cluster, search: [...cluster.search, 'x.y'] },
    ],
  ])('%s', (_, rest, expected) => {
    expect(podResolver(pod(rest), HOST, DEFAULT_KUBELET_CONFIG)).toMatchObject(expected);
  });
});

describe('admission to a node', () => {
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'cargo-1', labels: { disk: 'ssd', cores: '8' } },
    spec: {
      taints: [
        { key: 'flooded', effect: 'NoExecute' },
        { key: 'busy', effect: 'NoSchedule' },
      ],
    },
    status: { allocatable: { cpu: '2', memory: '4Gi', pods: '2', 'example.com/crane': '1' } },
  };
  const tolerations = [{ key: 'flooded', operator: 'Exists' }];
  const affinity = (key: string, operator: string, values: string[]): Partial<Pod['spec']> => ({
    tolerations,
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }],
        },
      },
    },
  });
  const port = { ports: [{ containerPort: 80, hostPort: 8080 }] };
  it.each<[string, Pod, Pod[], string | undefined]>([
    ['lets in what fits', pod({ tolerations }), [], undefined],
    [
      'counts what the others have',
      pod({ tolerations }, { resources: { requests: { cpu: '1500m' } } }),
      [pod({}, { resources: { requests: { cpu: '600m' } } })],
      'OutOfcpu',
    ],
    [
      'counts extended resources',
      pod({ tolerations }, { resources: { requests: { 'example.com/crane': '2' } } }),
      [],
      'OutOfexample.com/crane',
    ],
    ['counts pods', pod({ tolerations }), [pod({}), pod({})], 'OutOfpods'],
    ['wants nodeSelector to match', pod({ tolerations, nodeSelector: { disk: 'hdd' } }), [], 'NodeAffinity'],
    ['accepts affinity In', pod(affinity('disk', 'In', ['ssd'])), [], undefined],
    ['refuses affinity NotIn', pod(affinity('disk', 'NotIn', ['ssd'])), [], 'NodeAffinity'],
    ['accepts affinity Gt', pod(affinity('cores', 'Gt', ['4'])), [], undefined],
    ['refuses affinity DoesNotExist', pod(affinity('disk', 'DoesNotExist', [])), [], 'NodeAffinity'],
    ['refuses a host port that is taken', pod({ tolerations }, port), [pod({}, port)], 'NodePorts'],
    ['wants NoExecute taints tolerated, others not', pod({}), [], 'TaintToleration'],
  ])('%s', (_, candidate, others, reason) => {
    expect(admitPod(candidate, node, others)?.reason).toBe(reason);
  });
});

describe('back-off', () => {
  it('doubles up to its maximum and starts anew after twice that time', () => {
    let now = 0;
    const backoff = new Backoff({ now: () => now }, 10, 40);
    const delays: number[] = [];
    for (let i = 0; i < 4; i++) {
      backoff.next('a', now);
      delays.push(backoff.get('a'));
      now += backoff.get('a');
    }
    expect(delays).toEqual([10, 20, 40, 40]);
    now += 100;
    expect(backoff.remainingSince('a', now)).toBe(0);
    backoff.next('a', now);
    expect(backoff.remainingSince('a', now)).toBe(10);
    expect(backoff.remainingSince('b', now)).toBe(0);
  });
});

it('gives a running container new resources without a restart', () => {
  const h = new Harness();
  const created = h.create({
    spec: spec({ resources: { requests: { cpu: '100m' }, limits: { cpu: '200m' } } }),
  });
  h.run(5);
  const resources = { requests: { cpu: '300m' }, limits: { cpu: '400m' } };
  const containers = created.spec.containers.map((container) => ({ ...container, resources }));
  const resized = { ...created, spec: { ...created.spec, containers } };
  const services = { runtime: h.runtime, journal: h.journal, node: () => h.kubelet.node() };
  resizeContainers(
    resized,
    new RuntimeView(h.runtime, created.metadata.uid ?? ''),
    services as unknown as PodServices,
  );
  expect(h.runtime.listContainers()[0]).toMatchObject({
    state: 'running',
    config: { resources: { cpuRequest: 300, cpuLimit: 400 } },
  });
});
