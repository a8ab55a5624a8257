import type { Random } from '../sim/random.ts';
import type { Machine } from './machine.ts';
import { Namespace } from './namespace.ts';
import { HostRules } from './rules.ts';
import type { HostOptions, HostPolicy, NetworkNamespace, ResolverConfig } from './types.ts';

/** What a host needs of the fabric it is in. */
export interface HostRegistry {
  attach(namespace: Namespace): void;
  detach(namespace: Namespace): void;
  routeChanged(host: Host, old: string | undefined, next: string | undefined): void;
}

/** A machine: its addresses, its namespaces and its rule table. */
export class Host implements Machine {
  readonly name: string;
  readonly ip: string;
  readonly ips: readonly string[];
  hairpin: boolean;
  readonly rules = new HostRules();
  readonly namespace: Namespace;
  readonly random: Random;
  readonly #registry: HostRegistry;
  readonly #resolver: ResolverConfig;
  readonly #namespaces = new Set<Namespace>();
  #podCIDR: string | undefined;
  #up = true;
  #policy: HostPolicy | undefined;
  #changes = 0;

  constructor(options: HostOptions, resolver: ResolverConfig, random: Random, registry: HostRegistry) {
    const ips: [string, ...string[]] = [options.ip, ...(options.ips ?? [])];
    this.name = options.name;
    this.ip = options.ip;
    this.ips = ips;
    this.hairpin = options.hairpin ?? true;
    this.random = random;
    this.#registry = registry;
    this.#resolver = resolver;
    this.namespace = new Namespace(this.name, this, ips, resolver, (ns) => registry.detach(ns), true);
    registry.attach(this.namespace);
    this.podCIDR = options.podCIDR;
  }

  get up(): boolean {
    return this.#up;
  }

  set up(up: boolean) {
    this.#up = up;
    this.changed();
  }

  get policy(): HostPolicy | undefined {
    return this.#policy;
  }

  set policy(policy: HostPolicy | undefined) {
    this.#policy = policy;
    this.changed();
  }

  get changes(): number {
    return this.#changes + this.rules.version;
  }

  changed(): void {
    this.#changes++;
  }

  get podCIDR(): string | undefined {
    return this.#podCIDR;
  }

  set podCIDR(next: string | undefined) {
    const old = this.#podCIDR;
    if (old === next) return;
    this.#podCIDR = next;
    this.#registry.routeChanged(this, old, next);
  }

  addNamespace(name: string, ip: string): NetworkNamespace {
    const detach = (namespace: Namespace): void => {
      this.#namespaces.delete(namespace);
      this.#registry.detach(namespace);
    };
    const namespace = new Namespace(name, this, [ip], this.#resolver, detach, false);
    this.#registry.attach(namespace);
    this.#namespaces.add(namespace);
    return namespace;
  }

  has(ip: string): boolean {
    return this.namespace.has(ip);
  }

  namespaces(): Iterable<NetworkNamespace> {
    return this.#namespaces;
  }

  /** Takes the host and all its namespaces off the network. */
  leave(): void {
    for (const namespace of [...this.#namespaces]) namespace.detach();
    this.namespace.detach();
    this.podCIDR = undefined;
    this.up = false;
  }
}
