/**
 * The values and contracts of the simulated network. It knows hosts, network namespaces, addresses,
 * sockets, rules and names, and nothing of Kubernetes objects. Everything is computed at one virtual
 * instant: a request returns its outcome together with the virtual time it took, and whoever cares
 * schedules the completion on a process of its own.
 *
 * Units: milliseconds of virtual time, which may have fractions; addresses are canonical IP texts.
 */

import type { Address, RuleTable, Transport } from './rule.ts';

export type { Address, Transport };

export type Headers = Readonly<Record<string, string>>;

/** An HTTP request. Header names are lower case; `host` is the Host header without the port. */
export interface HttpRequest {
  readonly protocol: 'http';
  readonly method: string;
  /** With the query, beginning with a slash. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  readonly host: string;
  /** True for https. */
  readonly tls?: boolean;
}

/** A DNS question. The name is lower case and has no trailing dot. */
export interface DnsRequest {
  readonly protocol: 'dns';
  readonly name: string;
  readonly type: DnsType;
}

/** Bytes over a plain connection, for databases and the like; answered with bytes. */
export interface RawRequest {
  readonly protocol: 'tcp';
  readonly body: string;
}

export type RequestMessage = HttpRequest | DnsRequest | RawRequest;

/** A request as a listener sees it. */
export interface IncomingRequest<M extends RequestMessage = RequestMessage> {
  readonly message: M;
  /** Whom the packets come from: the client, or the host that masqueraded it. */
  readonly source: Address;
  /** The address it was delivered to, after translation. */
  readonly destination: Address;
  /** How many requests it stands for; 1 unless a load is sampled. */
  readonly weight: number;
}

/**
 * What a listener answers. `latencyMs` is the time the answer took to make. `hang` accepts the
 * connection and never answers; `reset` breaks it; `close` ends it without a word.
 */
export type Reply =
  | HttpReply
  | DnsReply
  | { readonly type: 'raw'; readonly body: string; readonly latencyMs: number }
  | { readonly type: 'reset'; readonly latencyMs: number }
  | { readonly type: 'close'; readonly latencyMs: number }
  | { readonly type: 'hang' };

export interface HttpReply {
  readonly type: 'http';
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly latencyMs: number;
  /** What is wrong with the server's certificate, for clients over TLS that care; absent: nothing. */
  readonly certificateProblem?: string;
}

export type DnsType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR' | 'TXT';

/** NODATA is NOERROR without answers. */
export type DnsCode = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';

/** A resource record. `value` is an address (A), or a name without trailing dot (CNAME, PTR, SRV target). */
export interface DnsRecord {
  readonly name: string;
  readonly type: DnsType;
  /** Seconds. */
  readonly ttl: number;
  readonly value: string;
  /** SRV only. */
  readonly port?: number;
  readonly priority?: number;
  readonly weight?: number;
}

export interface DnsReply {
  readonly type: 'dns';
  readonly code: DnsCode;
  readonly answers: readonly DnsRecord[];
  readonly latencyMs: number;
}

/** Answers one request, at once. It may itself dial; it must add the time that took to its latency. */
export interface Handler {
  (request: IncomingRequest): Reply;
  /**
   * For who asks the same at regular intervals: how the request, which it has just answered, can be answered
   * once more without being made. Undefined: it must be made.
   */
  readonly repeat?: (message: RequestMessage, from: string) => Repeat | undefined;
}

/** A request that a listener has answered before, and may answer again. */
export interface Repeat {
  /**
   * Answers it as before, at this moment and within `REPEAT_WITHIN_MS`, with all that this brings about. False:
   * nothing was done, and the answer may be another one by now.
   */
  once(): boolean;
}

/** Longer than that no repeated request takes in its listener, ms. */
export const REPEAT_WITHIN_MS = 500;

/** Who holds a socket: a Process fits. Dead: the port is closed. Paused: connections hang. */
export interface SocketOwner {
  readonly alive: boolean;
  readonly paused: boolean;
}

