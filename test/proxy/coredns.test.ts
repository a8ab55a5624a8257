import { describe, expect, it } from 'vitest';
import type { EndpointSlice } from '../../src/api/generated/types.ts';
import type { DnsCode, DnsType } from '../../src/network/types.ts';
import { CoreDNS } from '../../src/proxy/coredns.ts';
import { Process } from '../../src/sim/process.ts';
import { GET, type TestNet, testNet } from '../network/testnet.ts';
import { FakeApi } from './fakeapi.ts';
import { endpoint, namespace, service, slice } from './objects.ts';

const UNREADY = { ready: false, serving: false, terminating: false };
const DB_PORTS = [{ name: 'pg', port: 5432, protocol: 'TCP' }];

interface Setup {
  readonly net: TestNet;
  readonly api: FakeApi;
  readonly process: Process;
  readonly dns: CoreDNS;
  run(ms: number): void;
}

function setup(up = true): Setup {
  const net = testNet();
  const api = new FakeApi(net.simulation);
  api.up = up;
  for (const name of ['default', 'shop', 'empty']) api.put('namespaces', namespace(name));
  const ports = [
    { name: 'http', port: 80 },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ];
  api.put('services', service({ ports }));
  api.put('services', service({ clusterIP: '10.96.0.30' }, 'lonely'));
  api.put('services', service({ clusterIP: 'None', ports: DB_PORTS }, 'db', 'shop'));
  api.put('services', service({ clusterIP: 'None' }, 'nobody', 'shop'));
  api.put('services', service({ clusterIP: 'None', ports: [] }, 'portless', 'shop'));
  api.put('services', service({ type: 'ExternalName', externalName: 'www.example.org' }, 'site'));
  api.put(
    'services',
    service({ type: 'ExternalName', externalName: 'web.default.svc.cluster.local' }, 'alias'),
  );
  api.put(
    'services',
    service({ type: 'ExternalName', externalName: 'loop.default.svc.cluster.local' }, 'loop'),
  );
  const put = (object: EndpointSlice): void => api.put('endpointslices', object);
  put(slice([endpoint('10.244.1.5', 'n1')], { ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }));
  const db = [
    endpoint('10.244.1.7', 'n1', { hostname: 'db-0' }),
    endpoint('10.244.2.7', 'n2', { hostname: 'db-1' }),
    endpoint('10.244.3.7', 'n3', { hostname: 'db-2', conditions: UNREADY }),
  ];
  put(slice(db, { ports: DB_PORTS }, 'db', 'shop'));
  put(slice([endpoint('10.244.3.8', 'n3', { conditions: UNREADY })], {}, 'nobody', 'shop'));
  put(slice([endpoint('10.244.3.9', 'n3')], { ports: [] }, 'portless', 'shop'));
  net.fabric.setPublicName('www.example.org', '203.0.113.80');
  const process = new Process(net.simulation, 'coredns');
  const pod = net.n2.addNamespace('kube-system/coredns', '10.244.2.53');
  const dns = new CoreDNS({ process, client: api.client('coredns'), fabric: net.fabric, namespace: pod });
  expect(dns.start()).toBeUndefined();
  const run = (ms: number): void => void net.simulation.runUntil(net.simulation.now() + ms);
  run(10);
  return { net, api, process, dns, run };
}

type Case = readonly [
  sentence: string,
  name: string,
  type: DnsType,
  code: DnsCode,
  values: readonly string[],
];

const SVC = 'svc.cluster.local';

