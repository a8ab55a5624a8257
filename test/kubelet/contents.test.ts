import { describe, expect, it } from 'vitest';
import type { ConfigMap, Pod, Secret } from '../../src/api/generated/types.ts';
import { configMap as configMapKind } from '../../src/api/kinds/configmap.ts';
import { secret as secretKind } from '../../src/api/kinds/secret.ts';
import { service as serviceKind } from '../../src/api/kinds/service.ts';
import { serviceAccount as serviceAccountKind } from '../../src/api/kinds/serviceaccount.ts';
import { expand } from '../../src/kubelet/expansion.ts';
import type { VolumeFiles } from '../../src/kubelet/files.ts';
import { Harness, spec } from './harness.ts';

function configMap(name: string, data: Readonly<Record<string, string>>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

function secret(name: string, data: Readonly<Record<string, string>>): Secret {
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, btoa(value)]));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'default' },
    type: 'Opaque',
    data: encoded,
  };
}

function envOf(h: Harness): Record<string, string> {
  return Object.fromEntries(
    h.runtime.listContainers()[0]?.config.env.map(({ name, value }) => [name, value]) ?? [],
  );
}

function filesAt(h: Harness, mountPath: string, container = 'web'): VolumeFiles | undefined {
  const config = h.runtime.listContainers().find((c) => c.config.name === container)?.config;
  return config?.mounts.find((mount) => mount.mountPath === mountPath)?.files;
}

describe('expansion of $(VAR)', () => {
  it.each([
    ['$(A)', 'one'],
    ['x$(A)y$(B)z', 'xoneytwoz'],
    ['$(MISSING)', '$(MISSING)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$one'],
    ['$A', '$A'],
    ['$(A', '$(A'],
    ['cost: 5$', 'cost: 5$'],
  ])('makes of %s the text %s', (input, output) => {
    const values = new Map([
      ['A', 'one'],
      ['B', 'two'],
    ]);
    expect(expand(input, (name) => values.get(name))).toBe(output);
  });
});

describe('the environment of a container', () => {
  it('takes envFrom first, then env in order, with later values winning', () => {
    const h = new Harness();
    h.admin.create(configMapKind, configMap('c', { A: 'from', B: 'map' }));
    h.admin.create(secretKind, secret('s', { P: 'hidden' }));
    h.create({
      metadata: { name: 'web', namespace: 'default', labels: { app: 'x' } },
      spec: spec({
        envFrom: [
          { configMapRef: { name: 'c' } },
          { prefix: 'S_', secretRef: { name: 's' } },
          { configMapRef: { name: 'no', optional: true } },
        ],
        env: [
          { name: 'A', value: 'own' },
          { name: 'URL', value: 'http://$(A):$(B)/$(C)' },
          { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
          { name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'P' } } },
        ],
        resources: { limits: { cpu: '500m' } },
        args: ['--name=$(POD)', '$(NOPE)'],
      }),
    });
    h.run(5);
    expect(envOf(h)).toMatchObject({
      A: 'own',
      B: 'map',
      S_P: 'hidden',
      URL: 'http://own:map/$(C)',
      POD: 'web',
      IP: '10.244.1.2',
      NODE: 'cargo-1',
      APP: 'x',
      CPU: '500',
      KEY: 'hidden',
    });
    expect(h.runtime.listContainers()[0]?.config.args).toEqual(['--name=web', '$(NOPE)']);
  });

  it.each([
    [true, '10.96.0.50'],
    [false, undefined],
  ])(
    'with enableServiceLinks %s has WEB_SERVICE_HOST %s, and KUBERNETES_SERVICE_HOST always',
    (enableServiceLinks, host) => {
      const h = new Harness();
      h.admin.create(serviceKind, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'my-web', namespace: 'default' },
        spec: { clusterIP: '10.96.0.50', ports: [{ name: 'http', port: 80 }], selector: { app: 'x' } },
      });
      h.run(1);
      h.create({ spec: spec({}, { enableServiceLinks }) });
      h.run(5);
      const env = envOf(h);
      expect(env.MY_WEB_SERVICE_HOST).toBe(host);
      expect(env.MY_WEB_PORT_80_TCP).toBe(host === undefined ? undefined : 'tcp://10.96.0.50:80');
      expect(env.MY_WEB_SERVICE_PORT_HTTP).toBe(host === undefined ? undefined : '80');
      expect(env.KUBERNETES_SERVICE_HOST).toBe('10.96.0.1');
    },
  );
});

