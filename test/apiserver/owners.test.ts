import { describe, expect, it } from 'vitest';
import type { ManagedFieldsEntry, ObjectMeta } from '../../src/api/generated/types.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { ApiRequest, RequestOptions } from '../../src/api/request.ts';
import { Harness } from './harness.ts';

const DEPLOYMENTS = { group: 'apps', resource: 'deployments', namespace: 'default' } as const;
const WEB = { ...DEPLOYMENTS, name: 'web' } as const;

function deployment(spec: object = {}, container: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'nginx:1.27', ...container }] },
      },
      ...spec,
    },
  };
}

/** A request of a component of the cluster, under its own account. */
function by(
  h: Harness,
  component: string,
  account: string,
  request: Partial<ApiRequest> & Pick<ApiRequest, 'verb'>,
): KubeObject {
  const user = { name: account, groups: ['system:masters'] };
  const response = h.server.handle({ ...WEB, user, cause: { component, trigger: 0 }, ...request });
  if (!response.ok || response.kind !== 'object')
    throw new Error(response.ok ? response.kind : response.status.message);
  return response.object;
}

const controller = (h: Harness, name: string, request: Partial<ApiRequest> & Pick<ApiRequest, 'verb'>) =>
  by(h, name, `system:serviceaccount:kube-system:${name}`, request);

const applyRequest = (body: object, manager = 'kubectl', options: RequestOptions = {}) =>
  ({
    ...WEB,
    verb: 'patch',
    patchType: 'apply',
    body,
    options: { fieldManager: manager, ...options },
  }) as const;

/** `manager operation[/subresource]` of each entry. */
const managers = ({ metadata }: { readonly metadata: ObjectMeta }): readonly string[] =>
  (metadata.managedFields ?? []).map(
    ({ manager, operation, subresource }) =>
      `${manager} ${operation}${subresource === undefined ? '' : `/${subresource}`}`,
  );

const entryOf = (object: KubeObject, manager: string): ManagedFieldsEntry | undefined =>
  object.metadata.managedFields?.find((entry) => entry.manager === manager);

