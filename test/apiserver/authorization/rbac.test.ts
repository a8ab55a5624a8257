import { describe, expect, it } from 'vitest';
import { creation, podBody } from '../harness.ts';
import { GROUP, Guarded, get, list, user } from './support.ts';

const JANE = user('jane', 'devs');
const BOB = user('bob');
const READ_PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] };
const jane = { kind: 'User', apiGroup: GROUP, name: 'jane' };
const denied = (what: string, where: string, name = ''): string =>
  `403 pods${name} is forbidden: User "jane" cannot ${what} resource "pods" in API group "" ${where}`;

describe('RBAC', () => {
  it('allows nothing without a binding, and says who may not do what', () => {
    const h = new Guarded();
    expect(h.verdict(JANE, list('pods', 'default'))).toBe(denied('list', 'in the namespace "default"'));
    expect(h.verdict(JANE, list('pods'))).toBe(denied('list', 'at the cluster scope'));
    expect(h.verdict(JANE, get('pods', 'web'))).toBe(denied('get', 'in the namespace "default"', ' "web"'));
  });

  it('a refused verb has no effect and tells nothing of what there is', () => {
    const h = new Guarded();
    h.create('pods', podBody('web'));
    const there = h.verdict(BOB, { verb: 'delete', resource: 'pods', namespace: 'default', name: 'web' });
    const absent = h.verdict(BOB, { verb: 'delete', resource: 'pods', namespace: 'default', name: 'nope' });
    expect(there.replace('web', 'nope')).toBe(absent);
    expect(h.verdict(BOB, creation('pods', podBody('other')))).toContain('403 pods is forbidden');
    expect(h.has('pods', 'web')).toBe(true);
    expect(h.has('pods', 'other')).toBe(false);
  });

  it('a RoleBinding counts in its namespace only', () => {
    const h = new Guarded();
    h.role('Role', 'reader', [READ_PODS]);
    h.bind('RoleBinding', 'r', 'Role/reader', jane);
    expect(h.verdict(JANE, list('pods', 'default'))).toBe('ok');
    expect(h.verdict(JANE, list('pods', 'kube-system'))).toContain('403');
    expect(h.verdict(JANE, list('pods'))).toContain('403');
    expect(h.verdict(BOB, list('pods', 'default'))).toContain('403');
  });

  it('a ClusterRoleBinding counts everywhere, a RoleBinding of a ClusterRole where it is', () => {
    const h = new Guarded();
    h.role('ClusterRole', 'reader', [READ_PODS]);
    h.bind('RoleBinding', 'r', 'ClusterRole/reader', jane);
    h.bind('ClusterRoleBinding', 'devs', 'ClusterRole/reader', {
      kind: 'Group',
      apiGroup: GROUP,
      name: 'admins',
    });
    expect(h.verdict(JANE, list('pods', 'kube-system'))).toContain('403');
    expect(h.verdict(user('tom', 'admins'), list('pods'))).toBe('ok');
  });

  it('a change of roles or bindings counts at once', () => {
    const h = new Guarded();
    h.role('Role', 'reader', [READ_PODS]);
    h.bind('RoleBinding', 'r', 'Role/reader', jane);
    const where = { group: GROUP, namespace: 'default' };
    expect(h.verdict(JANE, list('secrets', 'default'))).toContain('403');
    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }];
    h.object({
      ...where,
      verb: 'update',
      resource: 'roles',
      name: 'reader',
      body: { metadata: { name: 'reader' }, rules },
    });
    expect(h.verdict(JANE, list('secrets', 'default'))).toBe('ok');
    expect(h.verdict(JANE, list('pods', 'default'))).toContain('403');
    h.send({ ...where, verb: 'delete', resource: 'rolebindings', name: 'r' });
    expect(h.verdict(JANE, list('secrets', 'default'))).toContain('403');
  });

  it('a server that starts anew knows the bindings of the old one', () => {
    const h = new Guarded();
    h.role('Role', 'reader', [READ_PODS]);
    h.bind('RoleBinding', 'r', 'Role/reader', jane);
    h.restart();
    expect(h.verdict(JANE, list('pods', 'default'))).toBe('ok');
    expect(h.verdict(JANE, list('secrets', 'default'))).toContain('403');
  });

  it('resourceNames narrow a rule, also for lists and watches of one name, and never allow a create', () => {
    const h = new Guarded();
    h.role('Role', 'one', [
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['get', 'list', 'create'] },
    ]);
    h.bind('RoleBinding', 'r', 'Role/one', jane);
    h.create('configmaps', { metadata: { name: 'a', namespace: 'default' } });
    expect(h.verdict(JANE, get('configmaps', 'a'))).toBe('ok');
    expect(h.verdict(JANE, get('configmaps', 'b'))).toContain('403');
    expect(h.verdict(JANE, list('configmaps', 'default'))).toContain('403');
    const options = { fieldSelector: 'metadata.name=a' };
    expect(h.verdict(JANE, { ...list('configmaps', 'default'), options })).toBe('ok');
    const body = { metadata: { name: 'a', namespace: 'default' } };
    expect(h.verdict(JANE, creation('configmaps', body))).toContain('403 configmaps is forbidden');
  });

  it.each([
    ['pods/log', { subresource: 'log' }, 'ok'],
    ['*/log', { subresource: 'log' }, 'ok'],
    ['pods', { subresource: 'log' }, '403'],
    ['pods/log', {}, '403'],
    ['*', { subresource: 'log' }, 'ok'],
  ])('a rule about %s and a request for %o: %s', (resource, more, want) => {
    const h = new Guarded();
    h.create('pods', podBody('web'));
    h.role('Role', 'r', [{ apiGroups: ['*'], resources: [resource], verbs: ['*'] }]);
    h.bind('RoleBinding', 'r', 'Role/r', jane);
    const verdict = h.verdict(JANE, { ...get('pods', 'web'), ...more });
    // What is allowed fails for another reason: the pod is on no node.
    expect(verdict.startsWith('403')).toBe(want === '403');
  });

  it('an account is known by its name in its namespace', () => {
    const h = new Guarded();
    h.role('Role', 'reader', [READ_PODS]);
    h.bind('RoleBinding', 'r', 'Role/reader', { kind: 'ServiceAccount', name: 'bot' });
    expect(h.verdict(user('system:serviceaccount:default:bot'), list('pods', 'default'))).toBe('ok');
    expect(h.verdict(user('system:serviceaccount:dev:bot'), list('pods', 'default'))).toContain('403');
  });

  it('a binding to a role that is not there says so in the refusal', () => {
    const h = new Guarded();
    h.bind('RoleBinding', 'r', 'Role/gone', jane);
    expect(h.verdict(JANE, list('pods', 'default'))).toBe(
      `${denied('list', 'in the namespace "default"')}: RBAC: role.${GROUP} "gone" not found`,
    );
  });

  it('members of system:masters are not asked', () => {
    expect(new Guarded().verdict(user('root', 'system:masters'), list('secrets'))).toBe('ok');
  });

  it('an unknown resource is not found, whoever asks', () => {
    expect(new Guarded().verdict(JANE, list('ships'))).toBe(
      '404 the server could not find the requested resource',
    );
  });

  it('the server puts back what was taken from its own roles, and keeps what was added', () => {
    const h = new Guarded();
    const where = { group: GROUP, resource: 'clusterroles', name: 'system:kube-dns' } as const;
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    h.object({ ...where, verb: 'update', body: { metadata: { name: 'system:kube-dns' }, rules } });
    h.send({ ...where, verb: 'delete', name: 'view' });
    h.restart();
    const role = h.object({ ...where, verb: 'get' }) as unknown as { rules: { resources: string[] }[] };
    const resources = role.rules.flatMap((rule) => rule.resources);
    expect(new Set(resources)).toEqual(new Set(['pods', 'endpoints', 'services']));
    expect(h.send({ ...where, verb: 'get', name: 'view' }).ok).toBe(true);
  });
});

