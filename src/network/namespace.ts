import type { Machine } from './machine.ts';
import type {
  FlowFilter,
  Handler,
  Listener,
  ListenOptions,
  ListenResult,
  NetworkNamespace,
  ResolverConfig,
  SocketOwner,
  Transport,
} from './types.ts';

const FIRST_EPHEMERAL_PORT = 32_768;
const LAST_EPHEMERAL_PORT = 60_999;
const NO_SOCKETS: readonly Socket[] = Object.freeze([]);
const NO_HOSTS: ReadonlyMap<string, string> = new Map();

/** A listening socket. */
export class Socket implements Listener {
  readonly namespace: Namespace;
  readonly port: number;
  readonly transport: Transport;
  readonly handler: Handler;
  readonly address: string | undefined;
  readonly #owner: SocketOwner | undefined;
  #closed = false;

  constructor(namespace: Namespace, port: number, handler: Handler, options: ListenOptions) {
    this.namespace = namespace;
    this.port = port;
    this.transport = options.transport ?? 'TCP';
    this.handler = handler;
    this.address = options.address;
    this.#owner = options.owner;
  }

  get open(): boolean {
    return !this.#closed && (this.#owner === undefined || this.#owner.alive);
  }

  /** The owner is stopped: the kernel still takes connections, nobody answers them. */
  get frozen(): boolean {
    return this.#owner?.paused === true;
  }

  close(): void {
    this.#closed = true;
    this.namespace.host.changed();
  }

  /** Whether a packet to `ip` and `port` reaches this socket. */
  accepts(ip: string, port: number, transport: Transport): boolean {
    return (
      this.port === port &&
      this.transport === transport &&
      this.open &&
      (this.address === undefined || this.address === ip)
    );
  }
}

/** The network namespace of a host or a pod. */
export class Namespace implements NetworkNamespace {
  readonly name: string;
  readonly host: Machine;
  readonly ip: string;
  readonly ips: readonly string[];
  readonly isHost: boolean;
  resolver: ResolverConfig;
  hostsFile: ReadonlyMap<string, string> = NO_HOSTS;
  hostname: string | undefined;
  #ingressFilter: FlowFilter | undefined;
  #egressFilter: FlowFilter | undefined;
  readonly #detach: (namespace: Namespace) => void;
  /** In the order of opening, closed ones here and there among them; a namespace has few. */
  #sockets: readonly Socket[] = NO_SOCKETS;
  #attached = true;
  #ephemeral = FIRST_EPHEMERAL_PORT;

  constructor(
    name: string,
    host: Machine,
    ips: readonly [string, ...string[]],
    resolver: ResolverConfig,
    detach: (namespace: Namespace) => void,
    isHost: boolean,
  ) {
    this.name = name;
    this.host = host;
    this.ip = ips[0];
    this.ips = ips;
    this.resolver = resolver;
    this.#detach = detach;
    this.isHost = isHost;
  }

  get attached(): boolean {
    return this.#attached;
  }

  get ingressFilter(): FlowFilter | undefined {
    return this.#ingressFilter;
  }

  set ingressFilter(filter: FlowFilter | undefined) {
    this.#ingressFilter = filter;
    this.host.changed();
  }

  get egressFilter(): FlowFilter | undefined {
    return this.#egressFilter;
  }

  set egressFilter(filter: FlowFilter | undefined) {
    this.#egressFilter = filter;
    this.host.changed();
  }

  listen(port: number, handler: Handler, options: ListenOptions = {}): ListenResult {
    const transport = options.transport ?? 'TCP';
    const taken = this.#sockets.some(
      (socket) =>
        socket.port === port &&
        socket.transport === transport &&
        socket.open &&
        (socket.address === undefined || options.address === undefined || socket.address === options.address),
    );
    if (taken) {
      const at = `${options.address ?? '0.0.0.0'}:${port}`;
      return { ok: false, error: `listen ${transport.toLowerCase()} ${at}: bind: address already in use` };
    }
    const listener = new Socket(this, port, handler, options);
    this.#sockets = this.#sockets.filter((socket) => socket.open).concat(listener);
    this.host.changed();
    return { ok: true, listener };
  }

  listeners(): readonly Listener[] {
    const open = this.#sockets.filter((socket) => socket.open);
    return open.sort((a, b) => a.port - b.port || (a.transport < b.transport ? -1 : 1));
  }

  remove(): void {
    if (this.isHost || !this.#attached) return;
    this.detach();
  }

  /** Takes the namespace off the network; hosts do this to their own as well when they leave. */
  detach(): void {
    this.#attached = false;
    for (const socket of this.#sockets) socket.close();
    this.#sockets = NO_SOCKETS;
    this.host.changed();
    this.#detach(this);
  }

  /** The socket that takes a packet to `ip` and `port`. */
  socket(ip: string, port: number, transport: Transport): Socket | undefined {
    for (const socket of this.#sockets) if (socket.accepts(ip, port, transport)) return socket;
    return undefined;
  }

  has(ip: string): boolean {
    return ip === this.ip || (this.ips.length > 1 && this.ips.includes(ip));
  }

  /** The source port of the next connection. */
  nextPort(): number {
    const port = this.#ephemeral;
    this.#ephemeral = port === LAST_EPHEMERAL_PORT ? FIRST_EPHEMERAL_PORT : port + 1;
    return port;
  }
}
