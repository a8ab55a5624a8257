import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

/** The pages of networkpolicy.ts and storage.ts, in upstream's order of rows (pkg/describe/describe.go). */

const labelsOf = (text: string): string[] => text.split('\n').map((line) => line.split(':')[0] ?? '');

describe('kubectl describe', () => {
  it('says of a NetworkPolicy whom it lets in, and what it leaves alone', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [
          {
            from: [
              { namespaceSelector: { matchLabels: { team: 'a' } }, podSelector: {} },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            ],
            ports: [{ port: 80 }, { port: 90, endPort: 99 }],
          },
          {},
        ],
      },
    });
    expect(
      b.run('describe netpol web').out.replace(/Created on: .*/, 'Created on: then'),
    ).toBe(`Name:         web
Namespace:    default
Created on: then
Labels:       <none>
Annotations:  <none>
Spec:
  PodSelector:     app=web
  Allowing ingress traffic:
    To Port: 80/TCP
    To Port Range: 90-99/TCP
    From:
      NamespaceSelector: team=a
      PodSelector: <none>
    From:
      IPBlock:
        CIDR: 10.0.0.0/8
        Except: 10.1.0.0/16
    ----------
    To Port: <any> (traffic allowed to all ports)
    From: <any> (traffic not restricted by source)
  Not affecting egress traffic
  Policy Types: Ingress
`);
  });

  it('says of a claim who uses it', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'default' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    const { out } = b.run('describe pvc data');
    expect(labelsOf(out).slice(0, 13)).toEqual([
      'Name',
      'Namespace',
      'StorageClass',
      'Status',
      'Volume',
      'Labels',
      'Annotations',
      'Finalizers',
      'Capacity',
      'Access Modes',
      'VolumeMode',
      'Used By',
      'Events',
    ]);
    expect(out).toMatch(/^Used By: +<none>$/m);
  });

  it('says of a volume what it is made of', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'vol' },
      spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/srv' } },
    });
    const { out } = b.run('describe pv vol');
    expect(out).toMatch(/^Node Affinity: +<none>$/m);
    expect(out).toMatch(/Type: +HostPath \(bare host directory volume\)\n +Path: +\/srv\n/);
  });

  it('says of a class whether it is the default', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'a.com/b',
    });
    const { out } = b.run('describe sc fast');
    expect(out).toMatch(/^IsDefaultClass: +Yes$/m);
    expect(out).toMatch(/^AllowVolumeExpansion: +<unset>$/m);
    expect(out).toMatch(/^VolumeBindingMode: +Immediate$/m);
  });
});

describe('kubectl describe and create ingress (ingress.ts)', () => {
  it('make an Ingress of rules and lay it out as upstream does', () => {
    const b = new Bench();
    const made = b.run(
      'create ingress web --class=nginx --rule=a.io/*=web:80,tls=cert --rule=a.io/x=api:http --annotation=k=v',
    );
    expect(made).toEqual({ out: 'ingress.networking.k8s.io/web created\n', err: '', code: 0 });
    const { out } = b.run('get ingress web -o jsonpath={.spec}');
    expect(JSON.parse(out)).toEqual({
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'a.io',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
              {
                path: '/x',
                pathType: 'Exact',
                backend: { service: { name: 'api', port: { name: 'http' } } },
              },
            ],
          },
        },
      ],
      tls: [{ hosts: ['a.io'], secretName: 'cert' }],
    });
    const page = b.run('describe ingress web').out;
    expect(page).toContain('TLS:\n  cert terminates a.io\n');
    expect(page).toMatch(/ +\/ +web:80 \(<error: services "web" not found>\)/);
    expect(labelsOf(page).slice(0, 5)).toEqual(['Name', 'Labels', 'Namespace', 'Address', 'Ingress Class']);
  });

  it('refuse what says too little', () => {
    const { err } = new Bench().run('create ingress web');
    expect(err).toContain('every ingress has to either specify a default-backend');
    expect(new Bench().run('create ingress web --rule=nonsense').err).toContain(
      'rule nonsense is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]',
    );
  });
});
