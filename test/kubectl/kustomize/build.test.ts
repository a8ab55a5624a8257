import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx:1.27, ports: [{containerPort: 80}]}
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

/** What the build of one kustomization over a Deployment and a Service prints. */
function build(kustomization: string, more: Readonly<Record<string, string>> = {}): ReturnType<Bench['run']> {
  const bench = new Bench();
  const files = { 'kustomization.yaml': kustomization, 'web.yaml': WEB, 'svc.yaml': SERVICE, ...more };
  for (const [path, text] of Object.entries(files)) bench.files.write(path, text);
  return bench.run('kustomize');
}

describe('kubectl kustomize', () => {
  it('prints services before deployments, and keeps the order of the file where asked to', () => {
    const kinds = (text: string): readonly string[] =>
      [...text.matchAll(/^kind: (\w+)$/gm)].map((m) => m[1] ?? '');
    expect(kinds(build('resources: [web.yaml, svc.yaml]').out)).toEqual(['Service', 'Deployment']);
    expect(kinds(build('resources: [web.yaml, svc.yaml]\nsortOptions: {order: fifo}').out)).toEqual([
      'Deployment',
      'Service',
    ]);
  });

  it('adds labels to objects alone, to templates, or to selectors, as the entry says', () => {
    const labelled = (rule: string): readonly boolean[] => {
      const { out } = build(`resources: [web.yaml]\nlabels: [{pairs: {tier: a}, ${rule}}]`);
      return [
        /^metadata:\n {2}labels:\n {4}tier: a/m.test(out),
        /matchLabels:\n {6}app: web\n {6}tier: a/.test(out),
        /template:\n {4}metadata:\n {6}labels:\n {8}app: web\n {8}tier: a/.test(out),
      ];
    };
    expect(labelled('')).toEqual([true, false, false]);
    expect(labelled('includeTemplates: true')).toEqual([true, false, true]);
    expect(labelled('includeSelectors: true')).toEqual([true, true, true]);
  });

  it('changes images by name, tag and digest, in init containers and in cron jobs too', () => {
    const cron = `apiVersion: batch/v1
kind: CronJob
metadata: {name: c}
spec: {jobTemplate: {spec: {template: {spec: {initContainers: [{name: i, image: nginx}], containers: [{name: a, image: "example.com:5000/nginx:1"}]}}}}}
`;
    const { out } = build(
      `resources: [web.yaml, cron.yaml]
images:
- {name: nginx, newName: registry.example/nginx, newTag: "1.28"}
- {name: "example.com:5000/nginx", digest: "sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3"}
`,
      { 'cron.yaml': cron },
    );
    expect([...out.matchAll(/image: (.*)/g)].map((m) => m[1]).sort()).toEqual([
      'example.com:5000/nginx@sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3',
      'registry.example/nginx:1.28',
      'registry.example/nginx:1.28',
    ]);
  });

  it('puts a namespace into everything that has one, and into the subjects of bindings', () => {
    const rbac = `apiVersion: v1
kind: ServiceAccount
metadata: {name: bot}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: bot}, {kind: ServiceAccount, name: other}, {kind: ServiceAccount, name: default}]
`;
    const { out } = build('resources: [rbac.yaml]\nnamespace: team\nnamePrefix: x-', { 'rbac.yaml': rbac });
    expect(out).toContain('kind: ServiceAccount\nmetadata:\n  name: x-bot\n  namespace: team\n');
    expect(out).toContain('kind: ClusterRole\nmetadata:\n  name: x-reader\n---');
    expect(out).toContain('  name: x-reader\nsubjects:\n');
    expect(out).toContain(`- kind: ServiceAccount
  name: x-bot
  namespace: team
- kind: ServiceAccount
  name: other
- kind: ServiceAccount
  name: default
  namespace: team
`);
  });

  it('puts what a strategic merge patch adds to a list in front, and merges by key', () => {
    const { out } = build(`resources: [web.yaml]
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers:
          - {name: side, image: busybox}
          - {name: web, ports: [{containerPort: 80, $patch: delete}], stdin: true}
`);
    expect(out).toContain(`      containers:
      - image: busybox
        name: side
      - image: nginx:1.27
        name: web
        ports: []
        stdin: true
`);
  });

  it('patches every resource that the target describes, and deletes with $patch', () => {
    const { out } = build(`resources: [web.yaml, svc.yaml]
patches:
- target: {kind: Deploy.*, name: w.b}
  patch: '[{op: add, path: /spec/replicas, value: 4}]'
- patch: '{apiVersion: v1, kind: Service, metadata: {name: web}, $patch: delete}'
`);
    expect(out).toContain('replicas: 4');
    expect(out).not.toContain('kind: Service');
  });

  it('takes components in after the resources of their user', () => {
    const { out } = build('resources: [web.yaml]\ncomponents: [three]', {
      'three/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplicas: [{name: web, count: 3}]\n',
    });
    expect(out).toContain('replicas: 3');
  });

  it('copies values with replacements', () => {
    const { out } = build(`resources: [web.yaml, svc.yaml]
namePrefix: my-
replacements:
- source: {kind: Service, name: web, fieldPath: metadata.name}
  targets:
  - select: {kind: Deployment}
    fieldPaths: ["spec.template.spec.containers.[name=web].workingDir", metadata.annotations.service]
    options: {create: true}
`);
    expect(out).toMatch(/annotations:\n {4}service: my-web\n[\s\S]*workingDir: my-web/);
  });

  it('warns of deprecated fields and goes on', () => {
    const { out, err, code } = build(
      `bases: [base]
patchesStrategicMerge: [p.yaml]
patchesJson6902:
- target: {version: v1, kind: Service, name: web}
  patch: '[{op: remove, path: /spec/selector}]'
`,
      {
        'base/kustomization.yml': 'resources: [svc.yaml]',
        'base/svc.yaml': SERVICE,
        'p.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n',
      },
    );
    const advice = "Run 'kustomize edit fix' to update your Kustomization automatically.";
    expect(err).toBe(`# Warning: 'bases' is deprecated. Please use 'resources' instead. ${advice}
# Warning: 'patchesJson6902' is deprecated. Please use 'patches' instead. ${advice}
# Warning: 'patchesStrategicMerge' is deprecated. Please use 'patches' instead. ${advice}
`);
    expect(code).toBe(0);
    expect(out).toContain('spec:\n  ports:\n  - port: 80\n  type: NodePort\n');
  });

  it.each([
    ['an unknown field', 'resource: [web.yaml]', 'invalid Kustomization: json: unknown field "resource"'],
    [
      'a tag that is no text',
      'images: [{name: nginx, newTag: 1.28}]',
      'invalid Kustomization: json: cannot unmarshal number into Go struct field Image.images.newTag of type string',
    ],
    ['an empty file', 'kind: Kustomization', 'kustomization.yaml is empty'],
    [
      'a kind of another kind',
      'kind: Deployment\nresources: [web.yaml]',
      'Failed to read kustomization file under /:\nkind should be Kustomization or Component',
    ],
    [
      'a file that is not there',
      'resources: [none.yaml]',
      "accumulating resources: accumulation err='accumulating resources from 'none.yaml': evalsymlink failure on '/none.yaml' : lstat /none.yaml: no such file or directory': must build at directory: not a valid directory: evalsymlink failure on '/none.yaml' : lstat /none.yaml: no such file or directory",
    ],
    [
      'a resource that comes twice',
      'resources: [web.yaml, web2.yaml]',
      "accumulating resources: accumulation err='merging resources from 'web2.yaml': may not add resource with an already registered id: Deployment.v1.apps/web.[noNs]': must build at directory: '/web2.yaml': file is not directory",
    ],
    [
      'a patch for nothing',
      'resources: [web.yaml]\npatches: [{path: p.yaml}]',
      'no matches for Id Deployment.v1.apps/none.[noNs]; failed to find unique target for patch Deployment.v1.apps/none.[noNs]',
    ],
    [
      'a JSON patch without a target',
      "resources: [web.yaml]\npatches: [{patch: '[{op: remove, path: /spec}]'}]",
      'must specify a target for JSON patch [patch: "[{op: remove, path: /spec}]"]',
    ],
    [
      'replicas of nobody',
      'resources: [web.yaml]\nreplicas: [{name: none, count: 2}]',
      'resource with name none does not match a config with the following GVK [Deployment.[noVer].[noGrp] ReplicationController.[noVer].[noGrp] ReplicaSet.[noVer].[noGrp] StatefulSet.[noVer].[noGrp]]',
    ],
    ['what is out of reach', 'helmCharts: [{name: x}]', "the field 'helmCharts' of / is not supported here"],
  ])('refuses %s', (_, kustomization, error) => {
    const files = {
      'web2.yaml': WEB,
      'p.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: none}\nspec: {replicas: 1}\n',
    };
    expect(build(kustomization, files)).toEqual({ out: '', err: `error: ${error}\n`, code: 1 });
  });

  it('reads no file from outside its folder, and no folder that it is in', () => {
    const bench = new Bench();
    bench.files.write('web.yaml', WEB);
    bench.files.write('over/kustomization.yaml', 'resources: [../web.yaml]');
    bench.files.write('kustomization.yaml', 'resources: [web.yaml]');
    bench.files.write('over2/kustomization.yaml', 'resources: [..]');
    expect(bench.run('kustomize over').err).toBe(
      "error: accumulating resources: accumulation err='accumulating resources from '../web.yaml': security; file '/web.yaml' is not in or below '/over'': must build at directory: '/web.yaml': file is not directory\n",
    );
    expect(bench.run('kustomize over2').err).toContain(
      "cycle detected: candidate root '/' contains visited root '/over2'",
    );
  });

  it('refuses a folder without a kustomization, and more than one folder', () => {
    const bench = new Bench();
    bench.files.write('d/web.yaml', WEB);
    expect(bench.run('kustomize d')).toEqual({
      out: '',
      err: "error: unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '/d'\n",
      code: 1,
    });
    expect(bench.run('kustomize d e').err).toBe('error: specify one path to kustomization.yaml\n');
  });
});