describe('what the autoscaler has scaled', () => {
  const scaleTo = (h: Harness, replicas: number) =>
    controller(h, 'horizontal-pod-autoscaler', {
      verb: 'update',
      subresource: 'scale',
      body: { metadata: { name: 'web', namespace: 'default' }, spec: { replicas } },
      decoded: true,
    });

  it('is its own, and an apply with another number of replicas conflicts', () => {
    const h = new Harness();
    h.object(applyRequest(deployment({ replicas: 2 })));
    scaleTo(h, 5);
    expect(managers(h.get('deployments', 'web', 'default', 'apps'))).toEqual([
      'kubectl Apply',
      'kube-controller-manager Update/scale',
    ]);
    expect(h.refusal(applyRequest(deployment({ replicas: 3 })))).toMatchObject({
      code: 409,
      message:
        'Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "kube-controller-manager" with subresource "scale" using apps/v1',
            field: '.spec.replicas',
          },
        ],
      },
    });
  });

  it('is shared by who applies the same number, and stays when he leaves it out', () => {
    const h = new Harness();
    h.object(applyRequest(deployment({ replicas: 2 })));
    scaleTo(h, 5);
    h.object(applyRequest(deployment({ replicas: 5 })));
    const left = h.object(applyRequest(deployment())) as unknown as { spec: { replicas: number } };
    expect(left.spec.replicas).toBe(5);
  });

  it('is taken over by force', () => {
    const h = new Harness();
    h.object(applyRequest(deployment({ replicas: 2 })));
    scaleTo(h, 5);
    const forced = h.object(applyRequest(deployment({ replicas: 3 }), 'kubectl', { force: true }));
    expect(managers(forced)).toEqual(['kubectl Apply']);
  });

  it('conflicts also where nobody who names himself had written before', () => {
    const h = new Harness();
    controller(h, 'deployment-controller', { verb: 'create', body: deployment({ replicas: 2 }) });
    scaleTo(h, 5);
    expect(h.get('deployments', 'web', 'default', 'apps').metadata.managedFields).toBeUndefined();
    expect(h.refusal(applyRequest(deployment({ replicas: 3 }))).message).toBe(
      'Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });
});

describe('the owners of what only components wrote', () => {
  function history(h: Harness): void {
    controller(h, 'deployment-controller', { verb: 'create', body: deployment({ replicas: 2 }) });
    h.run(2_000);
    controller(h, 'deployment-controller', {
      verb: 'patch',
      patchType: 'merge',
      subresource: 'status',
      body: { status: { replicas: 2 } },
    });
    h.run(2_000);
    by(h, 'kubelet', 'system:node:n', {
      verb: 'patch',
      patchType: 'merge',
      body: { metadata: { annotations: { a: 'b' } } },
    });
  }

  it('are found in its history by the first who names himself', () => {
    const h = new Harness();
    history(h);
    const labelled = h.object({
      ...WEB,
      verb: 'patch',
      patchType: 'merge',
      body: { metadata: { labels: { team: 'red' } } },
      options: { fieldManager: 'kubectl-label' },
    });
    expect(managers(labelled)).toEqual([
      'kube-controller-manager Update',
      'kube-controller-manager Update/status',
      'kubectl-label Update',
      'kubelet Update',
    ]);
    expect(entryOf(labelled, 'kubelet')?.fieldsV1).toEqual({
      'f:metadata': { 'f:annotations': { 'f:a': {} } },
    });
    expect(labelled.metadata.managedFields?.[1]?.fieldsV1).toEqual({ 'f:status': { 'f:replicas': {} } });
  });

  it('are shown to who asks for them, and are not stored for that', () => {
    const h = new Harness();
    history(h);
    const options = { managedFields: true } as const;
    const shown = h.object({ ...WEB, verb: 'get', options });
    expect(managers(shown)).toEqual([
      'kube-controller-manager Update',
      'kube-controller-manager Update/status',
      'kubelet Update',
    ]);
    const listed = h.send({ ...DEPLOYMENTS, verb: 'list', options });
    expect(listed.ok && listed.kind === 'list' && listed.list.items.map(managers)).toEqual([managers(shown)]);
    expect(h.get('deployments', 'web', 'default', 'apps').metadata.managedFields).toBeUndefined();
  });
});

describe('more than ten who update', () => {
  it('are the last nine, and the oldest together', () => {
    const h = new Harness();
    h.create('deployments', deployment(), { group: 'apps', options: { fieldManager: 'm0' } });
    for (let i = 1; i <= 11; i++) {
      h.run(1_000);
      const body = { metadata: { labels: { [`l${i}`]: 'x' } } };
      h.object({ ...WEB, verb: 'patch', patchType: 'merge', body, options: { fieldManager: `m${i}` } });
    }
    const object = h.get('deployments', 'web', 'default', 'apps');
    expect(managers(object).map((text) => text.split(' ')[0])).toEqual([
      'ancient-changes',
      ...['m3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9', 'm10', 'm11'],
    ]);
    expect(entryOf(object, 'ancient-changes')?.fieldsV1).toMatchObject({
      'f:metadata': { 'f:labels': { 'f:l1': {}, 'f:l2': {} } },
      'f:spec': { 'f:selector': {} },
    });
  });
});

describe('an apply', () => {
  it('drops a probe whole, with what was filled in', () => {
    const h = new Harness();
    const livenessProbe = { httpGet: { path: '/', port: 80 } };
    h.object(applyRequest(deployment({}, { livenessProbe })));
    const dropped = h.object(applyRequest(deployment())) as unknown as {
      spec: { template: { spec: { containers: object[] } } };
    };
    expect(dropped.spec.template.spec.containers[0]).not.toHaveProperty('livenessProbe');
  });

  it('puts containers in the order of the configuration, those of others between', () => {
    const h = new Harness();
    const names = (...all: string[]) =>
      deployment({
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: all.map((name) => ({ name, image: 'x' })) },
        },
      });
    h.object(applyRequest(names('a', 'b'), 'one'));
    h.object(applyRequest(names('a', 'side'), 'two'));
    const merged = h.object(applyRequest(names('new', 'b', 'a'), 'one')) as unknown as {
      spec: { template: { spec: { containers: { name: string }[] } } };
    };
    expect(merged.spec.template.spec.containers.map(({ name }) => name)).toEqual(['new', 'b', 'side', 'a']);
  });
});

