import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

function bench(): Bench {
  const b = new Bench();
  b.run('create configmap one --from-literal=a=b');
  b.run('create configmap two');
  b.run('label configmap one tier=front');
  return b;
}

describe('kubectl get', () => {
  it.each([
    ['a table', 'get cm', 'NAME   DATA   AGE\none    1      0s\ntwo    0      0s\n'],
    ['one object', 'get cm one', 'NAME   DATA   AGE\none    1      0s\n'],
    [
      'several objects by name',
      'get cm/one cm/two',
      'NAME   DATA   AGE\none    1      0s\ntwo    0      0s\n',
    ],
    ['no headers', 'get cm --no-headers', 'one   1     0s\ntwo   0     0s\n'],
    [
      'labels',
      'get cm --show-labels',
      'NAME   DATA   AGE   LABELS\none    1      0s    tier=front\ntwo    0      0s    <none>\n',
    ],
    [
      'a column for a label',
      'get cm -L tier',
      'NAME   DATA   AGE   TIER\none    1      0s    front\ntwo    0      0s    \n',
    ],
    ['what a selector selects', 'get cm -l tier=front', 'NAME   DATA   AGE\none    1      0s\n'],
    [
      'what a field selector selects',
      'get cm --field-selector metadata.name!=one',
      'NAME   DATA   AGE\ntwo    0      0s\n',
    ],
    [
      'all namespaces',
      'get cm -A',
      'NAMESPACE   NAME   DATA   AGE\ndefault     one    1      0s\ndefault     two    0      0s\n',
    ],
    ['names', 'get cm -o name', 'configmap/one\nconfigmap/two\n'],
    ['sorted', 'get cm --sort-by=.data.a -o name', 'configmap/two\nconfigmap/one\n'],
    ['fields', "get cm one -o jsonpath='{.data.a}'", 'b'],
    ['fields of a list', "get cm -o jsonpath='{.items[*].metadata.name}'", 'one two'],
    [
      'own columns',
      'get cm -o custom-columns=NAME:.metadata.name,A:.data.a',
      'NAME   A\none    b\ntwo    <none>\n',
    ],
  ])('prints %s', (_, line, out) => {
    expect(bench().run(line)).toEqual({ out, err: '', code: 0 });
  });

  it('prints several types apart, with their kinds', () => {
    const { out } = bench().run('get cm,svc');
    expect(out).toBe(
      'NAME            DATA   AGE\nconfigmap/one   1      0s\nconfigmap/two   0      0s\n\n' +
        'NAME                 TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\nservice/kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   5s\n',
    );
  });

  it('wraps several objects in a List', () => {
    const list = JSON.parse(bench().run('get cm -o json').out);
    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' } });
    expect(list.items).toHaveLength(2);
  });

  it('indents JSON by four and hides managed fields', () => {
    const { out } = bench().run('get cm one -o json');
    expect(out.split('\n')[1]).toBe('    "apiVersion": "v1",');
    expect(out).not.toContain('managedFields');
  });

  it.each([
    ['nothing in the namespace', 'get pods', 'No resources found in default namespace.\n', 0],
    ['nothing at all', 'get pods -A', 'No resources found\n', 0],
    [
      'an object that is not there',
      'get cm x',
      'Error from server (NotFound): configmaps "x" not found\n',
      1,
    ],
    ['the same, where that is fine', 'get cm x --ignore-not-found', '', 0],
    [
      'a qualified resource',
      'get deploy x',
      'Error from server (NotFound): deployments.apps "x" not found\n',
      1,
    ],
    ['an unknown type', 'get foo', 'error: the server doesn\'t have a resource type "foo"\n', 1],
    [
      'an unknown format',
      'get cm -o foo',
      'error: unable to match a printer suitable for the output format "foo", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml\n',
      1,
    ],
    [
      'a Go template that is none',
      'get cm -o go-template={{.',
      'error: error parsing template {{., template: output:1: unclosed action\n',
      1,
    ],
    [
      'a template that is not given',
      'get cm -o go-template',
      'error: template format specified but no template given\n',
      1,
    ],
    [
      'a type beside type/name',
      'get cm cm/one',
      "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'\n",
      1,
    ],
    [
      'two slashes',
      'get cm/one/x',
      'error: arguments in resource/name form may not have more than one slash\n',
      1,
    ],
    [
      'a name with a selector',
      'get cm one -l a=b',
      'error: name cannot be provided when a selector is specified\n',
      1,
    ],
    [
      'a name in all namespaces',
      'get cm one -A',
      'error: a resource cannot be retrieved by name across all namespaces\n',
      1,
    ],
  ])('answers %s', (_, line, err, code) => {
    expect(bench().run(line)).toEqual({ out: '', err, code });
  });

  it('prints what it found before what it did not', () => {
    expect(bench().run('get cm one x')).toEqual({
      out: 'NAME   DATA   AGE\none    1      0s\n',
      err: 'Error from server (NotFound): configmaps "x" not found\n',
      code: 1,
    });
  });

  it('asks for a type when there is none', () => {
    expect(
      bench().run('get').err,
    ).toBe(`You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.

error: Required resource not specified.
Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).
See 'kubectl get -h' for help and examples
`);
  });

  it('watches under the same columns until Ctrl+C', () => {
    const b = bench();
    const { job, outcome } = b.start('get cm -w');
    b.pass(1);
    b.run('create configmap three --from-literal=a=b');
    b.pass(1);
    expect(outcome()).toEqual({
      out: 'NAME   DATA   AGE\none    1      0s\ntwo    0      0s\nthree   1      0s\n',
      err: '',
      code: undefined,
    });
    job.interrupt();
    b.run('create configmap four');
    b.pass(1);
    expect(outcome().code).toBe(130);
    expect(outcome().out).not.toContain('four');
  });
});