describe('-k', () => {
  it('creates, gets, compares and deletes what the folder builds', () => {
    const bench = new Bench();
    bench.files.write(
      'd/kustomization.yaml',
      'resources: [svc.yaml]\nconfigMapGenerator: [{name: c, literals: [FOO=Bar]}]\n',
    );
    bench.files.write('d/svc.yaml', SERVICE);
    const lines = [
      ['apply -k d', 'configmap/c-\\w{10} created\nservice/web created\n'],
      ['apply -k d/', 'configmap/c-\\w{10} unchanged\nservice/web unchanged\n'],
      ['get -k d -o name', 'configmap/c-\\w{10}\nservice/web\n'],
      ['diff -k d', ''],
      [
        'delete -k d',
        'configmap "c-\\w{10}" deleted from default namespace\nservice "web" deleted from default namespace\n',
      ],
      ['create -k d', 'configmap/c-\\w{10} created\nservice/web created\n'],
    ] as const;
    for (const [line, out] of lines) {
      const outcome = bench.run(line, 5);
      expect(outcome).toMatchObject({ err: '', code: 0 });
      expect(outcome.out).toMatch(new RegExp(`^${out}$`));
    }
  });

  it.each([
    ['apply -f x -k y', 'error: only one of -f or -k can be specified\n'],
    ['apply -k y -R', "error: the -k flag can't be used with -f or -R\n"],
    ['apply', 'error: must specify one of -f and -k\n'],
  ])('refuses "%s"', (line, err) => {
    expect(new Bench().run(line)).toEqual({ out: '', err, code: 1 });
  });
});