describe('managedFields that a client sends', () => {
  const entry = {
    manager: 'kubectl',
    operation: 'Apply',
    apiVersion: 'apps/v1',
    time: '2026-01-05T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  };
  const send = (h: Harness, managedFields: unknown, subresource?: string) =>
    h.object({
      ...WEB,
      verb: 'patch',
      patchType: 'merge',
      body: { metadata: { managedFields } },
      ...(subresource === undefined ? {} : { subresource }),
    });
  function fresh(): Harness {
    const h = new Harness();
    h.create('deployments', deployment({ replicas: 2 }), { group: 'apps', options: { fieldManager: 'me' } });
    return h;
  }

  it('replace those there are', () => {
    expect(send(fresh(), [entry]).metadata.managedFields).toEqual([entry]);
  });

  it.each([[[{}]], [[]]])('are wiped by %j, after which nobody owns anything', (none) => {
    const h = fresh();
    expect(managers(send(h, none))).toEqual([]);
    const scaled = { ...WEB, verb: 'patch', patchType: 'merge', body: { spec: { replicas: 4 } } } as const;
    expect(managers(h.object({ ...scaled, options: { fieldManager: 'me' } }))).toEqual([]);
    expect(h.refusal(applyRequest(deployment({ replicas: 3 }))).message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using apps/v1: .spec.replicas',
    );
  });

  it('that are null change nothing', () => {
    expect(managers(send(fresh(), null))).toEqual(['me Update']);
  });

  it('change nothing through a subresource', () => {
    expect(managers(send(fresh(), [entry], 'status'))).toEqual(['me Update']);
  });
});

describe('a configuration that cannot be applied', () => {
  const apply = (body: object, before = true) => {
    const h = new Harness();
    if (before) h.create('deployments', deployment(), { group: 'apps' });
    return h.refusal(applyRequest(body));
  };
  const web = deployment();
  const named = (metadata: object) => ({ ...web, metadata: { name: 'web', ...metadata } });

  it.each([
    {
      body: { ...web, apiVersion: 'apps/v2' },
      code: 400,
      says: 'Incorrect version specified in apply patch. Specified patch version: apps/v2, expected: apps/v1',
    },
    {
      body: { kind: 'Deployment' },
      code: 400,
      says: 'Incorrect version specified in apply patch. Specified patch version: , expected: apps/v1',
    },
    {
      body: { ...web, kind: 'Other' },
      code: 500,
      says: 'failed to create typed patch object (default/web; apps/v1, Kind=Other): no corresponding type for apps/v1, Kind=Other',
    },
    {
      body: deployment({ replicas: 'three' }),
      code: 500,
      says: 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string',
    },
    {
      body: named({ managedFields: [] }),
      code: 400,
      says: 'metadata.managedFields must be nil',
    },
    {
      body: named({ name: 'other' }),
      code: 400,
      says: 'the name of the object (other) does not match the name on the URL (web)',
    },
  ])('$says', ({ body, code, says }) => {
    expect(apply(body)).toMatchObject({ code, message: says });
  });

  it('because it expects an object that does not exist', () => {
    expect(apply(named({ uid: '3' }), false)).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on deployments.apps "web": uid mismatch: the provided object specified uid 3, and no existing object was found',
    });
  });
});

/** structured-merge-diff merge/multiple_appliers_test.go, with containers as lists of maps and their env. */
describe('elements of lists that several apply', () => {
  const container = (name: string, ...env: string[]) => ({
    name,
    image: 'i',
    ...(env.length === 0 ? {} : { env: env.map((variable) => ({ name: variable, value: 'v' })) }),
  });
  const having = (...containers: object[]): object => {
    const body = deployment() as { spec: { template: { spec: object } } };
    body.spec.template.spec = { containers };
    return body;
  };
  const applied = (manager: string, ...containers: object[]) => applyRequest(having(...containers), manager);
  const updated = (...containers: object[]) =>
    ({
      ...WEB,
      verb: 'update',
      body: having(...containers),
      options: { fieldManager: 'controller' },
    }) as const;
  const [a, b, c, d] = [container('a'), container('b'), container('c'), container('d')];
  const bOf = (...env: string[]) => container('b', ...env);

  it.each([
    {
      name: 'go with their only applier',
      writes: [applied('one', a, b), applied('two', c), applied('one', a)],
      left: ['a', 'c'],
    },
    {
      name: 'stay as long as one applies them',
      writes: [applied('one', a, b, c), applied('two', c, d), applied('one', a)],
      left: ['a', 'c', 'd'],
    },
    {
      name: 'lose what only one of two had in them',
      writes: [applied('one', a, bOf('c')), applied('two', bOf('d')), applied('one', a)],
      left: ['a', 'b d'],
    },
    {
      name: 'keep what was changed in them, if one still applies them',
      writes: [
        applied('one', a, bOf('c')),
        applied('two', bOf('d')),
        updated(a, bOf('c', 'd', 'e')),
        applied('one', a),
      ],
      left: ['a', 'b d e'],
    },
    {
      name: 'go with what was changed in them, if nobody applies them any more',
      writes: [applied('one', a, bOf('c')), applied('two', a), updated(a, bOf('c', 'd')), applied('one', a)],
      left: ['a'],
    },
    {
      name: 'stay if they were somebody’s who updated',
      writes: [updated(a, b), applied('one', a, b), applied('one', a)],
      left: ['a', 'b'],
    },
  ])('$name', ({ writes, left }) => {
    const h = new Harness();
    if (writes[0]?.verb === 'update')
      h.create('deployments', having(a, b), { group: 'apps', options: { fieldManager: 'controller' } });
    const [last] = writes.map((write) => h.object(write)).slice(-1);
    const { containers } = (last as unknown as { spec: { template: { spec: { containers: (typeof a)[] } } } })
      .spec.template.spec;
    expect(
      containers.map(({ name, env = [] }) => [name, ...env.map((variable) => variable.name)].join(' ')),
    ).toEqual(left);
    const controllers = last === undefined ? undefined : entryOf(last, 'controller');
    if (left.length === 1) expect(controllers).toBeUndefined();
  });
});

