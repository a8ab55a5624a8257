import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src/api/generated/types.ts';
import { KubeProxy } from '../../src/proxy/kubeproxy.ts';
import { Process } from '../../src/sim/process.ts';
import { GET, type TestNet, testNet } from '../network/testnet.ts';
import { FakeApi } from './fakeapi.ts';
import { endpoint, node, service, slice } from './objects.ts';

const VIP = '10.96.0.20';

interface Setup {
  readonly net: TestNet;
  readonly api: FakeApi;
  run(ms: number): void;
  /** Starts a kube-proxy on n1. */
  start(): { readonly proxy: KubeProxy; readonly process: Process };
  /** What n1 gets from an address: the body, or how it failed. */
  get(host?: string, port?: number, path?: string): string;
}

function setup(): Setup {
  const net = testNet();
  const api = new FakeApi(net.simulation);
  let incarnation = 0;
  return {
    net,
    api,
    run: (ms) => void net.simulation.runUntil(net.simulation.now() + ms),
    start() {
      const process = new Process(net.simulation, 'kube-proxy/n1', incarnation++);
      const { namespace } = net.n1;
      const proxy = new KubeProxy({ process, client: api.client('kube-proxy'), namespace, nodeName: 'n1' });
      proxy.start();
      return { proxy, process };
    },
    get(host = VIP, port = 80, path = '/') {
      const message = { ...GET, path };
      const { reply, outcome } = net.fabric.request(
        net.n1.namespace,
        { host, port, message },
        { timeoutMs: 5000 },
      );
      return reply?.type !== 'http' ? outcome : reply.body === '' ? String(reply.status) : reply.body;
    },
  };
}

const pod = (ip: string, nodeName = 'n2', rest: Partial<Endpoint> = {}): Endpoint =>
  endpoint(ip, nodeName, rest);

