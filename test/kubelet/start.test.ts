import { expect, it } from 'vitest';
import { Harness, spec } from './harness.ts';

it('starts a pod with the events of upstream, in order', () => {
  const h = new Harness({ images: { nginx: { sizeBytes: 72_099_410, pullMs: 2100 } } });
  h.run(5);
  const pod = h.create({ spec: spec() });
  h.run(10);
  expect(h.told()).toEqual([
    'Pulling Pulling image "nginx"',
    'Pulled Successfully pulled image "nginx" in 2.1s (2.1s including waiting). Image size: 72099410 bytes.',
    'Created Container created',
    'Started Container started',
  ]);
  expect(h.events()[0]?.involvedObject).toMatchObject({
    fieldPath: 'spec.containers{web}',
    uid: pod.metadata.uid,
  });
  expect(h.events()[0]?.source).toEqual({ component: 'kubelet', host: 'cargo-1' });
  const { status } = h.pod() ?? {};
  expect(status).toMatchObject({
    phase: 'Running',
    hostIP: '192.168.0.11',
    podIP: '10.244.1.2',
    podIPs: [{ ip: '10.244.1.2' }],
    qosClass: 'BestEffort',
    observedGeneration: 1,
  });
  expect(status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
    'PodReadyToStartContainers=True',
    'Initialized=True',
    'Ready=True',
    'ContainersReady=True',
    'PodScheduled=True',
  ]);
  expect(status?.containerStatuses?.[0]).toMatchObject({
    name: 'web',
    ready: true,
    started: true,
    restartCount: 0,
    image: 'docker.io/library/nginx',
    containerID: expect.stringMatching(/^containerd:\/\//),
  });
});