export interface ListenOptions {
  /** Default TCP. */
  readonly transport?: Transport;
  /** Default: every address of the namespace; `127.0.0.1` hides the port from others. */
  readonly address?: string;
  readonly owner?: SocketOwner;
}

/** A listening socket. */
export interface Listener {
  readonly namespace: NetworkNamespace;
  readonly port: number;
  readonly transport: Transport;
  /** False once closed, or once its owner has died. */
  readonly open: boolean;
  /** Closing twice is fine. */
  close(): void;
}

/** `EADDRINUSE` when another open listener has the port. */
export type ListenResult =
  | { readonly ok: true; readonly listener: Listener }
  | { readonly ok: false; readonly error: string };

/** How names are resolved: /etc/resolv.conf. */
export interface ResolverConfig {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  /** Names with fewer dots go through the search list first. */
  readonly ndots: number;
  /** Milliseconds per attempt; 5000 in glibc. */
  readonly timeoutMs: number;
  /** Rounds over the nameservers; 2 in glibc. */
  readonly attempts: number;
}

/** A flow as a filter sees it: addresses after translation. */
export interface Flow {
  readonly source: Address;
  readonly destination: Address;
  readonly transport: Transport;
  /** The other end is the host namespace of the filtered namespace's own host. */
  readonly ownHost: boolean;
}

/** Decides whether a namespace accepts (ingress) or may begin (egress) a flow; what is denied is dropped. */
export type FlowFilter = (flow: Flow) => { readonly allow: boolean; readonly rule: string };

/**
 * Decides about the flows of all namespaces of a host but its own. `namespace` is the name of the one
 * that begins the flow (egress) or is to accept it (ingress).
 */
export interface HostPolicy {
  ingress(namespace: string, flow: Flow): ReturnType<FlowFilter>;
  egress(namespace: string, flow: Flow): ReturnType<FlowFilter>;
}

/** What a host, a pod sandbox or a server in the outside world is to the network. */
export interface NetworkNamespace {
  /** For traces: `cargo-1`, `default/web-0`. */
  readonly name: string;
  readonly host: NetworkHost;
  readonly ip: string;
  /** Every address, `ip` first; 127.0.0.1 not counted. */
  readonly ips: readonly string[];
  /** True for a host's own namespace. */
  readonly isHost: boolean;
  /** False after `remove`. */
  readonly attached: boolean;
  resolver: ResolverConfig;
  /** /etc/hosts: name -> address. `localhost` and the namespace's own host name need no entry. */
  hostsFile: ReadonlyMap<string, string>;
  /** The name of its own address, unless the hosts file says otherwise. Default: none. */
  hostname: string | undefined;
  ingressFilter: FlowFilter | undefined;
  egressFilter: FlowFilter | undefined;
  listen(port: number, handler: Handler, options?: ListenOptions): ListenResult;
  /** The open listeners, by port, for `ss -ltn`. */
  listeners(): readonly Listener[];
  /** Closes all sockets and gives the address back. Not for host namespaces. */
  remove(): void;
}

export interface HostOptions {
  readonly name: string;
  readonly ip: string;
  /** Further addresses of the host. */
  readonly ips?: readonly string[];
  readonly podCIDR?: string;
  /** False: a pod that reaches itself through a virtual address gets no answer. Default true. */
  readonly hairpin?: boolean;
}

export interface NetworkHost {
  readonly name: string;
  readonly ip: string;
  readonly ips: readonly string[];
  /** May be set later: the range whose addresses are routed to this host. */
  podCIDR: string | undefined;
  hairpin: boolean;
  /** A host that is down neither answers nor sends. */
  up: boolean;
  readonly rules: RuleTable;
  /** Stays in force when whoever set it dies. */
  policy: HostPolicy | undefined;
  /** The host's own namespace. */
  readonly namespace: NetworkNamespace;
  /** Pod namespaces (or, on `outside`, servers of the world) on this host. The address must be free. */
  addNamespace(name: string, ip: string): NetworkNamespace;
  namespaces(): Iterable<NetworkNamespace>;
}

