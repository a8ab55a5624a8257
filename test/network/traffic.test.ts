import { describe, expect, it } from 'vitest';
import { httpReply } from '../../src/network/http.ts';
import { type TrafficOptions, TrafficSource } from '../../src/network/traffic.ts';
import type { Handler, Listener, NetworkNamespace } from '../../src/network/types.ts';
import { Process } from '../../src/sim/process.ts';
import { GET, type TestNet, testNet } from './testnet.ts';

interface Setup {
  readonly net: TestNet;
  readonly server: NetworkNamespace;
  readonly source: TrafficSource;
  readonly process: Process;
  run(ms: number): void;
}

function setup(handler: Handler, options: Partial<TrafficOptions> & { readonly rate: number }): Setup {
  const net = testNet();
  const server = net.n2.addNamespace('web', '10.244.2.2');
  server.listen(80, handler);
  const process = new Process(net.simulation, 'traffic');
  const target = { host: server.ip, port: 80, message: GET };
  const source = new TrafficSource(net.fabric, process, { from: net.n1.namespace, target, ...options });
  source.start();
  const run = (ms: number): void => void net.simulation.runUntil(net.simulation.now() + ms);
  return { net, server, source, process, run };
}

const OK: Handler = () => httpReply(200, 'hello', 10);

describe('a traffic source', () => {
  it.each([1, 3, 7, 10, 45, 50])('sends %i requests a second', (rate) => {
    const { source, run } = setup(OK, { rate });
    run(10_095);
    const sent = source.seconds().reduce((sum, second) => sum + second.sent, 0);
    expect(Math.abs(sent - rate * 10)).toBeLessThanOrEqual(1);
  });

  it('stands for a high rate with few requests of more weight', () => {
    const { source, run, net } = setup(OK, { rate: 10_000 });
    run(2050);
    const [, whole] = source.seconds();
    expect(whole?.sent).toBeCloseTo(10_000, 6);
    expect(whole?.ok).toBeCloseTo(10_000, 6);
    expect(net.fabric.counters.exchanges).toBeLessThanOrEqual(5 * 10 * 3);
  });

  it('counts failures by reason', () => {
    let n = 0;
    const handler: Handler = () => {
      n++;
      if (n % 4 === 0) return httpReply(503, 'busy');
      return n % 4 === 1 ? { type: 'reset', latencyMs: 0 } : httpReply(200, n % 4 === 2 ? 'hello' : 'bye');
    };
    const { source, run } = setup(handler, { rate: 40, expect: { body: 'hello' } });
    run(2050);
    expect(source.seconds()[1]).toMatchObject({
      sent: 40,
      ok: 10,
      failed: { body: 10, reset: 10, 'status 503': 10 },
    });
  });

  it('expects the status it was told to', () => {
    const { source, run } = setup(() => httpReply(404), { rate: 10, expect: { status: 404 } });
    run(2050);
    expect(source.seconds()[1]).toMatchObject({ sent: 10, ok: 10, failed: {} });
  });

  it('books slow answers when they arrive', () => {
    const { source, run } = setup(() => httpReply(200, '', 3000), { rate: 10 });
    run(2000);
    expect(source.seconds().every((second) => second.ok === 0)).toBe(true);
    run(3000);
    expect(source.seconds()[1]).toMatchObject({ sent: 10, ok: 10 });
  });

  it('counts an answer as broken when the server went away before giving it', () => {
    const { source, run, server } = setup(() => httpReply(200, '', 3000), { rate: 10 });
    run(1950);
    for (const listener of server.listeners() as readonly Listener[]) listener.close();
    run(3000);
    expect(source.seconds()[1]).toMatchObject({ ok: 0, failed: { reset: 10 } });
  });

  it('tells the latencies of good answers', () => {
    let n = 0;
    const { source, run } = setup(() => httpReply(200, '', ++n % 50 === 0 ? 80 : 20), { rate: 50 });
    run(2050);
    const second = source.seconds()[1];
    expect(Math.floor(second?.p50 ?? 0)).toBe(21);
    expect(Math.floor(second?.p99 ?? 0)).toBe(81);
    expect(second?.max).toBe(second?.p99);
  });

  it('keeps the percentiles when it forgets the samples', () => {
    const { source, run, net } = setup(OK, { rate: 10 });
    run(5000);
    const early = source.seconds().slice(0, 3);
    run(120_000);
    expect(source.seconds().slice(0, 3)).toEqual(early);
    expect(source.seconds(net.simulation.now() - 10_000).length).toBeLessThanOrEqual(11);
  });

  it('stops with its process and when told to', () => {
    const first = setup(OK, { rate: 10 });
    first.run(1000);
    first.source.stop();
    const exchanges = first.net.fabric.counters.exchanges;
    first.run(5000);
    expect(first.net.fabric.counters.exchanges).toBe(exchanges);
    const second = setup(OK, { rate: 10 });
    second.process.kill();
    second.run(5000);
    expect(second.net.fabric.counters.exchanges).toBe(0);
  });
});

describe('a load that is sampled', () => {
  it('does the work of as many requests as it stands for, nested ones included', () => {
    const net = testNet();
    let [front, back] = [0, 0];
    const server = net.n2.addNamespace('web', '10.244.2.2');
    const behind = net.n2.addNamespace('db', '10.244.2.3');
    behind.listen(80, ({ weight }) => {
      back += weight;
      return httpReply(200);
    });
    server.listen(80, ({ weight }) => {
      front += weight;
      net.fabric.request(server, { host: behind.ip, port: 80, message: GET });
      return httpReply(200);
    });
    const process = new Process(net.simulation, 'traffic');
    const target = { host: server.ip, port: 80, message: GET };
    new TrafficSource(net.fabric, process, { from: net.n1.namespace, target, rate: 1234 }).start();
    net.simulation.runUntil(net.simulation.now() + 60_095);
    expect(front).toBeCloseTo(1234 * 60, 4);
    expect(back).toBeCloseTo(1234 * 60, 4);
  });

  it('costs 10,000 requests a second less than a cpu second a minute', () => {
    const { run } = setup(OK, { rate: 10_000 });
    const before = process.cpuUsage().user;
    run(60_000);
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(1);
  });
});
