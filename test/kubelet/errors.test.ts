import { describe, expect, it } from 'vitest';
import { configMap as configMapKind } from '../../src/api/kinds/configmap.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { Harness, spec } from './harness.ts';

const PULL_ERROR =
  'failed to pull and unpack image "docker.io/library/redis123:latest": failed to resolve reference "docker.io/library/redis123:latest": pull access denied, repository does not exist or may require authorization';

describe('an image that cannot be had', () => {
  it('goes from ErrImagePull to ImagePullBackOff with the events of upstream', () => {
    const h = new Harness({ images: { redis123: { pullMs: 1000, pullError: PULL_ERROR } } });
    h.create({ spec: spec({ image: 'redis123' }) });
    h.run(2.1);
    expect(h.state()).toBe('ErrImagePull');
    h.run(2);
    expect(h.state()).toBe('ImagePullBackOff');
    expect(h.told().slice(0, 5)).toEqual([
      'Pulling Pulling image "redis123"',
      `Failed Failed to pull image "redis123": ${PULL_ERROR}`,
      'Failed Error: ErrImagePull',
      'BackOff Back-off pulling image "redis123"',
      'Failed Error: ImagePullBackOff',
    ]);
    expect(h.pod()?.status?.phase).toBe('Pending');
  });

  it('is pulled again after 10, 20 and 40 s or so', () => {
    const h = new Harness({ images: { redis123: { pullMs: 0, pullError: PULL_ERROR } } });
    h.create({ spec: spec({ image: 'redis123' }) });
    h.run(5);
    expect(h.runtime.calls).toHaveLength(1);
    h.run(10);
    expect(h.runtime.calls).toHaveLength(2);
    h.run(20);
    expect(h.runtime.calls).toHaveLength(3);
    h.run(40);
    expect(h.runtime.calls).toHaveLength(4);
  });

  it.each([
    [
      'Never',
      'nginx',
      'ErrImageNeverPull',
      'Container image "nginx" is not present with pull policy of Never',
    ],
    [
      'Always',
      'web/Nginx',
      'InvalidImageName',
      'Failed to apply default image tag "web/Nginx": couldn\'t parse image name "web/Nginx"',
    ],
  ])('with policy %s and image %s is %s', (imagePullPolicy, image, reason, message) => {
    const h = new Harness();
    h.create({ spec: spec({ image, imagePullPolicy }) });
    h.run(5);
    expect(h.state()).toBe(reason);
    expect(h.told().some((text) => text.includes(message))).toBe(true);
    expect(h.told()).toContain(`Failed Error: ${reason}`);
  });

  it('is not pulled when it is there already', () => {
    const h = new Harness();
    h.create({ spec: spec() });
    h.run(5);
    h.create({ metadata: { name: 'web2', namespace: 'default' }, spec: spec() });
    h.run(5);
    expect(h.runtime.calls.filter((call) => call.startsWith('pull'))).toHaveLength(1);
    expect(h.told()).toContain(
      'Pulled Container image "nginx" already present on machine and can be accessed by the pod',
    );
  });

  it('waits its turn: images are pulled one at a time', () => {
    const h = new Harness({ images: { a: { pullMs: 3000 }, b: { pullMs: 1000 } } });
    h.create({ metadata: { name: 'a', namespace: 'default' }, spec: spec({ image: 'a' }) });
    h.create({ metadata: { name: 'b', namespace: 'default' }, spec: spec({ image: 'b' }) });
    h.run(10);
    expect(h.told()).toContain(
      'Pulled Successfully pulled image "b" in 1s (4s including waiting). Image size: 1000 bytes.',
    );
  });
});

