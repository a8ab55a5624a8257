import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/api/generated/types.ts';
import { pod } from '../../../src/api/kinds/pod.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { complaints, podManifest, podWith, WEB, withContainer } from './manifests.ts';

describe('defaults of a pod', () => {
  it('are those of upstream for a manifest with only a container', () => {
    expect(podWith().spec).toEqual({
      containers: [
        {
          name: 'web',
          image: 'nginx:1.27',
          imagePullPolicy: 'IfNotPresent',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    });
  });

  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['registry.local:5000/nginx', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 'IfNotPresent'],
  ])('pull %s by the policy %s', (image, policy) => {
    expect(podWith({ containers: [{ name: 'web', image }] }).spec.containers[0]?.imagePullPolicy).toBe(
      policy,
    );
  });

  it('request what is limited where nothing is requested', () => {
    const resources = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '0.5' } };
    const container = podWith({ containers: [{ ...WEB, resources }] }).spec.containers[0];
    expect(container?.resources).toEqual({
      limits: { cpu: '1', memory: '1Gi' },
      requests: { cpu: '500m', memory: '1Gi' },
    });
  });

  it('round fractions of a thousandth up', () => {
    const resources = { requests: { cpu: '0.0001' } };
    const container = podWith({ containers: [{ ...WEB, resources }] }).spec.containers[0];
    expect(container?.resources?.requests).toEqual({ cpu: '1m' });
  });

  it('fill in probes, taking zero for not given', () => {
    const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 0 };
    const container = podWith({ containers: [{ ...WEB, readinessProbe }] }).spec.containers[0];
    expect(container?.readinessProbe).toEqual({
      httpGet: { path: '/', port: 80, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });

  it('make ports of the host of the ports of a pod on the host network', () => {
    const ports = [{ containerPort: 80 }];
    const container = podWith({ hostNetwork: true, containers: [{ ...WEB, ports }] }).spec.containers[0];
    expect(container?.ports).toEqual([{ containerPort: 80, hostPort: 80, protocol: 'TCP' }]);
  });

  it('fill in volumes', () => {
    const volumes = [
      { name: 'a' },
      { name: 'b', configMap: { name: 'c' } },
      { name: 'c', secret: { secretName: 's' } },
      { name: 'd', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      { name: 'e', hostPath: { path: '/var' } },
      { name: 'f', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
    ];
    expect(podWith({ volumes }).spec.volumes).toEqual([
      { name: 'a', emptyDir: {} },
      { name: 'b', configMap: { name: 'c', defaultMode: 420 } },
      { name: 'c', secret: { secretName: 's', defaultMode: 420 } },
      {
        name: 'd',
        projected: {
          defaultMode: 420,
          sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }],
        },
      },
      { name: 'e', hostPath: { path: '/var', type: '' } },
      {
        name: 'f',
        downwardAPI: {
          defaultMode: 420,
          items: [{ path: 'name', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } }],
        },
      },
    ]);
  });

  it('change nothing when they are filled in already', () => {
    const once = podWith({ volumes: [{ name: 'a' }] });
    expect(pod.applyDefaults(once)).toBe(once);
  });

  it('are shared by all pods of one spec', () => {
    const manifest = podManifest() as Pod;
    const other = { ...manifest, metadata: { name: 'other', namespace: 'default' } };
    expect(pod.applyDefaults(other).spec).toBe(pod.applyDefaults(manifest).spec);
  });

  it('copy the old name of the service account', () => {
    expect(podWith({ serviceAccount: 'robot' }).spec.serviceAccountName).toBe('robot');
  });
});

describe('a new pod', () => {
  it('is Pending and has its QoS class, whatever status the manifest claims', () => {
    const claimed = { ...podWith(), status: { phase: 'Running', podIP: '10.0.0.1' } };
    expect(pod.prepareForCreate?.(claimed).status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  it('says that scheduling gates hold it back', () => {
    const created = pod.prepareForCreate?.(podWith({ schedulingGates: [{ name: 'example.com/wait' }] }));
    expect(created?.status?.conditions).toEqual([
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ]);
  });

  it('spells out matchLabelKeys of spread constraints', () => {
    const constraint = {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'web' } },
      matchLabelKeys: ['pod-template-hash', 'absent'],
    };
    const labels = { app: 'web', 'pod-template-hash': 'abc' };
    const created = pod.prepareForCreate?.(podWith({ topologySpreadConstraints: [constraint] }, { labels }));
    expect(created?.spec.topologySpreadConstraints?.[0]?.labelSelector).toEqual({
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'pod-template-hash', operator: 'In', values: ['abc'] }],
    });
  });
});