/** managedfields/internal/managedfieldsupdater_test.go and TestNoOpChanges. */
describe('the time of an entry', () => {
  const MAP = { resource: 'configmaps', namespace: 'default', name: 'web' } as const;
  const body = (data: object) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', namespace: 'default' },
    data,
  });
  type Write = readonly ['apply' | 'update', string, object];

  function written(h: Harness, [verb, fieldManager, data]: Write): ObjectMeta {
    const options = { fieldManager };
    h.run(1000);
    if (verb === 'apply')
      return h.object({
        verb: 'patch',
        patchType: 'apply',
        ...MAP,
        body: body(data),
        options: { ...options, force: true },
      }).metadata;
    if (h.has('configmaps', 'web'))
      return h.object({ verb: 'update', ...MAP, body: body(data), options }).metadata;
    return h.create('configmaps', body(data), { options }).metadata;
  }

  it.each<{ writes: Write[]; times: string[] }>([
    {
      writes: [
        ['update', 'a', { k: '1' }],
        ['update', 'a', { k: '2' }],
      ],
      times: ['a 2'],
    },
    {
      writes: [
        ['apply', 'a', { k: '1' }],
        ['apply', 'a', { k: '2' }],
      ],
      times: ['a 2'],
    },
    {
      writes: [
        ['update', 'a', { k: '1' }],
        ['update', 'a', { k: '1' }],
      ],
      times: ['a 1'],
    },
    {
      writes: [
        ['apply', 'a', { k: '1' }],
        ['apply', 'a', { k: '1' }],
      ],
      times: ['a 1'],
    },
    {
      writes: [
        ['apply', 'a', { k: '1' }],
        ['apply', 'b', { l: '1' }],
        ['apply', 'a', { k: '2' }],
      ],
      times: ['b 2', 'a 3'],
    },
    {
      writes: [
        ['apply', 'a', { k: '1', l: '1' }],
        ['apply', 'b', { l: '2' }],
      ],
      times: ['a 1', 'b 2'],
    },
    {
      writes: [
        ['apply', 'a', { k: '1' }],
        ['apply', 'b', { k: '1' }],
      ],
      times: ['a 1', 'b 2'],
    },
  ])('is that of its last change: $writes', ({ writes, times }) => {
    const h = new Harness();
    const start = Date.parse(written(h, ['update', 'nobody', {}]).creationTimestamp ?? '');
    h.send({ verb: 'delete', ...MAP });
    const last = writes.map((write) => written(h, write)).at(-1);
    expect(
      last?.managedFields?.map(
        ({ manager, time }) => `${manager} ${(Date.parse(time ?? '') - start) / 1000}`,
      ),
    ).toEqual(times);
  });

  it('stays, and all else, when nothing is changed', () => {
    const h = new Harness();
    written(h, ['apply', 'a', { k: '1' }]);
    const before = written(h, ['apply', 'b', { k: '1' }]);
    expect(written(h, ['update', 'c', { k: '1' }])).toEqual(before);
    expect(written(h, ['apply', 'a', { k: '1' }])).toEqual(before);
  });
});
