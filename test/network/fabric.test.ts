import { describe, expect, it } from 'vitest';
import { httpReply, httpTarget } from '../../src/network/http.ts';
import type { DialOptions, Exchange, NetworkNamespace, Outcome } from '../../src/network/types.ts';
import { Process } from '../../src/sim/process.ts';
import { GET, type TestNet, testNet } from './testnet.ts';

function get(
  net: TestNet,
  from: NetworkNamespace,
  host: string,
  port = 80,
  options: DialOptions = {},
): Exchange {
  return net.fabric.request(from, { host, port, message: GET }, { timeoutMs: 10_000, ...options });
}

interface Case {
  readonly name: string;
  /** Prepares the network; the client is pod 10.244.1.2 on n1, the server pod 10.244.2.3 on n2. */
  readonly given?: (net: TestNet, client: NetworkNamespace, server: NetworkNamespace) => void;
  readonly host?: string;
  readonly port?: number;
  readonly options?: DialOptions;
  readonly outcome: Outcome;
  readonly error?: string;
}

const REFUSED = 'dial tcp 10.244.2.3:80: connect: connection refused';
const TIMEOUT = 'dial tcp 10.244.2.3:80: i/o timeout';

const CASES: readonly Case[] = [
  { name: 'a pod reaches a pod on another host', outcome: 'ok' },
  {
    name: 'a port on which nobody listens refuses',
    port: 81,
    outcome: 'refused',
    error: 'dial tcp 10.244.2.3:81: connect: connection refused',
  },
  {
    name: 'the address of a removed pod on a running host has no route',
    given: (_net, _client, server) => server.remove(),
    outcome: 'unreachable',
    error: 'dial tcp 10.244.2.3:80: connect: no route to host',
  },
  {
    name: 'the address of a removed pod times out for who will not wait for the host to give up',
    given: (_net, _client, server) => server.remove(),
    options: { timeoutMs: 1000 },
    outcome: 'timeout',
    error: TIMEOUT,
  },
  {
    name: 'a pod on a host that is down times out',
    given: (net) => {
      net.n2.up = false;
    },
    outcome: 'timeout',
    error: TIMEOUT,
  },
  {
    name: 'an isolated host cannot be reached',
    given: (net) => net.fabric.links.isolate('n2'),
    outcome: 'timeout',
  },
  {
    name: 'a host that rejoined can be reached',
    given: (net) => {
      net.fabric.links.isolate('n2');
      net.fabric.links.rejoin('n2');
    },
    outcome: 'ok',
  },
  {
    name: 'a link cut on the way there loses the connection',
    given: (net) => net.fabric.links.set('n1', 'n2', { cut: true }, { oneWay: true }),
    outcome: 'timeout',
  },
  {
    name: 'a link cut on the way back loses the connection too',
    given: (net) => net.fabric.links.set('n2', 'n1', { cut: true }, { oneWay: true }),
    outcome: 'timeout',
  },
  {
    name: 'a cut between other hosts does not matter',
    given: (net) => net.fabric.links.set('n1', 'n3', { cut: true }),
    outcome: 'ok',
  },
  {
    name: 'healing undoes every cut',
    given: (net) => {
      net.fabric.links.isolate('n1');
      net.fabric.links.set('n1', 'n2', { cut: true });
      net.fabric.links.heal();
    },
    outcome: 'ok',
  },
  {
    name: 'a link that loses every packet times out',
    given: (net) => net.fabric.links.set('n1', 'n2', { loss: 1 }),
    outcome: 'timeout',
  },
  {
    name: 'an ingress filter that denies drops without a word',
    given: (_net, _client, server) => {
      server.ingressFilter = () => ({ allow: false, rule: 'deny-all' });
    },
    outcome: 'timeout',
    error: TIMEOUT,
  },
  {
    name: 'an egress filter that denies drops without a word',
    given: (_net, client) => {
      client.egressFilter = () => ({ allow: false, rule: 'deny-all' });
    },
    outcome: 'timeout',
  },
  {
    name: 'filters see the addresses of the pods at both ends',
    given: (_net, client, server) => {
      const filter: NetworkNamespace['ingressFilter'] = ({ source, destination }) => ({
        allow: source.ip === client.ip && destination.ip === server.ip && destination.port === 80,
        rule: 'exact',
      });
      client.egressFilter = filter;
      server.ingressFilter = filter;
    },
    outcome: 'ok',
  },
  { name: 'a virtual address without rules leads nowhere', host: '10.96.0.10', outcome: 'timeout' },
  {
    name: 'a pod reaches itself by its own address',
    given: (_net, client) => void client.listen(80, () => httpReply(200)),
    host: '10.244.1.2',
    outcome: 'ok',
  },
  { name: 'localhost is the pod itself', host: 'localhost', outcome: 'refused' },
  {
    name: 'a listener on 127.0.0.1 is hidden from others',
    given: (_net, _client, server) =>
      void server.listen(8080, () => httpReply(200), { address: '127.0.0.1' }),
    port: 8080,
    outcome: 'refused',
  },
  {
    name: 'a listener on 127.0.0.1 answers its own pod',
    given: (_net, client) => void client.listen(8080, () => httpReply(200), { address: '127.0.0.1' }),
    host: 'localhost',
    port: 8080,
    outcome: 'ok',
  },
  {
    name: 'a handler that resets breaks the connection',
    given: (_net, _client, server) => void server.listen(81, () => ({ type: 'reset', latencyMs: 5 })),
    port: 81,
    outcome: 'reset',
  },
  {
    name: 'a handler that closes leaves the client without an answer',
    given: (_net, _client, server) => void server.listen(81, () => ({ type: 'close', latencyMs: 5 })),
    port: 81,
    outcome: 'closed',
    error: 'EOF',
  },
  {
    name: 'a handler that hangs times out',
    given: (_net, _client, server) => void server.listen(81, () => ({ type: 'hang' })),
    port: 81,
    outcome: 'timeout',
  },
  {
    name: 'an answer that takes longer than the timeout is a timeout',
    given: (_net, _client, server) => void server.listen(81, () => httpReply(200, '', 1500)),
    port: 81,
    options: { timeoutMs: 1000 },
    outcome: 'timeout',
  },
  {
    name: 'a server whose process is stopped accepts and never answers',
    given: (net, _client, server) => {
      const owner = new Process(net.simulation, 'app');
      server.listen(81, () => httpReply(200), { owner });
      owner.pause();
    },
    port: 81,
    outcome: 'timeout',
  },
  {
    name: 'a server whose process has died refuses',
    given: (net, _client, server) => {
      const owner = new Process(net.simulation, 'app');
      server.listen(81, () => httpReply(200), { owner });
      owner.kill();
    },
    port: 81,
    outcome: 'refused',
  },
  {
    name: 'handlers that call each other without end time out',
    given: (net, _client, server) => {
      server.listen(81, () => {
        const inner = net.fabric.request(server, { host: server.ip, port: 81, message: GET });
        return inner.outcome === 'ok' ? httpReply(200) : { type: 'hang' };
      });
    },
    port: 81,
    outcome: 'timeout',
  },
  { name: 'a pod reaches a host by its address', host: '192.168.0.12', outcome: 'refused' },
];

