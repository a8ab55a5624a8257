import { describe, expect, it } from 'vitest';
import { candidates, reverseName } from '../../src/network/resolver.ts';
import type { DnsReply, NetworkNamespace, ResolverConfig } from '../../src/network/types.ts';
import { GET, type TestNet, testNet } from './testnet.ts';

const CLUSTER_FIRST: ResolverConfig = {
  nameservers: ['10.244.2.53'],
  search: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
  ndots: 5,
  timeoutMs: 5000,
  attempts: 2,
};

const NXDOMAIN: DnsReply = { type: 'dns', code: 'NXDOMAIN', answers: [], latencyMs: 0 };

/** A nameserver in a pod on n2 that knows these names; a name may also be answered with a whole reply. */
function nameserver(net: TestNet, names: Readonly<Record<string, string | DnsReply>>): string[] {
  const asked: string[] = [];
  net.n2.addNamespace('dns', '10.244.2.53').listen(
    53,
    ({ message }) => {
      if (message.protocol !== 'dns') return { type: 'reset', latencyMs: 0 };
      asked.push(message.name);
      const known = names[message.name];
      if (known === undefined) return NXDOMAIN;
      if (typeof known !== 'string') return known;
      const answers = [{ name: message.name, type: 'A', ttl: 30, value: known }] as const;
      return { type: 'dns', code: 'NOERROR', answers, latencyMs: 0 };
    },
    { transport: 'UDP' },
  );
  return asked;
}

function client(net: TestNet, resolver: ResolverConfig = CLUSTER_FIRST): NetworkNamespace {
  const pod = net.n1.addNamespace('client', '10.244.1.2');
  pod.resolver = resolver;
  return pod;
}

describe('the names that are asked for', () => {
  const search = ['ns.svc.cluster.local', 'cluster.local'];
  it.each([
    [
      'a short name goes through the search list first',
      'web',
      ['web.ns.svc.cluster.local', 'web.cluster.local', 'web'],
    ],
    [
      'a name with fewer dots than ndots goes through the search list first',
      'web.shop.svc',
      ['web.shop.svc.ns.svc.cluster.local', 'web.shop.svc.cluster.local', 'web.shop.svc'],
    ],
    [
      'a name with ndots dots is tried as it is first',
      'a.b.c.d.e.f',
      ['a.b.c.d.e.f', 'a.b.c.d.e.f.ns.svc.cluster.local', 'a.b.c.d.e.f.cluster.local'],
    ],
    ['a name with a trailing dot is tried as it is only', 'web.', ['web']],
    ['an impossible name is not asked for', 'a..b', []],
  ])('%s', (_name, name, expected) => {
    expect(candidates(name, search, 5)).toEqual(expected);
  });
});

