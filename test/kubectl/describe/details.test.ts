import { describe, expect, it } from 'vitest';
import { formatEndpoints } from '../../../src/kubectl/describe/service.ts';
import { builtin } from '../../../src/kubectl/discovery.ts';
import { NAMES } from '../certificaterequests.ts';
import { Bench } from '../harness.ts';

function meta(name: string): object {
  return { name, namespace: 'default' };
}

// Each expectation is read from pkg/describe/describe.go of v1.35.
describe('kubectl describe', () => {
  it('shows names of ports, devices and, of the pod, only the fields kubectl can look up', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: meta('default'),
      automountServiceAccountToken: false,
    });
    b.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: meta('p'),
      spec: {
        containers: [
          {
            name: 'c',
            image: 'i',
            ports: [
              { containerPort: 80, name: 'http' },
              { containerPort: 53, protocol: 'UDP' },
            ],
            resources: { limits: { cpu: '1500m', memory: '64Mi' } },
            env: [
              { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
              { name: 'MEM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
              { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
            ],
            volumeDevices: [{ name: 'd', devicePath: '/dev/xvda' }],
          },
        ],
        volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'd' } }],
      },
    });
    const { out } = b.run('describe pod p');
    expect(out).toMatch(/Ports: +80\/TCP \(http\), 53\/UDP\n +Host Ports: +0\/TCP \(http\), 0\/UDP\n/);
    expect(out).toMatch(/NAME: +p \(v1:metadata.name\)\n +IP: +\(v1:status.podIP\)\n/);
    expect(out).toMatch(/MEM: +64 \(limits.memory\)\n +CPU: +1500 \(limits.cpu\)\n/);
    expect(out).toMatch(/Mounts: +<none>\n +Devices: +<none>\n +\/dev\/xvda from d\n/);
  });

  it('names the runtime class before the service account', () => {
    const b = new Bench();
    b.put({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'gvisor' }, handler: 'h' });
    b.put({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: meta('default'),
      automountServiceAccountToken: false,
    });
    b.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: meta('p'),
      spec: { runtimeClassName: 'gvisor', containers: [{ name: 'c', image: 'i' }] },
    });
    expect(b.run('describe pod p').out).toMatch(/Runtime Class Name: +gvisor\nService Account: +default\n/);
  });

  it('sorts taints by effect', () => {
    const b = new Bench();
    const taints = [
      { key: 'a', effect: 'NoSchedule' },
      { key: 'b', effect: 'NoExecute' },
    ];
    b.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { taints } });
    expect(b.run('describe node n').out).toMatch(/Taints: +b:NoExecute\n +a:NoSchedule\n/);
  });

  it('describes every kind of metric of an autoscaler', () => {
    const b = new Bench();
    const value = (type: string, text: string): object => ({
      type,
      [type === 'Value' ? 'value' : 'averageValue']: text,
    });
    b.put({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: meta('h'),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        metrics: [
          { type: 'External', external: { metric: { name: 'q' }, target: value('AverageValue', '30') } },
          { type: 'External', external: { metric: { name: 'q' }, target: value('Value', '1000') } },
          { type: 'Pods', pods: { metric: { name: 'p' }, target: value('AverageValue', '100m') } },
          {
            type: 'Object',
            object: {
              metric: { name: 'r' },
              describedObject: { apiVersion: 'v1', kind: 'Service', name: 's' },
              target: value('Value', '2k'),
            },
          },
          { type: 'Resource', resource: { name: 'memory', target: value('AverageValue', '100Mi') } },
          {
            type: 'ContainerResource',
            containerResource: {
              name: 'cpu',
              container: 'app',
              target: { type: 'Utilization', averageUtilization: 60 },
            },
          },
        ],
      },
    });
    const lines = b.run('describe hpa h').out.split('\n');
    const first = lines.findIndex((line) => line.startsWith('Metrics:'));
    expect(lines.slice(first, first + 7).map((line) => line.replace(/: +/, ': '))).toEqual([
      'Metrics: ( current / target )',
      '  "q" (target average value): <unknown> / 30',
      '  "q" (target value): <unknown> / 1k',
      '  "p" on pods: <unknown> / 100m',
      '  "r" on Service/s (target value): <unknown> / 2k',
      '  resource memory on pods: <unknown> / 100Mi',
      '  resource cpu of container "app" on pods  (as a percentage of request): <unknown> / 60%',
    ]);
  });

  it('describes of a ServiceAccount only what it pulls images with', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: meta('bar'),
      imagePullSecrets: [{ name: 'one' }, { name: 'two' }],
      secrets: [{ name: 'old' }],
    });
    expect(b.run('describe sa bar').out).toBe(`Name:                bar
Namespace:           default
Labels:              <none>
Annotations:         <none>
Image pull secrets:  one
                     two
Events:              <none>
`);
  });

  it('explains the scopes of quotas in a namespace', () => {
    const b = new Bench();
    b.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    b.put({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'n' },
      spec: { hard: { pods: '3' }, scopes: ['BestEffort'] },
    });
    expect(b.run('describe namespace n').out).toMatch(
      / Scopes: +BestEffort\n {2}\* Matches all pods that do not have resource requirements set\./,
    );
  });

  it('cuts the indexes of a job at the first comma past the fiftieth character', () => {
    const b = new Bench();
    const indexes = Array.from({ length: 30 }, (_, i) => `${i * 2}`).join(',');
    const job = b.put({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: meta('j'),
      spec: {
        completions: 60,
        parallelism: 1,
        completionMode: 'Indexed',
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
      },
    });
    b.client.updateStatus(builtin('jobs'), {
      ...job,
      status: { completedIndexes: indexes, succeeded: 30 },
    } as never);
    const cut = indexes.slice(0, indexes.indexOf(',', 50) + 1);
    expect(b.run('describe job j').out).toContain(`${cut}...\n`);
  });

  it('notes more endpoints before it looks whether they are ready', () => {
    const endpoint = (n: number, ready = true): { addresses: string[]; conditions: { ready: boolean } } => ({
      addresses: [`10.0.0.${n}`],
      conditions: { ready },
    });
    const slice = (endpoints: readonly object[], ports: readonly object[]): never =>
      ({ addressType: 'IPv4', metadata: { name: 's' }, endpoints, ports }) as never;
    const http = [{ name: 'http', port: 80 }];
    expect(
      formatEndpoints(
        [
          slice(
            [1, 2, 3].map((n) => endpoint(n)),
            http,
          ),
        ],
        'http',
      ),
    ).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.3:80');
    expect(
      formatEndpoints(
        [slice([endpoint(1), endpoint(2, false), endpoint(3), endpoint(4), endpoint(5)], http)],
        'http',
      ),
    ).toBe('10.0.0.1:80,10.0.0.3:80,10.0.0.4:80 + 1 more...');
    expect(formatEndpoints([slice([endpoint(1)], [])], '')).toBe('10.0.0.1');
  });

  it('describes a StorageClass with its topologies, labels of maps in one line', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'fast', annotations: { b: '2', a: '1' } },
      provisioner: 'p',
      allowVolumeExpansion: true,
      allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a', 'b'] }] }],
    });
    const { out } = b.run('describe sc fast');
    expect(out).toMatch(
      /Annotations: +a=1,b=2\nProvisioner: +p\nParameters: +<none>\nAllowVolumeExpansion: +True\n/,
    );
    expect(out).toMatch(/AllowedTopologies: +\n {2}Term 0: +zone in \[a, b\]\n/);
  });

  it('leaves names of fields alone that are more than letters', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'r' },
      handler: 'h',
      scheduling: { nodeSelector: { 'app.kubernetes.io/name': 'x', disk: 'ssd' } },
    });
    expect(b.run('describe runtimeclass r').out).toMatch(
      /Node Selector:\n {4}app\.kubernetes\.io\/name: +x\n {4}Disk: +ssd\n/,
    );
  });

  it('describes all names of a certificate signing request', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'jane', labels: { b: '2', a: '1' } },
      spec: {
        request: NAMES,
        signerName: 'example.com/all',
        usages: ['client auth'],
        expirationSeconds: 3600,
      },
    });
    const { out } = b.run('describe csr jane');
    expect(out).toMatch(/Labels: +a=1,b=2\nAnnotations: +<none>\n/);
    expect(out).toMatch(/Signer: +example\.com\/all\nRequested Duration: +60m\nStatus: +Pending\nSubject:\n/);
    const lines = out.slice(out.indexOf('Subject:\n')).split('\n');
    expect(lines.slice(1, 17).map((line) => line.trim().replace(/: +/, ': '))).toEqual([
      'Common Name: jane',
      'Serial Number:',
      'Organization: dev',
      'Organizational Unit: crew',
      'Country: DE',
      'Locality: Hafen',
      'Province: Bremen',
      'Subject Alternative Names:',
      'DNS Names: web.default.svc',
      'web',
      'Email Addresses: a@b.c',
      'URIs: spiffe://x/y',
      'IP Addresses: 10.0.0.1',
      'fd00::1',
      'Events: <none>',
      '',
    ]);
  });
});
