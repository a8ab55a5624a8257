import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Address, Frontend, RuleTarget, ServiceRule } from '../../src/network/rule.ts';
import { HostRules } from '../../src/network/rules.ts';
import type { Exchange, NetworkNamespace } from '../../src/network/types.ts';
import { GET, type TestNet, testNet } from './testnet.ts';

const VIP = '10.96.0.20';

function target(backends: readonly Address[], options: Partial<RuleTarget> = {}): RuleTarget {
  return { backends, whenEmpty: 'reject', masquerade: false, ...options };
}

function to(...pods: readonly NetworkNamespace[]): readonly Address[] {
  return pods.map(({ ip }) => ({ ip, port: 80 }));
}

function rule(frontends: readonly Frontend[], options: Partial<ServiceRule> = {}): ServiceRule {
  return { key: 'default/web', owner: 'test', transport: 'TCP', frontends, ...options };
}

function clusterIP(backends: readonly Address[], options: Partial<RuleTarget> = {}): Frontend {
  return { kind: 'clusterIP', ip: VIP, port: 80, target: target(backends, options) };
}

function get(net: TestNet, from: NetworkNamespace, host = VIP, port = 80): Exchange {
  return net.fabric.request(from, { host, port, message: GET }, { timeoutMs: 5000 });
}

function body(exchange: Exchange): string {
  return exchange.reply?.type === 'http' ? exchange.reply.body : exchange.outcome;
}

