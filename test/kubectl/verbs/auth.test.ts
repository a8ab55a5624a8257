import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

function bench(): Bench {
  const b = new Bench({ authorizationMode: ['RBAC'] });
  b.run('create role reader --verb=get,list --resource=pods,deploy/scale');
  b.run('create rolebinding jane --role=reader --user=jane');
  return b;
}

describe('kubectl auth', () => {
  it.each([
    ['can-i get pods --as jane', 'yes\n', '', 0],
    ['can-i delete pods --as jane', 'no\n', '', 1],
    ['can-i get po/web --as jane', 'yes\n', '', 0],
    ['can-i get pods --as jane -n kube-system', 'no\n', '', 1],
    ['can-i get deployments --subresource=scale --as jane', 'yes\n', '', 0],
    ['can-i get deployments --as jane', 'no\n', '', 1],
    ["can-i '*' '*'", 'yes\n', '', 0],
    ['can-i get /healthz --as jane', 'yes\n', '', 0],
    ['can-i get /metrics --as jane', 'no\n', '', 1],
    ['can-i get pods -q --as jane', '', '', 0],
    ['can-i get nodes', 'yes\n', "Warning: resource 'nodes' is not namespace scoped\n\n", 0],
    ['can-i sail pods', 'yes\n', "Warning: verb 'sail' is not a known verb\n\n", 0],
    ['can-i get ships', 'yes\n', "Warning: the server doesn't have a resource type 'ships'\n\n", 0],
  ])('%s', (line, out, err, code) => {
    expect(bench().run(`auth ${line}`)).toEqual({ out, err, code });
  });

  it('lists what is allowed', () => {
    expect(bench().run('auth can-i --list --as jane').out.split('\n').slice(0, 4)).toEqual([
      'Resources                                       Non-Resource URLs   Resource Names   Verbs',
      'pods                                            []                  []               [get list]',
      'deployments.apps/scale                          []                  []               [get list]',
      'selfsubjectreviews.authentication.k8s.io        []                  []               [create]',
    ]);
  });

  it('whoami asks the server', () => {
    expect(bench().run('auth whoami --as system:serviceaccount:dev:bot --as-uid=7').out).toBe(
      'ATTRIBUTE   VALUE\nUsername    system:serviceaccount:dev:bot\nUID         7\nGroups      [system:serviceaccounts system:serviceaccounts:dev system:authenticated]\n',
    );
  });

  it('a group alone is nobody', () => {
    expect(bench().run('get pods --as-group=x').err).toBe(
      'error: invalid configuration: requesting uid, groups or user-extra for kubernetes-admin without impersonating a user\n',
    );
  });
});

describe('kubectl create', () => {
  it.each([
    ['role r', 'error: at least one verb must be specified\n'],
    ['role r --verb=get', 'error: at least one resource must be specified\n'],
    ['role r --verb=get --resource=ships', `error: the server doesn't have a resource type "ships"\n`],
    ['role r --verb=bind --resource=pods', "error: can not perform 'bind' on 'pods' in group ''\n"],
    ['rolebinding b --user=x', 'error: exactly one of clusterrole or role must be specified\n'],
    ['rolebinding b --role=r --serviceaccount=bot', 'error: serviceaccount must be <namespace>:<name>\n'],
    ['clusterrolebinding b', 'error: required flag(s) "clusterrole" not set\n'],
    ['clusterrole c --verb=get --non-resource-url=logs', 'error: nonResourceURL should start with /\n'],
  ])('%s: %s', (line, err) => {
    expect(bench().run(`create ${line}`).err).toBe(err);
  });

  it('makes one rule of each API group', () => {
    const out = bench().run(
      'create clusterrole c --verb=get --resource=pods,rs,deploy --dry-run=client -o yaml',
    ).out;
    expect(out).toContain(
      'rules:\n- apiGroups:\n  - ""\n  resources:\n  - pods\n  verbs:\n  - get\n- apiGroups:\n  - apps\n  resources:\n  - replicasets\n  - deployments\n',
    );
  });
});

describe('kubectl describe', () => {
  it('shows the rules of a role', () => {
    expect(bench().run('describe role reader').out).toBe(
      [
        'Name:         reader',
        'Labels:       <none>',
        'Annotations:  <none>',
        'PolicyRule:',
        '  Resources               Non-Resource URLs  Resource Names  Verbs',
        '  ---------               -----------------  --------------  -----',
        '  pods                    []                 []              [get list]',
        '  deployments.apps/scale  []                 []              [get list]',
        '',
      ].join('\n'),
    );
  });

  it('shows whom a binding binds', () => {
    expect(bench().run('describe rolebinding jane').out).toBe(
      [
        'Name:         jane',
        'Labels:       <none>',
        'Annotations:  <none>',
        'Role:',
        '  Kind:  Role',
        '  Name:  reader',
        'Subjects:',
        '  Kind  Name  Namespace',
        '  ----  ----  ---------',
        '  User  jane  ',
        '',
      ].join('\n'),
    );
  });
});