describe('kubectl get and --', () => {
  it('takes what follows it as arguments', () => {
    expect(bench().run('get -- cm one').out).toBe('NAME   DATA   AGE\none    1      0s\n');
    expect(bench().run('get cm -- -x').err).toBe('Error from server (NotFound): configmaps "-x" not found\n');
  });
});

describe('kubectl get --watch --output-watch-events', () => {
  it('gives all types of events the same room', () => {
    const b = bench();
    const { outcome, job } = b.start('get cm one --watch --output-watch-events');
    b.run('label cm one a=b');
    b.pass(1);
    job.interrupt();
    expect(outcome().out).toBe(
      'EVENT      NAME   DATA   AGE\nADDED      one    1      0s\nMODIFIED   one    1      0s\n',
    );
  });
});

describe('kubectl get --raw', () => {
  it('prints what the server answers to a path', () => {
    const b = bench();
    expect(b.run('get --raw /readyz').out).toBe('ok');
    expect(JSON.parse(b.run('get --raw /version').out)).toMatchObject({ major: '1', minor: '35' });
    expect(JSON.parse(b.run('get --raw /api/v1/namespaces/default/configmaps/one').out)).toMatchObject({
      kind: 'ConfigMap',
      data: { a: 'b' },
    });
    const list = JSON.parse(b.run('get --raw /api/v1/configmaps?labelSelector=tier%3Dfront').out);
    expect(list).toMatchObject({
      kind: 'ConfigMapList',
      apiVersion: 'v1',
      items: [{ metadata: { name: 'one' } }],
    });
    expect(JSON.parse(b.run('get --raw /api/v1/namespaces').out).kind).toBe('NamespaceList');
  });

  it.each([
    [
      'a path that is none',
      '/nope',
      'Error from server (NotFound): the server could not find the requested resource\n',
    ],
    [
      'an object that is none',
      '/api/v1/namespaces/x',
      'Error from server (NotFound): namespaces "x" not found\n',
    ],
  ])('refuses %s', (_, path, err) => {
    expect(bench().run(`get --raw ${path}`)).toEqual({ out: '', err, code: 1 });
  });
});

describe('kubectl get -o kyaml', () => {
  it('is flow style, closed up, with texts in quotes', () => {
    const b = new Bench();
    b.files.write(
      'pod.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {"on": "1"}}\nspec: {containers: [{name: a, image: i, args: [x]}, {name: b, image: i, ports: [{containerPort: 80}]}]}\n',
    );
    expect(b.run('create -f pod.yaml --dry-run=client -o kyaml').out).toBe(`---
{
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    labels: {
      "on": "1",
    },
    name: "p",
    namespace: "default",
  },
  spec: {
    containers: [{
      args: [
        "x",
      ],
      image: "i",
      name: "a",
    }, {
      image: "i",
      name: "b",
      ports: [{
        containerPort: 80,
      }],
    }],
  },
}
`);
  });
});