describe('a pod is refused', () => {
  const cases: readonly (readonly [name: string, manifest: unknown, expected: readonly string[]])[] = [
    ['without a spec', { apiVersion: 'v1', kind: 'Pod', metadata: {} }, ['spec.containers: Required value']],
    ['without containers', podManifest({ containers: [] }), ['spec.containers: Required value']],
    [
      'with a container that has neither name nor image',
      podManifest({ containers: [{}] }),
      ['spec.containers[0].name: Required value', 'spec.containers[0].image: Required value'],
    ],
    [
      'with spaces around an image',
      withContainer({ image: ' nginx' }),
      ['spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace'],
    ],
    [
      'with two containers of one name',
      podManifest({ containers: [WEB, WEB] }),
      ['spec.containers[1].name: Duplicate value: "web"'],
    ],
    [
      'with an init container named as a container',
      podManifest({ initContainers: [WEB] }),
      ['spec.initContainers[0].name: Duplicate value: "web"'],
    ],
    [
      'with a container name in capitals',
      withContainer({ name: 'Web' }),
      [
        `spec.containers[0].name: Invalid value: "Web": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      ],
    ],
    [
      'with port zero and an unknown protocol',
      withContainer({ ports: [{ containerPort: 0, protocol: 'HTTP' }] }),
      [
        'spec.containers[0].ports[0].containerPort: Required value',
        'spec.containers[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    [
      'with a port out of range',
      withContainer({ ports: [{ containerPort: 70000 }] }),
      [
        'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      'with two ports of one name',
      withContainer({
        ports: [
          { containerPort: 80, name: 'http' },
          { containerPort: 81, name: 'http' },
        ],
      }),
      ['spec.containers[0].ports[1].name: Duplicate value: "http"'],
    ],
    [
      'with a port name that is too long',
      withContainer({ ports: [{ containerPort: 80, name: 'a-very-long-name' }] }),
      [
        'spec.containers[0].ports[0].name: Invalid value: "a-very-long-name": must be no more than 15 characters',
      ],
    ],
    [
      'with two ports at one place on the host',
      withContainer({
        ports: [
          { containerPort: 80, hostPort: 80 },
          { containerPort: 81, hostPort: 80 },
        ],
      }),
      ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      'with an unknown pull policy',
      withContainer({ imagePullPolicy: 'always' }),
      [
        'spec.containers[0].imagePullPolicy: Unsupported value: "always": supported values: "Always", "IfNotPresent", "Never"',
      ],
    ],
    [
      'with an unknown restart policy',
      podManifest({ restartPolicy: 'always' }),
      ['spec.restartPolicy: Unsupported value: "always": supported values: "Always", "OnFailure", "Never"'],
    ],
    [
      'with an env var without name, one with = and one with value and source',
      withContainer({
        env: [
          { value: 'a' },
          { name: 'A=B' },
          { name: 'C', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
      }),
      [
        'spec.containers[0].env[0].name: Required value',
        `spec.containers[0].env[1].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='`,
        'spec.containers[0].env[2].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
      ],
    ],
    [
      'with env sources that name nothing, too much, or a field there is not',
      withContainer({
        env: [
          { name: 'A', valueFrom: {} },
          {
            name: 'B',
            valueFrom: { configMapKeyRef: { name: 'c', key: 'k' }, secretKeyRef: { name: 's', key: 'k' } },
          },
          { name: 'C', valueFrom: { fieldRef: { fieldPath: 'metadata.whoops' } } },
          { name: 'D', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } },
        ],
      }),
      [
        'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
        'spec.containers[0].env[1].valueFrom: Invalid value: "": may not have more than one field specified at a time',
        'spec.containers[0].env[2].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.whoops": error converting fieldPath: field label not supported: metadata.whoops',
        'spec.containers[0].env[3].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
      ],
    ],
    [
      'with envFrom without a source',
      withContainer({ envFrom: [{}] }),
      ['spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'],
    ],
    [
      'that requests more than its limit',
      withContainer({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      [
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
      ],
    ],
    [
      'with a negative request',
      withContainer({ resources: { requests: { memory: '-1Gi' } } }),
      [
        'spec.containers[0].resources.requests[memory]: Invalid value: "-1Gi": must be greater than or equal to 0',
      ],
    ],
    [
      'with a resource that nobody knows',
      withContainer({ resources: { limits: { gpu: '1' } } }),
      [
        'spec.containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource for containers',
        'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      ],
    ],
    [
      'with half an extended resource',
      withContainer({ resources: { limits: { 'example.com/gpu': '500m' } } }),
      [
        'spec.containers[0].resources.limits[example.com/gpu]: Invalid value: "500m": must be an integer',
        'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer',
      ],
    ],
    [
      'that mounts a volume it has not, nowhere, and twice',
      withContainer(
        { volumeMounts: [{ name: 'data', mountPath: '/a' }, { name: 'v' }, { name: 'v', mountPath: '/a' }] },
        { volumes: [{ name: 'v' }] },
      ),
      [
        'spec.containers[0].volumeMounts[0].name: Not found: "data"',
        'spec.containers[0].volumeMounts[1].mountPath: Required value',
        'spec.containers[0].volumeMounts[2].mountPath: Invalid value: "/a": must be unique',
      ],
    ],
    [
      'whose sub-path leads out of the volume',
      withContainer(
        { volumeMounts: [{ name: 'v', mountPath: '/a', subPath: '../b' }] },
        { volumes: [{ name: 'v' }] },
      ),
      [`spec.containers[0].volumeMounts.subPath: Invalid value: "../b": must not contain '..'`],
    ],
    [
      'with two volumes of one name, one without, and one of two sorts',
      podManifest({
        volumes: [
          { name: 'v' },
          { name: 'v' },
          { emptyDir: {} },
          { name: 'w', emptyDir: {}, configMap: { name: 'c' } },
        ],
      }),
      [
        'spec.volumes[1].name: Duplicate value: "v"',
        'spec.volumes[2].name: Required value',
        'spec.volumes[3].configMap: Forbidden: may not specify more than 1 volume type',
      ],
    ],
    [
      'with volumes that lack what they refer to',
      podManifest({
        volumes: [
          { name: 'a', secret: {} },
          { name: 'b', configMap: { items: [{ key: 'k', path: '/abs' }], name: 'c' } },
          { name: 'c', persistentVolumeClaim: { claimName: '' } },
          { name: 'd', hostPath: { path: '/x', type: 'Folder' } },
        ],
      }),
      [
        'spec.volumes[0].secret.secretName: Required value',
        'spec.volumes[1].configMap.items[0].path: Invalid value: "/abs": must be a relative path',
        'spec.volumes[2].persistentVolumeClaim.claimName: Required value',
        'spec.volumes[3].hostPath.type: Unsupported value: "Folder": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
      ],
    ],
    [
      'with a probe that does nothing, two things, or succeeds too often',
      withContainer({
        livenessProbe: { exec: { command: ['true'] }, successThreshold: 2 },
        readinessProbe: {},
        startupProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 } },
      }),
      [
        'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
        'spec.containers[0].readinessProbe: Required value: must specify a handler type',
        'spec.containers[0].startupProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
      ],
    ],
    [
      'with a probe of nothing at a port of nothing, in negative time',
      withContainer({ livenessProbe: { httpGet: { port: 0, scheme: 'FTP' }, initialDelaySeconds: -1 } }),
      [
        'spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'spec.containers[0].livenessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
        'spec.containers[0].livenessProbe.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'with an empty command in a hook, or one that sleeps longer than the pod may take to stop',
      withContainer({ lifecycle: { postStart: { exec: {} }, preStop: { sleep: { seconds: 60 } } } }),
      [
        'spec.containers[0].lifecycle.postStart.exec.command: Required value',
        'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 60: must be non-negative and less than terminationGracePeriodSeconds (30)',
      ],
    ],
    [
      'with a probe on an init container that is no sidecar',
      podManifest({
        initContainers: [{ name: 'i', image: 'busybox', readinessProbe: { tcpSocket: { port: 80 } } }],
      }),
      [
        'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      ],
    ],
    [
      'with a node selector no label can meet',
      podManifest({ nodeSelector: { 'disk type': 'ssd' } }),
      [
        `spec.nodeSelector: Invalid value: "disk type": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      ],
    ],
    [
      'with wrong tolerations',
      podManifest({
        tolerations: [
          { key: 'a', operator: 'Exists', value: 'b' },
          { operator: 'Equal', value: 'b' },
          { key: 'a', operator: 'Equals' },
          { key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 },
          { key: 'a', operator: 'Exists', effect: 'Never' },
        ],
      }),
      [
        `spec.tolerations[0].operator: Invalid value: "b": value must be empty when \`operator\` is 'Exists'`,
        'spec.tolerations[1].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
        'spec.tolerations[2].operator: Unsupported value: "Equals": supported values: "Equal", "Exists"',
        `spec.tolerations[3].effect: Invalid value: "NoSchedule": effect must be 'NoExecute' when \`tolerationSeconds\` is set`,
        'spec.tolerations[4].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      ],
    ],
    [
      'with node affinity that has no terms, a wrong operator or no values',
      podManifest({
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [
                    { key: 'a', operator: 'in', values: ['b'] },
                    { key: 'a', operator: 'In' },
                  ],
                },
              ],
            },
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: {} }],
          },
        },
      }),
      [
        'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: Invalid value: "in": not a valid selector operator',
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
      ],
    ],
    [
      'with pod affinity to nowhere',
      podManifest({
        affinity: {
          podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: '' }] },
        },
      }),
      [
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
        `spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      ],
    ],
    [
      'with wrong spread constraints',
      podManifest({
        topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Never' }],
      }),
      [
        'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
        'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
        'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Never": supported values: "DoNotSchedule", "ScheduleAnyway"',
      ],
    ],
    [
      'with wrong names and numbers of its own',
      podManifest({
        activeDeadlineSeconds: 0,
        hostAliases: [{ ip: 'me' }],
        hostname: 'a.b',
        dnsPolicy: 'Cluster',
      }),
      [
        'spec.dnsPolicy: Unsupported value: "Cluster": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
        'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
        'spec.hostname: Invalid value: "a.b": must not contain dots',
        'spec.hostAliases[0].ip: Invalid value: "me": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      'with dnsPolicy None and no name server',
      podManifest({ dnsPolicy: 'None' }),
      ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    ],
    [
      'on a node, while gates hold it back',
      podManifest({ nodeName: 'n1', schedulingGates: [{ name: 'a' }] }),
      ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
    ],
    [
      'with a security context that contradicts itself',
      withContainer({
        securityContext: { runAsUser: -1, privileged: true, allowPrivilegeEscalation: false },
      }),
      [
        'spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
        'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":-1,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      ],
    ],
    [
      'its own user ids beside namespaces of the host',
      podManifest({ containers: [WEB], hostUsers: false, hostNetwork: true, hostPID: true, hostIPC: true }),
      [
        'spec.hostNetwork: Forbidden: when `pod.Spec.HostUsers` is false',
        'spec.HostPID: Forbidden: when `pod.Spec.HostUsers` is false',
        'spec.HostIPC: Forbidden: when `pod.Spec.HostUsers` is false',
      ],
    ],
  ];
  it.each(cases)('%s', (_, manifest, expected) => {
    expect(complaints(pod, manifest)).toEqual(expected);
  });
});

describe('a pod is taken', () => {
  it.each([
    [
      'with a sidecar that has a probe',
      podManifest({
        initContainers: [
          { ...WEB, name: 's', restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 1 } } },
        ],
      }),
    ],
    [
      'with a label in the downward API',
      withContainer({
        env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }],
      }),
    ],
    [
      'with all the resources a container can have',
      withContainer({
        resources: {
          limits: {
            cpu: '1',
            memory: '1Gi',
            'ephemeral-storage': '1Gi',
            'hugepages-2Mi': '4Mi',
            'example.com/gpu': '1',
          },
        },
      }),
    ],
    ['with a toleration of everything', podManifest({ tolerations: [{ operator: 'Exists' }] })],
    [
      'with a mount path that has a colon',
      withContainer({ volumeMounts: [{ name: 'v', mountPath: '/a:b' }] }, { volumes: [{ name: 'v' }] }),
    ],
  ])('%s', (_, manifest) => {
    expect(complaints(pod, manifest)).toEqual([]);
  });
});

describe('an update of a pod', () => {
  const old = podWith({}, { resourceVersion: '1' });
  const changes = (spec: object): string[] =>
    (pod.validateUpdate?.({ ...old, spec: { ...old.spec, ...spec } }, old) ?? []).map(formatFieldError);
  const others =
    'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n';

  it.each([
    ['of the image', { containers: [{ ...old.spec.containers[0], image: 'nginx:1.28' }] }],
    ['that adds a toleration', { tolerations: [{ key: 'a', operator: 'Exists' }] }],
    ['that sets a deadline', { activeDeadlineSeconds: 10 }],
  ])('%s is taken', (_, spec) => {
    expect(changes(spec)).toEqual([]);
  });

  it('of the node is refused with the difference', () => {
    expect(changes({ nodeName: 'n1' })).toEqual([`${others}+ nodeName: "n1"`]);
  });

  it('of a port is refused with the difference', () => {
    const container = { ...old.spec.containers[0], ports: [{ containerPort: 80 }] };
    expect(changes({ containers: [container] })).toEqual([
      `${others}+ containers[0].ports: [{"containerPort":80}]`,
    ]);
  });

  it('that adds a container is refused', () => {
    expect(changes({ containers: [...old.spec.containers, WEB] })).toEqual([
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ]);
  });

  it('may bring a deadline nearer, but not put it off', () => {
    const before = podWith({ activeDeadlineSeconds: 10 });
    const to = (seconds: number): number =>
      pod.validateUpdate?.({ ...before, spec: { ...before.spec, activeDeadlineSeconds: seconds } }, before)
        .length ?? 0;
    expect([to(5), to(20)]).toEqual([0, 1]);
  });

  it('may narrow down the nodes of a pod that gates hold back, and open gates', () => {
    const before = podWith({ schedulingGates: [{ name: 'a' }], nodeSelector: { disk: 'ssd' } });
    const to = (spec: object): string[] =>
      (pod.validateUpdate?.({ ...before, spec: { ...before.spec, ...spec } }, before) ?? []).map(
        formatFieldError,
      );
    expect(to({ nodeSelector: { disk: 'ssd', zone: 'a' }, schedulingGates: [] })).toEqual([]);
    expect(to({ nodeSelector: {} })).toEqual([
      'spec.nodeSelector: Invalid value: {}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ]);
    expect(to({ schedulingGates: [{ name: 'b' }] })).toEqual([
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'b'",
    ]);
  });

  it('that touches only the status is taken', () => {
    const next = { ...old, status: { phase: 'Running', qosClass: 'BestEffort' } };
    expect(pod.validate(next)).toEqual([]);
    expect(
      pod.validateUpdate?.(next, { ...old, status: { phase: 'Pending', qosClass: 'BestEffort' } }),
    ).toEqual([]);
  });

  it('of the status keeps the QoS class that it leaves out', () => {
    const running: Pod = { ...old, status: { phase: 'Pending', qosClass: 'BestEffort' } };
    const next = pod.prepareForUpdate?.({ ...running, status: { phase: 'Running' } }, running);
    expect(next?.status).toEqual({ phase: 'Running', qosClass: 'BestEffort' });
  });
});

describe('warnings of a pod', () => {
  it('tell of memory in thousandths of a byte and of variables that hide others', () => {
    const manifest = podWith({
      containers: [
        {
          ...WEB,
          resources: { requests: { memory: '100m' } },
          env: [
            { name: 'A', value: '1' },
            { name: 'A', value: '2' },
          ],
        },
      ],
    });
    expect(pod.warnings?.(manifest)).toEqual([
      'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ]);
  });
});
