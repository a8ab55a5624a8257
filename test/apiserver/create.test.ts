import { describe, expect, test } from 'vitest';
import { configMapBody, creation, Harness, podBody } from './harness.ts';

describe('what the server decides', () => {
  test('uid, creationTimestamp, generation and resourceVersion are set whatever the client sent', () => {
    const h = new Harness();
    const { metadata } = h.create(
      'pods',
      podBody('web', {
        uid: 'mine',
        creationTimestamp: '2000-01-01T00:00:00Z',
        generation: 7,
        deletionTimestamp: '2000-01-01T00:00:00Z',
      }),
    );
    expect(metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(metadata.creationTimestamp).toBe('2026-01-05T00:00:00Z');
    expect(metadata.generation).toBe(1);
    expect(metadata.resourceVersion).toBe(String(h.etcd.revision));
    expect(metadata.deletionTimestamp).toBeUndefined();
  });

  test('a kind without generations gets none', () => {
    expect(new Harness().create('configmaps', configMapBody('a')).metadata.generation).toBeUndefined();
  });

  test('the stored object is frozen and the one that is read', () => {
    const h = new Harness();
    const created = h.create('configmaps', configMapBody('a'));
    expect(Object.isFrozen(created.metadata)).toBe(true);
    expect(h.get('configmaps', 'a')).toBe(created);
  });

  test('status cannot be created', () => {
    const h = new Harness();
    const pod = h.create('pods', { ...podBody('web'), status: { phase: 'Running', podIP: '1.2.3.4' } });
    expect(pod).toMatchObject({ status: { phase: 'Pending', qosClass: 'BestEffort' } });
    expect(pod).not.toHaveProperty('status.podIP');
  });

  test('a node comes with its status', () => {
    const body = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: {},
      status: { capacity: { cpu: '4' } },
    };
    expect(new Harness().create('nodes', body)).toMatchObject({ status: { capacity: { cpu: '4' } } });
  });

  test('a generated name is the prefix and five symbols', () => {
    const h = new Harness();
    const pod = h.create('pods', podBody('', { name: undefined, generateName: 'web-' }));
    expect(pod.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(pod.metadata.generateName).toBe('web-');
  });

  test('the system namespaces and the Service kubernetes are there from the start', () => {
    const h = new Harness();
    const names = h.list('namespaces', {}, '').items.map(({ metadata }) => metadata.name);
    expect(names).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
    expect(h.get('services', 'kubernetes')).toMatchObject({
      spec: { clusterIP: '10.96.0.1', ports: [{ port: 443, targetPort: 6443 }] },
    });
  });

  test('every Service gets a cluster IP of its own, and a deleted one gives it back', () => {
    const h = new Harness({ serviceCIDR: '10.96.0.0/29' });
    const service = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: { ports: [{ port: 80 }] },
    });
    const ips = ['a', 'b', 'c', 'd', 'e'].map(
      (name) =>
        (h.create('services', service(name)) as never as { spec: { clusterIP: string } }).spec.clusterIP,
    );
    expect(new Set(ips).size).toBe(5);
    expect(h.send(creation('services', service('f'))).ok).toBe(false);
    h.send({ verb: 'delete', resource: 'services', namespace: 'default', name: 'c' });
    expect(h.create('services', service('f'))).toMatchObject({ spec: { clusterIP: ips[2] } });
    h.restart();
    expect(h.send(creation('services', service('g'))).ok).toBe(false);
  });
});