describe('impersonation', () => {
  const as = (who: string, groups?: string[]) => ({
    ...list('pods', 'default'),
    impersonate: { user: who, ...(groups === undefined ? {} : { groups }) },
  });

  it('is for those who may impersonate, each part by itself', () => {
    const h = new Guarded();
    expect(h.verdict(JANE, as('root'))).toBe(
      '403 users "root" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    h.role('ClusterRole', 'i', [
      { apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['tom'] },
    ]);
    h.bind('ClusterRoleBinding', 'i', 'ClusterRole/i', jane);
    expect(h.verdict(JANE, as('tom'))).toBe(
      '403 pods is forbidden: User "tom" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    expect(h.verdict(JANE, as('tom', ['system:masters']))).toBe(
      '403 groups "system:masters" is forbidden: User "jane" cannot impersonate resource "groups" in API group "" at the cluster scope',
    );
    expect(h.verdict(JANE, as('system:serviceaccount:dev:bot'))).toBe(
      '403 serviceaccounts "bot" is forbidden: User "jane" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "dev"',
    );
  });

  it('gives the rights of the other, and only those', () => {
    const h = new Guarded();
    h.role('Role', 'reader', [READ_PODS]);
    h.bind('RoleBinding', 'r', 'Role/reader', jane);
    const root = user('root', 'system:masters');
    expect(h.verdict(root, as('jane'))).toBe('ok');
    expect(h.verdict(root, as('bob'))).toContain('User "bob" cannot list');
    expect(h.verdict(root, as('bob', ['system:masters']))).toBe('ok');
  });
});
