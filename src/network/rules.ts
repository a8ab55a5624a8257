import { cidrContains, parseCIDR, parseIP } from '../apimachinery/ip.ts';
import type { Random } from '../sim/random.ts';
import type { Address, Frontend, RuleTable, ServiceRule, Transport } from './rule.ts';

/** Clients remembered per rule; the one that was silent longest is forgotten first. */
const MAX_CLIENTS = 10_000;

/** A rule in force, with the clients it remembers. */
interface Installed {
  rule: ServiceRule;
  readonly clients: Map<string, { readonly backend: Address; readonly time: number }>;
}

/** What a destination address matched. */
export interface Match {
  readonly installed: Installed;
  readonly frontend: Frontend;
}

/** What a rule decided for one connection. */
export type Verdict =
  | { readonly type: 'dnat'; readonly rule: string; readonly backend: Address; readonly masquerade: boolean }
  | { readonly type: 'reject' | 'drop'; readonly rule: string; readonly note: string };

/** A host's rule table, indexed by address and port: matching costs the same with any number of rules. */
export class HostRules implements RuleTable {
  readonly #rules = new Map<string, Installed>();
  readonly #virtual = new Map<string, Map<number, Match[]>>();
  readonly #nodePorts = new Map<number, Match[]>();
  #version = 0;

  get size(): number {
    return this.#rules.size;
  }

  get version(): number {
    return this.#version;
  }

  set(rule: ServiceRule): void {
    this.#version++;
    let installed = this.#rules.get(rule.key);
    if (installed === undefined) {
      installed = { rule, clients: new Map() };
      this.#rules.set(rule.key, installed);
    } else {
      this.#unindex(installed);
      installed.rule = rule;
      if (rule.affinityMs === undefined) installed.clients.clear();
    }
    for (const frontend of rule.frontends) {
      const ports = this.#portsOf(frontend, true);
      const key = portKey(frontend.port, rule.transport);
      const match = { installed, frontend };
      const same = ports?.get(key);
      if (same === undefined) ports?.set(key, [match]);
      else {
        // Two services claim one address: as in iptables the first in order of names wins.
        same.push(match);
        same.sort((a, b) => (a.installed.rule.key < b.installed.rule.key ? -1 : 1));
      }
    }
  }

  delete(key: string): boolean {
    const installed = this.#rules.get(key);
    if (installed === undefined) return false;
    this.#version++;
    this.#unindex(installed);
    this.#rules.delete(key);
    return true;
  }

  get(key: string): ServiceRule | undefined {
    return this.#rules.get(key)?.rule;
  }

  keys(): Iterable<string> {
    return this.#rules.keys();
  }

  clear(): void {
    this.#version++;
    this.#rules.clear();
    this.#virtual.clear();
    this.#nodePorts.clear();
  }

  /** The rule for a destination. `own`: the address is the host's, so that node ports match. */
  match(ip: string, port: number, transport: Transport, own: boolean): Match | undefined {
    const key = portKey(port, transport);
    const virtual = this.#virtual.get(ip)?.get(key);
    if (virtual !== undefined) return virtual[0];
    return own ? this.#nodePorts.get(key)?.[0] : undefined;
  }

  #unindex(installed: Installed): void {
    for (const frontend of installed.rule.frontends) {
      const ports = this.#portsOf(frontend, false);
      const key = portKey(frontend.port, installed.rule.transport);
      const left = ports?.get(key)?.filter((match) => match.installed !== installed);
      if (left === undefined || left.length === 0) ports?.delete(key);
      else ports?.set(key, left);
      if (frontend.ip !== undefined && ports?.size === 0) this.#virtual.delete(frontend.ip);
    }
  }

  #portsOf(frontend: Frontend, create: boolean): Map<number, Match[]> | undefined {
    if (frontend.ip === undefined) return this.#nodePorts;
    let ports = this.#virtual.get(frontend.ip);
    if (ports === undefined && create) {
      ports = new Map();
      this.#virtual.set(frontend.ip, ports);
    }
    return ports;
  }
}

/**
 * Decides what happens to a connection of `client` that matched. `local`: it began on this host.
 * Without client affinity each backend has the same chance.
 */
export function decide(match: Match, client: string, local: boolean, now: number, random: Random): Verdict {
  const { installed, frontend } = match;
  const { key, affinityMs } = installed.rule;
  if (frontend.allowedSources !== undefined && !inRanges(client, frontend.allowedSources))
    return { type: 'drop', rule: key, note: 'source address not allowed' };
  const target = (local ? frontend.localTarget : undefined) ?? frontend.target;
  const { backends } = target;
  if (backends.length === 0) return { type: target.whenEmpty, rule: key, note: 'no backend' };
  let backend: Address | undefined;
  if (affinityMs !== undefined) {
    const known = installed.clients.get(client);
    if (known !== undefined && now - known.time <= affinityMs) {
      const { ip, port } = known.backend;
      backend = backends.find((candidate) => candidate.ip === ip && candidate.port === port);
    }
  }
  backend ??= backends[backends.length === 1 ? 0 : random.int(backends.length)] as Address;
  if (affinityMs !== undefined) remember(installed, client, backend, now);
  return { type: 'dnat', rule: key, backend, masquerade: target.masquerade };
}

/** Moves the client to the end of the map, which is therefore in order of last use. */
function remember(installed: Installed, client: string, backend: Address, time: number): void {
  const { clients } = installed;
  clients.delete(client);
  clients.set(client, { backend, time });
  if (clients.size <= MAX_CLIENTS) return;
  for (const oldest of clients.keys()) {
    clients.delete(oldest);
    break;
  }
}

function inRanges(ip: string, ranges: readonly string[]): boolean {
  const address = parseIP(ip);
  if (address === undefined) return false;
  return ranges.some((text) => {
    const range = parseCIDR(text);
    return range !== undefined && cidrContains(range, address);
  });
}

function portKey(port: number, transport: Transport): number {
  return port * 4 + (transport === 'TCP' ? 0 : transport === 'UDP' ? 1 : 2);
}
