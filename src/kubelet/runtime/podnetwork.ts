import type { NetworkHost, NetworkNamespace } from '../../network/types.ts';
import type { PortMapping, RuntimeResult, SandboxConfig } from '../cri.ts';
import { AddressPool } from './ipam.ts';
import type { Sandbox } from './sandbox.ts';

/** What the network plugin made for a sandbox. */
export interface SandboxNetwork {
  readonly network: NetworkNamespace;
  readonly ips: readonly string[];
  readonly ruleKeys: readonly string[];
}

/** The network plugin that forwards host ports. */
const OWNER = 'portmap';
const NO_KEYS: readonly string[] = Object.freeze([]);

/** The network plugin of a machine: addresses from its pod range, namespaces, forwarded host ports. */
export class PodNetwork {
  /** False while the plugin's configuration is missing. */
  configured = true;
  readonly #host: NetworkHost;
  #pool: AddressPool | undefined;
  #range: string | undefined;

  constructor(host: NetworkHost) {
    this.#host = host;
  }

  /** Without a range for pods the plugin is not configured. */
  get ready(): boolean {
    return this.configured && this.#host.podCIDR !== undefined;
  }

  /** Makes the network of a sandbox. */
  add(id: string, config: SandboxConfig): RuntimeResult<SandboxNetwork> {
    const host = this.#host;
    if (config.hostNetwork)
      return { ok: true, value: { network: host.namespace, ips: host.ips, ruleKeys: NO_KEYS } };
    const pool = this.configured ? this.#addresses() : undefined;
    if (pool === undefined) return failure(id, 'cni plugin not initialized');
    const ip = pool.allocate();
    if (ip === undefined) {
      const says = `no IP addresses available in range set: ${pool.text}`;
      return failure(id, `plugin type="host-local" failed (add): failed to allocate for range 0: ${says}`);
    }
    const network = host.addNamespace(`${config.pod.namespace}/${config.pod.name}`, ip);
    if (config.resolver !== undefined) network.resolver = config.resolver;
    else network.resolver = host.namespace.resolver;
    network.hostsFile = config.hosts;
    network.hostname = config.hostname;
    return { ok: true, value: { network, ips: [ip], ruleKeys: this.#forward(id, ip, config.portMappings) } };
  }

  /** Takes a sandbox off the network; its address stays taken until `release`. */
  takeDown(sandbox: Sandbox): void {
    if (sandbox.config.hostNetwork) return;
    sandbox.status.network.remove();
    for (const key of sandbox.ruleKeys) this.#host.rules.delete(key);
  }

  /** Gives the address back. */
  release(sandbox: Sandbox): void {
    if (!sandbox.holdsAddress) return;
    sandbox.holdsAddress = false;
    for (const ip of sandbox.status.ips) this.#pool?.release(ip);
  }

  #addresses(): AddressPool | undefined {
    const range = this.#host.podCIDR;
    if (range !== this.#range) {
      this.#range = range;
      this.#pool = range === undefined ? undefined : new AddressPool(range);
    }
    return this.#pool;
  }

  #forward(id: string, ip: string, mappings: readonly PortMapping[]): readonly string[] {
    if (mappings.length === 0) return NO_KEYS;
    return mappings.map(({ hostPort, containerPort, transport, hostIP }) => {
      const key = `hostport/${id}/${transport}/${hostIP}/${hostPort}`;
      const target = {
        backends: [{ ip, port: containerPort }],
        whenEmpty: 'reject' as const,
        masquerade: false,
      };
      const any = hostIP === '' || hostIP === '0.0.0.0' || hostIP === '::';
      const frontend = any
        ? { kind: 'nodePort' as const, port: hostPort, target }
        : { kind: 'externalIP' as const, ip: hostIP, port: hostPort, target };
      this.#host.rules.set({ key, owner: OWNER, transport, frontends: [frontend] });
      return key;
    });
  }
}

function failure(id: string, error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error: `failed to setup network for sandbox "${id}": ${error}` };
}
