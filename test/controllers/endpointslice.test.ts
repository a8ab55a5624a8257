import { describe, expect, it } from 'vitest';
import type { EndpointSlice, Pod, Service } from '../../src/api/generated/types.ts';
import { endpointSlice as sliceKind } from '../../src/api/kinds/endpointslice.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { service as serviceKind } from '../../src/api/kinds/service.ts';
import { Cluster, podOf } from './support.ts';

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
  return cluster.run(3000);
}

const slices = (cluster: Cluster): EndpointSlice[] =>
  cluster.list(sliceKind).filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === 'web');

/** `pod ready serving terminating`, with a letter for each that holds. */
const endpoints = (cluster: Cluster): string[] =>
  slices(cluster)
    .flatMap((slice) => slice.endpoints ?? [])
    .map(({ targetRef, conditions: { ready, serving, terminating } = {} }) =>
      [targetRef?.name, ready ? 'R' : '-', serving ? 'S' : '-', terminating ? 'T' : '-'].join(' '),
    )
    .sort();

const broken = (name: string) => podOf(name, { spec: { containers: [{ name: 'main', image: 'broken' }] } });

describe('the EndpointSlices of a Service', () => {
  it('are owned and labelled by it, named after it, and list its pods', () => {
    const cluster = withService();
    const [slice, ...others] = slices(cluster);
    expect(others).toEqual([]);
    expect(slice?.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(slice?.metadata.labels).toEqual({
      team: 'a',
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    });
    expect(slice?.metadata.ownerReferences).toMatchObject([
      { kind: 'Service', name: 'web', controller: true, blockOwnerDeletion: true },
    ]);
    const pod = cluster.get(podKind, 'p1');
    expect(slice).toMatchObject({
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: [
        {
          addresses: [pod.status?.podIP],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'n1',
          targetRef: { kind: 'Pod', namespace: 'default', name: 'p1', uid: pod.metadata.uid },
        },
      ],
    });
  });

  it('tell ready, serving and terminating apart', () => {
    const cluster = withService({}, [podOf('p1'), podOf('p2'), broken('p3')]);
    cluster.kubelet.silence('n1');
    cluster.remove(podKind, 'p2');
    cluster.run(3000);
    expect(endpoints(cluster)).toEqual(['p1 R S -', 'p2 - S T', 'p3 - - -']);
  });

  it('call every pod ready when the Service publishes those that are not', () => {
    const cluster = withService({ publishNotReadyAddresses: true }, [podOf('p1'), broken('p2')]);
    expect(endpoints(cluster)).toEqual(['p1 R S -', 'p2 R - -']);
  });

  it('leave out finished pods and those without an address', () => {
    const cluster = withService({}, [podOf('p1'), podOf('p2')]);
    cluster.kubelet.set(cluster.get(podKind, 'p2'), 'Failed');
    cluster.kubelet.silence('n1');
    cluster.create(podKind, podOf('p3'));
    cluster.run(3000);
    expect(endpoints(cluster)).toEqual(['p1 R S -']);
  });

  it('carry the zone of the node', () => {
    const cluster = new Cluster({ nodes: [] });
    cluster.addNode('n1', { labels: { 'topology.kubernetes.io/zone': 'east' } });
    cluster.create(serviceKind, serviceOf());
    cluster.create(podKind, podOf('p1'));
    cluster.run(3000);
    expect(cluster.get(nodeKind, 'n1').metadata.labels).toMatchObject({
      'topology.kubernetes.io/zone': 'east',
    });
    expect(slices(cluster)[0]?.endpoints?.[0]?.zone).toBe('east');
  });

  it('are one and empty when no pod matches', () => {
    const cluster = withService({}, []);
    expect(slices(cluster).map((slice) => slice.endpoints ?? [])).toEqual([[]]);
  });

  it('stay one and empty when the last pod goes', () => {
    const cluster = withService();
    cluster.remove(podKind, 'p1');
    cluster.run(5000);
    expect(slices(cluster).map((slice) => slice.endpoints ?? [])).toEqual([[]]);
  });

  it('are one for each set of port numbers', () => {
    const named = (name: string, containerPort: number) =>
      podOf(name, {
        spec: { containers: [{ name: 'main', image: 'x', ports: [{ name: 'http', containerPort }] }] },
      });
    const cluster = withService({ ports: [{ name: 'http', port: 80, targetPort: 'http' }] }, [
      named('p1', 1),
      named('p2', 2),
    ]);
    const seen = slices(cluster).map(
      (slice) => `${slice.ports?.[0]?.port} ${slice.endpoints?.[0]?.targetRef?.name}`,
    );
    expect(seen.sort()).toEqual(['1 p1', '2 p2']);
  });

  it('hold a hundred endpoints each', () => {
    const cluster = new Cluster({ kubelet: { latency: () => 1 } });
    for (let i = 0; i < 250; i++) cluster.create(podKind, podOf(`p${i}`));
    cluster.run(1000);
    cluster.create(serviceKind, serviceOf());
    cluster.run(5000);
    expect(
      slices(cluster)
        .map((slice) => slice.endpoints?.length)
        .sort(),
    ).toEqual([100, 100, 50]);
  });

  it('come back when somebody deletes or changes them', () => {
    const cluster = withService();
    cluster.remove(sliceKind, slices(cluster)[0]?.metadata.name ?? '');
    cluster.run(3000);
    expect(endpoints(cluster)).toEqual(['p1 R S -']);
    cluster.merge(sliceKind, slices(cluster)[0]?.metadata.name ?? '', { endpoints: [] });
    cluster.run(3000);
    expect(endpoints(cluster)).toEqual(['p1 R S -']);
  });

  it('go with their Service', () => {
    const cluster = withService();
    cluster.remove(serviceKind, 'web');
    cluster.run(3000);
    expect(slices(cluster)).toEqual([]);
  });

  it('are the users own for a Service without a selector', () => {
    const cluster = new Cluster();
    const { selector: _, ...spec } = serviceOf().spec;
    cluster.create(serviceKind, { ...serviceOf(), spec });
    cluster.run(2000);
    expect(slices(cluster)).toEqual([]);
  });
});