describe('a container that cannot be configured or started', () => {
  it.each([
    ['a missing ConfigMap', { envFrom: [{ configMapRef: { name: 'c' } }] }, 'configmap "c" not found'],
    ['a missing Secret', { envFrom: [{ secretRef: { name: 's' } }] }, 'secret "s" not found'],
    [
      'a missing key',
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'cfg', key: 'k' } } }] },
      "couldn't find key k in ConfigMap default/cfg",
    ],
  ])('for %s waits with CreateContainerConfigError', (_, container, message) => {
    const h = new Harness();
    h.admin.create(configMapKind, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cfg', namespace: 'default' },
      data: { other: '1' },
    });
    h.create({ spec: spec(container) });
    h.run(5);
    expect(h.state()).toBe('CreateContainerConfigError');
    expect(h.pod()?.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(message);
    expect(h.told()).toContain(`Failed Error: ${message}`);
  });

  it('starts as soon as it looks again after the ConfigMap has appeared', () => {
    const h = new Harness();
    h.create({ spec: spec({ envFrom: [{ configMapRef: { name: 'c' } }] }) });
    h.run(5);
    h.admin.create(configMapKind, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'default' },
      data: { A: '1' },
    });
    h.run(16);
    expect(h.state()).toBe('running');
    expect(h.runtime.listContainers()[0]?.config.env).toContainEqual({ name: 'A', value: '1' });
  });

  it('reports what the runtime says when the program cannot be run', () => {
    const error =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: exec: "nope": executable file not found in $PATH: unknown';
    const h = new Harness({ images: { nginx: { startError: error } } });
    h.create({ spec: spec() });
    h.run(5);
    expect(h.told()).toContain(`Failed Error: ${error}`);
    expect(h.pod()?.status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: error,
    });
  });

  it('says that the pod waits for a volume whose ConfigMap is missing', () => {
    const h = new Harness();
    h.create({
      spec: spec(
        { volumeMounts: [{ name: 'cfg', mountPath: '/etc/cfg' }] },
        { volumes: [{ name: 'cfg', configMap: { name: 'cfg' } }] },
      ),
    });
    h.run(130);
    expect(h.state()).toBe('ContainerCreating');
    expect(h.told()).toContain(
      'FailedMount MountVolume.SetUp failed for volume "cfg" : configmap "cfg" not found',
    );
    expect(
      h
        .told()
        .some((text) =>
          text.startsWith(
            'FailedMount Unable to attach or mount volumes: unmounted volumes=[cfg], unattached volumes=[], failed to process volumes=[]: ',
          ),
        ),
    ).toBe(true);
    h.admin.create(configMapKind, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cfg', namespace: 'default' },
      data: { 'a.conf': 'x' },
    });
    h.run(125);
    expect(h.state()).toBe('running');
    const mount = h.runtime.listContainers()[0]?.config.mounts[0];
    expect(mount?.files.get('a.conf')?.content).toBe('x');
    expect(mount?.readOnly).toBe(true);
  });

  it('retries a sandbox that cannot be made', () => {
    const h = new Harness();
    h.runtime.sandboxError = 'rpc error: code = Unknown desc = failed to setup network for sandbox';
    h.create({ spec: spec() });
    h.run(3);
    expect(h.told()).toContain(
      'FailedCreatePodSandBox Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox',
    );
    h.runtime.sandboxError = undefined;
    h.run(20);
    expect(h.state()).toBe('running');
  });
});

describe('a pod this node cannot take', () => {
  it.each([
    [
      'OutOfcpu',
      spec({ resources: { requests: { cpu: '5' } } }),
      "Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000",
    ],
    [
      'OutOfmemory',
      spec({ resources: { requests: { memory: '9Gi' } } }),
      "Node didn't have enough resource: memory, requested: 9663676416, used: 0, capacity: 8485076992",
    ],
    [
      'NodeAffinity',
      spec({}, { nodeSelector: { disk: 'ssd' } }),
      "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ],
  ])('is rejected with %s', (reason, podSpec, message) => {
    const h = new Harness();
    h.run(1);
    h.create({ spec: podSpec });
    h.run(2);
    expect(h.pod()?.status).toMatchObject({
      phase: 'Failed',
      reason,
      message: `Pod was rejected: ${message}`,
    });
    expect(h.told()).toEqual([`${reason} ${message}`]);
    expect(h.runtime.calls).toEqual([]);
  });

  it('is taken once others have ended and left their room', () => {
    const h = new Harness();
    h.run(1);
    const three = spec({ resources: { requests: { cpu: '3' } } });
    const named = (name: string) => ({ metadata: { name, namespace: 'default' }, spec: three });
    h.create(named('first'));
    h.run(2);
    h.create(named('second'));
    h.run(2);
    expect(h.pod('second')?.status?.message).toContain('requested: 3000, used: 3000, capacity: 4000');
    h.admin.delete(podKind, 'first', 'default', { gracePeriodSeconds: 1 });
    h.run(40);
    expect(h.pod('first')).toBeUndefined();
    h.create(named('third'));
    h.run(20);
    expect(h.pod('third')?.status?.phase).toBe('Running');
  });
});
