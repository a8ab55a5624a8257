import { describe, expect, it } from 'vitest';
import type { Service, ServiceSpec, ServiceStatus } from '../../../src/api/generated/types.ts';
import { service } from '../../../src/api/kinds/service.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { deepFreeze } from '../../../src/apimachinery/freeze.ts';

function make(spec: ServiceSpec, status?: ServiceStatus): Service {
  const object = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec };
  return deepFreeze(status === undefined ? object : { ...object, status });
}

const WEB: ServiceSpec = { selector: { app: 'web' }, ports: [{ port: 80 }] };
const defaulted = (spec: ServiceSpec): Service => deepFreeze(service.applyDefaults(make(spec)));
const created = (spec: ServiceSpec): Service =>
  service.prepareForCreate?.(defaulted(spec)) ?? defaulted(spec);
const complaints = (spec: ServiceSpec): readonly string[] =>
  service.validate(created(spec)).map(formatFieldError);

describe('defaults of a Service', () => {
  it.each([
    [
      'are ClusterIP, no affinity, TCP, and the port itself as target',
      WEB,
      {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      },
    ],
    [
      'let a NodePort Service take traffic from all nodes',
      { ...WEB, type: 'NodePort' },
      { externalTrafficPolicy: 'Cluster' },
    ],
    [
      'let a LoadBalancer have node ports',
      { ...WEB, type: 'LoadBalancer' },
      { externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true },
    ],
    [
      'give client affinity three hours',
      { ...WEB, sessionAffinity: 'ClientIP' },
      { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } },
    ],
    [
      'say how traffic to external IPs is spread',
      { ...WEB, externalIPs: ['1.2.3.4'] },
      { externalTrafficPolicy: 'Cluster' },
    ],
    [
      'keep a target port by name',
      { ports: [{ port: 80, targetPort: 'http' }] },
      { ports: [{ port: 80, protocol: 'TCP', targetPort: 'http' }] },
    ],
  ])('%s', (_name, spec: ServiceSpec, want) => {
    expect(defaulted(spec).spec).toMatchObject(want);
  });

  it('give an ExternalName no traffic policy', () => {
    const { spec } = defaulted({ type: 'ExternalName', externalName: 'example.com' });
    expect(spec).toEqual({ type: 'ExternalName', externalName: 'example.com', sessionAffinity: 'None' });
  });

  it('change nothing when all is given', () => {
    const once = defaulted(WEB);
    expect(service.applyDefaults(once)).toBe(once);
  });
});