/** The state of the way from one host to another, in one direction. */
export interface LinkState {
  readonly cut: boolean;
  /** Added to each crossing. */
  readonly latencyMs: number;
  /** Probability that a packet is lost, 0 to 1. */
  readonly loss: number;
}

/** The ways between hosts. A and B are host names; `outside` is one of them. */
export interface Links {
  /** Changes the way from A to B, and from B to A unless `oneWay`. Absent fields stay as they are. */
  set(a: string, b: string, state: Partial<LinkState>, options?: { readonly oneWay?: boolean }): void;
  /** Cuts a host off from everything else, `outside` included, until `rejoin`. */
  isolate(host: string): void;
  rejoin(host: string): void;
  isIsolated(host: string): boolean;
  /** Holds everything to and from a host back: who waits for an answer waits in vain, nothing is lost. */
  clog(host: string): void;
  /** Lets it through, and what was held with it. */
  unclog(host: string): void;
  isClogged(host: string): boolean;
  /** Calls `flow` once, when the host is no longer clogged. */
  whenUnclogged(host: string, flow: () => void): void;
  /** Undoes everything. */
  heal(): void;
  /** The state from A to B, isolation and hosts that are down counted as cut. */
  get(a: string, b: string): LinkState;
}

/** How an exchange ended. */
export type Outcome =
  | 'ok'
  /** Nobody listens, or a rule rejects. */
  | 'refused'
  /** No answer in time: cut, dropped, filtered, hung. */
  | 'timeout'
  /** `no route to host`. */
  | 'unreachable'
  /** The resolver says that there is no such name (or no address for it). */
  | 'nameNotFound'
  /** The resolver does not answer, or answers with an error. */
  | 'dnsTimeout'
  /** Broken after the connection was made; `closed` without a word. */
  | 'reset'
  | 'closed';

export type HopKind =
  /** A name was found in the hosts file or is `localhost`. */
  | 'hosts'
  /** A nameserver was asked for `name`; `note` has its answer. */
  | 'dns'
  /** The connection leaves its namespace. */
  | 'send'
  /** A rule translated the address; `rule` names it. */
  | 'dnat'
  /** A rule rejected or dropped it. */
  | 'reject'
  | 'drop'
  /** The source address was replaced by the host's. */
  | 'masquerade'
  /** A filter dropped it. */
  | 'filter'
  /** From host to host. */
  | 'link'
  /** It ended on the way: cut link, host down, nobody has the address. */
  | 'lost'
  | 'noRoute'
  /** Delivered to a socket; nobody listens there when `refused` follows. */
  | 'deliver'
  | 'refused'
  /** The handler's answer. */
  | 'serve';

/** One step on the way of an exchange. */
export interface Hop {
  readonly kind: HopKind;
  /** Host or namespace name. */
  readonly where: string;
  /** Destination at this point. */
  readonly ip: string;
  readonly port: number;
  /** Virtual time since the exchange began. */
  readonly timeMs: number;
  readonly rule?: string;
  /** The name asked for (dns, hosts). */
  readonly name?: string;
  readonly note?: string;
}

/** Where a request goes: an address or name, a port, what to say. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Absent: only connect (TCP), as a tcpSocket probe or `nc -z` does. */
  readonly message?: RequestMessage;
  /** Default TCP; UDP for dns messages. */
  readonly transport?: Transport;
}

export interface DialOptions {
  /** Whole exchange, name resolution included. Default 30000. */
  readonly timeoutMs?: number;
  /** False: keep it out of the recent exchanges (it still counts). Default true. */
  readonly record?: boolean;
  /** How many requests like it this one stands for. Default: as many as the one being handled, else 1. */
  readonly weight?: number;
}

