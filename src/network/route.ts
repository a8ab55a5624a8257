import type { Machine } from './machine.ts';
import type { Namespace, Socket } from './namespace.ts';
import { decide } from './rules.ts';
import type { Flow, FlowFilter, Hop, HopKind, Links, Transport } from './types.ts';

/** One-way times in ms: within a namespace, within a host, between two hosts, to the outside. */
const LOOPBACK_MS = 0.02;
const SAME_HOST_MS = 0.05;
const HOST_TO_HOST_MS = 0.25;
const OUTSIDE_MS = 4;
/** How long a host asks for an address that nobody has before it says "no route to host". */
const NO_ROUTE_MS = 3000;
/** Hosts a packet may visit; more is a loop of rules, and it is dropped. */
const MAX_HOSTS = 8;

/** What routing needs to know of the fabric. */
export interface Topology {
  readonly outside: Machine;
  readonly links: Links;
  now(): number;
  namespaceAt(ip: string): Namespace | undefined;
  /** The host whose pod range has the address. */
  hostByRange(ip: string): Machine | undefined;
  /** One of the hosts that publish the address and are up; undefined when nobody does. */
  advertiser(ip: string): Machine | undefined;
}

/** How the first packet of a connection fared. */
export interface Arrival {
  readonly result: 'accepted' | 'refused' | 'dropped' | 'noRoute';
  /** The listening socket, when accepted. */
  readonly socket: Socket | undefined;
  /** The client's address as the server sees it. */
  readonly sourceIp: string;
  /** Where it ended, after translation. */
  readonly ip: string;
  readonly port: number;
  /** Time of one way in ms (for `noRoute`: until the answer). */
  readonly oneWayMs: number;
  /** Time of one way back. */
  readonly backMs: number;
  /** Probability that one round trip loses a packet. */
  readonly loss: number;
  /** It stayed on its host and met no rule or filter: until the host changes the next one goes the same way. */
  readonly direct: boolean;
}

/** Traces the way of a connection's first packet. One use each. */
export class Trip {
  readonly #net: Topology;
  readonly #from: Namespace;
  readonly #transport: Transport;
  readonly #hops: Hop[] | undefined;
  readonly #startMs: number;
  readonly #sourcePort: number;
  #sourceIp: string;
  #ip: string;
  #port: number;
  /** Who has the address it goes to now. */
  #owner: Namespace | undefined;
  #oneWay = 0;
  #back = 0;
  #arrive = 1;
  #direct = true;

  /** `startMs` is the time since the exchange began; hops are added to `hops`, if anybody wants them. */
  constructor(
    net: Topology,
    from: Namespace,
    ip: string,
    port: number,
    transport: Transport,
    sourcePort: number,
    hops: Hop[] | undefined,
    startMs: number,
  ) {
    this.#net = net;
    this.#from = from;
    this.#ip = ip;
    this.#port = port;
    this.#transport = transport;
    this.#sourcePort = sourcePort;
    this.#sourceIp = from.ip;
    this.#hops = hops;
    this.#startMs = startMs;
  }

