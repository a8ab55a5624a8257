import { describe, expect, it } from 'vitest';
import { GROUP, Guarded, user } from '../authorization/support.ts';
import { creation } from '../harness.ts';

const TOM = user('tom');
const tom = { kind: 'User', apiGroup: GROUP, name: 'tom' };
const rule = (resource: string, ...verbs: string[]) => ({ apiGroups: [''], resources: [resource], verbs });
const RBAC_WRITER = {
  apiGroups: [GROUP],
  resources: ['roles', 'rolebindings', 'clusterroles'],
  verbs: ['create', 'update'],
};

function withTom(...more: object[]): Guarded {
  const h = new Guarded();
  h.role('ClusterRole', 'tom', [RBAC_WRITER, rule('pods', 'get', 'list'), ...more]);
  h.bind('ClusterRoleBinding', 'tom', 'ClusterRole/tom', tom);
  h.role('ClusterRole', 'secrets', [rule('secrets', 'get')]);
  return h;
}

const newRole = (rules: readonly object[]) =>
  creation('roles', { metadata: { name: 'x', namespace: 'default' }, rules }, { group: GROUP });
const newBinding = (name: string) =>
  creation(
    'rolebindings',
    {
      metadata: { name: 'x', namespace: 'default' },
      roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name },
      subjects: [tom],
    },
    { group: GROUP },
  );
const WHO =
  'user "tom" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:';

describe('nobody gives away what they do not have', () => {
  it('a role of rules that its author holds is fine', () => {
    expect(withTom().verdict(TOM, newRole([rule('pods', 'get')]))).toBe('ok');
  });

  it('other rules are refused, each named', () => {
    expect(withTom().verdict(TOM, newRole([rule('pods', 'get', 'delete'), rule('nodes', 'get')]))).toBe(
      `403 roles.${GROUP} "x" is forbidden: ${WHO}\n{APIGroups:[""], Resources:["nodes"], Verbs:["get"]}\n{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}`,
    );
  });

  it('whoever may escalate may write any role', () => {
    const escalate = { apiGroups: [GROUP], resources: ['roles'], verbs: ['escalate'] };
    expect(withTom(escalate).verdict(TOM, newRole([rule('nodes', 'get')]))).toBe('ok');
  });

  it('binding takes the rules of the role, or the verb bind', () => {
    expect(withTom().verdict(TOM, newBinding('secrets'))).toBe(
      `403 rolebindings.${GROUP} "x" is forbidden: ${WHO}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}`,
    );
    const bind = {
      apiGroups: [GROUP],
      resources: ['clusterroles'],
      resourceNames: ['secrets'],
      verbs: ['bind'],
    };
    expect(withTom(bind).verdict(TOM, newBinding('secrets'))).toBe('ok');
    expect(withTom(bind).verdict(TOM, newBinding('cluster-admin'))).toContain('403');
  });

  it('a role that is not there cannot be bound without the verb', () => {
    expect(withTom().verdict(TOM, newBinding('nope'))).toBe(`404 clusterrole.${GROUP} "nope" not found`);
  });

  it('aggregation takes cluster-admin', () => {
    const body = {
      metadata: { name: 'x' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
      rules: [],
    };
    expect(withTom().verdict(TOM, creation('clusterroles', body, { group: GROUP }))).toBe(
      `403 clusterroles.${GROUP} "x" is forbidden: must have cluster-admin privileges to use the aggregationRule`,
    );
  });

  it('an update that leaves the rules alone is nobody’s business', () => {
    const h = withTom();
    h.role('Role', 'theirs', [rule('nodes', 'get')]);
    const update = (rules: readonly object[]) => ({
      group: GROUP,
      verb: 'update' as const,
      resource: 'roles',
      namespace: 'default',
      name: 'theirs',
      body: { metadata: { name: 'theirs', labels: { a: 'b' } }, rules },
    });
    expect(h.verdict(TOM, update([rule('nodes', 'get')]))).toBe('ok');
    expect(h.verdict(TOM, update([rule('nodes', 'get', 'list')]))).toContain('403');
  });
});
