import type { Random } from '../sim/random.ts';
import { dialError, readError } from './errors.ts';
import type { Namespace } from './namespace.ts';
import type { Recorder } from './recorder.ts';
import { isAddress, type Query, type QueryResult, resolve } from './resolver.ts';
import { type Arrival, type Topology, Trip } from './route.ts';
import type {
  Address,
  DnsReply,
  Exchange,
  Hop,
  Listener,
  Lookup,
  Outcome,
  Reply,
  RequestMessage,
  Target,
  Transport,
} from './types.ts';

/** First retransmission of a lost SYN and of lost data, in ms; each further one waits twice as long. */
const SYN_RETRY_MS = 1000;
const DATA_RETRY_MS = 200;
/** Handlers that dial handlers that dial ...: beyond this depth nobody answers. */
const MAX_DEPTH = 16;
/** Exchanges that one may bring about altogether, lest handlers that each dial several others never end. */
const MAX_NESTED = 1000;

const NO_HOPS: readonly Hop[] = Object.freeze([]);

/** An object while it is being made. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** How a conversation with one address ended. */
interface Ending {
  readonly outcome: Outcome;
  readonly latencyMs: number;
  readonly connected: boolean;
  readonly error?: string;
  readonly reply?: Reply;
  readonly server?: Listener;
  readonly direct?: boolean;
}

/** One conversation: who, with whom, about what, and until when. */
interface Call {
  readonly from: Namespace;
  readonly remote: Address;
  readonly transport: Transport;
  readonly message: RequestMessage | undefined;
  readonly startMs: number;
  /** Counted from the beginning of the exchange. */
  readonly deadlineMs: number;
  /** Undefined: nobody will look at them. */
  readonly hops: Hop[] | undefined;
}

/** How an exchange is made: see DialOptions. */
export interface ExchangeOptions {
  readonly timeoutMs: number;
  readonly record: boolean;
  readonly weight: number | undefined;
}

/** Carries out exchanges: resolves the name, connects, says the message, waits for the answer. */
export class Talk {
  readonly #net: Topology;
  readonly #random: Random;
  readonly #recorder: Recorder;
  /** The exchange being handled right now. */
  #current: number | undefined;
  #depth = 0;
  /** How many requests the one being handled stands for. */
  #weight = 1;
  /** How many exchanges the outermost one has brought about. */
  #nested = 0;

  /** `random` decides about lost packets. */
  constructor(net: Topology, random: Random, recorder: Recorder) {
    this.#net = net;
    this.#random = random;
    this.#recorder = recorder;
  }

  exchange(from: Namespace, target: Target, options: ExchangeOptions): Exchange {
    const { timeoutMs, record, weight } = options;
    const id = ++this.#recorder.exchanges;
    const parent = this.#current;
    // Probes make most of all exchanges, and nobody sees what is not recorded.
    const hops: Hop[] | undefined = record ? [] : undefined;
    const transport = target.transport ?? (target.message?.protocol === 'dns' ? 'UDP' : 'TCP');
    this.#nested = this.#depth === 0 ? 0 : this.#nested + 1;
    this.#current = id;
    this.#depth++;
    const outerWeight = this.#weight;
    this.#weight = weight ?? outerWeight;
    let ip: string | undefined = target.host;
    let startMs = 0;
    let ending: Ending | undefined;
    if (!isAddress(ip)) {
      const type = from.ip.includes(':') ? 'AAAA' : 'A';
      const lookup = resolve(from, ip, type, timeoutMs, hops ?? [], this.asker(from, hops));
      startMs = lookup.latencyMs;
      ip = lookup.records.find((record) => record.type === 'A' || record.type === 'AAAA')?.value;
      if (lookup.outcome !== 'ok' || ip === undefined) ending = notResolved(lookup, transport);
    }
    const remote = ip === undefined ? undefined : { ip, port: target.port };
    if (ending === undefined && remote !== undefined) {
      const { message } = target;
      ending = this.#converse({ from, remote, transport, message, startMs, deadlineMs: timeoutMs, hops });
    }
    this.#current = parent;
    this.#depth--;
    this.#weight = outerWeight;
    const { outcome, latencyMs, connected, error, reply, server, direct } = ending as Ending;
    const exchange: Mutable<Exchange> = {
      id,
      time: this.#net.now(),
      from: from.name,
      target,
      timeoutMs,
      hops: hops ?? NO_HOPS,
      outcome,
      latencyMs,
      connected,
    };
    if (parent !== undefined) exchange.parent = parent;
    if (remote !== undefined) exchange.remote = remote;
    if (error !== undefined) exchange.error = error;
    if (reply !== undefined) exchange.reply = reply;
    if (server !== undefined) exchange.server = server;
    if (direct === true && (weight ?? outerWeight) === 1) exchange.direct = true;
    this.#recorder.add(exchange, record);
    return exchange;
  }

