import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
`;

function bench(files: Readonly<Record<string, string>>): Bench {
  const b = new Bench();
  for (const [name, text] of Object.entries(files)) b.files.texts.set(name, text);
  return b;
}

describe('kubectl apply', () => {
  it('creates, leaves alone and configures', () => {
    const b = bench({ 'web.yaml': `${WEB}---\n${SERVICE}` });
    expect(b.run('apply -f web.yaml').out).toBe('deployment.apps/web created\nservice/web created\n');
    expect(b.run('apply -f web.yaml').out).toBe('deployment.apps/web unchanged\nservice/web unchanged\n');
    b.files.texts.set('web.yaml', WEB.replace('1.27', '1.28'));
    expect(b.run('apply -f web.yaml').out).toBe('deployment.apps/web configured\n');
    expect(b.run("get deploy web -o jsonpath='{..image}'").out).toBe('nginx:1.28');
  });

  it('removes what the file no longer says, and keeps what others wrote', () => {
    const b = bench({
      'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: "1", b: "2"}\n',
    });
    b.run('apply -f cm.yaml');
    b.run(`patch cm c -p {"data":{"c":"3"}}`);
    b.files.texts.set('cm.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: "1"}\n');
    b.run('apply -f cm.yaml');
    expect(b.run("get cm c -o jsonpath='{.data}'").out).toBe('{"a":"1","c":"3"}');
  });

  it('warns when the object was not made by apply', () => {
    const b = bench({ 'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n' });
    b.run('create configmap c');
    expect(b.run('apply -f cm.yaml')).toEqual({
      out: 'configmap/c configured\n',
      err: 'Warning: resource configmaps/c is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n',
      code: 0,
    });
  });

  it('goes on with the other documents after an error', () => {
    const b = bench({
      'a.yaml': `${WEB.replace('app: web}}\n  template', 'app: other}}\n  template')}---\n${SERVICE}`,
    });
    const { out, err, code } = b.run('apply -f a.yaml');
    expect(out).toBe('service/web created\n');
    expect(err).toContain('The Deployment "web" is invalid: spec.template.metadata.labels: Invalid value:');
    expect(code).toBe(1);
  });

  it.each([
    ['with --dry-run=client', '--dry-run=client', 'deployment.apps/web created (dry run)\n'],
    ['with --dry-run=server', '--dry-run=server', 'deployment.apps/web created (server dry run)\n'],
  ])('changes nothing %s', (_, flag, out) => {
    const b = bench({ 'web.yaml': WEB });
    expect(b.run(`apply -f web.yaml ${flag}`).out).toBe(out);
    expect(b.run('get deploy').err).toBe('No resources found in default namespace.\n');
  });

  it.each([
    ['no file', 'apply', 'error: must specify one of -f and -k\n'],
    ['a file that is not there', 'apply -f x.yaml', 'error: the path "x.yaml" does not exist\n'],
    [
      'a file without kind',
      'apply -f nokind.yaml',
      'error: error validating "nokind.yaml": error validating data: kind not set; if you choose to ignore these errors, turn validation off with --validate=false\n',
    ],
    [
      'a file without anything',
      'apply -f neither.yaml',
      'error: error validating "neither.yaml": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false\n',
    ],
    [
      'an unknown kind',
      'apply -f foo.yaml',
      'error: resource mapping not found for name: "x" namespace: "" from "foo.yaml": no matches for kind "Foo" in version "v1"\nensure CRDs are installed first\n',
    ],
    [
      'another namespace than the file',
      'apply -f ns.yaml -n b',
      'error: the namespace from the provided object "a" does not match the namespace "b". You must pass \'--namespace=a\' to perform this operation.\n',
    ],
    ['an empty file', 'apply -f empty.yaml', 'error: no objects passed to apply\n'],
    [
      'a folder without manifests',
      'apply -f texts',
      'error: error reading [texts]: recognized file extensions are [.json .yaml .yml]\n',
    ],
    [
      'a stray argument',
      'apply foo.yaml',
      "error: Unexpected args: [foo.yaml]\nSee 'kubectl apply -h' for help and examples\n",
    ],
    [
      'a namespace that is not there',
      'apply -f ns.yaml',
      'Error from server (NotFound): error when creating "ns.yaml": namespaces "a" not found\n',
    ],
    [
      'an unknown field',
      'apply -f field.yaml',
      'Error from server (BadRequest): error when creating "field.yaml": ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "zzz"\n',
    ],
  ])('refuses %s', (_, line, err) => {
    const b = bench({
      'nokind.yaml': 'apiVersion: v1\nmetadata: {name: x}\n',
      'neither.yaml': 'metadata: {name: x}\n',
      'foo.yaml': 'apiVersion: v1\nkind: Foo\nmetadata: {name: x}\n',
      'ns.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: a}\n',
      'empty.yaml': '# nothing\n',
      'texts/readme.txt': 'hello',
      'field.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nzzz: {}\n',
    });
    expect(b.run(line)).toEqual({ out: '', err, code: 1 });
  });

  it('names the file and line of a syntax error', () => {
    const b = bench({ 'bad.yaml': 'apiVersion: v1\nkind: ConfigMap\n  metadata: x\n' });
    expect(b.run('apply -f bad.yaml').err).toMatch(
      /^error: error parsing bad\.yaml: error converting YAML to JSON: yaml: line \d+: /,
    );
  });

  it('reads folders, with -R those below them too', () => {
    const cm = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
    const b = bench({
      'dir/b.yaml': cm('b'),
      'dir/a.yml': cm('a'),
      'dir/sub/c.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}',
      'dir/note.txt': 'x',
    });
    expect(b.run('apply -f dir').out).toBe('configmap/a created\nconfigmap/b created\n');
    expect(b.run('apply -f dir -R').out).toBe(
      'configmap/a unchanged\nconfigmap/b unchanged\nconfigmap/c created\n',
    );
  });

  it('reads standard input, and expands lists', () => {
    const b = new Bench();
    b.stdin =
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: Namespace, metadata: {name: ns1}}\n';
    expect(b.run('apply -f -').out).toBe('configmap/a created\nnamespace/ns1 created\n');
  });
});

describe('kubectl apply --server-side', () => {
  const LAST = 'kubectl.kubernetes.io/last-applied-configuration';
  const map = (lines: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm, namespace: default}\ndata:\n${lines}`;
  const owners = (b: Bench): string =>
    b.run(
      "get cm cm --show-managed-fields -o jsonpath='{range .metadata.managedFields[*]}{.manager}={.operation},{end}'",
    ).out;

  it('takes over what client-side apply had applied, so that what the file drops goes', () => {
    const b = new Bench();
    b.files.write('cm.yaml', map('  a: "1"\n  b: "2"\n'));
    b.run('apply -f cm.yaml');
    expect(owners(b)).toBe('kubectl-client-side-apply=Update,');
    b.files.write('cm.yaml', map('  a: "1"\n'));
    expect(b.run('apply --server-side -f cm.yaml')).toEqual({
      out: 'configmap/cm serverside-applied\n',
      err: '',
      code: 0,
    });
    expect(owners(b)).toBe('kubectl=Apply,kubectl-last-applied=Apply,');
    expect(b.run('get cm cm -o jsonpath={.data}').out).toBe('{"a":"1"}');
    expect(b.run(`get cm cm -o jsonpath={.metadata.annotations}`).out).toContain(LAST);
  });

  it('tells who owns what it would change, and what to do about it', () => {
    const b = new Bench();
    b.files.write('cm.yaml', map('  a: "1"\n'));
    b.run('apply --server-side -f cm.yaml');
    b.run('patch cm cm -p {"data":{"a":"9"}}');
    expect(b.run('apply --server-side -f cm.yaml')).toEqual({
      out: '',
      err: `error: Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: .data.a
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
`,
      code: 1,
    });
    expect(b.run('apply --server-side --force-conflicts -f cm.yaml').code).toBe(0);
    expect(owners(b)).toBe('kubectl=Apply,');
  });
});