const CASES: readonly Case[] = [
  ['a Service has its cluster IP', `web.default.${SVC}`, 'A', 'NOERROR', ['10.96.0.20']],
  ['case and a trailing dot do not matter', `WEB.Default.${SVC}.`, 'A', 'NOERROR', ['10.96.0.20']],
  ['a Service without endpoints has its cluster IP', `lonely.default.${SVC}`, 'A', 'NOERROR', ['10.96.0.30']],
  ['an IPv4 Service has no IPv6 address', `web.default.${SVC}`, 'AAAA', 'NOERROR', []],
  ['a Service that does not exist has no name', `nope.default.${SVC}`, 'A', 'NXDOMAIN', []],
  ['a Service has no name in another namespace', `web.shop.${SVC}`, 'A', 'NXDOMAIN', []],
  ['a namespace that does not exist has no names', `web.nowhere.${SVC}`, 'A', 'NXDOMAIN', []],
  ['a namespace has a name and no address', `empty.${SVC}`, 'A', 'NOERROR', []],
  ['a namespace that does not exist has no name', `nowhere.${SVC}`, 'A', 'NXDOMAIN', []],
  ['the zone has a name and no address', 'cluster.local', 'A', 'NOERROR', []],
  ['svc has a name and no address', SVC, 'A', 'NOERROR', []],
  ['other names of the zone do not exist', 'web.cluster.local', 'A', 'NXDOMAIN', []],
  [
    'a headless Service has its ready endpoints',
    `db.shop.${SVC}`,
    'A',
    'NOERROR',
    ['10.244.1.7', '10.244.2.7'],
  ],
  ['a headless Service without ready endpoints has no name', `nobody.shop.${SVC}`, 'A', 'NXDOMAIN', []],
  [
    'a headless Service without ports has its endpoints',
    `portless.shop.${SVC}`,
    'A',
    'NOERROR',
    ['10.244.3.9'],
  ],
  ['an endpoint is found by its host name', `db-1.db.shop.${SVC}`, 'A', 'NOERROR', ['10.244.2.7']],
  ['an endpoint that is not ready has no name', `db-2.db.shop.${SVC}`, 'A', 'NXDOMAIN', []],
  ['an endpoint with a host name has no dashed name', `10-244-1-7.db.shop.${SVC}`, 'A', 'NXDOMAIN', []],
  [
    'an endpoint without host name has a dashed name',
    `10-244-1-5.web.default.${SVC}`,
    'A',
    'NOERROR',
    ['10.244.1.5'],
  ],
  ['deeper names do not exist', `a.b.c.web.default.${SVC}`, 'A', 'NXDOMAIN', []],
  [
    'a pod is found by its dashed address',
    '10-244-9-9.default.pod.cluster.local',
    'A',
    'NOERROR',
    ['10.244.9.9'],
  ],
  ['a pod name must be an address', 'web-0.default.pod.cluster.local', 'A', 'NXDOMAIN', []],
  ['a pod name needs a namespace that exists', '10-244-9-9.nowhere.pod.cluster.local', 'A', 'NXDOMAIN', []],
  ['an ExternalName is another name', `site.default.${SVC}`, 'CNAME', 'NOERROR', ['www.example.org']],
  [
    'an ExternalName brings the address of the other name',
    `site.default.${SVC}`,
    'A',
    'NOERROR',
    ['www.example.org', '203.0.113.80'],
  ],
  [
    'an ExternalName may name a Service',
    `alias.default.${SVC}`,
    'A',
    'NOERROR',
    [`web.default.${SVC}`, '10.96.0.20'],
  ],
  ['an ExternalName has no ports', `_http._tcp.site.default.${SVC}`, 'SRV', 'NXDOMAIN', []],
  [
    'a named port of a Service is a SRV record',
    `_http._tcp.web.default.${SVC}`,
    'SRV',
    'NOERROR',
    [`web.default.${SVC}`, '10.96.0.20'],
  ],
  ['a SRV record needs the right protocol', `_http._udp.web.default.${SVC}`, 'SRV', 'NXDOMAIN', []],
  ['a SRV record needs a port of that name', `_https._tcp.web.default.${SVC}`, 'SRV', 'NXDOMAIN', []],
  ['a port without name has no SRV record', `_http._tcp.lonely.default.${SVC}`, 'SRV', 'NXDOMAIN', []],
  [
    'a headless Service has a SRV record for each endpoint',
    `_pg._tcp.db.shop.${SVC}`,
    'SRV',
    'NOERROR',
    [`db-0.db.shop.${SVC}`, `db-1.db.shop.${SVC}`, '10.244.1.7', '10.244.2.7'],
  ],
  ['a cluster IP has a reverse name', '20.0.96.10.in-addr.arpa', 'PTR', 'NOERROR', [`web.default.${SVC}`]],
  ['an endpoint has a reverse name', '7.1.244.10.in-addr.arpa', 'PTR', 'NOERROR', [`db-0.db.shop.${SVC}`]],
  ['an endpoint that is not ready has no reverse name', '7.3.244.10.in-addr.arpa', 'PTR', 'NXDOMAIN', []],
  ['an address nobody has has no reverse name', '1.2.3.4.in-addr.arpa', 'PTR', 'NXDOMAIN', []],
  ['public names are asked for outside', 'www.example.org', 'A', 'NOERROR', ['203.0.113.80']],
  ['unknown public names do not exist', 'nope.example.org', 'A', 'NXDOMAIN', []],
  ['the version of the name scheme is told', 'dns-version.cluster.local', 'TXT', 'NOERROR', ['1.1.0']],
];

