import { describe, expect, it } from 'vitest';
import type { EndpointSubset, Pod, Service } from '../../src/api/generated/types.ts';
import { endpoints as endpointsKind } from '../../src/api/kinds/endpoints.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { service as serviceKind } from '../../src/api/kinds/service.ts';
import { repackSubsets } from '../../src/controllers/endpointsubsets.ts';
import { Cluster, must, podOf } from './support.ts';

function serviceOf(spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default', labels: { team: 'a' } },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
  };
}

function withService(spec: Partial<Service['spec']> = {}, pods: readonly Pod[] = [podOf('p1')]): Cluster {
  const cluster = new Cluster();
  cluster.create(serviceKind, serviceOf(spec));
  for (const pod of pods) cluster.create(podKind, pod);
  return cluster.run(2000);
}

/** A subset as `ready | not ready : ports`. */
function short({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset): string {
  const names = (list: typeof addresses) => list.map(({ targetRef, ip }) => targetRef?.name ?? ip).join(' ');
  return `${names(addresses)} | ${names(notReadyAddresses)} : ${ports.map(({ name = '', port }) => `${name}=${port}`).join(' ')}`;
}

const subsets = (cluster: Cluster): string[] => (cluster.get(endpointsKind, 'web').subsets ?? []).map(short);

describe('the Endpoints of a Service', () => {
  it('list its ready pods with the target port, under its name and labels', () => {
    const cluster = withService();
    const object = cluster.get(endpointsKind, 'web');
    expect(object.metadata.labels).toEqual({
      team: 'a',
      'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    });
    const pod = cluster.get(podKind, 'p1');
    expect(object.subsets).toEqual([
      {
        addresses: [
          {
            ip: pod.status?.podIP,
            nodeName: 'n1',
            targetRef: { kind: 'Pod', namespace: 'default', name: 'p1', uid: pod.metadata.uid },
          },
        ],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ]);
  });

  it('take in many changes at once where there are many pods', () => {
    const cluster = new Cluster({ kubelet: false });
    cluster.create(serviceKind, serviceOf());
    const names = Array.from({ length: 600 }, (_, i) => `p${i}`);
    for (const name of names) cluster.create(podKind, podOf(name));
    cluster.run(2000);
    const before = cluster.requests.get('update endpoints') ?? 0;
    for (const [i, name] of names.entries()) {
      const ip = `10.0.${i >> 8}.${i & 255}`;
      const conditions = [{ type: 'Ready', status: 'True' }];
      const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions };
      must(cluster.admin.patch(podKind, name, 'default', 'merge', { status }, { subresource: 'status' }));
      cluster.run(1);
    }
    cluster.run(1000);
    expect(cluster.get(endpointsKind, 'web').subsets?.[0]?.addresses).toHaveLength(600);
    // 600 ms of changes, at 2 ms and 10 µs for each pod a sync.
    expect((cluster.requests.get('update endpoints') ?? 0) - before).toBeLessThan(600 / 8 + 5);
  });

  it('list a pod that is not ready among the addresses that are not', () => {
    const cluster = withService({}, [
      podOf('p1', { spec: { containers: [{ name: 'main', image: 'broken' }] } }),
    ]);
    expect(subsets(cluster)).toEqual([' | p1 : http=8080']);
  });

  it('list it among the ready ones when the Service says so', () => {
    const broken = podOf('p1', { spec: { containers: [{ name: 'main', image: 'broken' }] } });
    expect(subsets(withService({ publishNotReadyAddresses: true }, [broken]))).toEqual(['p1 |  : http=8080']);
  });

  it('leave out terminating and finished pods', () => {
    const cluster = withService({}, [podOf('p1'), podOf('p2'), podOf('p3')]);
    cluster.kubelet.silence('n1');
    cluster.remove(podKind, 'p1');
    cluster.kubelet.set(cluster.get(podKind, 'p2'), 'Succeeded');
    cluster.run(1000);
    expect(subsets(cluster)).toEqual(['p3 |  : http=8080']);
  });

  it('resolve a port by name for each pod, sharing subsets by port', () => {
    const named = (name: string, containerPort: number) =>
      podOf(name, {
        spec: { containers: [{ name: 'main', image: 'x', ports: [{ name: 'http', containerPort }] }] },
      });
    const ports = [
      { name: 'http', port: 80, targetPort: 'http' },
      { name: 'metrics', port: 9000, targetPort: 9000 },
    ];
    const cluster = withService({ ports }, [named('p1', 8080), named('p2', 8081), podOf('p3')]);
    expect(subsets(cluster).sort()).toEqual([
      'p1 p2 p3 |  : metrics=9000',
      'p1 |  : http=8080',
      'p2 |  : http=8081',
    ]);
  });

  it('of a headless Service without ports are addresses alone', () => {
    const cluster = withService({ clusterIP: 'None', ports: [] });
    expect(subsets(cluster)).toEqual(['p1 |  : ']);
    expect(cluster.get(endpointsKind, 'web').metadata.labels).toMatchObject({
      'service.kubernetes.io/headless': '',
    });
  });

  it('carry the host name of a pod whose subdomain is the Service', () => {
    const cluster = withService({}, [
      podOf('p1', { spec: { ...podOf('p1').spec, hostname: 'one', subdomain: 'web' } }),
    ]);
    expect(cluster.get(endpointsKind, 'web').subsets?.[0]?.addresses?.[0]?.hostname).toBe('one');
  });

  it('are left to the user without a selector', () => {
    const cluster = new Cluster();
    const { selector: _, ...spec } = serviceOf().spec;
    cluster.create(serviceKind, { ...serviceOf(), spec });
    cluster.run(1000);
    expect(cluster.find(endpointsKind, 'web')).toBeUndefined();
  });

  it('go with their Service', () => {
    const cluster = withService();
    cluster.remove(serviceKind, 'web');
    cluster.run(1000);
    expect(cluster.find(endpointsKind, 'web')).toBeUndefined();
  });

  it('come back when somebody deletes or changes them', () => {
    const cluster = withService();
    cluster.remove(endpointsKind, 'web');
    cluster.run(1000);
    expect(subsets(cluster)).toEqual(['p1 |  : http=8080']);
    cluster.merge(endpointsKind, 'web', { subsets: [] });
    cluster.run(1000);
    expect(subsets(cluster)).toEqual(['p1 |  : http=8080']);
  });

  it('hold 1000 addresses, ready ones first, and say when that is not all', () => {
    const cluster = new Cluster({
      kubelet: { latency: () => 1, ready: (pod) => pod.metadata.name !== 'p0000' },
    });
    for (let i = 0; i < 1001; i++) cluster.create(podKind, podOf(`p${String(i).padStart(4, '0')}`));
    cluster.run(1000);
    cluster.create(serviceKind, serviceOf());
    cluster.run(1000);
    const object = cluster.get(endpointsKind, 'web');
    expect(object.metadata.annotations).toMatchObject({
      'endpoints.kubernetes.io/over-capacity': 'truncated',
    });
    expect(object.subsets?.[0]?.addresses).toHaveLength(1000);
    expect(object.subsets?.[0]?.notReadyAddresses).toBeUndefined();
  });
});

describe('canonical subsets', () => {
  const http = { name: 'http', port: 80, protocol: 'TCP' };
  const admin = { name: 'admin', port: 90, protocol: 'TCP' };
  const at = (ip: string) => ({ ip });
  it.each([
    ['nothing is no subset', [], []],
    [
      'ports of the same addresses share a subset',
      [{ address: at('10.0.0.1'), ready: true, ports: [http, admin] }],
      ['10.0.0.1 |  : http=80 admin=90'],
    ],
    [
      'addresses are sorted as text',
      ['10.0.0.9', '10.0.0.10'].map((ip) => ({ address: at(ip), ready: true, ports: [http] })),
      ['10.0.0.10 10.0.0.9 |  : http=80'],
    ],
    [
      'not ready trumps ready',
      [true, false, true].map((ready) => ({ address: at('10.0.0.1'), ready, ports: [http] })),
      [' | 10.0.0.1 : http=80'],
    ],
    [
      'different sets of addresses make different subsets',
      [
        { address: at('10.0.0.1'), ready: true, ports: [http] },
        { address: at('10.0.0.2'), ready: true, ports: [http, admin] },
      ],
      ['10.0.0.1 10.0.0.2 |  : http=80', '10.0.0.2 |  : admin=90'],
    ],
    ['a host without any port is in none', [{ address: at('10.0.0.1'), ready: true, ports: [] }], []],
  ])('%s', (_, hosts, wanted) => {
    expect(repackSubsets(hosts).map(short)).toEqual(wanted);
  });
});