describe('looking up a name', () => {
  it('stops at the first name that exists', () => {
    const net = testNet();
    const asked = nameserver(net, { 'web.other.svc.cluster.local': '10.96.0.20' });
    const lookup = net.fabric.lookup(client(net), 'web.other');
    expect(lookup).toMatchObject({
      outcome: 'ok',
      name: 'web.other.svc.cluster.local',
      server: '10.244.2.53',
    });
    expect(lookup.records).toEqual([
      { name: 'web.other.svc.cluster.local', type: 'A', ttl: 30, value: '10.96.0.20' },
    ]);
    expect(asked).toEqual(['web.other.shop.svc.cluster.local', 'web.other.svc.cluster.local']);
    expect(net.fabric.counters.dnsQueries).toBe(2);
  });

  it('fails when no name of the search list exists', () => {
    const net = testNet();
    nameserver(net, {});
    expect(net.fabric.lookup(client(net), 'web')).toMatchObject({
      outcome: 'nameNotFound',
      code: 'NXDOMAIN',
      error: 'lookup web on 10.244.2.53:53: no such host',
    });
  });

  it('fails when the name exists without an address', () => {
    const net = testNet();
    nameserver(net, { web: { ...NXDOMAIN, code: 'NOERROR' } });
    expect(net.fabric.lookup(client(net), 'web').outcome).toBe('nameNotFound');
  });

  it('goes on after a server failure and reports it when nothing is found', () => {
    const net = testNet();
    nameserver(net, { 'web.shop.svc.cluster.local': { ...NXDOMAIN, code: 'SERVFAIL' } });
    expect(net.fabric.lookup(client(net), 'web')).toMatchObject({
      outcome: 'dnsTimeout',
      error: 'lookup web on 10.244.2.53:53: server misbehaving',
    });
  });

  it('asks a silent nameserver twice, five seconds each', () => {
    const net = testNet();
    nameserver(net, {});
    net.fabric.links.isolate('n2');
    const lookup = net.fabric.lookup(client(net), 'web');
    expect(lookup.outcome).toBe('dnsTimeout');
    expect(lookup.latencyMs).toBe(10_000);
    expect(lookup.error).toMatch(
      /^lookup web on 10\.244\.2\.53:53: read udp 10\.244\.1\.2:\d+->10\.244\.2\.53:53: i\/o timeout$/,
    );
  });

  it('notices at once that nobody listens at the nameserver', () => {
    const net = testNet();
    net.n2.addNamespace('dns', '10.244.2.53');
    const lookup = net.fabric.lookup(client(net), 'web');
    expect(lookup.outcome).toBe('dnsTimeout');
    expect(lookup.latencyMs).toBeLessThan(10);
    expect(lookup.error).toMatch(/read: connection refused$/);
  });

  it('asks the next nameserver when the first is silent', () => {
    const net = testNet();
    nameserver(net, { 'web.shop.svc.cluster.local': '10.96.0.20' });
    const resolver = { ...CLUSTER_FIRST, nameservers: ['10.96.0.99', '10.244.2.53'] };
    const lookup = net.fabric.lookup(client(net, resolver), 'web');
    expect(lookup.outcome).toBe('ok');
    expect(Math.floor(lookup.latencyMs)).toBe(5000);
  });

  it('asks the given server instead of the configured ones', () => {
    const net = testNet();
    nameserver(net, { 'web.shop.svc.cluster.local': '10.96.0.20' });
    const pod = client(net, { ...CLUSTER_FIRST, nameservers: [] });
    expect(net.fabric.lookup(pod, 'web').outcome).toBe('dnsTimeout');
    expect(net.fabric.lookup(pod, 'web', { server: '10.244.2.53' }).outcome).toBe('ok');
  });

  it('needs no nameserver for addresses, localhost and the hosts file', () => {
    const net = testNet();
    const pod = client(net);
    pod.hostsFile = new Map([['web-0', '10.244.1.2']]);
    for (const [name, ip] of [
      ['10.1.2.3', '10.1.2.3'],
      ['localhost', '127.0.0.1'],
      ['WEB-0', '10.244.1.2'],
    ] as const) {
      expect(net.fabric.lookup(pod, name).records[0]?.value).toBe(ip);
    }
    expect(net.fabric.counters.dnsQueries).toBe(0);
  });

  it('finds a pod under its own host name, unless the hosts file says otherwise', () => {
    const net = testNet();
    const pod = client(net);
    pod.hostname = 'web-0';
    expect(net.fabric.lookup(pod, 'WEB-0').records[0]?.value).toBe(pod.ip);
    pod.hostsFile = new Map([['web-0', '10.244.1.2']]);
    expect(net.fabric.lookup(pod, 'web-0').records[0]?.value).toBe('10.244.1.2');
  });

  it('knows public names and hosts, and nothing of the cluster, on the hosts themselves', () => {
    const net = testNet();
    net.fabric.setPublicName('Registry.example', '203.0.113.7');
    const { namespace } = net.n1;
    expect(net.fabric.lookup(namespace, 'registry.example').records[0]?.value).toBe('203.0.113.7');
    expect(net.fabric.lookup(namespace, 'n2').records[0]?.value).toBe('192.168.0.12');
    expect(net.fabric.lookup(namespace, 'web.default.svc.cluster.local').outcome).toBe('nameNotFound');
    net.fabric.setPublicName('registry.example', undefined);
    expect(net.fabric.lookup(namespace, 'registry.example').outcome).toBe('nameNotFound');
  });

  it('turns an address round for a reverse lookup', () => {
    expect(reverseName('10.96.0.1')).toBe('1.0.96.10.in-addr.arpa');
    expect(reverseName('fd00::1')).toBe(`1.${'0.'.repeat(29)}d.f.ip6.arpa`);
    expect(reverseName('web')).toBeUndefined();
  });
});

describe('a request to a name', () => {
  it('goes through rules to the nameserver and then to the address', () => {
    const net = testNet();
    nameserver(net, { 'web.shop.svc.cluster.local': net.web(net.n3, 7).ip });
    const backends = [{ ip: '10.244.2.53', port: 53 }];
    const target = { backends, whenEmpty: 'reject', masquerade: false } as const;
    const pod = client(net, { ...CLUSTER_FIRST, nameservers: ['10.96.0.10'] });
    const request = () => net.fabric.request(pod, { host: 'web', port: 80, message: GET });
    expect(request().outcome).toBe('dnsTimeout');
    net.n1.rules.set({
      key: 'kube-system/kube-dns:dns',
      owner: 'test',
      transport: 'UDP',
      frontends: [{ kind: 'clusterIP', ip: '10.96.0.10', port: 53, target }],
    });
    const exchange = request();
    expect(exchange.outcome).toBe('ok');
    expect(exchange.remote).toEqual({ ip: '10.244.3.7', port: 80 });
    expect(exchange.hops.map((hop) => hop.kind)).toEqual([
      ...['send', 'dnat', 'link', 'deliver', 'serve', 'dns'],
      ...['send', 'link', 'deliver', 'serve'],
    ]);
    expect(exchange.hops.find((hop) => hop.kind === 'dns')).toMatchObject({
      name: 'web.shop.svc.cluster.local',
      note: '10.244.3.7',
    });
  });

  it('fails with the name when there is no such name', () => {
    const net = testNet();
    nameserver(net, {});
    const exchange = net.fabric.request(client(net), { host: 'web', port: 80, message: GET });
    expect(exchange).toMatchObject({
      outcome: 'nameNotFound',
      error: 'dial tcp: lookup web on 10.244.2.53:53: no such host',
    });
    expect(exchange.remote).toBeUndefined();
  });

  it('counts the time of the lookup against the timeout', () => {
    const net = testNet();
    nameserver(net, {});
    net.fabric.links.isolate('n2');
    const exchange = net.fabric.request(client(net), { host: 'web', port: 80 }, { timeoutMs: 3000 });
    expect(exchange).toMatchObject({ outcome: 'dnsTimeout', latencyMs: 3000 });
  });
});