const REFUSALS: readonly [
  sentence: string,
  request: Parameters<Harness['refusal']>[0],
  code: number,
  message: string,
][] = [
  [
    'a name that is taken',
    creation('configmaps', configMapBody('taken')),
    409,
    'configmaps "taken" already exists',
  ],
  [
    'a namespace that does not exist',
    creation('configmaps', configMapBody('a', '1', { namespace: 'nowhere' })),
    404,
    'namespaces "nowhere" not found',
  ],
  [
    'a namespace other than the path says',
    {
      ...creation('configmaps', configMapBody('a', '1', { namespace: 'kube-system' })),
      namespace: 'default',
    },
    400,
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  [
    'no name at all',
    creation('configmaps', { metadata: { namespace: 'default' } }),
    422,
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
  [
    'a name in capitals',
    creation('configmaps', configMapBody('Web')),
    422,
    `ConfigMap "Web" is invalid: metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
  ],
  [
    'a resourceVersion',
    creation('configmaps', configMapBody('a', '1', { resourceVersion: '5' })),
    500,
    'resourceVersion should not be set on objects to be created',
  ],
  [
    'a service account that does not exist',
    creation('pods', podBody('web', {}, { serviceAccountName: 'robot' })),
    403,
    'pods "web" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found',
  ],
  [
    'a service account that does not exist, for a generated name',
    creation(
      'pods',
      podBody('', { name: undefined, generateName: 'web-7f-' }, { serviceAccountName: 'robot' }),
    ),
    403,
    'pods "web-7f-" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found',
  ],
  [
    'a wrong type',
    creation('pods', podBody('web', {}, { hostNetwork: 'yes' })),
    400,
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
  ],
  [
    'another kind',
    creation('pods', { ...configMapBody('a') }),
    400,
    'ConfigMap in version "v1" cannot be handled as a Pod: converting (v1.ConfigMap) to (Pod): unknown conversion',
  ],
  [
    'another version',
    creation('configmaps', { ...configMapBody('a'), apiVersion: 'v2' }),
    400,
    'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/api/legacyscheme/scheme.go:30"',
  ],
  [
    'an unknown field where fields are checked strictly',
    creation('pods', podBody('web', {}, { containers: [{ name: 'web', image: 'a', img: 'b' }], foo: 1 }), {
      options: { fieldValidation: 'Strict' },
    }),
    400,
    'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].img", unknown field "spec.foo"',
  ],
  [
    'more than three megabytes',
    creation('configmaps', configMapBody('a', 'x'.repeat(3 * 1024 * 1024))),
    413,
    'Request entity too large: limit is 3145728',
  ],
  [
    'an unknown resource',
    { verb: 'get', resource: 'podz', namespace: 'default', name: 'a' },
    404,
    'the server could not find the requested resource',
  ],
  [
    'an unknown subresource',
    { verb: 'get', resource: 'pods', namespace: 'default', name: 'a', subresource: 'foo' },
    404,
    'the server could not find the requested resource',
  ],
  [
    'deleting a collection of namespaces',
    { verb: 'deletecollection', resource: 'namespaces' },
    405,
    'deletecollection is not supported on resources of kind "namespaces"',
  ],
  [
    'two controllers',
    creation('configmaps', configMapBody('a', '1', { ownerReferences: [owner('x'), owner('y')] })),
    422,
    expect.stringContaining(
      'Only one reference can have Controller set to true. Found "true" in references for',
    ),
  ],
];

function owner(name: string): object {
  return { apiVersion: 'v1', kind: 'Pod', name, uid: name, controller: true };
}

describe('refused:', () => {
  test.each(REFUSALS)('%s', (_sentence, request, code, message) => {
    const h = new Harness();
    h.create('configmaps', configMapBody('taken'));
    const before = h.etcd.revision;
    const status = h.refusal(request);
    expect([status.code, status.message?.replace(/ \(did you mean.*/, '')]).toEqual([code, message]);
    expect(h.etcd.revision).toBe(before);
  });

  test('nobody in particular', () => {
    const h = new Harness();
    const user = { name: '', groups: [] };
    const response = h.server.handle({
      verb: 'list',
      group: '',
      resource: 'pods',
      user,
      cause: { component: 'x', trigger: 0 },
    });
    expect(response).toMatchObject({ ok: false, status: { code: 401, message: 'Unauthorized' } });
  });

  test.each([
    null,
    undefined,
    1,
    'x',
    [],
    { metadata: [] },
    { metadata: { labels: { a: 1 } } },
    { spec: null },
    Number.NaN,
  ])('the body %j, without anything being thrown', (body) => {
    const h = new Harness();
    for (const verb of ['create', 'update', 'patch'] as const) {
      const response = h.send({
        verb,
        resource: 'pods',
        namespace: 'default',
        name: 'web',
        body,
        patchType: 'merge',
      });
      expect(response.ok).toBe(false);
    }
  });

  test('a body that contains itself', () => {
    const body: Record<string, unknown> = {};
    body.metadata = body;
    expect(new Harness().refusal(creation('pods', body, { namespace: 'default' })).code).toBe(400);
  });
});

describe('names that collide', () => {
  test('are drawn anew up to eight times, then refused', () => {
    const h = new Harness();
    const random = h.process.random as { float: () => number };
    random.float = () => 0;
    h.create('configmaps', configMapBody('', '1', { name: undefined, generateName: 'a-' }));
    const status = h.refusal(
      creation('configmaps', configMapBody('', '1', { name: undefined, generateName: 'a-' })),
    );
    expect(status.message).toBe(
      'configmaps "a-bbbbb" already exists, the server was not able to generate a unique name for the object',
    );
    expect(status).toMatchObject({ code: 409, reason: 'AlreadyExists' });
  });
});

describe('warnings', () => {
  test('unknown fields are dropped with a warning unless the client wants otherwise', () => {
    const h = new Harness();
    const response = h.send(creation('configmaps', { ...configMapBody('a'), extra: 1 }));
    expect(response).toMatchObject({ ok: true, warnings: ['unknown field "extra"'] });
    expect(h.get('configmaps', 'a')).not.toHaveProperty('extra');
    const ignored = h.send(
      creation('configmaps', { ...configMapBody('b'), extra: 1 }, { options: { fieldValidation: 'Ignore' } }),
    );
    expect(ignored).toMatchObject({ ok: true, warnings: [] });
  });
});

describe('a dry run', () => {
  test('shows the object and stores nothing', () => {
    const h = new Harness();
    const before = h.etcd.revision;
    const shown = h.create('pods', podBody('web'), { options: { dryRun: true } });
    expect(shown).toMatchObject({ metadata: { name: 'web' }, spec: { restartPolicy: 'Always' } });
    expect([h.etcd.revision, h.has('pods', 'web')]).toEqual([before, false]);
  });

  test('is refused like the real thing', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    expect(h.refusal(creation('configmaps', configMapBody('a'), { options: { dryRun: true } })).code).toBe(
      409,
    );
  });
});

describe('names that are taken', () => {
  test('by an object that is going are told apart from others', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('stays'));
    h.create('configmaps', configMapBody('goes', '1', { finalizers: ['example.com/hold'] }));
    h.send({ verb: 'delete', resource: 'configmaps', namespace: 'default', name: 'goes' });
    const refusal = (name: string): string =>
      h.refusal(creation('configmaps', configMapBody(name))).message ?? '';
    expect(refusal('stays')).toBe('configmaps "stays" already exists');
    expect(refusal('goes')).toBe('object is being deleted: configmaps "goes" already exists');
  });
});

describe('selectors', () => {
  test.each(['deployments', 'replicasets'])('%s without one are told that it is required', (resource) => {
    const template = {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'a', image: 'a' }] },
    };
    const body = { metadata: { name: 'web', namespace: 'default' }, spec: { template } };
    const { details } = new Harness().refusal(creation(resource, body, { group: 'apps' }));
    expect(details?.causes?.map(({ field, message }) => `${field}: ${message}`)).toContain(
      'spec.selector: Required value',
    );
  });
});
