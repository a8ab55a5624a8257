import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import { configMapBody, Harness, podBody } from './harness.ts';

const AT = { namespace: 'default', name: 'a' } as const;
const PATCH = { verb: 'patch', resource: 'configmaps', ...AT } as const;

function put(body: object, more: object = {}) {
  return { verb: 'update', resource: 'configmaps', ...AT, body, ...more } as const;
}

describe('PUT', () => {
  test('with a stale resourceVersion is a conflict and changes nothing', () => {
    const h = new Harness();
    const first = h.create('configmaps', configMapBody('a'));
    h.object(put({ ...first, data: { value: '2' } }));
    const status = h.refusal(put({ ...first, data: { value: '3' } }));
    expect(status).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    });
    expect(h.get('configmaps', 'a')).toMatchObject({ data: { value: '2' } });
  });

  test('without a resourceVersion wins where the kind allows it', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    expect(h.object(put(configMapBody('a', '2')))).toMatchObject({ data: { value: '2' } });
  });

  test('without a resourceVersion is invalid where the kind does not allow it', () => {
    const h = new Harness();
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'a', namespace: 'default' },
      spec: {},
    };
    h.create('leases', lease, { group: 'coordination.k8s.io' });
    const status = h.refusal({ ...put(lease), group: 'coordination.k8s.io', resource: 'leases' });
    expect([status.code, status.message]).toEqual([
      422,
      'Lease.coordination.k8s.io "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    ]);
  });

  test('that says what is stored writes nothing and returns the stored object', () => {
    const h = new Harness();
    const stored = h.create('configmaps', configMapBody('a'));
    const before = h.etcd.revision;
    expect(h.object(put(JSON.parse(JSON.stringify(stored))))).toBe(stored);
    expect(h.object(put(configMapBody('a')))).toBe(stored);
    expect(h.etcd.revision).toBe(before);
  });

  test('cannot change uid, time of creation and generation', () => {
    const h = new Harness();
    const { metadata } = h.create('configmaps', configMapBody('a'));
    const next = h.object(
      put(
        configMapBody('a', '2', {
          creationTimestamp: '2000-01-01T00:00:00Z',
          generation: 9,
        }),
      ),
    );
    expect(next.metadata).toEqual({ ...metadata, resourceVersion: next.metadata.resourceVersion });
  });

  test('of an object with another uid is a conflict', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    expect(h.refusal(put(configMapBody('a', '2', { uid: 'other' }))).code).toBe(409);
  });

  test('of what does not exist is 404', () => {
    const status = new Harness().refusal(put(configMapBody('a')));
    expect([status.code, status.message]).toEqual([404, 'configmaps "a" not found']);
  });

  test('of another name than the path says is 400', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    const status = h.refusal(put(configMapBody('b')));
    expect([status.code, status.message]).toEqual([
      400,
      'the name of the object (b) does not match the name on the URL (a)',
    ]);
  });
});

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } },
  },
};
const DEPLOYMENTS = { resource: 'deployments', group: 'apps', ...AT } as const;

type Deployment = KubeObject & { readonly spec: Record<string, unknown>; readonly status?: object };

describe('status and spec are apart', () => {
  test('a PUT of the object leaves the status alone', () => {
    const h = new Harness();
    const made = h.create('deployments', DEPLOYMENT, { group: 'apps' }) as Deployment;
    const next = h.object({ verb: 'update', ...DEPLOYMENTS, body: { ...made, status: { replicas: 5 } } });
    expect(next).toBe(made);
  });

  test('a PUT of the status leaves everything else alone and does not count as a generation', () => {
    const h = new Harness();
    const made = h.create('deployments', DEPLOYMENT, { group: 'apps' }) as Deployment;
    const body = {
      ...made,
      metadata: { ...made.metadata, labels: { x: 'y' } },
      spec: { ...made.spec, replicas: 9 },
      status: { replicas: 2 },
    };
    const next = h.object({ verb: 'update', ...DEPLOYMENTS, subresource: 'status', body }) as Deployment;
    expect(next.spec).toBe(made.spec);
    expect(next.status).toEqual({ replicas: 2 });
    expect(next.metadata).toEqual({ ...made.metadata, resourceVersion: next.metadata.resourceVersion });
  });

  test('generation grows by one when the spec changes and not when labels do', () => {
    const h = new Harness();
    const made = h.create('deployments', DEPLOYMENT, { group: 'apps' }) as Deployment;
    const labelled = h.object({
      verb: 'update',
      ...DEPLOYMENTS,
      body: { ...made, metadata: { ...made.metadata, labels: { x: 'y' } } },
    }) as Deployment;
    expect(labelled.metadata.generation).toBe(1);
    const scaled = h.object({
      verb: 'update',
      ...DEPLOYMENTS,
      body: { ...labelled, spec: { ...made.spec, replicas: 3 } },
    });
    expect(scaled.metadata.generation).toBe(2);
  });

  test('the selector cannot change', () => {
    const h = new Harness();
    const made = h.create('deployments', DEPLOYMENT, { group: 'apps' }) as Deployment;
    const status = h.refusal({
      verb: 'update',
      ...DEPLOYMENTS,
      body: { ...made, spec: { ...made.spec, selector: { matchLabels: { app: 'b' } } } },
    });
    expect(status.message).toContain(
      'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
    );
  });
});