/** A finished exchange. `reply` is present when `outcome` is ok and something was said. */
export interface Exchange {
  /** Counts from 1. */
  readonly id: number;
  /** The exchange during whose handling this one was made: an ingress controller's, a frontend's. */
  readonly parent?: number;
  /** Virtual time of the beginning, ms since the epoch. */
  readonly time: number;
  /** Name of the namespace that dialled. */
  readonly from: string;
  readonly target: Target;
  readonly timeoutMs: number;
  readonly outcome: Outcome;
  readonly reply?: Reply;
  /** True once a TCP connection stood, whatever happened then. */
  readonly connected: boolean;
  /** How long it took until the caller knew, at most `timeoutMs`. */
  readonly latencyMs: number;
  /** Empty for an exchange that is kept out of the recent ones. */
  readonly hops: readonly Hop[];
  /** The address that was connected to, before translation; absent when the name was not found. */
  readonly remote?: Address;
  /** The socket that answered or should have: still open when the answer arrives? */
  readonly server?: Listener;
  /** True: it stayed on its host and met no rule or filter, so that it goes the same way until the host changes. */
  readonly direct?: boolean;
  /** As a Go program prints it, without `Get "url":`. Absent when ok. */
  readonly error?: string;
}

/** An exchange that went well, to be made again and again. */
export interface Again {
  /** Makes it once more, in the time that it had. False: nothing was done, it may go otherwise by now. */
  make(): boolean;
}

/** The answer of a resolver as `nslookup` would see it. */
export interface Lookup {
  readonly outcome: 'ok' | 'nameNotFound' | 'dnsTimeout';
  /** The last answer's code; absent when nobody answered. */
  readonly code?: DnsCode;
  /** The name that was found, after the search list. */
  readonly name: string;
  readonly records: readonly DnsRecord[];
  /** The nameserver that was asked last; absent when the hosts file had it or it was an address. */
  readonly server?: string;
  readonly latencyMs: number;
  readonly hops: readonly Hop[];
  /** As Go prints it: `lookup web on 10.96.0.10:53: no such host`. Absent when ok. */
  readonly error?: string;
}

export interface LookupOptions {
  /** Default A. */
  readonly type?: DnsType;
  /** Default 30000. */
  readonly timeoutMs?: number;
  /** Ask this server instead of the configured ones. */
  readonly server?: string;
}

export interface NetworkCounters {
  readonly exchanges: number;
  readonly byOutcome: Readonly<Record<Outcome, number>>;
  readonly dnsQueries: number;
}

/** The network as a whole. `new Fabric(...)` in fabric.ts makes one. */
export interface NetworkFabric {
  /** The player's laptop and the world behind it. Its namespace has the resolver for public names. */
  readonly outside: NetworkHost;
  readonly links: Links;
  addHost(options: HostOptions): NetworkHost;
  /** Takes the host and its namespaces off the network. */
  removeHost(name: string): void;
  host(name: string): NetworkHost | undefined;
  hosts(): Iterable<NetworkHost>;
  /** Who has this address now. */
  namespaceAt(ip: string): NetworkNamespace | undefined;
  /** Publishes or (undefined) withdraws a public name; hosts' names are known anyway. */
  setPublicName(name: string, ip: string | undefined): void;
  /**
   * Routes an address to hosts, one of which takes each connection (a cloud load balancer's or
   * MetalLB's address); hosts that are down are left out. No hosts: withdrawn.
   */
  advertise(ip: string, hosts: readonly string[]): void;
  /** Dials, says `target.message`, and returns what came of it. */
  request(from: NetworkNamespace, target: Target, options?: DialOptions): Exchange;
  /** How an exchange that has just been made, on its own, from `from` and unrecorded, can be made again. */
  again(from: NetworkNamespace, exchange: Exchange): Again | undefined;
  /** Only connects. */
  connect(from: NetworkNamespace, host: string, port: number, options?: DialOptions): Exchange;
  /** Resolves a name as the namespace's resolver configuration says. */
  lookup(from: NetworkNamespace, name: string, options?: LookupOptions): Lookup;
  /** Up to the last `capacity` exchanges, oldest first. */
  recent(): readonly Exchange[];
  /** The last exchanges that had begun at a time, oldest first; of a time long gone by a few of each second. */
  exchangesUntil(time: number): readonly Exchange[];
  readonly counters: NetworkCounters;
}