describe('CoreDNS answers that', () => {
  it.each(CASES)('%s', (_sentence, name, type, code, values) => {
    const reply = setup().dns.answer({ name, type });
    expect(reply.code).toBe(code);
    expect(reply.answers.map((record) => record.value).sort()).toEqual(values.toSorted());
  });

  it('names may not stand for each other without end', () => {
    const reply = setup().dns.answer({ name: `loop.default.${SVC}`, type: 'A' });
    expect(reply.code).toBe('NOERROR');
    expect(reply.answers.length).toBeLessThanOrEqual(8);
  });

  it('SRV records have the port of the endpoint', () => {
    const { answers } = setup().dns.answer({ name: `_pg._tcp.db.shop.${SVC}`, type: 'SRV' });
    const records = answers.filter((record) => record.type === 'SRV');
    expect(records.map(({ port, priority, weight }) => ({ port, priority, weight }))).toEqual([
      { port: 5432, priority: 0, weight: 50 },
      { port: 5432, priority: 0, weight: 50 },
    ]);
  });
});

describe('CoreDNS', () => {
  it('gives the addresses of a headless Service in changing order', () => {
    const { dns } = setup();
    const first = new Set(
      Array.from({ length: 20 }, () => dns.answer({ name: `db.shop.${SVC}`, type: 'A' }).answers[0]?.value),
    );
    expect(first.size).toBe(2);
  });

  it('follows changes', () => {
    const { api, dns, run } = setup();
    api.remove('services', 'default/web');
    api.put('services', service({ clusterIP: '10.96.0.40' }, 'new'));
    run(10);
    expect(dns.answer({ name: `web.default.${SVC}`, type: 'A' }).code).toBe('NXDOMAIN');
    expect(dns.answer({ name: `new.default.${SVC}`, type: 'A' }).answers[0]?.value).toBe('10.96.0.40');
    expect(dns.answer({ name: '20.0.96.10.in-addr.arpa', type: 'PTR' }).code).toBe('NXDOMAIN');
  });

  it('is not ready and answers nothing of the cluster before it could list', () => {
    const { net, api, dns, run } = setup(false);
    const get = (port: number) => {
      const target = { host: '10.244.2.53', port, message: GET };
      const { reply } = net.fabric.request(net.n1.namespace, target);
      return reply?.type === 'http' ? reply.status : undefined;
    };
    expect([get(8080), get(8181)]).toEqual([200, 503]);
    expect(dns.answer({ name: `web.default.${SVC}`, type: 'A' }).code).toBe('SERVFAIL');
    expect(dns.answer({ name: 'www.example.org', type: 'A' }).code).toBe('NOERROR');
    api.up = true;
    run(5000);
    expect([get(8080), get(8181)]).toEqual([200, 200]);
    expect(dns.answer({ name: `web.default.${SVC}`, type: 'A' }).code).toBe('NOERROR');
  });

  it('fails for public names when its host is cut off from the world', () => {
    const { net, dns } = setup();
    net.fabric.links.set('n2', 'outside', { cut: true });
    const reply = dns.answer({ name: 'www.example.org', type: 'A' });
    expect(reply.code).toBe('SERVFAIL');
    expect(reply.latencyMs).toBeGreaterThanOrEqual(2000);
  });

  it('serves pods over the network until its process ends', () => {
    const { net, process } = setup();
    const pod = net.n1.addNamespace('client', '10.244.1.99');
    pod.resolver = {
      nameservers: ['10.244.2.53'],
      search: ['default.svc.cluster.local', SVC, 'cluster.local'],
      ndots: 5,
      timeoutMs: 5000,
      attempts: 2,
    };
    expect(net.fabric.lookup(pod, 'web').records[0]?.value).toBe('10.96.0.20');
    expect(net.fabric.lookup(pod, 'db-0.db.shop').records[0]?.value).toBe('10.244.1.7');
    expect(net.fabric.lookup(pod, 'site').records.at(-1)?.value).toBe('203.0.113.80');
    expect(net.fabric.lookup(pod, '10.96.0.20', { type: 'PTR' }).records[0]?.value).toBe(
      `web.default.${SVC}`,
    );
    process.kill();
    expect(net.fabric.lookup(pod, 'web').outcome).toBe('dnsTimeout');
  });

  it('says that its port is taken', () => {
    const { net, api } = setup();
    const pod = net.n3.addNamespace('b', '10.244.3.53');
    const start = () => {
      const process = new Process(net.simulation, 'b');
      return new CoreDNS({ process, client: api.client('b'), fabric: net.fabric, namespace: pod }).start();
    };
    expect(start()).toBeUndefined();
    expect(start()).toBe('listen udp 0.0.0.0:53: bind: address already in use');
  });
});