describe('a Service is accepted', () => {
  it.each<[string, ServiceSpec]>([
    ['with one port without a name', WEB],
    ['headless without ports', { clusterIP: 'None', selector: { app: 'db' } }],
    ['as an ExternalName with a trailing dot', { type: 'ExternalName', externalName: 'example.com.' }],
    [
      'with one port number for two protocols',
      {
        ports: [
          { name: 'a', port: 53 },
          { name: 'b', port: 53, protocol: 'UDP' },
        ],
      },
    ],
    ['with a wish for its cluster IP', { ...WEB, clusterIP: '10.96.7.7' }],
    ['without a selector', { ports: [{ port: 80 }] }],
    [
      'with a source range that has spaces around it',
      { ...WEB, type: 'LoadBalancer', loadBalancerSourceRanges: [' 10.0.0.0/8 '] },
    ],
    [
      'with local traffic before its health check port is allocated',
      { ...WEB, type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
    ],
  ])('%s', (_name, spec) => {
    expect(complaints(spec)).toEqual([]);
  });
});

const DUPLICATE_PORT =
  '{"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}';
const ONLY_LB = "Forbidden: may only be used when `type` is 'LoadBalancer'";

describe('a Service is refused', () => {
  it.each<[string, ServiceSpec, readonly string[]]>([
    ['without ports', { selector: { app: 'web' } }, ['spec.ports: Required value']],
    [
      'with an unknown type',
      { ...WEB, type: 'Nodeport' },
      [
        'spec.type: Unsupported value: "Nodeport": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [
      'with two ports of which one has no name',
      { ports: [{ name: 'a', port: 80 }, { port: 81 }] },
      ['spec.ports[1].name: Required value'],
    ],
    [
      'with two ports of one name',
      {
        ports: [
          { name: 'a', port: 80 },
          { name: 'a', port: 81 },
        ],
      },
      ['spec.ports[1].name: Duplicate value: "a"'],
    ],
    [
      'with the same port twice',
      {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 80 },
        ],
      },
      [`spec.ports[1]: Duplicate value: ${DUPLICATE_PORT}`],
    ],
    [
      'with port 0',
      { ports: [{ port: 0, targetPort: 80 }] },
      ['spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    ],
    [
      'with a target port out of range',
      { ports: [{ port: 80, targetPort: 70000 }] },
      ['spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ],
    [
      'with a target port whose name is too long',
      { ports: [{ port: 80, targetPort: 'a-very-long-port-name' }] },
      [
        'spec.ports[0].targetPort: Invalid value: "a-very-long-port-name": must be no more than 15 characters',
      ],
    ],
    [
      'with a protocol that there is not',
      { ports: [{ port: 80, protocol: 'HTTP' }] },
      ['spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"'],
    ],
    [
      'of type ClusterIP with a node port',
      { ports: [{ port: 80, nodePort: 30080 }] },
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      'with a node port twice',
      {
        type: 'NodePort',
        ports: [
          { name: 'a', port: 80, nodePort: 30080 },
          { name: 'b', port: 81, nodePort: 30080 },
        ],
      },
      ['spec.ports[1].nodePort: Duplicate value: 30080'],
    ],
    [
      'headless of type NodePort',
      { ...WEB, type: 'NodePort', clusterIP: 'None' },
      [`spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`],
    ],
    [
      'headless of type LoadBalancer',
      { ...WEB, type: 'LoadBalancer', clusterIP: 'None' },
      [`spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for LoadBalancer services`],
    ],
    ['as ExternalName without a name', { type: 'ExternalName' }, ['spec.externalName: Required value']],
    [
      'as ExternalName with a cluster IP',
      { type: 'ExternalName', externalName: 'a.b', clusterIP: '10.96.0.9' },
      ['spec.clusterIPs: Forbidden: may not be set for ExternalName services'],
    ],
    [
      'with a cluster IP that is none',
      { ...WEB, clusterIP: '10.96.0' },
      [
        'spec.clusterIPs[0]: Invalid value: "10.96.0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      'with two cluster IPs of one family',
      { ...WEB, clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.8', '10.96.0.9'] },
      [
        'spec.clusterIPs: Invalid value: ["10.96.0.8","10.96.0.9"]: may specify no more than one IP for each IP family',
      ],
    ],
    [
      'when clusterIP and clusterIPs differ',
      { ...WEB, clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.9'] },
      ['spec.clusterIPs: Invalid value: ["10.96.0.9"]: first value must match `clusterIP`'],
    ],
    [
      'with affinity that there is not',
      { ...WEB, sessionAffinity: 'Cookie' },
      ['spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"'],
    ],
    [
      'with affinity for more than a day',
      { ...WEB, sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } },
      [
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
      ],
    ],
    [
      'with an external IP of the host itself',
      { ...WEB, externalIPs: ['127.0.0.1'] },
      [
        'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
    ],
    [
      'with an external traffic policy but no outside',
      { ...WEB, externalTrafficPolicy: 'Local' },
      [
        'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
      ],
    ],
    [
      'with an unknown external traffic policy',
      { ...WEB, type: 'NodePort', externalTrafficPolicy: 'Near' },
      ['spec.externalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"'],
    ],
    [
      'with an unknown internal traffic policy',
      { ...WEB, internalTrafficPolicy: 'Near' },
      ['spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"'],
    ],
    [
      'with an unknown traffic distribution',
      { ...WEB, trafficDistribution: 'Near' },
      [
        'spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
      ],
    ],
    [
      'with a health check port it does not need',
      { ...WEB, type: 'LoadBalancer', healthCheckNodePort: 30500 },
      [
        "spec.healthCheckNodePort: Invalid value: 30500: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ],
    ],
    [
      'with source ranges but no load balancer',
      { ...WEB, loadBalancerSourceRanges: ['10.0.0.0/8'] },
      [`spec.LoadBalancerSourceRanges: ${ONLY_LB}`],
    ],
    [
      'with a load balancer class but no load balancer',
      { ...WEB, loadBalancerClass: 'example.com/x' },
      [`spec.loadBalancerClass: ${ONLY_LB}`],
    ],
    [
      'with node port allocation but no load balancer',
      { ...WEB, allocateLoadBalancerNodePorts: false },
      [`spec.allocateLoadBalancerNodePorts: ${ONLY_LB}`],
    ],
    [
      'with an IP family that there is not',
      { ...WEB, ipFamilies: ['IPv5'] },
      ['spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"'],
    ],
  ])('%s', (_name, spec, want) => {
    expect(complaints(spec)).toEqual(want);
  });

  it('with a name that starts with a digit', () => {
    expect(service.validateName('1web').join()).toMatch(/^a DNS-1035 label must consist of/);
  });
});

const STORED: ServiceSpec = {
  ...defaulted({ ...WEB, type: 'NodePort' }).spec,
  clusterIP: '10.96.5.5',
  clusterIPs: ['10.96.5.5'],
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
  ports: [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30123 }],
};

/** What an update of the stored Service to `spec` becomes, with its complaints. */
function update(
  spec: ServiceSpec,
  stored: ServiceSpec = STORED,
): { spec: ServiceSpec; errors: readonly string[] } {
  const old = make(stored, { loadBalancer: {} });
  const next = deepFreeze(
    service.prepareForUpdate?.(service.applyDefaults(make(spec, { loadBalancer: {} })), old) as Service,
  );
  const errors = [...(service.validateUpdate?.(next, old) ?? []), ...service.validate(next)];
  return { spec: next.spec, errors: errors.map(formatFieldError) };
}

describe('an update of a Service', () => {
  it('that says nothing of what was allocated keeps it', () => {
    const { spec, errors } = update({ ...WEB, type: 'NodePort' });
    expect(errors).toEqual([]);
    expect(spec).toMatchObject({
      clusterIP: '10.96.5.5',
      clusterIPs: ['10.96.5.5'],
      ports: [{ nodePort: 30123 }],
    });
  });

  it('may not change the cluster IP', () => {
    expect(update({ ...STORED, clusterIP: '10.96.6.6' }).errors).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.96.6.6"]: may not change once set',
    ]);
  });

  it('may not make it headless', () => {
    expect(update({ ...STORED, type: 'ClusterIP', clusterIP: 'None' }).errors).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set',
    ]);
  });

  it('to ClusterIP drops node ports and the external traffic policy', () => {
    const { spec, errors } = update({ ...STORED, type: 'ClusterIP' });
    expect(errors).toEqual([]);
    expect(spec.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }]);
    expect(spec).not.toHaveProperty('externalTrafficPolicy');
  });

  it('to ClusterIP with a new node port is refused', () => {
    const ports = [{ port: 80, nodePort: 30999 }];
    expect(update({ ...STORED, type: 'ClusterIP', ports }).errors).toEqual([
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ]);
  });

  it('to ExternalName drops addresses and families', () => {
    const { spec, errors } = update({ ...STORED, type: 'ExternalName', externalName: 'example.com' });
    expect(errors).toEqual([]);
    expect(spec).not.toHaveProperty('clusterIP');
    expect(spec).not.toHaveProperty('clusterIPs');
    expect(spec).not.toHaveProperty('ipFamilyPolicy');
  });

  it('gives a port the node port of the port of that name only once', () => {
    const ports = [{ port: 81 }, { name: 'other', port: 80 }];
    expect(update({ ...STORED, ports }).spec.ports?.map((p) => p.nodePort)).toEqual([30123, undefined]);
  });

  it('may not change the class of a load balancer', () => {
    const balanced = defaulted({ ...WEB, type: 'LoadBalancer', loadBalancerClass: 'example.com/a' }).spec;
    expect(update({ ...balanced, loadBalancerClass: 'example.com/b' }, balanced).errors).toEqual([
      'spec.loadBalancerClass: Invalid value: "example.com/b": may not change once set',
    ]);
  });
});

describe('kubectl get services', () => {
  const row = (spec: ServiceSpec, status?: ServiceStatus): Record<string, string | number> => {
    const object = service.applyDefaults(make(spec, status));
    return Object.fromEntries(service.columns.map((c) => [c.name, c.cell(object, 0)]));
  };

  it.each<[string, ServiceSpec, ServiceStatus | undefined, Record<string, string>]>([
    [
      'shows no external IP as <none>',
      { ...WEB, clusterIP: '10.96.5.5', clusterIPs: ['10.96.5.5'] },
      undefined,
      {
        Type: 'ClusterIP',
        'Cluster-IP': '10.96.5.5',
        'External-IP': '<none>',
        'Port(s)': '80/TCP',
        Selector: 'app=web',
      },
    ],
    [
      'shows node ports behind a colon',
      {
        type: 'NodePort',
        ports: [
          { name: 'a', port: 80, nodePort: 30080 },
          { name: 'b', port: 443 },
        ],
      },
      undefined,
      { 'Port(s)': '80:30080/TCP,443/TCP', Selector: '<none>', 'Cluster-IP': '<none>' },
    ],
    [
      'shows a load balancer without address as <pending>',
      { ...WEB, type: 'LoadBalancer' },
      undefined,
      { 'External-IP': '<pending>' },
    ],
    [
      'shows the address of a load balancer',
      { ...WEB, type: 'LoadBalancer' },
      { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } },
      { 'External-IP': '203.0.113.7' },
    ],
    [
      'shows long addresses of load balancers whole',
      { ...WEB, type: 'LoadBalancer' },
      { loadBalancer: { ingress: [{ hostname: 'balancer.example.com' }] } },
      { 'External-IP': 'balancer.example.com' },
    ],
    [
      'shows where an ExternalName points',
      { type: 'ExternalName', externalName: 'example.com' },
      undefined,
      { 'Cluster-IP': '<none>', 'External-IP': 'example.com', 'Port(s)': '<none>' },
    ],
    [
      'shows None for a headless Service',
      { clusterIP: 'None', clusterIPs: ['None'] },
      undefined,
      { 'Cluster-IP': 'None', 'Port(s)': '<none>' },
    ],
  ])('%s', (_name, spec, status, want) => {
    expect(row(spec, status)).toMatchObject(want);
  });
});

it('a status with load balancer addresses is for load balancers only', () => {
  const old = service.applyDefaults(make(WEB));
  const next = { ...old, status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } } };
  expect(service.validateUpdate?.(next, old).map(formatFieldError)).toEqual([
    "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
  ]);
});
