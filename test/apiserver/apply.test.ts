import { describe, expect, it } from 'vitest';
import type { ConfigMap, Deployment } from '../../src/api/generated/types.ts';
import type { RequestOptions } from '../../src/api/request.ts';
import { Harness } from './harness.ts';

function request(data: object, manager: string, options: RequestOptions = {}, metadata: object = {}) {
  return {
    verb: 'patch',
    patchType: 'apply',
    resource: 'configmaps',
    namespace: 'default',
    name: 'c',
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ...metadata }, data },
    options: { fieldManager: manager, ...options },
  } as const;
}

const apply = (h: Harness, data: object, manager = 'a', options: RequestOptions = {}) =>
  h.object(request(data, manager, options)) as ConfigMap;
const owners = (object: ConfigMap) =>
  Object.fromEntries(
    (object.metadata.managedFields ?? []).map((entry) => [
      `${entry.manager} ${entry.operation}`,
      entry.fieldsV1,
    ]),
  );
const data = (...keys: string[]) => ({ 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) });

describe('server-side apply', () => {
  it('creates what is not there, and its fields are the applier’s', () => {
    const h = new Harness();
    const response = h.send(request({ x: '1' }, 'a'));
    expect(response).toMatchObject({ ok: true, code: 201 });
    expect(owners(h.get('configmaps', 'c') as ConfigMap)).toEqual({ 'a Apply': data('x') });
  });

  it('the same again changes nothing', () => {
    const h = new Harness();
    const first = apply(h, { x: '1' });
    h.run(5_000);
    expect(apply(h, { x: '1' }).metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('a field that its only owner drops goes, one that others own stays', () => {
    const h = new Harness();
    apply(h, { x: '1', y: '1', z: '1' });
    apply(h, { y: '1' }, 'b');
    expect(apply(h, { x: '1' }).data).toEqual({ x: '1', y: '1' });
    expect(owners(h.get('configmaps', 'c') as ConfigMap)).toEqual({
      'a Apply': data('x'),
      'b Apply': data('y'),
    });
  });

  it('another value for what others own is a conflict, unless forced', () => {
    const h = new Harness();
    apply(h, { x: '1', y: '1' });
    expect(h.refusal(request({ x: '2' }, 'b'))).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "a": .data.x',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "a"', field: '.data.x' }],
      },
    });
    expect(h.refusal(request({ x: '2', y: '2' }, 'b')).message).toBe(
      'Apply failed with 2 conflicts: conflicts with "a":\n- .data.x\n- .data.y',
    );
    const forced = apply(h, { x: '2' }, 'b', { force: true });
    expect(forced.data).toEqual({ x: '2', y: '1' });
    expect(owners(forced)).toEqual({ 'a Apply': data('y'), 'b Apply': data('x') });
  });

  it('a plain write takes over what it changes', () => {
    const h = new Harness();
    apply(h, { x: '1', y: '1' });
    const patch = {
      verb: 'patch',
      patchType: 'merge',
      resource: 'configmaps',
      namespace: 'default',
      name: 'c',
    } as const;
    const edited = h.object({
      ...patch,
      body: { data: { x: '9' } },
      options: { fieldManager: 'kubectl-edit' },
    }) as ConfigMap;
    expect(owners(edited)).toEqual({ 'a Apply': data('y'), 'kubectl-edit Update': data('x') });
    expect(h.refusal(request({ x: '1', y: '1' }, 'a')).message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.x',
    );
  });

  it('what was there before anybody kept count belongs to before-first-apply', () => {
    const h = new Harness();
    h.create('configmaps', { metadata: { name: 'c', namespace: 'default' }, data: { x: '1' } });
    expect(h.refusal(request({ x: '2' }, 'a')).message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.x',
    );
  });

  it('what client-side apply applied last is no conflict for kubectl, and follows', () => {
    const h = new Harness();
    const last = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { x: '1' } };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(last) };
    const options = { fieldManager: 'kubectl-client-side-apply' };
    h.create(
      'configmaps',
      { metadata: { name: 'c', namespace: 'default', annotations }, data: { x: '1' } },
      { options },
    );
    expect(h.refusal(request({ x: '2' }, 'other')).code).toBe(409);
    const applied = h.object(request({ x: '2' }, 'kubectl')) as ConfigMap;
    expect(applied.data).toEqual({ x: '2' });
    expect(applied.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']).toContain(
      '"x":"2"',
    );
  });

  it('needs to know who applies, and takes no owners from the applier', () => {
    const h = new Harness();
    expect(h.refusal(request({}, '')).message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
    expect(h.refusal(request({}, 'a', {}, { managedFields: [{ manager: 'x' }] })).message).toBe(
      'metadata.managedFields must be nil',
    );
  });

  it('containers are known by their names; a field that is dropped gets its default', () => {
    const h = new Harness();
    const send = (spec: object, manager: string) =>
      h.object({
        verb: 'patch',
        patchType: 'apply',
        group: 'apps',
        resource: 'deployments',
        namespace: 'default',
        name: 'd',
        body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec },
        options: { fieldManager: manager },
      }) as Deployment;
    const template = (containers: object[]) => ({ metadata: { labels: { a: 'b' } }, spec: { containers } });
    const selector = { matchLabels: { a: 'b' } };
    send({ replicas: 3, selector, template: template([{ name: 'web', image: 'nginx:1' }]) }, 'a');
    const side = send({ template: { spec: { containers: [{ name: 'side', image: 'x' }] } } }, 'b');
    expect(side.spec.template.spec?.containers.map(({ name }) => name)).toEqual(['web', 'side']);
    const dropped = send({ selector, template: template([{ name: 'web', image: 'nginx:2' }]) }, 'a');
    expect(dropped.spec.replicas).toBe(1);
    expect(dropped.spec.template.spec?.containers.map(({ image }) => image)).toEqual(['nginx:2', 'x']);
  });

  it('objects that only components write have no owners on record', () => {
    const h = new Harness();
    const made = h.create('configmaps', { metadata: { name: 'c', namespace: 'default' } });
    expect(made.metadata.managedFields).toBeUndefined();
  });
});
