import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import { configMapBody, creation, Harness, podBody } from './harness.ts';

const POD = { resource: 'pods', namespace: 'default', name: 'web' } as const;

/** A harness with a pod that runs on a node. */
function withRunningPod(rest: object = {}): Harness {
  const h = new Harness();
  h.create('pods', podBody('web', rest));
  const bound = h.send({
    verb: 'create',
    ...POD,
    subresource: 'binding',
    body: { metadata: { name: 'web' }, target: { name: 'n1' } },
  });
  expect(bound.ok).toBe(true);
  return h;
}

describe('a pod that runs', () => {
  test('is given its grace period', () => {
    const h = withRunningPod();
    const pod = h.object({ verb: 'delete', ...POD });
    expect(pod.metadata).toMatchObject({
      deletionTimestamp: '2026-01-05T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    });
    expect(h.get('pods', 'web')).toBe(pod);
  });

  test.each([
    ['an equal period is ignored', 30, '2026-01-05T00:00:30Z'],
    ['a longer period is ignored', 60, '2026-01-05T00:00:30Z'],
    ['a shorter period counts from the beginning', 5, '2026-01-05T00:00:05Z'],
    ['a negative period is one second', -1, '2026-01-05T00:00:01Z'],
  ])('deleted again: %s', (_sentence, gracePeriodSeconds, deletionTimestamp) => {
    const h = withRunningPod();
    h.object({ verb: 'delete', ...POD });
    h.run(2000);
    h.object({ verb: 'delete', ...POD, options: { gracePeriodSeconds } });
    expect(h.get('pods', 'web').metadata.deletionTimestamp).toBe(deletionTimestamp);
  });

  test('is gone at once with a grace period of zero', () => {
    const h = withRunningPod();
    const { uid } = h.get('pods', 'web').metadata;
    const response = h.send({ verb: 'delete', ...POD, options: { gracePeriodSeconds: 0 } });
    expect(response).toEqual({
      kind: 'status',
      ok: true,
      status: expect.objectContaining({ status: 'Success', details: { name: 'web', kind: 'pods', uid } }),
    });
    expect(h.has('pods', 'web')).toBe(false);
  });

  test('is gone when its kubelet has finished with it', () => {
    const h = withRunningPod();
    const { uid = '' } = h.object({ verb: 'delete', ...POD }).metadata;
    h.send({ verb: 'delete', ...POD, options: { gracePeriodSeconds: 0, preconditions: { uid } } });
    expect(h.has('pods', 'web')).toBe(false);
  });

  test('stays with a finalizer even without grace, until the finalizer goes', () => {
    const h = withRunningPod({ finalizers: ['example.com/hold'] });
    h.object({ verb: 'delete', ...POD, options: { gracePeriodSeconds: 0 } });
    expect(h.has('pods', 'web')).toBe(true);
    h.object({ verb: 'patch', ...POD, patchType: 'merge', body: { metadata: { finalizers: null } } });
    expect(h.has('pods', 'web')).toBe(false);
  });
});

describe('a pod that does not run', () => {
  test('is gone at once when it was never assigned', () => {
    const h = new Harness();
    h.create('pods', podBody('web'));
    h.send({ verb: 'delete', ...POD });
    expect(h.has('pods', 'web')).toBe(false);
  });

  test.each(['Succeeded', 'Failed'])('is gone at once when it has %s', (phase) => {
    const h = withRunningPod();
    const pod = h.get('pods', 'web') as KubeObject & { status: object };
    h.object({
      verb: 'update',
      ...POD,
      subresource: 'status',
      body: { ...pod, status: { ...pod.status, phase } },
    });
    h.send({ verb: 'delete', ...POD });
    expect(h.has('pods', 'web')).toBe(false);
  });
});

describe('preconditions', () => {
  test('the uid must match', () => {
    const h = new Harness();
    const { uid } = h.create('configmaps', configMapBody('a')).metadata;
    const request = { verb: 'delete', resource: 'configmaps', namespace: 'default', name: 'a' } as const;
    expect(h.refusal({ ...request, options: { preconditions: { uid: 'x' } } }).message).toBe(
      `Operation cannot be fulfilled on configmaps "a": the UID in the precondition (x) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
    expect(h.refusal({ ...request, options: { preconditions: { resourceVersion: '1' } } }).code).toBe(409);
    expect(h.has('configmaps', 'a')).toBe(true);
  });
});

const HELD = { resource: 'configmaps', namespace: 'default', name: 'a' } as const;

describe('finalizers', () => {
  test('keep an object, marked, until the last one is removed', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a', '1', { finalizers: ['example.com/x', 'example.com/y'] }));
    const marked = h.object({ verb: 'delete', ...HELD });
    expect(marked.metadata).toMatchObject({
      deletionTimestamp: '2026-01-05T00:00:00Z',
      deletionGracePeriodSeconds: 0,
    });
    h.run(5000);
    const again = h.object({ verb: 'delete', ...HELD });
    expect(again).toBe(marked);
    h.object({
      verb: 'patch',
      ...HELD,
      patchType: 'merge',
      body: { metadata: { finalizers: ['example.com/y'], deletionTimestamp: null } },
    });
    expect(h.get('configmaps', 'a').metadata.deletionTimestamp).toBe('2026-01-05T00:00:00Z');
    h.object({ verb: 'patch', ...HELD, patchType: 'merge', body: { metadata: { finalizers: [] } } });
    expect(h.has('configmaps', 'a')).toBe(false);
  });

  test('cannot be added while the object is being deleted', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a', '1', { finalizers: ['example.com/x'] }));
    h.object({ verb: 'delete', ...HELD });
    const body = { metadata: { finalizers: ['example.com/x', 'example.com/z'] } };
    expect(h.refusal({ verb: 'patch', ...HELD, patchType: 'merge', body }).message).toBe(
      'ConfigMap "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/z"}',
    );
  });

  test.each([
    ['Foreground', ['foregroundDeletion']],
    ['Orphan', ['orphan']],
  ] as const)('the policy %s becomes one', (propagationPolicy, finalizers) => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    const marked = h.object({ verb: 'delete', ...HELD, options: { propagationPolicy } });
    expect(marked.metadata.finalizers).toEqual(finalizers);
    h.send({ verb: 'delete', ...HELD, options: { propagationPolicy: 'Background' } });
    expect(h.has('configmaps', 'a')).toBe(false);
  });
});

describe('a dry run', () => {
  test('of a delete changes nothing', () => {
    const h = withRunningPod();
    const before = h.etcd.revision;
    h.object({ verb: 'delete', ...POD, options: { dryRun: true } });
    h.send({ verb: 'delete', ...POD, options: { dryRun: true, gracePeriodSeconds: 0 } });
    expect([h.etcd.revision, h.has('pods', 'web')]).toEqual([before, true]);
  });
});

describe('a collection', () => {
  test('is deleted as far as the selector selects', () => {
    const h = new Harness();
    for (const name of ['a', 'b', 'c'])
      h.create('configmaps', configMapBody(name, '1', { labels: { keep: String(name === 'b') } }));
    h.send({
      verb: 'deletecollection',
      resource: 'configmaps',
      namespace: 'default',
      options: { labelSelector: 'keep!=true' },
    });
    expect(h.list('configmaps').items.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });
});

describe('a namespace', () => {
  const NS = { resource: 'namespaces', name: 'team' } as const;

  function withNamespace(): Harness {
    const h = new Harness();
    h.create('namespaces', { metadata: { name: 'team' } });
    return h;
  }

  test('turns Terminating, takes nothing new, and goes when it is finalized', () => {
    const h = withNamespace();
    const marked = h.object({ verb: 'delete', ...NS });
    expect(marked).toMatchObject({
      metadata: { deletionTimestamp: '2026-01-05T00:00:00Z' },
      status: { phase: 'Terminating' },
    });
    expect(h.object({ verb: 'delete', ...NS })).toBe(marked);
    const status = h.refusal(creation('configmaps', configMapBody('a', '1', { namespace: 'team' })));
    expect(status).toMatchObject({
      code: 403,
      message:
        'configmaps "a" is forbidden: unable to create new content in namespace team because it is being terminated',
      details: {
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace team is being terminated',
            field: 'metadata.namespace',
          },
        ],
      },
    });
    h.object({
      verb: 'update',
      ...NS,
      subresource: 'finalize',
      body: { ...marked, spec: { finalizers: [] } },
    });
    expect(h.has('namespaces', 'team', '')).toBe(false);
  });

  test.each(['default', 'kube-system', 'kube-public'])('%s may not be deleted', (name) => {
    const status = new Harness().refusal({ verb: 'delete', resource: 'namespaces', name });
    expect([status.code, status.message]).toEqual([
      403,
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    ]);
  });
});

describe('eviction', () => {
  test('deletes the pod and says why', () => {
    const h = withRunningPod();
    const response = h.send({
      verb: 'create',
      ...POD,
      subresource: 'eviction',
      body: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'web' },
        deleteOptions: { gracePeriodSeconds: 7 },
      },
    });
    expect(response).toMatchObject({ ok: true, status: { status: 'Success', code: 201 } });
    expect(h.get('pods', 'web')).toMatchObject({
      metadata: { deletionGracePeriodSeconds: 7 },
      status: {
        conditions: [
          { type: 'PodScheduled' },
          { type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' },
        ],
      },
    });
  });
});

describe('binding', () => {
  test('puts the pod on the node and says that it is scheduled', () => {
    const h = withRunningPod();
    expect(h.get('pods', 'web')).toMatchObject({
      spec: { nodeName: 'n1' },
      metadata: { generation: 1 },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
  });

  test.each([
    ['a pod that is bound', 'pod web is already assigned to node "n1"', false],
    ['a pod that is being deleted', 'pod web is being deleted, cannot be assigned to a host', true],
  ])('refuses %s', (_sentence, why, deleted) => {
    const h = withRunningPod();
    if (deleted) h.object({ verb: 'delete', ...POD });
    const status = h.refusal({
      verb: 'create',
      ...POD,
      subresource: 'binding',
      body: { target: { kind: 'Node', name: 'n2' } },
    });
    expect([status.code, status.message]).toEqual([
      409,
      `Operation cannot be fulfilled on pods/binding "web": ${why}`,
    ]);
    expect(h.get('pods', 'web')).toMatchObject({ spec: { nodeName: 'n1' } });
  });
});
