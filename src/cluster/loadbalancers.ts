import type { BalancerOptions, LoadBalancers } from '../controllers/cloud.ts';
import type { NetworkFabric } from '../network/types.ts';
import type { Simulation } from '../sim/simulation.ts';

/** Public addresses that documentation may use (TEST-NET-3), from .10 on. */
const PREFIX = '203.0.113.';
const FIRST = 10;
const LAST = 254;
const CHECK_MS = 5000;
const CHECK_TIMEOUT_MS = 2000;

interface Balancer {
  readonly ip: string;
  options: BalancerOptions;
  healthy: readonly string[];
}

/**
 * A cloud's load balancers: an address each, which takes connections to the node ports of healthy
 * nodes. Their health checks go on whether or not the cluster's control plane does.
 */
export class SimulatedBalancers implements LoadBalancers {
  readonly #sim: Simulation;
  readonly #fabric: NetworkFabric;
  readonly #balancers = new Map<string, Balancer>();
  #checking = false;

  constructor(sim: Simulation, fabric: NetworkFabric) {
    this.#sim = sim;
    this.#fabric = fabric;
  }

  ensureLoadBalancer(
    id: string,
    options: BalancerOptions,
  ): { readonly ip: string } | { readonly error: string } {
    let balancer = this.#balancers.get(id);
    if (balancer === undefined) {
      const ip = this.#address(options.ip);
      if (ip === undefined) return { error: `address ${options.ip ?? ''} is not available` };
      balancer = { ip, options, healthy: options.nodes };
      this.#balancers.set(id, balancer);
    }
    balancer.options = options;
    this.#check(balancer);
    this.#watch();
    return { ip: balancer.ip };
  }

  deleteLoadBalancer(id: string): void {
    const balancer = this.#balancers.get(id);
    if (balancer === undefined) return;
    this.#balancers.delete(id);
    this.#fabric.advertise(balancer.ip, []);
  }

  #address(wanted: string | undefined): string | undefined {
    const taken = new Set([...this.#balancers.values()].map(({ ip }) => ip));
    if (wanted !== undefined) return wanted.startsWith(PREFIX) && !taken.has(wanted) ? wanted : undefined;
    for (let n = FIRST; n <= LAST; n++) if (!taken.has(PREFIX + n)) return PREFIX + n;
    return undefined;
  }

  /** Only Services with a health check port have endpoints on some nodes and not on others. */
  #watch(): void {
    if (this.#checking) return;
    const checked = [...this.#balancers.values()].filter(
      ({ options }) => options.healthCheckPort !== undefined,
    );
    if (checked.length === 0) return;
    this.#checking = true;
    this.#sim.after(CHECK_MS, () => {
      this.#checking = false;
      for (const balancer of checked) this.#check(balancer);
      this.#watch();
    });
  }

  #check(balancer: Balancer): void {
    const { nodes, healthCheckPort: port } = balancer.options;
    if (![...this.#balancers.values()].includes(balancer)) return;
    balancer.healthy = port === undefined ? nodes : nodes.filter((name) => this.#isHealthy(name, port));
    this.#fabric.advertise(balancer.ip, balancer.healthy);
  }

  #isHealthy(node: string, port: number): boolean {
    const host = this.#fabric.host(node)?.ip;
    if (host === undefined) return false;
    const message = {
      protocol: 'http',
      method: 'GET',
      path: '/healthz',
      headers: {},
      body: '',
      host,
    } as const;
    const target = { host, port, message };
    const options = { timeoutMs: CHECK_TIMEOUT_MS, record: false };
    const { reply } = this.#fabric.request(this.#fabric.outside.namespace, target, options);
    return reply?.type === 'http' && reply.status === 200;
  }
}