describe('scale', () => {
  const SCALE = { ...DEPLOYMENTS, subresource: 'scale' } as const;

  test('shows and sets the number of replicas', () => {
    const h = new Harness();
    h.create('deployments', DEPLOYMENT, { group: 'apps' });
    const shown = h.object({ verb: 'get', ...SCALE });
    expect(shown).toMatchObject({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      spec: { replicas: 2 },
      status: { replicas: 0, selector: 'app=a' },
    });
    expect(
      h.object({ verb: 'patch', ...SCALE, patchType: 'merge', body: { spec: { replicas: 5 } } }),
    ).toMatchObject({ spec: { replicas: 5 } });
    expect(h.get('deployments', 'a', 'default', 'apps')).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 5 },
    });
    expect(
      h.object({
        verb: 'update',
        ...SCALE,
        body: { ...shown, metadata: { name: 'a' }, spec: { replicas: 1 } },
      }),
    ).toMatchObject({ spec: { replicas: 1 } });
    expect(h.refusal({ verb: 'update', ...SCALE, body: shown }).code).toBe(409);
  });

  test('is not below zero', () => {
    const h = new Harness();
    h.create('deployments', DEPLOYMENT, { group: 'apps' });
    const status = h.refusal({
      verb: 'patch',
      ...SCALE,
      patchType: 'merge',
      body: { spec: { replicas: -1 } },
    });
    expect(status.message).toBe(
      'Scale.autoscaling "a" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
  });
});