describe('a virtual address', () => {
  it('leads to its backend from pods and from the host itself', () => {
    const net = testNet();
    const pod = net.n1.addNamespace('client', '10.244.1.9');
    net.n1.rules.set(rule([clusterIP(to(net.web(net.n2, 2)))]));
    expect(body(get(net, pod))).toBe('n2-2');
    expect(body(get(net, net.n1.namespace))).toBe('n2-2');
  });

  it('is known only on hosts that have the rule', () => {
    const net = testNet();
    net.n1.rules.set(rule([clusterIP(to(net.web(net.n2, 2)))]));
    expect(get(net, net.n2.namespace).outcome).toBe('timeout');
  });

  it('keeps the address of the client', () => {
    const net = testNet();
    net.n1.rules.set(rule([clusterIP(to(net.web(net.n2, 2)))]));
    get(net, net.n1.addNamespace('client', '10.244.1.9'));
    expect(net.seen[0]?.source.ip).toBe('10.244.1.9');
  });

  it('refuses when it has no backend', () => {
    const net = testNet();
    net.n1.rules.set(rule([clusterIP([])]));
    const exchange = get(net, net.n1.namespace);
    expect(exchange.error).toBe(`dial tcp ${VIP}:80: connect: connection refused`);
    expect(exchange.hops.at(-1)).toMatchObject({ kind: 'reject', where: 'n1', rule: 'default/web' });
  });

  it('lets the client time out when the rule drops', () => {
    const net = testNet();
    net.n1.rules.set(rule([clusterIP([], { whenEmpty: 'drop' })]));
    expect(get(net, net.n1.namespace).outcome).toBe('timeout');
  });

  it('answers on its own ports and protocol only', () => {
    const net = testNet();
    net.n1.rules.set(rule([clusterIP(to(net.web(net.n2, 2)))]));
    expect(get(net, net.n1.namespace, VIP, 81).outcome).toBe('timeout');
    const udp = { host: VIP, port: 80, transport: 'UDP', message: GET } as const;
    expect(net.fabric.request(net.n1.namespace, udp).outcome).toBe('timeout');
  });

  it('gives each backend the same share of connections', () => {
    const net = testNet();
    const pods = [net.web(net.n1, 2), net.web(net.n2, 2), net.web(net.n3, 2), net.web(net.n3, 3)];
    net.n1.rules.set(rule([clusterIP(to(...pods))]));
    const counts = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const name = body(get(net, net.n1.namespace));
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect(counts.size).toBe(4);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('still leads to a backend that has gone, until the rule is changed', () => {
    const net = testNet();
    const [a, b] = [net.web(net.n2, 2), net.web(net.n2, 3)];
    net.n1.rules.set(rule([clusterIP(to(a))]));
    a.remove();
    expect(get(net, net.n1.namespace).outcome).toBe('unreachable');
    net.n1.rules.set(rule([clusterIP(to(b))]));
    expect(body(get(net, net.n1.namespace))).toBe('n2-3');
    net.n1.rules.delete('default/web');
    expect(get(net, net.n1.namespace).outcome).toBe('timeout');
  });

  it('is refused by the pod when the backend port is wrong', () => {
    const net = testNet();
    const pod = net.web(net.n2, 2);
    net.n1.rules.set(rule([clusterIP([{ ip: pod.ip, port: 8080 }])]));
    const exchange = get(net, net.n1.namespace);
    expect(exchange.outcome).toBe('refused');
    expect(exchange.hops.at(-1)).toMatchObject({ kind: 'refused', where: 'n2-2', port: 8080 });
  });

  it('lets a pod reach itself, under the address of its host', () => {
    const net = testNet();
    const pod = net.web(net.n1, 2);
    net.n1.rules.set(rule([clusterIP(to(pod))]));
    expect(body(get(net, pod))).toBe('n1-2');
    expect(net.seen[0]?.source.ip).toBe(net.n1.ip);
  });

  it('does not let a pod reach itself where hairpin mode is off', () => {
    const net = testNet();
    const [pod, other] = [net.web(net.n1, 2), net.web(net.n1, 3)];
    net.n1.hairpin = false;
    net.n1.rules.set(rule([clusterIP(to(pod))]));
    expect(get(net, pod).outcome).toBe('timeout');
    expect(body(get(net, other))).toBe('n1-2');
  });
});

describe('client affinity', () => {
  function affine(net: TestNet, pods: readonly NetworkNamespace[], affinityMs = 10_000): void {
    net.n1.rules.set(rule([clusterIP(to(...pods))], { affinityMs }));
  }

  it('keeps a client on its backend as long as it keeps coming', () => {
    const net = testNet();
    affine(net, [net.web(net.n1, 2), net.web(net.n2, 2), net.web(net.n3, 2)]);
    const first = body(get(net, net.n1.namespace));
    for (let i = 1; i <= 20; i++) {
      net.simulation.runUntil(net.simulation.startTime + i * 9000);
      expect(body(get(net, net.n1.namespace))).toBe(first);
    }
  });

  it('chooses anew after the timeout', () => {
    const net = testNet();
    affine(net, [net.web(net.n1, 2), net.web(net.n2, 2), net.web(net.n3, 2)]);
    const names = new Set<string>();
    for (let i = 1; i <= 30; i++) {
      net.simulation.runUntil(net.simulation.startTime + i * 10_001);
      names.add(body(get(net, net.n1.namespace)));
    }
    expect(names.size).toBe(3);
  });

  it('survives a change of other backends and moves when its own goes', () => {
    const net = testNet();
    const pods = [net.web(net.n1, 2), net.web(net.n2, 2), net.web(net.n3, 2)];
    affine(net, pods);
    const first = body(get(net, net.n1.namespace));
    const added = net.web(net.n3, 9);
    affine(net, [...pods, added]);
    for (let i = 0; i < 10; i++) expect(body(get(net, net.n1.namespace))).toBe(first);
    const rest = pods.filter((pod) => pod.name !== first);
    affine(net, rest);
    const second = body(get(net, net.n1.namespace));
    expect(rest.map((pod) => pod.name)).toContain(second);
    for (let i = 0; i < 10; i++) expect(body(get(net, net.n1.namespace))).toBe(second);
  });
});

describe('a node port', () => {
  const nodePort = (backends: readonly Address[], options: Partial<Frontend> = {}): Frontend => ({
    kind: 'nodePort',
    port: 30_080,
    target: target(backends, { masquerade: true }),
    ...options,
  });

  it('answers on every address of the host and may lead to another host', () => {
    const net = testNet();
    const host = net.fabric.addHost({ name: 'n4', ip: '192.168.0.14', ips: ['10.9.9.9'] });
    host.rules.set(rule([nodePort(to(net.web(net.n2, 2)))]));
    for (const ip of ['192.168.0.14', '10.9.9.9']) {
      expect(body(get(net, net.fabric.outside.namespace, ip, 30_080))).toBe('n2-2');
    }
    expect(net.seen.map(({ source }) => source.ip)).toEqual(['192.168.0.14', '192.168.0.14']);
  });

  it('does not answer on localhost', () => {
    const net = testNet();
    net.n1.rules.set(rule([nodePort(to(net.web(net.n2, 2)))]));
    expect(get(net, net.n1.namespace, 'localhost', 30_080).outcome).toBe('refused');
    expect(body(get(net, net.n1.namespace, net.n1.ip, 30_080))).toBe('n2-2');
  });

  it('of another host is reached from a pod through that host', () => {
    const net = testNet();
    net.n3.rules.set(rule([nodePort(to(net.web(net.n2, 2)))]));
    const exchange = get(net, net.n1.addNamespace('client', '10.244.1.9'), net.n3.ip, 30_080);
    expect(body(exchange)).toBe('n2-2');
    expect(exchange.hops.filter((hop) => hop.kind === 'dnat').map((hop) => hop.where)).toEqual(['n3']);
  });

  it('keeps the address of the client when it does not masquerade', () => {
    const net = testNet();
    const frontend = nodePort([], { target: target(to(net.web(net.n1, 2))) });
    net.n1.rules.set(rule([frontend]));
    get(net, net.fabric.outside.namespace, net.n1.ip, 30_080);
    expect(net.seen[0]?.source.ip).toBe(net.fabric.outside.ip);
  });

  it('uses the other target for traffic that begins on the host', () => {
    const net = testNet();
    const local = target(to(net.web(net.n2, 2)));
    const frontend = nodePort([], { target: target([], { whenEmpty: 'drop' }), localTarget: local });
    net.n1.rules.set(rule([frontend]));
    expect(body(get(net, net.n1.namespace, net.n1.ip, 30_080))).toBe('n2-2');
    expect(get(net, net.fabric.outside.namespace, net.n1.ip, 30_080).outcome).toBe('timeout');
  });
});

describe('a published address', () => {
  const balanced = (pods: readonly NetworkNamespace[], options: Partial<Frontend> = {}): ServiceRule =>
    rule([{ kind: 'loadBalancerIP', ip: '192.0.2.10', port: 80, target: target(to(...pods)), ...options }]);

  it('leads to one of the hosts that publish it and are up', () => {
    const net = testNet();
    const pod = net.web(net.n3, 2);
    for (const host of [net.n1, net.n2]) host.rules.set(balanced([pod]));
    const outside = net.fabric.outside.namespace;
    expect(get(net, outside, '192.0.2.10').outcome).toBe('timeout');
    net.fabric.advertise('192.0.2.10', ['n1', 'n2']);
    const through = new Set<string | undefined>();
    for (let i = 0; i < 20; i++) {
      const exchange = get(net, outside, '192.0.2.10');
      expect(body(exchange)).toBe('n3-2');
      through.add(exchange.hops.find((hop) => hop.kind === 'dnat')?.where);
    }
    expect([...through].sort()).toEqual(['n1', 'n2']);
    net.n1.up = false;
    for (let i = 0; i < 20; i++) expect(body(get(net, outside, '192.0.2.10'))).toBe('n3-2');
    net.fabric.advertise('192.0.2.10', []);
    expect(get(net, outside, '192.0.2.10').outcome).toBe('timeout');
  });

  it('drops sources outside of the allowed ranges', () => {
    const net = testNet();
    net.fabric.advertise('192.0.2.10', ['n1']);
    const pod = net.web(net.n1, 2);
    net.n1.rules.set(balanced([pod], { allowedSources: ['203.0.113.0/24'] }));
    expect(get(net, net.fabric.outside.namespace, '192.0.2.10').outcome).toBe('timeout');
    net.n1.rules.set(balanced([pod], { allowedSources: ['203.0.113.0/24', '192.168.0.0/16'] }));
    expect(body(get(net, net.fabric.outside.namespace, '192.0.2.10'))).toBe('n1-2');
  });
});

describe('the rule table', () => {
  it('gives an address that two rules claim to the first by name, and to the other when that goes', () => {
    const net = testNet();
    const [a, b] = [net.web(net.n1, 2), net.web(net.n1, 3)];
    net.n1.rules.set(rule([clusterIP(to(b))], { key: 'default/b' }));
    net.n1.rules.set(rule([clusterIP(to(a))], { key: 'default/a' }));
    expect(body(get(net, net.n1.namespace))).toBe('n1-2');
    net.n1.rules.delete('default/a');
    expect(body(get(net, net.n1.namespace))).toBe('n1-3');
  });

  it('matches after any sequence of changes exactly what the rules in force say', () => {
    const change = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      ports: fc.uniqueArray(fc.integer({ min: 1, max: 4 })),
      remove: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const table = new HostRules();
        const model = new Map<string, readonly number[]>();
        for (const { key, ports, remove } of changes) {
          if (remove) {
            expect(table.delete(key)).toBe(model.delete(key));
            continue;
          }
          model.set(key, ports);
          const frontends: Frontend[] = ports.flatMap((port) => [
            { kind: 'clusterIP', ip: '10.96.0.1', port, target: target([]) },
            { kind: 'nodePort', port, target: target([]) },
          ]);
          table.set({ key, owner: 'test', transport: 'TCP', frontends });
        }
        for (let port = 1; port <= 4; port++) {
          const wanted = [...model]
            .filter(([, ports]) => ports.includes(port))
            .map(([key]) => key)
            .sort()[0];
          for (const [ip, own] of [
            ['10.96.0.1', false],
            ['192.168.0.11', true],
          ] as const) {
            expect(table.match(ip, port, 'TCP', own)?.installed.rule.key).toBe(wanted);
          }
          expect(table.match('192.168.0.11', port, 'TCP', false)).toBeUndefined();
        }
        expect([...table.keys()].sort()).toEqual([...model.keys()].sort());
      }),
    );
  });
});
