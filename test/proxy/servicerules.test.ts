import { describe, expect, it } from 'vitest';
import type { Endpoint, Service, ServiceSpec } from '../../src/api/generated/types.ts';
import type { Frontend } from '../../src/network/rule.ts';
import { isProxied, localEndpointCount, type ProxyNode, rulesOf } from '../../src/proxy/servicerules.ts';
import { endpoint, service, slice } from './objects.ts';

const NODE: ProxyNode = { name: 'n1', zone: 'a' };
const READY = { ready: true, serving: true, terminating: false };
const DRAINING = { ready: false, serving: true, terminating: true };
const FAILING = { ready: false, serving: false, terminating: true };
const UNREADY = { ready: false, serving: false, terminating: false };

const at = (ip: string, conditions: Endpoint['conditions'] = READY, nodeName = 'n2'): Endpoint =>
  endpoint(ip, nodeName, conditions === undefined ? {} : { conditions });

function frontend(spec: Service, endpoints: readonly Endpoint[], kind: Frontend['kind']): Frontend {
  const found = rulesOf(spec, [slice(endpoints)], NODE)[0]?.frontends.find((f) => f.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

function ips(target: Frontend['target'] | undefined): readonly string[] | string {
  if (target === undefined) return 'none';
  return target.backends.length === 0 ? target.whenEmpty : target.backends.map(({ ip }) => ip);
}

interface Case {
  readonly name: string;
  readonly spec?: Partial<ServiceSpec>;
  readonly endpoints: readonly Endpoint[];
  readonly expected: readonly string[] | string;
}

describe('the endpoints of a cluster IP', () => {
  const local = { internalTrafficPolicy: 'Local' };
  const cases: readonly Case[] = [
    {
      name: 'are the ready ones',
      endpoints: [at('1'), at('2', UNREADY), at('3', DRAINING)],
      expected: ['1'],
    },
    {
      name: 'count as ready without conditions',
      endpoints: [endpoint('1', 'n2', { conditions: {} })],
      expected: ['1'],
    },
    {
      name: 'are the serving ones that terminate when none is ready',
      endpoints: [at('1', DRAINING), at('2', FAILING), at('3', UNREADY)],
      expected: ['1'],
    },
    {
      name: 'reject when none is ready or serving',
      endpoints: [at('1', FAILING), at('2', UNREADY)],
      expected: 'reject',
    },
    { name: 'reject when there are none', endpoints: [], expected: 'reject' },
    {
      name: 'are those of the node under the policy Local',
      spec: local,
      endpoints: [at('1'), at('2', READY, 'n1')],
      expected: ['2'],
    },
    {
      name: 'are the draining ones of the node under the policy Local when none there is ready',
      spec: local,
      endpoints: [at('1'), at('2', DRAINING, 'n1')],
      expected: ['2'],
    },
    {
      name: 'drop under the policy Local when only other nodes have any',
      spec: local,
      endpoints: [at('1')],
      expected: 'drop',
    },
    {
      name: 'reject under the policy Local when nobody has any',
      spec: local,
      endpoints: [],
      expected: 'reject',
    },
  ];
  it.each(cases)('$name', ({ spec = {}, endpoints, expected }) => {
    expect(ips(frontend(service(spec), endpoints, 'clusterIP').target)).toEqual(expected);
  });
});

describe('the endpoints of a node port', () => {
  const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] };
  const local = { ...spec, externalTrafficPolicy: 'Local' };
  const cases: readonly Case[] = [
    {
      name: 'are those of the whole cluster',
      spec,
      endpoints: [at('1'), at('2', READY, 'n1')],
      expected: ['1', '2'],
    },
    {
      name: 'are those of the node under the policy Local',
      spec: local,
      endpoints: [at('1'), at('2', READY, 'n1')],
      expected: ['2'],
    },
    {
      name: 'drop under the policy Local when only other nodes have any',
      spec: local,
      endpoints: [at('1')],
      expected: 'drop',
    },
    {
      name: 'reject under the policy Local when nobody has any',
      spec: local,
      endpoints: [],
      expected: 'reject',
    },
  ];
  it.each(cases)('$name', (c) => {
    expect(ips(frontend(service(c.spec), c.endpoints, 'nodePort').target)).toEqual(c.expected);
  });

  it('hide the client under the policy Cluster and show it under Local', () => {
    expect(frontend(service(spec), [at('1')], 'nodePort').target.masquerade).toBe(true);
    expect(frontend(service(local), [at('1')], 'nodePort').target.masquerade).toBe(false);
  });

  it('are those of the whole cluster for the node itself even under the policy Local', () => {
    expect(ips(frontend(service(local), [at('1')], 'nodePort').localTarget)).toEqual(['1']);
  });
});

