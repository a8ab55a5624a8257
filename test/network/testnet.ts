import { Fabric, type FabricOptions } from '../../src/network/fabric.ts';
import type { Host } from '../../src/network/host.ts';
import { httpReply } from '../../src/network/http.ts';
import type { HttpRequest, IncomingRequest, NetworkNamespace } from '../../src/network/types.ts';
import { Simulation } from '../../src/sim/simulation.ts';

/** A small network: hosts n1 to n3 with a pod range each, and the pods that a test adds. */
export interface TestNet {
  readonly simulation: Simulation;
  readonly fabric: Fabric;
  readonly n1: Host;
  readonly n2: Host;
  readonly n3: Host;
  /** A pod whose web server answers with its own name; its address is 10.244.<host>.<last>. */
  web(host: Host, last: number, port?: number): NetworkNamespace;
  /** What the servers have seen. */
  readonly seen: IncomingRequest[];
}

export function testNet(options: FabricOptions & { readonly seed?: number } = {}): TestNet {
  const simulation = new Simulation({ seed: options.seed ?? 1 });
  const fabric = new Fabric(simulation, options);
  const [n1, n2, n3] = [1, 2, 3].map((i) =>
    fabric.addHost({ name: `n${i}`, ip: `192.168.0.1${i}`, podCIDR: `10.244.${i}.0/24` }),
  ) as [Host, Host, Host];
  const seen: IncomingRequest[] = [];
  const web = (host: Host, last: number, port = 80): NetworkNamespace => {
    const pod = host.addNamespace(`${host.name}-${last}`, `10.244.${host.name.slice(1)}.${last}`);
    pod.listen(port, (request) => {
      seen.push(request);
      return httpReply(200, pod.name);
    });
    return pod;
  };
  return { simulation, fabric, n1, n2, n3, web, seen };
}

/** GET / as a message. */
export const GET: HttpRequest = {
  protocol: 'http',
  method: 'GET',
  path: '/',
  headers: {},
  body: '',
  host: 'web',
};
