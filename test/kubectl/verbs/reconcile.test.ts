import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

function role(...verbs: string[]): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules: [{apiGroups: [""], resources: [pods], verbs: [${verbs.join(', ')}]}]
`;
}

function binding(name: string, ...users: string[]): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name}}
subjects: [${users.map((user) => `{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${user}}`).join(', ')}]
`;
}

function reconcile(bench: Bench, text: string, flags = ''): ReturnType<Bench['run']> {
  bench.files.write('rbac.yaml', text);
  return bench.run(`auth reconcile -f rbac.yaml ${flags}`.trim());
}

describe('kubectl auth reconcile', () => {
  it('makes a role, adds what it lacks, and keeps what it has besides', () => {
    const bench = new Bench();
    expect(reconcile(bench, role('get'))).toEqual({
      out: 'role.rbac.authorization.k8s.io/r reconciled\n',
      err: '\treconciliation required create\n\tmissing rules added:\n\t\t{Verbs:[get] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}\n',
      code: 0,
    });
    expect(reconcile(bench, role('get'))).toEqual({
      out: 'role.rbac.authorization.k8s.io/r reconciled\n',
      err: '',
      code: 0,
    });
    expect(reconcile(bench, role('list')).err).toContain('\treconciliation required update\n');
    expect(bench.run('get role r -o jsonpath={.rules[*].verbs}').out).toBe('["get"] ["list"]');
    reconcile(bench, role('list'), '--remove-extra-permissions');
    expect(bench.run('get role r -o jsonpath={.rules[*].verbs}').out).toBe('["list"]');
  });

  it('adds subjects, and makes a binding anew where it is for another role', () => {
    const bench = new Bench();
    reconcile(bench, binding('r', 'tom'));
    reconcile(bench, binding('r', 'ann'));
    expect(bench.run('get rolebinding b -o jsonpath={.subjects[*].name}').out).toBe('tom ann');
    expect(reconcile(bench, binding('s', 'ann')).err).toContain('\treconciliation required recreate\n');
    expect(bench.run('get rolebinding b -o jsonpath={.roleRef.name}').out).toBe('s');
  });

  it.each([
    ['auth reconcile', 'error: must specify one of -f and -k\n'],
    ['auth reconcile x', 'error: no arguments are allowed\n'],
  ])('"%s" is refused', (line, err) => {
    expect(new Bench().run(line)).toEqual({ out: '', err, code: 1 });
  });
});

describe('kubectl set subject', () => {
  it('adds whom a binding is for', () => {
    const bench = new Bench();
    bench.run('create rolebinding b --role=r --user=tom');
    expect(bench.run('set subject rolebinding b --user=ann --serviceaccount=default:bot')).toEqual({
      out: 'rolebinding.rbac.authorization.k8s.io/b subjects updated\n',
      err: '',
      code: 0,
    });
    expect(bench.run('get rolebinding b -o jsonpath={.subjects[*].name}').out).toBe('tom ann bot');
  });

  it.each([
    [
      'set subject rolebinding b',
      'error: you must specify at least one value of user, group or serviceaccount\n',
    ],
    ['set subject rolebinding b --serviceaccount=x', 'error: serviceaccount must be <namespace>:<name>\n'],
  ])('"%s" is refused', (line, err) => {
    expect(new Bench().run(line)).toEqual({ out: '', err, code: 1 });
  });
});

describe('--local', () => {
  it('changes what is in a file, and asks no server', () => {
    const bench = new Bench();
    bench.files.write(
      'web.yaml',
      `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: a, image: nginx:1.27}]}
`,
    );
    bench.down = true;
    expect(
      bench.run('set image -f web.yaml a=nginx:1.28 --local -o jsonpath={.spec.containers[0].image}').out,
    ).toBe('nginx:1.28');
    expect(bench.run('label -f web.yaml tier=front --local -o jsonpath={.metadata.labels}').out).toBe(
      '{"tier":"front"}',
    );
  });

  it('needs a file', () => {
    const err = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
`;
    for (const line of ['set image pod/web a=b --local', 'annotate pod web a=b --local'])
      expect(new Bench().run(line)).toEqual({ out: '', err, code: 1 });
  });
});

describe('other commands', () => {
  it('plugin list finds none', () => {
    expect(new Bench().run('plugin list')).toEqual({
      out: '',
      err: 'error: unable to find any kubectl plugins in your PATH\n',
      code: 1,
    });
  });

  it('cluster-info dump prints lists, or writes them to files', () => {
    const bench = new Bench();
    bench.run('create deployment web --image=nginx');
    const { out, code } = bench.run('cluster-info dump');
    expect(code).toBe(0);
    expect(out).toMatch(/"kind": "NodeList"/);
    expect(out).toMatch(/"kind": "DeploymentList"/);
    expect(bench.run('cluster-info dump --output-directory=dump').out).toBe('Cluster info dumped to dump\n');
    expect(bench.files.read('dump/default/deployments.json')).toContain('"name": "web"');
    expect(bench.files.read('dump/nodes.json')).toContain('"items": []');
  });
});