describe('kube-proxy', () => {
  it('programs the Services that exist when it starts, at once', () => {
    const { net, api, run, start, get } = setup();
    api.put('services', service());
    api.put('endpointslices', slice([pod(net.web(net.n2, 2).ip)]));
    start();
    run(0);
    expect(get()).toBe('n2-2');
  });

  it('refuses connections to a Service whose selector matches nothing', () => {
    const { api, run, start, get } = setup();
    api.put('services', service());
    start();
    run(0);
    expect(get()).toBe('refused');
  });

  it('syncs at once after a quiet second and otherwise a second after the last time', () => {
    const { net, api, run, start, get } = setup();
    const ips = [2, 3, 4].map((last) => net.web(net.n2, last).ip) as [string, string, string];
    api.put('services', service());
    start();
    run(5000);
    api.put('endpointslices', slice([pod(ips[0])]));
    run(api.lag);
    expect(get()).toBe('n2-2');
    api.put('endpointslices', slice([pod(ips[1])]));
    run(900);
    expect(get()).toBe('n2-2');
    api.put('endpointslices', slice([pod(ips[2])]));
    run(100);
    expect(get()).toBe('n2-4');
  });

  it('takes the rules of a deleted Service away', () => {
    const { net, api, run, start, get } = setup();
    api.put('services', service());
    api.put('endpointslices', slice([pod(net.web(net.n2, 2).ip)]));
    start();
    run(2000);
    api.remove('services', 'default/web');
    run(2000);
    expect(net.n1.rules.size).toBe(0);
    expect(get()).toBe('timeout');
  });

  it('takes the rules of a port away that the Service no longer has', () => {
    const { net, api, run, start } = setup();
    api.put(
      'services',
      service({
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      }),
    );
    start();
    run(2000);
    api.put('services', service({ ports: [{ name: 'b', port: 81 }] }));
    run(2000);
    expect([...net.n1.rules.keys()]).toEqual(['default/web:b']);
  });

  it('leaves its rules in force when it dies, and the next one catches up and removes what is left over', () => {
    const { net, api, run, start, get } = setup();
    const [a, b] = [net.web(net.n2, 2), net.web(net.n2, 3)];
    api.put('services', service());
    api.put('services', service({ clusterIP: '10.96.0.21' }, 'old'));
    api.put('endpointslices', slice([pod(a.ip)]));
    const { process } = start();
    run(2000);
    process.kill();
    api.put('endpointslices', slice([pod(b.ip)]));
    api.remove('services', 'default/old');
    run(60_000);
    expect(get()).toBe('n2-2');
    expect(net.n1.rules.size).toBe(2);
    start();
    run(0);
    expect(get()).toBe('n2-3');
    expect([...net.n1.rules.keys()]).toEqual(['default/web']);
  });

  it('leaves the rules of other programs alone', () => {
    const { net, run, start } = setup();
    net.n1.rules.set({ key: 'hostport/web', owner: 'cni', transport: 'TCP', frontends: [] });
    net.n1.rules.set({ key: 'default/old', owner: 'kube-proxy', transport: 'TCP', frontends: [] });
    start();
    run(2000);
    expect([...net.n1.rules.keys()]).toEqual(['hostport/web']);
  });

  it('touches nothing while it cannot list', () => {
    const { net, api, run, start, get } = setup();
    api.put('services', service());
    api.put('endpointslices', slice([pod(net.web(net.n2, 2).ip)]));
    const { process } = start();
    run(2000);
    process.kill();
    api.up = false;
    const { proxy } = start();
    run(20_000);
    expect(get()).toBe('n2-2');
    expect(proxy.lastSync).toBeUndefined();
    expect(get(net.n1.ip, 10_256, '/healthz')).toBe('503');
    api.up = true;
    run(61_000);
    expect(proxy.lastSync).toBeDefined();
    expect(get(net.n1.ip, 10_256, '/healthz')).toBe('200');
  });

  it('puts flushed rules right within half a minute', () => {
    const { net, api, run, start, get } = setup();
    api.put('services', service());
    api.put('endpointslices', slice([pod(net.web(net.n2, 2).ip)]));
    start();
    run(2000);
    net.n1.rules.clear();
    expect(get()).toBe('timeout');
    run(30_000);
    expect(get()).toBe('n2-2');
  });

  it('leaves Services to another proxy that ask for one', () => {
    const { net, api, run, start } = setup();
    const other = service();
    const labels = { 'service.kubernetes.io/service-proxy-name': 'other' };
    api.put('services', { ...other, metadata: { ...other.metadata, labels } });
    start();
    run(2000);
    expect(net.n1.rules.size).toBe(0);
  });

  it('follows the zone of its node', () => {
    const { net, api, run, start } = setup();
    const zoned = (last: number, zone: string): Endpoint =>
      pod(net.web(net.n2, last).ip, 'n2', { hints: { forZones: [{ name: zone }] } });
    api.put('nodes', node('n1', { 'topology.kubernetes.io/zone': 'a' }));
    api.put('nodes', node('n2', { 'topology.kubernetes.io/zone': 'b' }));
    api.put('services', service());
    api.put('endpointslices', slice([zoned(2, 'a'), zoned(3, 'b')]));
    start();
    run(2000);
    const backends = () => net.n1.rules.get('default/web')?.frontends[0]?.target.backends.map(({ ip }) => ip);
    expect(backends()).toEqual(['10.244.2.2']);
    api.put('nodes', node('n1', { 'topology.kubernetes.io/zone': 'b' }));
    run(2000);
    expect(backends()).toEqual(['10.244.2.3']);
  });

  it('moves endpoints with a slice that changes its Service', () => {
    const { net, api, run, start, get } = setup();
    const { ip } = net.web(net.n2, 2);
    api.put('services', service());
    api.put('services', service({ clusterIP: '10.96.0.21' }, 'other'));
    api.put('endpointslices', slice([pod(ip)]));
    start();
    run(2000);
    const moved = slice([pod(ip)]);
    api.put('endpointslices', {
      ...moved,
      metadata: { ...moved.metadata, labels: { 'kubernetes.io/service-name': 'other' } },
    });
    run(2000);
    expect([get(), get('10.96.0.21')]).toEqual(['refused', 'n2-2']);
  });

  it('tells load balancers whether the node has endpoints of its own', () => {
    const { net, api, run, start, get } = setup();
    const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 32_000 };
    api.put('services', service(spec));
    api.put('endpointslices', slice([pod('10.244.2.2')]));
    start();
    run(2000);
    expect(get(net.n1.ip, 32_000)).toContain('"localEndpoints":0');
    api.put('endpointslices', slice([pod('10.244.1.2', 'n1')]));
    run(2000);
    expect(get(net.n1.ip, 32_000)).toContain('"localEndpoints":1');
    api.remove('services', 'default/web');
    run(2000);
    expect(get(net.n1.ip, 32_000)).toBe('refused');
  });
});