  /** How `from` asks nameservers within an exchange whose steps go to `hops`. */
  asker(from: Namespace, hops: Hop[] | undefined): Query {
    return (server, name, type, timeoutMs, startMs) => {
      this.#recorder.dnsQueries++;
      const remote = { ip: server, port: 53 };
      const ending = this.#converse({
        from,
        remote,
        transport: 'UDP',
        message: { protocol: 'dns', name, type },
        startMs,
        deadlineMs: startMs + timeoutMs,
        hops,
      });
      const result = queryResult(ending, startMs);
      const note = result.reply === undefined ? result.noAnswer : answerNote(result.reply);
      const timeMs = ending.latencyMs;
      hops?.push({ kind: 'dns', where: from.name, ip: server, port: 53, timeMs, name, note });
      return result;
    };
  }

  #converse(call: Call): Ending {
    const { from, remote, transport, hops, startMs, deadlineMs } = call;
    const port = from.nextPort();
    const trip = new Trip(this.#net, from, remote.ip, remote.port, transport, port, hops, startMs);
    const arrival = trip.run();
    const rtt = arrival.oneWayMs + arrival.backMs;
    if (arrival.result === 'dropped') return notConnected(call, port, 'timeout', deadlineMs);
    const lost = arrival.loss === 0 ? 0 : this.#lostTime(arrival.loss, transport, SYN_RETRY_MS, deadlineMs);
    const connectedMs = startMs + lost + (transport === 'UDP' && arrival.result === 'accepted' ? 0 : rtt);
    if (connectedMs >= deadlineMs) return notConnected(call, port, 'timeout', deadlineMs);
    if (arrival.result === 'refused') return notConnected(call, port, 'refused', connectedMs);
    if (arrival.result === 'noRoute') return notConnected(call, port, 'unreachable', connectedMs);
    return this.#speak(call, arrival, port, connectedMs);
  }

  /** Says the message over an accepted connection. */
  #speak(call: Call, arrival: Arrival, port: number, connectedMs: number): Ending {
    const { message, transport, hops, deadlineMs } = call;
    const server = arrival.socket as NonNullable<Arrival['socket']>;
    const connected = transport !== 'UDP';
    const { direct } = arrival;
    if (message === undefined) return { outcome: 'ok', latencyMs: connectedMs, connected, server, direct };
    if (server.frozen || this.#depth > MAX_DEPTH || this.#nested > MAX_NESTED)
      return broken(call, port, server, 'timeout', deadlineMs);
    const source = { ip: arrival.sourceIp, port };
    const destination = { ip: arrival.ip, port: arrival.port };
    const reply = server.handler({ message, source, destination, weight: this.#weight });
    if (reply.type === 'hang') return broken(call, port, server, 'timeout', deadlineMs);
    const tls = message.protocol === 'http' && message.tls === true;
    const lost =
      arrival.loss === 0 || !connected
        ? 0
        : this.#lostTime(arrival.loss, transport, DATA_RETRY_MS, deadlineMs);
    const rtt = arrival.oneWayMs + arrival.backMs;
    const latencyMs = connectedMs + lost + (tls ? 2 * rtt : rtt) + reply.latencyMs;
    if (latencyMs >= deadlineMs) return broken(call, port, server, 'timeout', deadlineMs);
    if (hops !== undefined) hops.push(serveHop(arrival, reply, latencyMs));
    if (reply.type === 'reset') return broken(call, port, server, 'reset', latencyMs);
    if (reply.type === 'close') return { outcome: 'closed', latencyMs, connected, server, error: 'EOF' };
    return { outcome: 'ok', latencyMs, connected, server, reply, direct };
  }

  /** Time lost to retransmissions; over UDP nothing is sent again, so a loss costs all the time there is. */
  #lostTime(loss: number, transport: Transport, firstMs: number, limitMs: number): number {
    let lost = 0;
    for (let wait = firstMs; lost < limitMs && this.#random.chance(loss); wait *= 2) {
      lost += transport === 'UDP' ? limitMs : wait;
    }
    return lost;
  }
}

const REASONS = {
  timeout: 'i/o timeout',
  refused: 'connection refused',
  unreachable: 'no route to host',
  reset: 'connection reset by peer',
} as const;

/** The end of a call from `port` that came to nothing after `latencyMs`. */
function notConnected(
  call: Call,
  port: number,
  outcome: 'timeout' | 'refused' | 'unreachable',
  latencyMs: number,
): Ending {
  const { from, transport, remote } = call;
  const reason = REASONS[outcome];
  // UDP has no connecting: what goes wrong shows when the answer is read.
  const error =
    transport === 'UDP'
      ? readError(transport, { ip: from.ip, port }, remote, reason)
      : dialError(transport, remote, reason);
  return { outcome, latencyMs, connected: false, error };
}

/** The end of a call that `server` took and did not answer properly. */
function broken(
  { from, transport, remote }: Call,
  port: number,
  server: Listener,
  outcome: 'timeout' | 'reset',
  latencyMs: number,
): Ending {
  const error = readError(transport, { ip: from.ip, port }, remote, REASONS[outcome]);
  return { outcome, latencyMs, connected: transport !== 'UDP', server, error };
}

function notResolved(lookup: Lookup, transport: Transport): Ending {
  const outcome = lookup.outcome === 'ok' ? 'nameNotFound' : lookup.outcome;
  const error = `dial ${transport.toLowerCase()}: ${lookup.error ?? `lookup ${lookup.name}: no such host`}`;
  return { outcome, latencyMs: lookup.latencyMs, connected: false, error };
}

function queryResult(ending: Ending, startMs: number): QueryResult {
  const latencyMs = ending.latencyMs - startMs;
  if (ending.reply?.type === 'dns') return { reply: ending.reply, latencyMs };
  return { reply: undefined, latencyMs, noAnswer: ending.error ?? 'server misbehaving' };
}

function answerNote(reply: DnsReply): string {
  if (reply.code !== 'NOERROR') return reply.code;
  return reply.answers.length === 0 ? 'NODATA' : reply.answers.map((record) => record.value).join(', ');
}

function serveHop(arrival: Arrival, reply: Reply, timeMs: number): Hop {
  const where = arrival.socket?.namespace.name ?? '';
  const note = reply.type === 'http' ? String(reply.status) : reply.type;
  return { kind: 'serve', where, ip: arrival.ip, port: arrival.port, timeMs, note };
}
