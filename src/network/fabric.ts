import type { Random } from '../sim/random.ts';
import { RepeatedExchange } from './again.ts';
import { Host } from './host.ts';
import { HostLinks } from './links.ts';
import type { Namespace } from './namespace.ts';
import { publicResolver } from './publicdns.ts';
import { Ranges } from './ranges.ts';
import { Recorder } from './recorder.ts';
import { resolve, reverseName } from './resolver.ts';
import type { Topology } from './route.ts';
import { Talk } from './talk.ts';
import type {
  Again,
  DialOptions,
  Exchange,
  Hop,
  HostOptions,
  Lookup,
  LookupOptions,
  NetworkCounters,
  NetworkFabric,
  NetworkNamespace,
  ResolverConfig,
  Target,
} from './types.ts';

const DEFAULT_TIMEOUT_MS = 30_000;

/** What the fabric needs of a simulation. */
export interface FabricSimulation {
  now(): number;
  stream(name: string): Random;
}

export interface FabricOptions {
  /** Address of the laptop, which is also the resolver for public names. Default 192.168.0.1. */
  readonly outsideIp?: string;
  /** How many exchanges are kept. Default 500. */
  readonly capacity?: number;
}

/** The simulated network. See types.ts for what each member does. */
export class Fabric implements NetworkFabric, Topology {
  readonly outside: Host;
  readonly links: HostLinks;
  readonly #simulation: FabricSimulation;
  readonly #hosts = new Map<string, Host>();
  readonly #addresses = new Map<string, Namespace>();
  readonly #ranges = new Ranges<Host>();
  readonly #advertised = new Map<string, readonly string[]>();
  readonly #publicNames = new Map<string, string>();
  readonly #random: Random;
  readonly #recorder: Recorder;
  readonly #talk: Talk;
  readonly #resolver: ResolverConfig;

  constructor(simulation: FabricSimulation, options: FabricOptions = {}) {
    const ip = options.outsideIp ?? '192.168.0.1';
    this.#simulation = simulation;
    this.#random = simulation.stream('network');
    this.#recorder = new Recorder(options.capacity ?? 500);
    this.links = new HostLinks((name) => this.#hosts.get(name)?.up === true);
    this.#resolver = Object.freeze({ nameservers: [ip], search: [], ndots: 1, timeoutMs: 5000, attempts: 2 });
    this.#talk = new Talk(this, this.#random, this.#recorder);
    this.outside = this.addHost({ name: 'outside', ip });
    const resolver = publicResolver((name) => this.#publicNames.get(name) ?? this.#hosts.get(name)?.ip);
    this.outside.namespace.listen(53, resolver, { transport: 'UDP' });
  }

  get counters(): NetworkCounters {
    return this.#recorder;
  }

  now(): number {
    return this.#simulation.now();
  }

  addHost(options: HostOptions): Host {
    if (this.#hosts.has(options.name)) throw new Error(`the network already has a host ${options.name}`);
    const host = new Host(options, this.#resolver, this.#simulation.stream(`network/${options.name}`), {
      attach: (namespace) => this.#attach(namespace),
      detach: (namespace) => this.#detach(namespace),
      routeChanged: (owner, old, next) => {
        if (old !== undefined && this.#rangeOwner(old) === owner) this.#ranges.set(old, undefined);
        if (next !== undefined) this.#ranges.set(next, owner);
      },
    });
    this.#hosts.set(host.name, host);
    return host;
  }

  removeHost(name: string): void {
    const host = this.#hosts.get(name);
    if (host === undefined) return;
    if (host === this.outside) throw new Error('the outside cannot be removed');
    host.leave();
    this.#hosts.delete(name);
    this.links.forget(name);
  }

  host(name: string): Host | undefined {
    return this.#hosts.get(name);
  }

  hosts(): Iterable<Host> {
    return this.#hosts.values();
  }

  namespaceAt(ip: string): Namespace | undefined {
    return this.#addresses.get(ip);
  }

  hostByRange(ip: string): Host | undefined {
    return this.#ranges.get(ip);
  }

  advertiser(ip: string): Host | undefined {
    const names = this.#advertised.get(ip);
    if (names === undefined) return undefined;
    const up = names.filter((name) => !this.links.get(this.outside.name, name).cut);
    const name = this.#random.pick(up);
    return name === undefined ? undefined : this.#hosts.get(name);
  }

  setPublicName(name: string, ip: string | undefined): void {
    if (ip === undefined) this.#publicNames.delete(name.toLowerCase());
    else this.#publicNames.set(name.toLowerCase(), ip);
  }

  advertise(ip: string, hosts: readonly string[]): void {
    if (hosts.length === 0) this.#advertised.delete(ip);
    else this.#advertised.set(ip, hosts);
  }

  request(from: NetworkNamespace, target: Target, options: DialOptions = {}): Exchange {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, record = true, weight } = options;
    return this.#talk.exchange(this.#own(from), target, { timeoutMs, record, weight });
  }

  again(from: NetworkNamespace, exchange: Exchange): Again | undefined {
    return RepeatedExchange.of(this.#recorder, this.#own(from), exchange);
  }

  connect(from: NetworkNamespace, host: string, port: number, options: DialOptions = {}): Exchange {
    return this.request(from, { host, port }, options);
  }

  lookup(from: NetworkNamespace, name: string, options: LookupOptions = {}): Lookup {
    const type = options.type ?? 'A';
    const hops: Hop[] = [];
    const text = type === 'PTR' ? (reverseName(name) ?? name) : name;
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const namespace = this.#own(from);
    return resolve(namespace, text, type, timeoutMs, hops, this.#talk.asker(namespace, hops), options.server);
  }

  recent(): readonly Exchange[] {
    return this.#recorder.recent();
  }

  exchangesUntil(time: number): readonly Exchange[] {
    return this.#recorder.until(time);
  }

  #rangeOwner(range: string): Host | undefined {
    return this.#ranges.get(range.slice(0, range.indexOf('/')));
  }

  #attach(namespace: Namespace): void {
    for (const ip of namespace.ips) {
      const other = this.#addresses.get(ip);
      if (other !== undefined) throw new Error(`${namespace.name}: address ${ip} belongs to ${other.name}`);
      this.#addresses.set(ip, namespace);
    }
  }

  #detach(namespace: Namespace): void {
    for (const ip of namespace.ips) if (this.#addresses.get(ip) === namespace) this.#addresses.delete(ip);
  }

  /** All namespaces are made by this fabric's hosts; the interface only hides their inner side. */
  #own(namespace: NetworkNamespace): Namespace {
    return namespace as Namespace;
  }
}
