import { describe, expect, it } from 'vitest';
import type { UserInfo } from '../../../src/api/request.ts';
import { GROUP, Guarded, user } from '../authorization/support.ts';

const JANE = user('jane');
const AUTHORIZATION = 'authorization.k8s.io';

function ready(): Guarded {
  const h = new Guarded();
  h.role('Role', 'reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
  h.bind('RoleBinding', 'r', 'Role/reader', { kind: 'User', apiGroup: GROUP, name: 'jane' });
  return h;
}

function ask(
  h: Guarded,
  who: UserInfo,
  plural: string,
  body: object,
  group = AUTHORIZATION,
  namespace?: string,
) {
  const response = h.as(who, {
    verb: 'create',
    group,
    resource: plural,
    body,
    ...(namespace === undefined ? {} : { namespace }),
  });
  if (response.kind === 'object') return (response.object as unknown as { status: object }).status;
  return response.kind === 'error' ? response.status.message : response.kind;
}

const pods = (verb: string, more: object = {}) => ({
  spec: { resourceAttributes: { verb, resource: 'pods', namespace: 'default' }, ...more },
});

describe('the review', () => {
  it('self: may I do this, and by whose leave', () => {
    const h = ready();
    expect(ask(h, JANE, 'selfsubjectaccessreviews', pods('get'))).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "r/default" of Role "reader" to User "jane"',
    });
    expect(ask(h, JANE, 'selfsubjectaccessreviews', pods('delete'))).toEqual({ allowed: false });
    const path = { spec: { nonResourceAttributes: { verb: 'get', path: '/healthz' } } };
    expect(ask(h, JANE, 'selfsubjectaccessreviews', path)).toMatchObject({ allowed: true });
    expect(ask(h, JANE, 'selfsubjectaccessreviews', { spec: {} })).toContain(
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  });

  it('access: may somebody do this, asked by who may ask', () => {
    const h = ready();
    expect(ask(h, JANE, 'subjectaccessreviews', pods('get', { user: 'jane' }))).toContain('cannot create');
    const root = user('root', 'system:masters');
    expect(ask(h, root, 'subjectaccessreviews', pods('get', { user: 'jane' }))).toMatchObject({
      allowed: true,
    });
    expect(ask(h, root, 'subjectaccessreviews', pods('get', { user: 'bob' }))).toEqual({ allowed: false });
    expect(ask(h, root, 'subjectaccessreviews', pods('get'))).toContain(
      'at least one of user or group must be specified',
    );
    expect(
      ask(h, root, 'localsubjectaccessreviews', pods('get', { user: 'jane' }), AUTHORIZATION, 'kube-system'),
    ).toBe('spec.resourceAttributes.namespace must match namespace: kube-system');
  });

  it('rules: what may I do here', () => {
    const h = ready();
    const answer = ask(h, JANE, 'selfsubjectrulesreviews', { spec: { namespace: 'default' } });
    expect(answer).toMatchObject({ incomplete: false });
    expect((answer as { resourceRules: object[] }).resourceRules).toContainEqual({
      verbs: ['get'],
      apiGroups: [''],
      resources: ['pods'],
    });
    expect(ask(h, JANE, 'selfsubjectrulesreviews', { spec: {} })).toBe('no namespace on request');
  });

  it('self: who am I', () => {
    const body = {};
    expect(ask(ready(), JANE, 'selfsubjectreviews', body, 'authentication.k8s.io')).toEqual({
      userInfo: { username: 'jane', groups: ['system:authenticated'] },
    });
  });

  it('stores nothing, and cannot be listed', () => {
    const h = ready();
    const before = h.etcd.revision;
    ask(h, JANE, 'selfsubjectaccessreviews', pods('get'));
    expect(h.etcd.revision).toBe(before);
    const listing = h.send({ verb: 'list', group: AUTHORIZATION, resource: 'selfsubjectaccessreviews' });
    expect(listing).toMatchObject({ ok: false, status: { code: 405 } });
  });
});