describe('a request from pod to pod', () => {
  it.each(CASES)('$name', ({ given, host = '10.244.2.3', port = 80, options, outcome, error }) => {
    const net = testNet();
    const client = net.n1.addNamespace('client', '10.244.1.2');
    const server = net.web(net.n2, 3);
    given?.(net, client, server);
    const exchange = get(net, client, host, port, options);
    expect(exchange.outcome).toBe(outcome);
    if (error !== undefined) expect(exchange.error).toBe(error);
    if (outcome === 'timeout') expect(exchange.latencyMs).toBe(exchange.timeoutMs);
    expect(exchange.error === undefined).toBe(outcome === 'ok');
  });

  it('says who refused', () => {
    const net = testNet();
    const server = net.web(net.n2, 3);
    const [socket] = server.listeners();
    socket?.close();
    const client = net.n1.addNamespace('client', '10.244.1.2');
    expect(get(net, client, server.ip).error).toBe(REFUSED);
  });

  it('takes longer over a slowed link, twice for the connection and twice for the answer', () => {
    const net = testNet();
    const client = net.n1.addNamespace('client', '10.244.1.2');
    const server = net.web(net.n2, 3);
    const before = get(net, client, server.ip).latencyMs;
    net.fabric.links.set('n1', 'n2', { latencyMs: 50 });
    expect(get(net, client, server.ip).latencyMs).toBeCloseTo(before + 200, 6);
  });

  it('shows the server the address of the pod that asks', () => {
    const net = testNet();
    const client = net.n1.addNamespace('client', '10.244.1.2');
    get(net, client, net.web(net.n2, 3).ip);
    expect(net.seen[0]?.source.ip).toBe('10.244.1.2');
  });

  it('lists its way hop by hop', () => {
    const net = testNet();
    const client = net.n1.addNamespace('client', '10.244.1.2');
    const exchange = get(net, client, net.web(net.n2, 3).ip);
    expect(exchange.hops.map((hop) => `${hop.kind} ${hop.where}`)).toEqual([
      'send client',
      'link n2',
      'deliver n2-3',
      'serve n2-3',
    ]);
    const times = exchange.hops.map((hop) => hop.timeMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('ends soon although every server asks three others', () => {
    const net = testNet();
    const pods = [2, 3, 4].map((last) => net.n2.addNamespace(`all-${last}`, `10.244.2.${last}`));
    for (const pod of pods) {
      pod.listen(80, () => {
        for (const other of pods) get(net, pod, other.ip);
        return httpReply(200);
      });
    }
    get(net, net.n1.namespace, '10.244.2.2');
    expect(net.fabric.counters.exchanges).toBeLessThan(5000);
  });

  it('names the exchange during which it was made', () => {
    const net = testNet();
    const client = net.n1.addNamespace('client', '10.244.1.2');
    const backend = net.web(net.n3, 4);
    const front = net.n2.addNamespace('front', '10.244.2.9');
    front.listen(80, () => httpReply(200, '', get(net, front, backend.ip).latencyMs));
    const outer = get(net, client, front.ip);
    const inner = net.fabric.recent().find((exchange) => exchange.from === 'front');
    expect(inner?.parent).toBe(outer.id);
    expect(outer.parent).toBeUndefined();
    expect(outer.latencyMs).toBeGreaterThan(inner?.latencyMs ?? Number.POSITIVE_INFINITY);
  });
});

describe('connecting only', () => {
  it('succeeds at a stopped process, whose kernel still accepts', () => {
    const net = testNet();
    const client = net.n1.addNamespace('client', '10.244.1.2');
    const owner = new Process(net.simulation, 'app');
    client.listen(5432, () => ({ type: 'hang' }), { owner });
    owner.pause();
    expect(net.fabric.connect(net.n1.namespace, client.ip, 5432).outcome).toBe('ok');
  });

  it('never calls the handler', () => {
    const net = testNet();
    const server = net.web(net.n1, 2);
    expect(net.fabric.connect(net.n1.namespace, server.ip, 80).outcome).toBe('ok');
    expect(net.seen).toEqual([]);
  });
});

describe('sockets', () => {
  it('cannot share a port of one protocol', () => {
    const pod = testNet().n1.addNamespace('a', '10.244.1.2');
    expect(pod.listen(80, () => httpReply(200)).ok).toBe(true);
    expect(pod.listen(80, () => httpReply(200))).toEqual({
      ok: false,
      error: 'listen tcp 0.0.0.0:80: bind: address already in use',
    });
    expect(pod.listen(80, () => httpReply(200), { transport: 'UDP' }).ok).toBe(true);
  });

  it('give the port free when they are closed or their owner dies', () => {
    const net = testNet();
    const pod = net.n1.addNamespace('a', '10.244.1.2');
    const first = pod.listen(80, () => httpReply(200));
    if (first.ok) first.listener.close();
    const owner = new Process(net.simulation, 'app');
    expect(pod.listen(80, () => httpReply(200), { owner }).ok).toBe(true);
    owner.kill();
    expect(pod.listeners()).toEqual([]);
    expect(pod.listen(80, () => httpReply(200)).ok).toBe(true);
  });
});

describe('addresses', () => {
  it('are given to one namespace at a time', () => {
    const net = testNet();
    const pod = net.n1.addNamespace('a', '10.244.1.2');
    expect(() => net.n2.addNamespace('b', '10.244.1.2')).toThrow('belongs to a');
    pod.remove();
    expect(pod.attached).toBe(false);
    expect(net.fabric.namespaceAt('10.244.1.2')).toBeUndefined();
    expect(net.n2.addNamespace('b', '10.244.1.2').host).toBe(net.n2);
  });

  it('of a removed host are free again', () => {
    const net = testNet();
    net.web(net.n3, 2);
    net.fabric.removeHost('n3');
    expect(net.fabric.namespaceAt('10.244.3.2')).toBeUndefined();
    expect(net.fabric.addHost({ name: 'n3', ip: '192.168.0.13' }).podCIDR).toBeUndefined();
  });
});

describe('the world outside', () => {
  it('cannot reach pods by their addresses', () => {
    const net = testNet();
    const pod = net.web(net.n1, 2);
    expect(get(net, net.fabric.outside.namespace, pod.ip).outcome).toBe('timeout');
  });

  it('reaches hosts', () => {
    const net = testNet();
    net.n1.namespace.listen(10_250, () => httpReply(200, 'kubelet'));
    expect(get(net, net.fabric.outside.namespace, net.n1.ip, 10_250).outcome).toBe('ok');
  });

  it('sees a pod under the address of its host', () => {
    const net = testNet();
    const client = net.n1.addNamespace('client', '10.244.1.2');
    const seen: string[] = [];
    net.fabric.outside.addNamespace('example', '203.0.113.5').listen(80, ({ source }) => {
      seen.push(source.ip);
      return httpReply(200);
    });
    expect(get(net, client, '203.0.113.5').outcome).toBe('ok');
    expect(seen).toEqual([net.n1.ip]);
  });

  it('is out of reach for an isolated host', () => {
    const net = testNet();
    net.fabric.links.isolate('n1');
    expect(get(net, net.n1.namespace, net.fabric.outside.ip).outcome).toBe('timeout');
  });
});

describe('recent exchanges', () => {
  it('are kept up to the capacity, oldest first, and all are counted', () => {
    const net = testNet({ capacity: 3 });
    const pod = net.web(net.n1, 2);
    for (let port = 78; port <= 82; port++) get(net, net.n1.namespace, pod.ip, port);
    get(net, net.n1.namespace, pod.ip, 90, { record: false });
    expect(net.fabric.recent().map((exchange) => exchange.target.port)).toEqual([80, 81, 82]);
    expect(net.fabric.counters.exchanges).toBe(6);
    expect(net.fabric.counters.byOutcome).toMatchObject({ ok: 1, refused: 5 });
  });

  it('are found as of an earlier time: the last ones then, and of long ago a few of each second, failures first', () => {
    const net = testNet({ capacity: 4 });
    const pod = net.web(net.n1, 2);
    const ports = (time: number): number[] =>
      net.fabric.exchangesUntil(time).map((exchange) => exchange.target.port);
    const start = net.simulation.now();
    for (let second = 0; second < 3; second++) {
      for (const port of [80, 80, 80, 80, 80, 81]) get(net, net.n1.namespace, pod.ip, port);
      net.simulation.runUntil(net.simulation.now() + 1000);
    }
    expect(ports(start + 2000)).toEqual([80, 80, 80, 81]);
    expect(ports(start + 1000).sort()).toEqual([80, 80, 80, 81]);
    expect(ports(start).sort()).toEqual([80, 80, 80, 81]);
    expect(ports(start - 1)).toEqual([]);
    const times = net.fabric.exchangesUntil(start + 1000).map(({ time }) => time);
    for (const time of times) expect(time).toBeLessThanOrEqual(start + 1000);
  });

  it('tell their way; those that are kept out end alike and tell none', () => {
    const net = testNet();
    const pod = net.web(net.n1, 2);
    const kept = get(net, net.n1.namespace, pod.ip, 80);
    const left = get(net, net.n1.namespace, pod.ip, 80, { record: false });
    expect(kept.hops.map(({ kind }) => kind)).toEqual(['send', 'deliver', 'serve']);
    expect(left).toEqual({ ...kept, id: kept.id + 1, hops: [] });
  });
});

describe('a run', () => {
  it('is the same for the same seed, losses included', () => {
    const run = (): readonly number[] => {
      const net = testNet({ seed: 7 });
      const server = net.web(net.n2, 3);
      net.fabric.links.set('n1', 'n2', { loss: 0.3 });
      return Array.from({ length: 50 }, () => get(net, net.n1.namespace, server.ip).latencyMs);
    };
    const first = run();
    expect(run()).toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(1);
  });
});

describe('a URL', () => {
  it.each([
    ['http://web', 'web', 80, '/'],
    ['web:8080/a?b=c', 'web', 8080, '/a?b=c'],
    ['https://WEB.example/x#frag', 'web.example', 443, '/x'],
    ['http://[fd00::1]:81?q', 'fd00::1', 81, '/?q'],
  ])('%s is read as curl reads it', (url, host, port, path) => {
    const result = httpTarget(url);
    expect(result.ok && result.target).toMatchObject({ host, port, message: { path } });
  });

  it.each([
    ['ftp://web', 'Protocol "ftp" not supported'],
    ['http://', 'URL using bad/illegal format or missing URL'],
    ['http://a b/', 'URL using bad/illegal format or missing URL'],
    ['http://web:99999/', 'Port number was not a decimal number between 0 and 65535'],
  ])('%s is refused', (url, error) => {
    expect(httpTarget(url)).toEqual({ ok: false, error });
  });

  it('sends the Host header that is asked for', () => {
    const result = httpTarget('http://10.0.0.1', { headers: { Host: 'shop.example:80', 'X-A': '1' } });
    expect(result.ok && result.target.message).toMatchObject({
      host: 'shop.example',
      headers: { 'x-a': '1' },
    });
  });
});
