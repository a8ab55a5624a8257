import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

describe('kubectl create', () => {
  it.each([
    ['a namespace', 'create namespace a', 'namespace/a created\n'],
    ['a deployment', 'create deployment web --image=nginx', 'deployment.apps/web created\n'],
    ['a config map', 'create configmap c --from-literal=a=b', 'configmap/c created\n'],
    ['a secret', 'create secret generic s --from-literal=a=b', 'secret/s created\n'],
    ['a service account', 'create serviceaccount bot', 'serviceaccount/bot created\n'],
    ['a service', 'create service clusterip web --tcp=80:8080', 'service/web created\n'],
    ['from a file', 'create -f cm.yaml', 'configmap/f created\n'],
    ['nothing in a dry run', 'create -f cm.yaml --dry-run=client', 'configmap/f created (dry run)\n'],
    ['its name only', 'create -f cm.yaml -o name', 'configmap/f\n'],
  ])('creates %s', (_, line, out) => {
    const b = new Bench();
    b.files.texts.set('cm.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\n');
    expect(b.run(line)).toEqual({ out, err: '', code: 0 });
  });

  // The output of kubectl 1.35 for the same commands.
  it.each([
    [
      'a deployment',
      'create deployment web --image=ghcr.io/a/nginx:1.27 --replicas=3 --port=80 --dry-run=client -o yaml',
      `apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    app: web
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  strategy: {}
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - image: ghcr.io/a/nginx:1.27
        name: nginx
        ports:
        - containerPort: 80
        resources: {}
status: {}
`,
    ],
    [
      'a pod',
      'run web --image=nginx --env=A=b --dry-run=client -o yaml -- sleep 1',
      `apiVersion: v1
kind: Pod
metadata:
  labels:
    run: web
  name: web
spec:
  containers:
  - args:
    - sleep
    - "1"
    env:
    - name: A
      value: b
    image: nginx
    name: web
    resources: {}
  dnsPolicy: ClusterFirst
  restartPolicy: Always
status: {}
`,
    ],
    [
      'a service',
      'create service nodeport web --tcp=80:8080 --node-port=30080 -n a --dry-run=client -o yaml',
      `apiVersion: v1
kind: Service
metadata:
  labels:
    app: web
  name: web
  namespace: a
spec:
  ports:
  - name: 80-8080
    nodePort: 30080
    port: 80
    protocol: TCP
    targetPort: 8080
  selector:
    app: web
  type: NodePort
status:
  loadBalancer: {}
`,
    ],
  ])('prints the manifest of %s', (_, line, out) => {
    expect(new Bench().run(line)).toEqual({ out, err: '', code: 0 });
  });

  it('takes keys from literals, files, folders and env files', () => {
    const b = new Bench();
    b.files.texts.set('conf/a.txt', 'one').set('conf/b.txt', 'two').set('x.env', '# comment\nK=v=w\n');
    b.run('create configmap c --from-file=conf --from-file=c=conf/a.txt --from-literal=d=x,y');
    expect(b.run("get cm c -o jsonpath='{.data}'").out).toBe(
      '{"a.txt":"one","b.txt":"two","c":"one","d":"x,y"}',
    );
    b.run('create secret generic s --from-env-file=x.env');
    expect(b.run("get secret s -o jsonpath='{.data.K}'").out).toBe('dj13');
  });

  it.each([
    [
      'nothing named',
      'create deployment --image=a',
      "error: exactly one NAME is required, got 0\nSee 'kubectl create deployment -h' for help and examples\n",
    ],
    ['no image', 'create deployment web', 'error: required flag(s) "image" not set\n'],
    [
      'a literal without value',
      'create cm c --from-literal=a',
      'error: invalid literal source a, expected key=value\n',
    ],
    [
      'a key given twice',
      'create cm c --from-literal=a=1 --from-literal=a=2',
      'error: cannot add key "a", another key by that name already exists in Data for ConfigMap "c"\n',
    ],
    ['no port', 'create service clusterip web', 'error: at least one tcp port specifier must be provided\n'],
    [
      'a name that is taken',
      'create namespace default',
      'Error from server (AlreadyExists): namespaces "default" already exists\n',
    ],
    [
      'a bad name',
      'create namespace A',
      "The Namespace \"A\" is invalid: metadata.name: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')\n",
    ],
    [
      'a dry run of no kind',
      'create ns a --dry-run=maybe',
      'error: Invalid dry-run value (maybe). Must be "none", "server", or "client".\n',
    ],
  ])('refuses %s', (_, line, err) => {
    expect(new Bench().run(line)).toEqual({ out: '', err, code: 1 });
  });

  it('exposes pods and workloads', () => {
    const b = new Bench();
    b.run('create deployment web --image=nginx --port=80');
    expect(b.run('expose deployment web --target-port=8080 --name=front --type=NodePort').out).toBe(
      'service/front exposed\n',
    );
    expect(
      b.run("get svc front -o jsonpath='{.spec.selector} {.spec.ports[0].port} {.spec.ports[0].targetPort}'")
        .out,
    ).toBe('{"app":"web"} 80 8080');
    b.run('create deployment bare --image=nginx');
    expect(b.run('expose deployment bare').err).toBe(
      "error: couldn't find port via --port flag or introspection\nSee 'kubectl expose -h' for help and examples\n",
    );
  });
});