describe('a volume', () => {
  const volumes: NonNullable<Pod['spec']['volumes']> = [
    { name: 'cfg', configMap: { name: 'c', items: [{ key: 'a.conf', path: 'sub/a.conf' }] } },
    { name: 'tmp', emptyDir: {} },
    { name: 'host', hostPath: { path: '/var/log' } },
    {
      name: 'all',
      projected: {
        sources: [
          { secret: { name: 's' } },
          { serviceAccountToken: { path: 'token' } },
          { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        ],
      },
    },
  ];
  const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));

  function mounted(): Harness {
    const h = new Harness();
    h.admin.create(configMapKind, configMap('c', { 'a.conf': 'one' }));
    h.admin.create(secretKind, secret('s', { pass: 'word' }));
    h.admin.create(serviceAccountKind, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
    });
    h.disk.root.set('var/log/syslog', 'hello');
    const main = spec({ volumeMounts }).containers[0];
    const containers = main === undefined ? [] : [main, { ...main, name: 'second' }];
    h.create({
      metadata: { name: 'web', namespace: 'default', labels: { app: 'x' } },
      spec: { ...spec(), serviceAccountName: 'default', containers, volumes },
    });
    h.run(5);
    return h;
  }

  it('has the contents its source says', () => {
    const h = mounted();
    expect(filesAt(h, '/cfg')?.get('sub/a.conf')?.content).toBe('one');
    expect(filesAt(h, '/all')?.get('pass')?.content).toBe('word');
    expect(filesAt(h, '/all')?.get('labels')?.content).toBe('app="x"');
    const token = filesAt(h, '/all')?.get('token')?.content ?? '';
    expect(h.api.authenticate(token)?.name).toBe('system:serviceaccount:default:default');
    const host = h.runtime.listContainers()[0]?.config.mounts.find(({ mountPath }) => mountPath === '/host');
    expect(host?.files.get(`${host.path}/syslog`)?.content).toBe('hello');
  });

  it('of type emptyDir is shared by the containers of a pod and survives their restarts', () => {
    const h = mounted();
    filesAt(h, '/tmp')?.set('x', 'shared');
    expect(filesAt(h, '/tmp', 'second')?.get('x')?.content).toBe('shared');
    h.runtime.kill('second', 1);
    h.restartKubelet();
    h.run(5);
    const second = h.runtime
      .listContainers()
      .filter(({ config }) => config.name === 'second')
      .at(-1);
    expect(second?.config.attempt).toBe(1);
    expect(second?.config.mounts.find(({ mountPath }) => mountPath === '/tmp')?.files.get('x')?.content).toBe(
      'shared',
    );
  });

  it('made from a ConfigMap follows its changes within a minute; environment variables do not', () => {
    const h = mounted();
    const update = h.admin.patch(configMapKind, 'c', 'default', 'merge', { data: { 'a.conf': 'two' } });
    expect(update.ok).toBe(true);
    h.run(61);
    expect(filesAt(h, '/cfg')?.get('sub/a.conf')?.content).toBe('two');
    expect(h.restarts()).toBe(0);
  });

  it('mounted by subPath does not follow changes', () => {
    const h = new Harness();
    h.admin.create(configMapKind, configMap('c', { 'a.conf': 'one' }));
    h.create({
      spec: spec(
        { volumeMounts: [{ name: 'cfg', mountPath: '/etc/a.conf', subPath: 'a.conf' }] },
        { volumes: [{ name: 'cfg', configMap: { name: 'c' } }] },
      ),
    });
    h.run(5);
    h.admin.patch(configMapKind, 'c', 'default', 'merge', { data: { 'a.conf': 'two' } });
    h.run(130);
    expect(filesAt(h, '/etc/a.conf')?.get('a.conf')?.content).toBe('one');
  });
});
