import { describe, expect, it } from 'vitest';
import type { ClusterRole, PolicyRule, RoleBinding, Subject } from '../../../src/api/generated/types.ts';
import { clusterRole } from '../../../src/api/kinds/clusterrole.ts';
import { clusterRoleBinding } from '../../../src/api/kinds/clusterrolebinding.ts';
import { kinds } from '../../../src/api/kinds/registry.ts';
import { role } from '../../../src/api/kinds/role.ts';
import { roleBinding } from '../../../src/api/kinds/rolebinding.ts';
import { compactRules, ruleText, uncovered } from '../../../src/api/rbac.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';

const GROUP = 'rbac.authorization.k8s.io';
const meta = { apiVersion: `${GROUP}/v1`, metadata: { name: 'x', namespace: 'dev' } };

function withRule(rule: Partial<PolicyRule>): ClusterRole {
  return { ...meta, kind: 'Role', rules: [rule as PolicyRule] };
}

function binding(subjects: readonly Partial<Subject>[], ref: object = {}): RoleBinding {
  const roleRef = { apiGroup: GROUP, kind: 'Role', name: 'r', ...ref };
  return { ...meta, kind: 'RoleBinding', roleRef, subjects: subjects as Subject[] };
}

describe('a role', () => {
  it.each<[string, Partial<PolicyRule>, readonly string[]]>([
    ['may read pods', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, []],
    [
      'needs verbs, groups and resources',
      {},
      [
        'rules[0].verbs: Required value: verbs must contain at least one value',
        'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
        'rules[0].resources: Required value: resource rules must supply at least one resource',
      ],
    ],
    [
      'of a namespace cannot speak of paths',
      { verbs: ['get'], nonResourceURLs: ['/healthz'] },
      [
        'rules[0].nonResourceURLs: Invalid value: ["/healthz"]: namespaced rules cannot apply to non-resource URLs',
      ],
    ],
  ])('%s', (_, rule, want) => {
    expect(role.validate(withRule(rule)).map(formatFieldError)).toEqual(want);
  });

  it('for the whole cluster may speak of paths, but not of both in one rule', () => {
    const both = withRule({ verbs: ['get'], nonResourceURLs: ['/x'], resources: ['pods'] });
    expect(clusterRole.validate(withRule({ verbs: ['get'], nonResourceURLs: ['/x'] }))).toEqual([]);
    expect(clusterRole.validate(both).map(formatFieldError)).toEqual([
      'rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs',
    ]);
  });

  it('that aggregates must select something', () => {
    const empty: ClusterRole = { ...meta, kind: 'ClusterRole', aggregationRule: {} };
    expect(clusterRole.validate(empty).map(formatFieldError)).toEqual([
      'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ]);
  });
});

describe('a binding', () => {
  it.each<[string, RoleBinding, readonly string[]]>([
    ['may bind an account of its own namespace', binding([{ kind: 'ServiceAccount', name: 'a' }]), []],
    [
      'needs a role of a known kind',
      binding([], { kind: 'Pod', name: '' }),
      [
        'roleRef.kind: Unsupported value: "Pod": supported values: "Role", "ClusterRole"',
        'roleRef.name: Required value',
      ],
    ],
    [
      'binds users by group and name',
      binding([
        { kind: 'User', name: 'u' },
        { kind: 'Robot', name: 'r' },
      ]),
      [
        `subjects[0].apiGroup: Unsupported value: "": supported values: "${GROUP}"`,
        'subjects[1].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
      ],
    ],
  ])('%s', (_, object, want) => {
    expect(roleBinding.validate(object).map(formatFieldError)).toEqual(want);
  });

  it('across the cluster names the namespace of an account, and binds a ClusterRole', () => {
    const object = binding([{ kind: 'ServiceAccount', name: 'a' }]);
    expect(clusterRoleBinding.validate(object).map(formatFieldError)).toEqual([
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
      'subjects[0].namespace: Required value',
    ]);
  });

  it('gets the API group of who and what it binds', () => {
    const object = binding(
      [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 'a' },
      ],
      {
        apiGroup: undefined,
      },
    );
    const done = roleBinding.applyDefaults(object);
    expect(done.roleRef.apiGroup).toBe(GROUP);
    expect(done.subjects?.map(({ apiGroup }) => apiGroup)).toEqual([GROUP, undefined]);
    expect(roleBinding.applyDefaults(done)).toBe(done);
  });

  it('leads to the same role for ever', () => {
    const errors = roleBinding.validateUpdate?.(binding([], { name: 'other' }), binding([])) ?? [];
    expect(errors.map(formatFieldError)).toEqual([
      `roleRef: Invalid value: {"apiGroup":"${GROUP}","kind":"Role","name":"other"}: cannot change roleRef`,
    ]);
  });

  it('shows its role and whom it binds', () => {
    const object = binding([
      { kind: 'User', name: 'jane' },
      { kind: 'Group', name: 'devs' },
      { kind: 'ServiceAccount', name: 'a', namespace: 'dev' },
    ]);
    const cells = roleBinding.columns.map(({ name, cell }) => [name, cell(object, 0)]);
    expect(Object.fromEntries(cells)).toMatchObject({
      Role: 'Role/r',
      Users: 'jane',
      Groups: 'devs',
      ServiceAccounts: 'dev/a',
    });
  });
});

describe('a review', () => {
  it.each(kinds.filter(({ kind }) => kind.endsWith('Review')).map((kind) => [kind.kind, kind] as const))(
    '%s can only be created',
    (_, kind) => {
      expect(kind.verbs).toEqual(['create']);
    },
  );
});

describe('rules', () => {
  const pods = (...verbs: string[]): PolicyRule => ({ apiGroups: [''], resources: ['pods'], verbs });

  it.each<[string, PolicyRule[], PolicyRule[], number]>([
    ['a rule covers itself', [pods('get')], [pods('get')], 0],
    [
      'everything covers paths and resources',
      [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
      [pods('get', 'list')],
      0,
    ],
    ['a verb that is not held is missing', [pods('get')], [pods('get', 'list')], 1],
    [
      '*/scale covers the scale of all',
      [{ apiGroups: ['*'], resources: ['*/scale'], verbs: ['get'] }],
      [{ apiGroups: ['apps'], resources: ['deployments/scale', 'deployments'], verbs: ['get'] }],
      1,
    ],
    ['one name does not cover all names', [{ ...pods('get'), resourceNames: ['a'] }], [pods('get')], 1],
    ['all names cover one', [pods('get')], [{ ...pods('get'), resourceNames: ['a', 'b'] }], 0],
    [
      '/a/* covers what is below',
      [{ nonResourceURLs: ['/a/*'], verbs: ['get'] }],
      [{ nonResourceURLs: ['/a/b', '/c'], verbs: ['get'] }],
      1,
    ],
  ])('%s', (_, owned, wanted, missing) => {
    expect(uncovered(owned, wanted)).toHaveLength(missing);
  });

  it('are joined by resource, and written as in refusals', () => {
    expect(compactRules([pods('get'), pods('list')]).map(ruleText)).toEqual([
      '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}',
    ]);
  });
});