describe('PATCH', () => {
  test.each([
    ['merge', { data: { value: null, other: 'x' } }, { other: 'x' }],
    ['strategic', { data: { other: 'x' } }, { value: '1', other: 'x' }],
    ['json', [{ op: 'replace', path: '/data/value', value: '2' }], { value: '2' }],
  ] as const)('of type %s', (patchType, body, data) => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    expect(h.object({ ...PATCH, patchType, body })).toMatchObject({ data });
  });

  test('that changes nothing writes nothing', () => {
    const h = new Harness();
    const made = h.create('configmaps', configMapBody('a'));
    expect(h.object({ ...PATCH, patchType: 'merge', body: { data: { value: '1' } } })).toBe(made);
  });

  test('with a stale resourceVersion is a conflict, without one never', () => {
    const h = new Harness();
    const made = h.create('configmaps', configMapBody('a'));
    h.object({ ...PATCH, patchType: 'merge', body: { data: { value: '2' } } });
    const stale = { metadata: { resourceVersion: made.metadata.resourceVersion }, data: { value: '3' } };
    expect(h.refusal({ ...PATCH, patchType: 'merge', body: stale }).code).toBe(409);
    expect(h.object({ ...PATCH, patchType: 'merge', body: { data: { value: '3' } } })).toMatchObject({
      data: { value: '3' },
    });
  });

  test.each([
    ['a failed test', 'json', [{ op: 'test', path: '/data/value', value: 'x' }], 422],
    [
      'more than 10,000 operations',
      'json',
      Array(10_001).fill({ op: 'test', path: '/data/value', value: '1' }),
      413,
    ],
    ['an unknown type of patch', undefined, {}, 415],
    ['server-side apply by nobody in particular', 'apply', {}, 422],
    ['a patch that makes the object another kind', 'merge', { kind: 'Secret' }, 422],
    ['a merge patch that is null', 'merge', null, 400],
    ['a merge patch that is a list', 'merge', [], 400],
    ['a strategic patch that is a list', 'strategic', [], 400],
    [
      'a list that is ordered and none',
      'strategic',
      { metadata: { '$setElementOrder/ownerReferences': [{ uid: 'x' }], ownerReferences: 'x' } },
      500,
    ],
    ['a wrong type', 'merge', { data: { value: 1 } }, 422],
  ] as const)('refuses %s', (_sentence, patchType, body, code) => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    expect(h.refusal({ ...PATCH, ...(patchType === undefined ? {} : { patchType }), body }).code).toBe(code);
  });

  test('of JSON tells of members that mean nothing, strictly or as a warning', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    const body = [{ op: 'add', path: '/data/x', value: 'y', foo: 1 }];
    const request = { ...PATCH, patchType: 'json', body } as const;
    const { message } = h.refusal({ ...request, options: { fieldValidation: 'Strict' } });
    expect(message).toMatch(/: strict decoding error: json patch unknown field "\[0\]\.foo"$/);
    expect(h.send(request)).toMatchObject({ ok: true, warnings: ['json patch unknown field "[0].foo"'] });
    expect(h.send({ ...request, options: { fieldValidation: 'Ignore' } })).toMatchObject({ warnings: [] });
  });

  test('leaves apiVersion and kind alone, whatever a strategic patch says', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    const patched = h.object({
      ...PATCH,
      patchType: 'strategic',
      body: { kind: 'Secret', apiVersion: 'v2' },
    });
    expect([patched.apiVersion, patched.kind]).toEqual(['v1', 'ConfigMap']);
  });

  test.each([
    [{ spec: { replicas: '3' } }, 'unrecognized type: int32'],
    [{ spec: { replicas: 1.5 } }, 'cannot convert float64 to int32'],
    [{ metadata: { labels: { a: 1 } } }, 'cannot convert int64 to string'],
    [{ metadata: { labels: { a: true } } }, 'unrecognized type: string'],
    [{ metadata: { labels: 'a' } }, 'cannot restore map from string'],
    [{ spec: { template: 1 } }, 'cannot restore struct from: int64'],
    [{ spec: { template: { spec: { containers: 'a' } } } }, 'cannot restore slice from string'],
  ] as const)('that is strategic and makes a wrong type is refused by the converter: %j', (body, why) => {
    const h = new Harness();
    const template = {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'a', image: 'b' }] },
    };
    const spec = { selector: { matchLabels: { app: 'a' } }, template };
    h.create('deployments', { metadata: { name: 'a', namespace: 'default' }, spec }, { group: 'apps' });
    const request = { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'default' } as const;
    const { message } = h.refusal({ ...request, name: 'a', patchType: 'strategic', body });
    expect(message).toMatch(/^ "" is invalid: patch: Invalid value: "map\[/);
    expect(message?.slice(-why.length)).toBe(why);
  });

  test('tells of an element without its merge key as Go errors are told', () => {
    const h = new Harness();
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u' };
    h.create('configmaps', { metadata: { name: 'a', namespace: 'default', ownerReferences: [owner] } });
    const body = { metadata: { ownerReferences: [{ name: 'x' }] } };
    const { message, reason } = h.refusal({ ...PATCH, patchType: 'strategic', body });
    expect(message).toBe('map: map[name:x] does not contain declared merge key: uid');
    expect(reason).toBeUndefined();
  });

  test('checks the outcome strictly where the client wants it', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    const request = {
      ...PATCH,
      patchType: 'strategic',
      body: { spec: { foo: 'bar' } },
      options: { fieldValidation: 'Strict' },
    } as const;
    expect(h.refusal(request).message).toBe(
      ' "" is invalid: patch: Invalid value: "map[spec:map[foo:bar]]": strict decoding error: unknown field "spec"',
    );
  });
});

describe('an immutable pod spec', () => {
  test('of a Service tells first what may not change', () => {
    const h = new Harness();
    const spec = { ports: [{ port: 80 }] };
    h.create('services', { metadata: { name: 'web', namespace: 'default' }, spec });
    const request = { verb: 'patch', resource: 'services', namespace: 'default', name: 'web' } as const;
    const { message } = h.refusal({ ...request, patchType: 'merge', body: { spec: { type: 'Nodeport' } } });
    expect(message).toBe(
      'Service "web" is invalid: [spec.clusterIPs[0]: Invalid value: null: primary clusterIP can not be unset, spec.ipFamilies[0]: Invalid value: null: primary ipFamily can not be unset, spec.type: Unsupported value: "Nodeport": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]',
    );
  });

  test("is refused in upstream's words", () => {
    const h = new Harness();
    h.create('pods', podBody('a'));
    const status = h.refusal({
      verb: 'patch',
      resource: 'pods',
      ...AT,
      patchType: 'merge',
      body: { spec: { nodeName: 'n1' } },
    });
    expect(status.message).toContain('pod updates may not change fields other than');
  });
});
