import { describe, expect, test } from 'vitest';
import type { RequestOptions } from '../../src/api/request.ts';
import { configMapBody, Harness, type Partially, podBody } from './harness.ts';

const AT = { resource: 'configmaps', namespace: 'default', name: 'a' } as const;

function withMap(): Harness {
  const h = new Harness();
  h.create('configmaps', configMapBody('a'));
  return h;
}

describe('a get', () => {
  test('of a revision that has not happened is told so', () => {
    const status = withMap().refusal({ verb: 'get', ...AT, options: { resourceVersion: '999' } });
    expect(status).toMatchObject({ code: 504, reason: 'Timeout' });
    expect(status.message).toMatch(/^Timeout: Too large resource version: 999, current: \d+$/);
  });

  test('of a revision that is no number is refused', () => {
    const status = withMap().refusal({ verb: 'get', ...AT, options: { resourceVersion: 'x' } });
    expect(status.message).toBe(
      'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    );
  });
});

describe('a delete', () => {
  test('by a policy that does not exist is refused and deletes nothing', () => {
    const h = withMap();
    const options = { propagationPolicy: 'Foo' as 'Orphan' };
    expect(h.refusal({ verb: 'delete', ...AT, options }).message).toBe(
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Foo": supported values: "Foreground", "Background", "Orphan", "nil"',
    );
    expect(h.has('configmaps', 'a')).toBe(true);
  });

  test('with a grace period below zero gives one second', () => {
    const h = new Harness();
    h.create('pods', podBody('p', {}, { nodeName: 'n1' }));
    const pod = h.object({
      verb: 'delete',
      resource: 'pods',
      namespace: 'default',
      name: 'p',
      options: { gracePeriodSeconds: -5 },
    });
    expect(pod.metadata.deletionGracePeriodSeconds).toBe(1);
  });
});

test('an update that does not say its name is refused', () => {
  const status = withMap().refusal({
    verb: 'patch',
    patchType: 'merge',
    ...AT,
    body: { metadata: { name: null } },
  });
  expect([status.code, status.message]).toEqual([
    400,
    'the name of the object (a based on URL) was undeterminable: name must be provided',
  ]);
});

test('what is stored is well-formed text', () => {
  const h = new Harness();
  const body = { metadata: { name: 'a', namespace: 'default' }, data: { text: 'a\ud800' } };
  expect(h.create('configmaps', body)).toMatchObject({ data: { text: 'a\ufffd' } });
});

test('a server that has lost etcd says so, and that it is still reading when etcd is back', () => {
  const h = withMap();
  h.etcd.setOnline(false);
  expect(h.refusal({ verb: 'get', ...AT, options: { resourceVersion: '0' } }).message).toMatch(
    /^rpc error: code = Unavailable desc = connection error: .*connection refused"$/,
  );
  h.etcd.setOnline(true);
  expect(h.refusal({ verb: 'get', ...AT })).toMatchObject({
    code: 429,
    message: 'storage is (re)initializing',
    details: { retryAfterSeconds: 1 },
  });
  h.run(2000);
  expect(h.has('configmaps', 'a')).toBe(true);
});

describe('a write', () => {
  const at = withMap();
  const PATCH = { verb: 'patch', patchType: 'merge', ...AT, body: {} } as const;
  const body = configMapBody('a');

  test.each([
    {
      request: { verb: 'create', resource: 'configmaps', namespace: 'default', body },
      options: { fieldManager: 'x'.repeat(129) },
      says: 'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    },
    {
      request: { verb: 'update', ...AT, body },
      options: { fieldManager: 'a\nb' },
      says: 'UpdateOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "a\\nb": invalid character U+000A (at position 1)',
    },
    {
      request: PATCH,
      options: { fieldManager: 'é\t' },
      says: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "é\\t": invalid character U+0009 (at position 2)',
    },
    {
      request: PATCH,
      options: { force: true },
      says: 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    },
    {
      request: { ...PATCH, patchType: 'apply' },
      options: {},
      says: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    },
  ] satisfies { request: Partially; options: RequestOptions; says: string }[])(
    'with options that cannot be is refused: $says',
    ({ request, options, says }) => {
      expect(at.refusal({ ...request, options })).toMatchObject({ code: 422, message: says });
    },
  );

  test('may name a manager of 128 letters of any language', () => {
    const options = { fieldManager: `é 日${'x'.repeat(122)}` };
    expect(at.send({ ...PATCH, options }).ok).toBe(true);
  });
});
