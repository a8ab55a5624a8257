import { describe, expect, it } from 'vitest';
import { httpReply } from '../../src/network/http.ts';
import type { Again, NetworkNamespace, RequestMessage } from '../../src/network/types.ts';
import { GET, type TestNet, testNet } from './testnet.ts';

/** A pod on n1 whose server answers the same for ever, and counts how often it is spared a request. */
function steady(net: TestNet): { readonly pod: NetworkNamespace; spared: number } {
  const pod = net.n1.addNamespace('steady', '10.244.1.9');
  const server = { pod, spared: 0 };
  const repeat = () => ({
    once: () => {
      server.spared++;
      return true;
    },
  });
  pod.listen(
    80,
    Object.assign(() => httpReply(200, 'ok', 1), { repeat }),
  );
  return server;
}

function again(
  net: TestNet,
  from: NetworkNamespace,
  host: string,
  options: {
    readonly port?: number;
    readonly timeoutMs?: number;
    readonly weight?: number;
    readonly message?: RequestMessage | undefined;
  } = {},
): Again | undefined {
  const { port = 80, timeoutMs = 1000, weight = 1, message = GET } = options;
  const target =
    'message' in options && options.message === undefined ? { host, port } : { host, port, message };
  const exchange = net.fabric.request(from, target, { timeoutMs, weight, record: false });
  expect(exchange.outcome).toBe('ok');
  return net.fabric.again(from, exchange);
}

describe('an exchange within one host', () => {
  it('is made again without asking the server, and counts like any other', () => {
    const net = testNet();
    const server = steady(net);
    const made = again(net, net.n1.namespace, server.pod.ip);
    const { exchanges } = net.fabric.counters;
    expect([made?.make(), made?.make()]).toEqual([true, true]);
    expect(server.spared).toBe(2);
    expect(net.fabric.counters.exchanges).toBe(exchanges + 2);
    expect(net.fabric.counters.byOutcome.ok).toBe(3);
  });

  const rule = { key: 'default/web', owner: 'test', transport: 'TCP', frontends: [] } as const;
  const changes: Readonly<Record<string, (net: TestNet, pod: NetworkNamespace) => void>> = {
    'its port is closed': (_, pod) => pod.listeners()[0]?.close(),
    'another port is opened': (_, pod) => void pod.listen(81, () => ({ type: 'hang' })),
    'the pod is gone': (_, pod) => pod.remove(),
    'the pod gets a filter': (_, pod) => {
      pod.ingressFilter = () => ({ allow: false, rule: 'closed' });
    },
    'the client gets a filter': ({ n1 }) => {
      n1.namespace.egressFilter = () => ({ allow: false, rule: 'closed' });
    },
    'the host gets a policy': ({ n1 }) => {
      const verdict = () => ({ allow: false, rule: 'closed' });
      n1.policy = { ingress: verdict, egress: verdict };
    },
    'the host gets a rule': ({ n1 }) => n1.rules.set(rule),
    'the host goes down': ({ n1 }) => {
      n1.up = false;
    },
    'the host leaves': ({ fabric }) => fabric.removeHost('n1'),
  };
  it.each(Object.entries(changes))('must be made from scratch when %s', (_, change) => {
    const net = testNet();
    const { pod } = steady(net);
    const made = again(net, net.n1.namespace, pod.ip);
    expect(made?.make()).toBe(true);
    change(net, pod);
    expect(made?.make()).toBe(false);
  });

  it('goes on when other hosts change', () => {
    const net = testNet();
    const made = again(net, net.n1.namespace, steady(net).pod.ip);
    net.n2.up = false;
    net.n3.rules.set(rule);
    net.web(net.n2, 5);
    expect(made?.make()).toBe(true);
  });

  it('that only connects is made again as long as somebody listens', () => {
    const net = testNet();
    const pod = net.web(net.n1, 3);
    const owner = { alive: true, paused: false };
    pod.listen(6379, () => ({ type: 'hang' }), { owner });
    const made = again(net, net.n1.namespace, pod.ip, { port: 6379, message: undefined });
    expect(made?.make()).toBe(true);
    owner.alive = false;
    expect(made?.make()).toBe(false);
  });
});

describe('no way to make an exchange again', () => {
  it.each([
    ['leads to another host', (net: TestNet) => again(net, net.n2.namespace, steady(net).pod.ip)],
    [
      'leads to a server whose answers differ',
      (net: TestNet) => again(net, net.n1.namespace, net.web(net.n1, 3).ip),
    ],
    [
      'begins with a name',
      (net: TestNet) => {
        const { pod } = steady(net);
        net.n1.namespace.hostsFile = new Map([['web', pod.ip]]);
        return again(net, net.n1.namespace, 'web');
      },
    ],
    [
      'passes a rule',
      (net: TestNet) => {
        const { pod } = steady(net);
        const target = {
          backends: [{ ip: pod.ip, port: 80 }],
          whenEmpty: 'reject',
          masquerade: false,
        } as const;
        const frontends = [{ kind: 'clusterIP', ip: '10.96.0.7', port: 80, target } as const];
        net.n1.rules.set({ key: 'default/web', owner: 'test', transport: 'TCP', frontends });
        return again(net, net.n1.namespace, '10.96.0.7');
      },
    ],
    [
      'stands for several requests',
      (net: TestNet) => again(net, net.n1.namespace, steady(net).pod.ip, { weight: 5 }),
    ],
    [
      'leaves too little time',
      (net: TestNet) => again(net, net.n1.namespace, steady(net).pod.ip, { timeoutMs: 400 }),
    ],
  ])('%s', (_, attempt) => {
    expect(attempt(testNet())).toBeUndefined();
  });
});
