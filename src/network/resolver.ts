import { isIP, parseIP } from '../apimachinery/ip.ts';
import type { Namespace } from './namespace.ts';
import type { DnsCode, DnsRecord, DnsReply, DnsType, Hop, Lookup } from './types.ts';

/** Longest name that DNS knows, and the longest label. */
const MAX_NAME = 253;
const MAX_LABEL = 63;

/** One question to one nameserver. `noAnswer` says why there was none. */
export type QueryResult =
  | { readonly reply: DnsReply; readonly latencyMs: number }
  | { readonly reply: undefined; readonly latencyMs: number; readonly noAnswer: string };

/** Asks one nameserver, at `startMs` into the exchange, waiting at most `timeoutMs`. */
export type Query = (
  server: string,
  name: string,
  type: DnsType,
  timeoutMs: number,
  startMs: number,
) => QueryResult;

/**
 * Resolves a name as libc does: an address is itself, then the hosts file, then the nameservers,
 * with the search list first for names of fewer than `ndots` dots. A server that does not answer
 * ends the search; one that answers with an error does not.
 */
export function resolve(
  from: Namespace,
  text: string,
  type: DnsType,
  timeoutMs: number,
  hops: Hop[],
  query: Query,
  server?: string,
): Lookup {
  const name = text.toLowerCase();
  if (type !== 'PTR' && server === undefined) {
    const known = wellKnown(from, name, hops);
    if (known !== undefined) return known;
  }
  const config = from.resolver;
  const servers =
    server !== undefined ? [server] : config.nameservers.length > 0 ? config.nameservers : ['127.0.0.1'];
  const limits = { perTry: config.timeoutMs, attempts: config.attempts, total: timeoutMs };
  let latencyMs = 0;
  let failed: { readonly code: DnsCode; readonly server: string } | undefined;
  let last: { readonly code: DnsCode; readonly server: string } | undefined;
  for (const candidate of type === 'PTR' ? [name] : candidates(name, config.search, config.ndots)) {
    const answer = askInTurn(servers, candidate, type, limits, latencyMs, query);
    latencyMs = answer.latencyMs;
    if (answer.reply === undefined) {
      const error = `lookup ${text} on ${socketAddress(answer.server)}: ${answer.noAnswer}`;
      return {
        outcome: 'dnsTimeout',
        name: candidate,
        records: [],
        server: answer.server,
        latencyMs,
        hops,
        error,
      };
    }
    const { code, answers } = answer.reply;
    last = { code, server: answer.server };
    if (code === 'NOERROR' && answers.some((record) => record.type === type))
      return {
        outcome: 'ok',
        code,
        name: candidate,
        records: answers,
        server: answer.server,
        latencyMs,
        hops,
      };
    if (code !== 'NOERROR' && code !== 'NXDOMAIN') failed ??= last;
  }
  const end = failed ?? last ?? { code: 'NXDOMAIN' as const, server: servers[0] as string };
  const outcome = failed === undefined ? 'nameNotFound' : 'dnsTimeout';
  const said = failed === undefined ? 'no such host' : 'server misbehaving';
  const error = `lookup ${text} on ${socketAddress(end.server)}: ${said}`;
  return { outcome, code: end.code, name, records: [], server: end.server, latencyMs, hops, error };
}

interface Limits {
  readonly perTry: number;
  readonly attempts: number;
  readonly total: number;
}

/** Asks the servers in turn until one answers; `latencyMs` counts from the beginning of the exchange. */
function askInTurn(
  servers: readonly string[],
  name: string,
  type: DnsType,
  limits: Limits,
  startMs: number,
  query: Query,
): QueryResult & { readonly server: string } {
  let latencyMs = startMs;
  let noAnswer = 'i/o timeout';
  let asked = servers[0] as string;
  for (let attempt = 0; attempt < limits.attempts; attempt++) {
    for (const server of servers) {
      const left = limits.total - latencyMs;
      if (left <= 0) return { reply: undefined, latencyMs: limits.total, noAnswer, server: asked };
      asked = server;
      const result = query(server, name, type, Math.min(limits.perTry, left), latencyMs);
      latencyMs += result.latencyMs;
      if (result.reply !== undefined) return { reply: result.reply, latencyMs, server };
      noAnswer = result.noAnswer;
    }
  }
  return { reply: undefined, latencyMs, noAnswer, server: asked };
}

/** The names to ask for, in order. */
export function candidates(name: string, search: readonly string[], ndots: number): readonly string[] {
  const absolute = name.endsWith('.');
  const bare = absolute ? name.slice(0, -1) : name;
  const searched = absolute ? [] : search.map((domain) => `${bare}.${domain}`);
  const dots = bare.split('.').length - 1;
  const all = dots >= ndots ? [bare, ...searched] : [...searched, bare];
  return all.filter(isName);
}

function isName(name: string): boolean {
  if (name.length === 0 || name.length > MAX_NAME) return false;
  return name.split('.').every((label) => label.length > 0 && label.length <= MAX_LABEL);
}

/** What needs no nameserver: addresses, localhost, the host's own name, the hosts file. */
function wellKnown(from: Namespace, name: string, hops: Hop[]): Lookup | undefined {
  if (isAddress(name)) return found(from, name, name, hops, false);
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  const ip =
    from.hostsFile.get(bare) ??
    (bare === from.hostname
      ? from.ip
      : bare === 'localhost' || bare.endsWith('.localhost')
        ? '127.0.0.1'
        : from.isHost && bare === from.name
          ? from.ip
          : undefined);
  return ip === undefined ? undefined : found(from, bare, ip, hops, true);
}

function found(from: Namespace, name: string, ip: string, hops: Hop[], hop: boolean): Lookup {
  if (hop) hops.push({ kind: 'hosts', where: from.name, ip, port: 0, timeMs: 0, name });
  const record: DnsRecord = { name, type: ip.includes(':') ? 'AAAA' : 'A', ttl: 0, value: ip };
  return { outcome: 'ok', name, records: [record], latencyMs: 0, hops };
}

/** `10.96.0.10:53`, `[fd00::a]:53`. */
function socketAddress(server: string): string {
  return server.includes(':') ? `[${server}]:53` : `${server}:53`;
}

/** The name under which an address is looked up in reverse; undefined when it is no address. */
export function reverseName(ip: string): string | undefined {
  const address = parseIP(ip);
  if (address === undefined) return undefined;
  if (address.family === 'IPv4') {
    const bytes = [0n, 8n, 16n, 24n].map((shift) => (address.bits >> shift) & 0xffn);
    return `${bytes.join('.')}.in-addr.arpa`;
  }
  const digits = address.bits.toString(16).padStart(32, '0');
  return `${[...digits].reverse().join('.')}.ip6.arpa`;
}

/** Whether a text is an address rather than a name; cheap for most names. */
export function isAddress(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  const maybe = (last >= 48 && last <= 57) || text.includes(':');
  return maybe && isIP(text);
}