describe('the rules of a Service', () => {
  it.each([
    ['a headless one', service({ clusterIP: 'None' })],
    ['an ExternalName', service({ type: 'ExternalName', externalName: 'example.org' })],
    ['one whose address is not allocated yet', service({ clusterIP: '', clusterIPs: [] })],
  ])('are none for %s', (_name, object) => {
    expect(isProxied(object)).toBe(false);
    expect(rulesOf(object, [slice([at('1')])], NODE)).toEqual([]);
  });

  it('match ports by name and protocol, whatever the number', () => {
    const ports = [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ];
    const object = slice([at('10.0.0.1')], {
      ports: [
        { name: 'dns', port: 5353, protocol: 'UDP' },
        { name: 'dns-tcp', port: 5354, protocol: 'TCP' },
      ],
    });
    const rules = rulesOf(service({ ports }), [object], NODE);
    expect(rules.map((rule) => [rule.key, rule.transport, rule.frontends[0]?.target.backends])).toEqual([
      ['default/web:dns', 'UDP', [{ ip: '10.0.0.1', port: 5353 }]],
      ['default/web:dns-tcp', 'TCP', [{ ip: '10.0.0.1', port: 5354 }]],
    ]);
  });

  it('join the slices of a Service and count an address once', () => {
    const slices = [
      slice([at('1'), at('2', DRAINING)]),
      slice([at('2'), at('3')], { metadata: { name: 'web-2' } }),
    ];
    expect(rulesOf(service(), slices, NODE)[0]?.frontends[0]?.target.backends.map(({ ip }) => ip)).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  it('publish external addresses and those of a load balancer, with its source ranges', () => {
    const object: Service = {
      ...service({
        type: 'LoadBalancer',
        externalIPs: ['203.0.113.1'],
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        ports: [{ port: 80, nodePort: 30_080 }],
      }),
      status: {
        loadBalancer: {
          ingress: [
            { ip: '192.0.2.1', ipMode: 'VIP' },
            { ip: '192.0.2.2', ipMode: 'Proxy' },
          ],
        },
      },
    };
    const frontends = rulesOf(object, [slice([at('1')])], NODE)[0]?.frontends ?? [];
    expect(frontends.map(({ kind, ip, port, allowedSources }) => [kind, ip, port, allowedSources])).toEqual([
      ['clusterIP', '10.96.0.20', 80, undefined],
      ['externalIP', '203.0.113.1', 80, undefined],
      ['loadBalancerIP', '192.0.2.1', 80, ['10.0.0.0/8']],
      ['nodePort', undefined, 30_080, undefined],
    ]);
  });

  it('keep clients for three hours with session affinity, or as long as configured', () => {
    const affine = (timeoutSeconds?: number) =>
      service({
        sessionAffinity: 'ClientIP',
        ...(timeoutSeconds === undefined ? {} : { sessionAffinityConfig: { clientIP: { timeoutSeconds } } }),
      });
    expect(rulesOf(service(), [], NODE)[0]?.affinityMs).toBeUndefined();
    expect(rulesOf(affine(), [], NODE)[0]?.affinityMs).toBe(10_800_000);
    expect(rulesOf(affine(60), [], NODE)[0]?.affinityMs).toBe(60_000);
  });

  it('use the slices of the family of each address', () => {
    const object = service({ clusterIP: '10.96.0.20', clusterIPs: ['10.96.0.20', 'fd00::20'] });
    const six = slice([at('fd00:1::1')], { addressType: 'IPv6', metadata: { name: 'web-6' } });
    const rules = rulesOf(object, [slice([at('10.0.0.1')]), six], NODE);
    expect(rules.map((rule) => rule.frontends[0]?.target.backends[0]?.ip)).toEqual(['10.0.0.1', 'fd00:1::1']);
  });
});

describe('topology hints', () => {
  const zoned = (ip: string, zone: string): Endpoint => ({
    ...at(ip),
    hints: { forZones: [{ name: zone }] },
  });
  const noded = (ip: string, nodeName: string): Endpoint => ({
    ...at(ip),
    hints: { forZones: [{ name: 'a' }], forNodes: [{ name: nodeName }] },
  });
  const cases: readonly Case[] = [
    { name: 'keep traffic in the zone', endpoints: [zoned('1', 'a'), zoned('2', 'b')], expected: ['1'] },
    {
      name: 'are ignored when one endpoint has none',
      endpoints: [zoned('1', 'a'), at('2')],
      expected: ['1', '2'],
    },
    {
      name: 'are ignored when the zone has nothing',
      endpoints: [zoned('1', 'b'), zoned('2', 'c')],
      expected: ['1', '2'],
    },
    { name: 'prefer the node to the zone', endpoints: [noded('1', 'n1'), noded('2', 'n2')], expected: ['1'] },
    {
      name: 'fall back to the zone when the node has nothing',
      endpoints: [noded('1', 'n8'), noded('2', 'n9')],
      expected: ['1', '2'],
    },
    {
      name: 'of endpoints that are not ready do not count',
      endpoints: [zoned('1', 'a'), zoned('2', 'b'), at('3', UNREADY)],
      expected: ['1'],
    },
  ];
  it.each(cases)('$name', ({ endpoints, expected }) => {
    expect(ips(frontend(service(), endpoints, 'clusterIP').target)).toEqual(expected);
  });
});

describe('the number of local endpoints', () => {
  it('counts the ready pods of the node once', () => {
    const slices = [
      slice([at('1', READY, 'n1'), at('2', DRAINING, 'n1'), at('3')]),
      slice([at('1', READY, 'n1')]),
    ];
    expect(localEndpointCount(slices, 'n1')).toBe(1);
  });
});