  run(): Arrival {
    const from = this.#from;
    this.#hop('send', from.name);
    if (isLoopback(this.#ip)) {
      this.#sourceIp = this.#ip;
      this.#direct = false;
      return this.#deliver(from, LOOPBACK_MS);
    }
    if (!from.attached || !from.host.up) return this.#lost(from.name, 'network is down');
    // A pod's own address never leaves its namespace; a host's passes its rules (the OUTPUT chain).
    if (!from.isHost && from.has(this.#ip)) return this.#deliver(from, LOOPBACK_MS);
    let at = from.host;
    for (let visited = 0; visited < MAX_HOSTS; visited++) {
      const local = visited === 0;
      const ended = this.#translate(at, local) ?? (local ? this.#egress(at) : undefined);
      if (ended !== undefined) return ended;
      const next = this.#step(at);
      if (!('up' in next)) return next;
      if (next === at) {
        const namespace = this.#owner;
        return namespace === undefined ? this.#noRoute(at) : this.#deliver(namespace, SAME_HOST_MS);
      }
      at = next;
    }
    return this.#lost(at.name, 'the rules of the hosts send it round in circles');
  }

  /** Applies the rules of the host it is on; returns how it ended if they end it. */
  #translate(at: Machine, local: boolean): Arrival | undefined {
    const match =
      at.rules.size === 0
        ? undefined
        : at.rules.match(this.#ip, this.#port, this.#transport, at.has(this.#ip));
    if (match === undefined) return undefined;
    this.#direct = false;
    const verdict = decide(match, this.#sourceIp, local, this.#net.now(), at.random);
    if (verdict.type !== 'dnat') {
      this.#hop(verdict.type, at.name, verdict.rule, verdict.note);
      return this.#end(verdict.type === 'reject' ? 'refused' : 'dropped');
    }
    const hairpin = !this.#from.isHost && this.#from.has(verdict.backend.ip);
    this.#ip = verdict.backend.ip;
    this.#port = verdict.backend.port;
    this.#hop('dnat', at.name, verdict.rule);
    if (hairpin && !at.hairpin) return this.#lost(at.name, 'hairpin mode is off');
    if ((hairpin || verdict.masquerade) && this.#sourceIp !== at.ip) {
      this.#sourceIp = at.ip;
      this.#hop('masquerade', at.name, verdict.rule);
    }
    return undefined;
  }

  /** Moves to the next host on the way, or ends. */
  #step(at: Machine): Machine | Arrival {
    const { outside } = this.#net;
    const ip = this.#ip;
    const owner = this.#net.namespaceAt(ip);
    this.#owner = owner;
    let next = owner?.host ?? this.#net.hostByRange(ip) ?? this.#net.advertiser(ip);
    if (next === at) {
      // An address that this host publishes, but no rule of it translates.
      return owner === undefined && this.#net.hostByRange(ip) === undefined
        ? this.#lost(at.name, 'no rule for this address')
        : at;
    }
    if (at === outside && next !== undefined && this.#isInternal(ip, owner))
      return this.#lost(at.name, 'no route from outside to an address inside the cluster');
    next ??= outside;
    if (next === at) return this.#lost(at.name, 'nobody has this address');
    return this.#cross(at, next) ?? next;
  }

  #isInternal(ip: string, owner: Namespace | undefined): boolean {
    return owner === undefined ? this.#net.hostByRange(ip) !== undefined : !owner.isHost;
  }

  /** Crosses from one host to another; returns how it ended when the way is cut. */
  #cross(at: Machine, next: Machine): Arrival | undefined {
    this.#direct = false;
    const { links, outside } = this.#net;
    const there = links.get(at.name, next.name);
    const back = links.get(next.name, at.name);
    if (there.cut)
      return this.#lost(at.name, next.up ? `the way to ${next.name} is cut` : `${next.name} does not answer`);
    const base = at === outside || next === outside ? OUTSIDE_MS : HOST_TO_HOST_MS;
    this.#oneWay += base + there.latencyMs;
    this.#back += base + back.latencyMs;
    this.#arrive *= (1 - there.loss) * (1 - back.loss);
    if (next === outside && !at.has(this.#sourceIp)) {
      // What leaves for the world does so under the host's address.
      this.#sourceIp = at.ip;
      this.#hop('masquerade', at.name);
    }
    this.#hop('link', next.name);
    return back.cut ? this.#lost(next.name, `the way back to ${at.name} is cut`) : undefined;
  }

  #deliver(namespace: Namespace, ms: number): Arrival {
    this.#oneWay += ms;
    this.#back += ms;
    if (namespace !== this.#from) {
      const { policy } = namespace.host;
      if (namespace.ingressFilter !== undefined || (policy !== undefined && !namespace.isHost)) {
        const ownHost = this.#from.isHost && this.#from.host === namespace.host;
        const ended =
          this.#filter(namespace, namespace.ingressFilter, ownHost) ??
          this.#filter(namespace, policy && ((flow) => policy.ingress(namespace.name, flow)), ownHost);
        if (ended !== undefined) return ended;
      }
    }
    this.#hop('deliver', namespace.name);
    const socket = namespace.socket(this.#ip, this.#port, this.#transport);
    if (socket !== undefined) return this.#end('accepted', socket);
    this.#hop('refused', namespace.name);
    return this.#end('refused');
  }

  #egress(at: Machine): Arrival | undefined {
    const from = this.#from;
    const policy = from.isHost ? undefined : at.policy;
    if ((from.egressFilter === undefined && policy === undefined) || from.has(this.#ip)) return undefined;
    const ownHost = at.has(this.#ip);
    return (
      this.#filter(from, from.egressFilter, ownHost) ??
      this.#filter(from, policy && ((flow) => policy.egress(from.name, flow)), ownHost)
    );
  }

  #filter(namespace: Namespace, filter: FlowFilter | undefined, ownHost: boolean): Arrival | undefined {
    if (filter === undefined) return undefined;
    this.#direct = false;
    const flow: Flow = {
      source: { ip: this.#sourceIp, port: this.#sourcePort },
      destination: { ip: this.#ip, port: this.#port },
      transport: this.#transport,
      ownHost,
    };
    const verdict = filter(flow);
    if (verdict.allow) return undefined;
    this.#hop('filter', namespace.name, verdict.rule);
    return this.#end('dropped');
  }

  #lost(where: string, note: string): Arrival {
    this.#hop('lost', where, undefined, note);
    return this.#end('dropped');
  }

  #noRoute(at: Machine): Arrival {
    this.#hop('noRoute', at.name);
    this.#oneWay += NO_ROUTE_MS;
    return this.#end('noRoute');
  }

  #end(result: Arrival['result'], socket?: Socket): Arrival {
    return {
      result,
      socket,
      sourceIp: this.#sourceIp,
      ip: this.#ip,
      port: this.#port,
      oneWayMs: this.#oneWay,
      backMs: this.#back,
      loss: 1 - this.#arrive,
      direct: this.#direct,
    };
  }

  #hop(kind: HopKind, where: string, rule?: string, note?: string): void {
    if (this.#hops === undefined) return;
    const timeMs = this.#startMs + this.#oneWay;
    const ip = this.#ip;
    const port = this.#port;
    if (note !== undefined) {
      this.#hops.push(
        rule === undefined
          ? { kind, where, ip, port, timeMs, note }
          : { kind, where, ip, port, timeMs, rule, note },
      );
    } else if (rule !== undefined) this.#hops.push({ kind, where, ip, port, timeMs, rule });
    else this.#hops.push({ kind, where, ip, port, timeMs });
  }
}

/** Whether an address never leaves its namespace. */
export function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}
