import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/api/generated/types.ts';
import { Harness } from './harness.ts';

const WEB = {
  name: 'web',
  image: 'nginx',
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m' } },
};
const LIVE = { resource: 'pods', namespace: 'default', name: 'web' };

function withPod(spec: object = {}): Harness {
  const h = new Harness();
  h.create('pods', { metadata: { name: 'web', namespace: 'default' }, spec: { containers: [WEB], ...spec } });
  return h;
}

const patchOf = (subresource: string, body: object) =>
  ({ ...LIVE, verb: 'patch', subresource, patchType: 'strategic', body }) as const;
const containers = (...list: object[]) => ({ spec: { containers: list } });

describe('the ephemeralcontainers subresource', () => {
  const add = (...list: object[]) => patchOf('ephemeralcontainers', { spec: { ephemeralContainers: list } });
  const DEBUG = { name: 'dbg', image: 'busybox' };

  it('adds containers with their defaults, counts the generation, and changes nothing else', () => {
    const h = withPod();
    const body = { metadata: { labels: { a: 'b' } }, spec: { ephemeralContainers: [DEBUG], priority: 7 } };
    const pod = h.object(patchOf('ephemeralcontainers', body)) as Pod;
    expect(pod.spec.ephemeralContainers).toMatchObject([
      { ...DEBUG, imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log' },
    ]);
    expect([pod.metadata.generation, pod.metadata.labels, pod.spec.priority]).toEqual([2, undefined, 0]);
    expect((h.object({ ...LIVE, verb: 'get', subresource: 'ephemeralcontainers' }) as Pod).kind).toBe('Pod');
  });

  it.each([
    [{ name: 'web', image: 'x' }, 'spec.ephemeralContainers[0].name: Duplicate value: "web"'],
    [
      { ...DEBUG, resources: { requests: { cpu: '1' } } },
      'resources: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      { ...DEBUG, targetContainerName: 'x' },
      'spec.ephemeralContainers[0].targetContainerName: Not found: "x"',
    ],
  ])('refuses %j', (container, says) => {
    expect(withPod().refusal(add(container)).message).toContain(says);
  });

  it('takes none away, and changes none', () => {
    const h = withPod();
    h.object(add(DEBUG));
    const old = h.object({ ...LIVE, verb: 'get' }) as Pod;
    const put = (ephemeralContainers: object[]) =>
      h.refusal({
        ...LIVE,
        verb: 'update',
        subresource: 'ephemeralcontainers',
        body: { ...old, spec: { ...old.spec, ephemeralContainers } },
      }).message;
    expect(put([])).toContain('existing ephemeral containers "dbg" may not be removed');
    expect(put([{ ...DEBUG, image: 'alpine' }])).toContain(
      'existing ephemeral containers "dbg" may not be changed',
    );
  });
});

describe('the resize subresource', () => {
  const want = (resources: object, more: object = {}) =>
    patchOf('resize', containers({ name: 'web', resources, ...more }));

  it('changes what containers ask for, and nothing else', () => {
    const h = withPod();
    const pod = h.object(want({ requests: { cpu: '150m' } }, { image: 'other' })) as Pod;
    expect(pod.spec.containers[0]).toMatchObject({
      image: 'nginx',
      resources: { requests: { cpu: '150m', memory: '64Mi' }, limits: { cpu: '200m' } },
    });
    expect(pod.metadata.generation).toBe(2);
  });

  it.each([
    [{ requests: { cpu: '500m' } }, 'Invalid value: "500m": must be less than or equal to cpu limit of 200m'],
    [
      { requests: { memory: null } },
      'spec.containers[0].resources: Forbidden: resource requests cannot be removed',
    ],
    [{ limits: { cpu: null } }, 'spec.containers[0].resources: Forbidden: resource limits cannot be removed'],
    [
      { limits: { 'ephemeral-storage': '1Gi' } },
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      { requests: { cpu: '200m' }, limits: { memory: '64Mi' } },
      'spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing',
    ],
  ])('refuses %j', (resources, says) => {
    expect(withPod().refusal(want(resources)).message).toContain(says);
  });

  it('refuses containers that come or change places, and init containers that end', () => {
    const h = withPod({
      initContainers: [{ name: 'init', image: 'x', resources: { requests: { cpu: '1m' } } }],
    });
    expect(h.refusal(patchOf('resize', containers({ name: 'new', image: 'x' }))).message).toContain(
      'spec.containers: Forbidden: containers may not be added or removed on resize',
    );
    const init = { spec: { initContainers: [{ name: 'init', resources: { requests: { cpu: '2m' } } }] } };
    expect(h.refusal(patchOf('resize', init)).message).toContain(
      'resources for non-sidecar init containers are immutable',
    );
  });

  it('keeps a pod within the limits and quotas of its namespace', () => {
    const h = withPod();
    h.create('limitranges', {
      metadata: { name: 'l', namespace: 'default' },
      spec: { limits: [{ type: 'Container', min: { cpu: '50m' } }] },
    });
    expect(h.refusal(want({ requests: { cpu: '10m' } })).message).toContain(
      'minimum cpu usage per Container is 50m',
    );
  });
});
