import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../src/kubectl/kustomize/hash.ts';
import { Bench } from '../harness.ts';

/** A bench with files. */
function folder(files: Readonly<Record<string, string>>): Bench {
  const bench = new Bench();
  for (const [path, text] of Object.entries(files)) bench.files.write(path, text);
  return bench;
}

describe('the hash of generated names', () => {
  // kubectl/pkg/util/hash/hash_test.go; null stands for a nil map.
  it.each([
    ['42745tchd9', { kind: 'ConfigMap', name: '', data: {} }],
    ['9g67k2htb6', { kind: 'ConfigMap', name: '', data: { one: '' } }],
    ['f5h7t85m9b', { kind: 'ConfigMap', name: '', data: { two: '2', one: '', three: '3' } }],
    ['dk855m5d49', { kind: 'ConfigMap', name: '', data: null }],
    ['698h7c7t9m', { kind: 'ConfigMap', name: '', data: { one: '' }, binaryData: { two: '' } }],
    ['t75bgf6ctb', { kind: 'Secret', type: 'my-type', name: '', data: {} }],
    [
      'dgcb6h9tmk',
      { kind: 'Secret', type: 'my-type', name: '', data: { two: 'Mg==', one: '', three: 'Mw==' } },
    ],
  ])('is %s as upstream', (hash, content) => {
    expect(contentHash(content)).toBe(hash);
  });
});

describe('kustomize generators', () => {
  // https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/
  it.each([
    [
      'a config map from a file',
      'configMapGenerator: [{name: example-configmap-1, files: [application.properties]}]',
      'example-configmap-1-8mbdf7882g',
    ],
    [
      'a config map from a literal',
      'configMapGenerator: [{name: example-configmap-2, literals: [FOO=Bar]}]',
      'example-configmap-2-g2hdhfc6tk',
    ],
    [
      'a secret from a file',
      'secretGenerator: [{name: example-secret-1, files: [password.txt]}]',
      'example-secret-1-t2kt65hgtb',
    ],
  ])('name %s as the documentation shows', (_, generator, name) => {
    const bench = folder({
      'kustomization.yaml': generator,
      'application.properties': 'FOO=Bar\n',
      'password.txt': 'username=admin\npassword=secret\n',
    });
    const { out, code } = bench.run('kustomize .');
    expect(code).toBe(0);
    expect(out).toContain(`  name: ${name}\n`);
  });

  it('add labels and annotations, and leave the hash away where the options say so', () => {
    const bench = folder({
      'kustomization.yaml': `configMapGenerator:
- name: example-configmap-3
  literals:
  - FOO=Bar
generatorOptions:
  disableNameSuffixHash: true
  labels:
    type: generated
  annotations:
    note: generated
`,
    });
    expect(bench.run('kustomize')).toEqual({
      out: `apiVersion: v1
data:
  FOO: Bar
kind: ConfigMap
metadata:
  annotations:
    note: generated
  labels:
    type: generated
  name: example-configmap-3
`,
      err: '',
      code: 0,
    });
  });

  it('strip the quotes around a literal, and only around it', () => {
    const bench = folder({
      'kustomization.yaml': `configMapGenerator:
- name: c
  literals: ['a="x y"', 'b=''z''', 'c="half', 'd=1=2']
`,
    });
    const { out } = bench.run('kustomize');
    expect(out).toContain("data:\n  a: x y\n  b: z\n  c: '\"half'\n  d: 1=2\n");
  });

  it('merge into and replace what a base generated, whose users then name the result', () => {
    const bench = folder({
      'base/kustomization.yaml': `resources: [pod.yaml]
configMapGenerator: [{name: c, literals: [a=1, b=2]}]
`,
      'base/pod.yaml': `apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: a, image: nginx, envFrom: [{configMapRef: {name: c}}]}]}
`,
      'over/kustomization.yaml': `resources: [../base]
configMapGenerator: [{name: c, behavior: merge, literals: [b=3]}]
`,
    });
    const { out } = bench.run('kustomize over');
    expect(out).toContain('data:\n  a: "1"\n  b: "3"\n');
    const [name] = /c-\w{10}/.exec(out) ?? [];
    expect(out).toContain(`  - envFrom:\n    - configMapRef:\n        name: ${name}\n`);
  });

  it.each([
    [
      'a literal without a key',
      'configMapGenerator: [{name: c, literals: [novalue]}]',
      'loading KV pairs: literal sources [novalue]: invalid literal source novalue, expected key=value',
    ],
    [
      'a file that is not there',
      'configMapGenerator: [{name: c, files: [none.txt]}]',
      "loading KV pairs: file sources: [none.txt]: evalsymlink failure on '/none.txt' : lstat /none.txt: no such file or directory",
    ],
    [
      'a key that comes twice',
      'configMapGenerator: [{name: c, literals: [a=1, a=2]}]',
      'configmap c illegally repeats the key `a`',
    ],
    ['no name', 'secretGenerator: [{literals: [a=1]}]', 'a secret must have a name'],
  ])('refuse %s', (_, generator, error) => {
    expect(folder({ 'kustomization.yaml': generator }).run('kustomize')).toEqual({
      out: '',
      err: `error: ${error}\n`,
      code: 1,
    });
  });
});

describe('--append-hash', () => {
  it.each([
    [
      'create configmap x --from-literal=FOO=Bar',
      'configmap/x-',
      { kind: 'ConfigMap', name: 'x', data: { FOO: 'Bar' } },
    ],
    [
      'create secret generic x --from-literal=FOO=Bar',
      'secret/x-',
      { kind: 'Secret', name: 'x', type: '', data: { FOO: 'QmFy' } },
    ],
  ])('puts the hash of the content behind the name: %s', (line, name, content) => {
    expect(new Bench().run(`${line} --append-hash`)).toEqual({
      out: `${name}${contentHash(content)} created\n`,
      err: '',
      code: 0,
    });
  });

  it('wraps the base64 of long secrets, which the server reads all the same', () => {
    const bench = folder({
      'kustomization.yaml': 'secretGenerator: [{name: s, files: [long]}]',
      long: 'x'.repeat(200),
    });
    expect(bench.run('kustomize').out).toContain('  long: |\n    eHh4');
    expect(bench.run('apply -k .')).toMatchObject({ err: '', code: 0 });
    const name = bench.run('get secrets -o name').out.trim();
    const shown = bench.run(`get ${name} -o jsonpath={.data.long}`).out;
    expect(shown).not.toContain('\n');
    expect(shown.length).toBe(268);
  });
});
