import type { EndpointSlice, Namespace, Service } from '../api/generated/types.ts';
import { endpointSlice } from '../api/kinds/endpointslice.ts';
import { namespace as namespaceKind } from '../api/kinds/namespace.ts';
import { service as serviceKind } from '../api/kinds/service.ts';
import { makeKey, nameOf, namespaceOf } from '../api/object.ts';
import type { Client } from '../client/client.ts';
import { type Informer, InformerFactory } from '../client/informer.ts';
import { httpReply } from '../network/http.ts';
import { reverseName } from '../network/resolver.ts';
import type {
  DnsCode,
  DnsRecord,
  DnsReply,
  DnsRequest,
  DnsType,
  Handler,
  NetworkFabric,
  NetworkNamespace,
} from '../network/types.ts';
import type { Process } from '../sim/process.ts';
import { type ClusterName, isReverseName, parseClusterName, undash } from './dnsname.ts';
import { answersOf, type DnsAnswer, endpointLabel } from './dnsrecords.ts';
import { serviceKeyOf } from './endpoints.ts';

const DNS_PORT = 53;
const HEALTH_PORT = 8080;
const READY_PORT = 8181;
/** Seconds; the `ttl 30` of the usual Corefile. */
const TTL = 30;
const ANSWER_MS = 0.1;
/** The forward plugin waits this long for an upstream. */
const FORWARD_TIMEOUT_MS = 2000;
/** Names that stand for names that stand for names: at most this many. */
const MAX_CNAMES = 7;
const BY_SERVICE = 'service';
const BY_ADDRESS = 'address';

const NO_RECORDS: readonly DnsRecord[] = Object.freeze([]);
const NODATA = reply('NOERROR', NO_RECORDS);
const NXDOMAIN = reply('NXDOMAIN', NO_RECORDS);
const SERVFAIL = reply('SERVFAIL', NO_RECORDS);

export interface CoreDNSOptions {
  readonly process: Process;
  readonly client: Client;
  readonly fabric: NetworkFabric;
  /** Its pod's namespace; the nameservers configured there are the upstream for foreign names. */
  readonly namespace: NetworkNamespace;
  /** Default `cluster.local`. */
  readonly clusterDomain?: string;
  /** Asked first: a fault that makes it answer wrongly. */
  readonly trouble?: (name: string) => DnsTrouble | undefined;
}

/** A wrong answer: an address, or a code without one. */
export type DnsTrouble = { readonly address: string } | { readonly code: 'NXDOMAIN' | 'SERVFAIL' };

/**
 * CoreDNS with the Corefile that kubeadm installs: answers for the cluster's zone and for reverse
 * names from Services and EndpointSlices, forwards everything else. Unlike most programs it has no
 * state of its own at all.
 */
export class CoreDNS {
  readonly #process: Process;
  readonly #fabric: NetworkFabric;
  readonly #namespace: NetworkNamespace;
  readonly #zone: string;
  readonly #trouble: CoreDNSOptions['trouble'];
  readonly #factory: InformerFactory;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #namespaces: Informer<Namespace>;

  constructor(options: CoreDNSOptions) {
    this.#process = options.process;
    this.#fabric = options.fabric;
    this.#namespace = options.namespace;
    this.#zone = options.clusterDomain ?? 'cluster.local';
    this.#trouble = options.trouble;
    this.#factory = new InformerFactory(options.process, options.client);
    this.#services = this.#factory.informer(serviceKind);
    this.#slices = this.#factory.informer(endpointSlice);
    this.#namespaces = this.#factory.informer(namespaceKind);
  }

  /** Opens the ports and begins to watch. Returns what went wrong, in the words CoreDNS would log. */
  start(): string | undefined {
    this.#services.addIndex(BY_ADDRESS, (service) => service.spec.clusterIPs ?? []);
    this.#slices.addIndex(BY_SERVICE, (slice) => {
      const key = serviceKeyOf(slice);
      return key === undefined ? [] : [key];
    });
    this.#slices.addIndex(BY_ADDRESS, (slice) =>
      (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses),
    );
    this.#factory.start();
    const dns: Handler = ({ message }) =>
      message.protocol === 'dns' ? this.answer(message) : { type: 'close', latencyMs: 0 };
    const owner = this.#process;
    const opened = [
      this.#namespace.listen(DNS_PORT, dns, { transport: 'UDP', owner }),
      this.#namespace.listen(DNS_PORT, dns, { transport: 'TCP', owner }),
      this.#namespace.listen(HEALTH_PORT, () => httpReply(200, 'OK', ANSWER_MS), { owner }),
      this.#namespace.listen(READY_PORT, () => this.#readiness(), { owner }),
    ];
    this.#process.onExit(() => {
      for (const result of opened) if (result.ok) result.listener.close();
    });
    for (const result of opened) if (!result.ok) return result.error;
    return undefined;
  }

  /** True once every cache is filled; before that nothing is known of the cluster. */
  get ready(): boolean {
    return this.#factory.synced;
  }

  /** Answers a question. */
  answer({ name, type }: Pick<DnsRequest, 'name' | 'type'>): DnsReply {
    const asked = name.toLowerCase().replace(/\.$/, '');
    const trouble = this.#trouble?.(asked);
    if (trouble !== undefined) return wrongReply(asked, type, trouble);
    const parsed = parseClusterName(asked, this.#zone);
    if (parsed !== undefined) return this.ready ? this.#inZone(asked, type, parsed) : SERVFAIL;
    if (isReverseName(asked)) {
      if (!this.ready) return SERVFAIL;
      const names = this.#namesOf(asked);
      if (names.length > 0) {
        if (type !== 'PTR') return NODATA;
        return reply(
          'NOERROR',
          names.map((value) => ({ name: asked, type, ttl: TTL, value })),
        );
      }
    }
    return this.#forward(asked, type);
  }

  #readiness() {
    return this.ready ? httpReply(200, 'OK', ANSWER_MS) : httpReply(503, 'kubernetes', ANSWER_MS);
  }

  #inZone(asked: string, type: DnsType, parsed: ClusterName): DnsReply {
    if (asked === `dns-version.${this.#zone}`) {
      if (type !== 'TXT') return NODATA;
      return reply('NOERROR', [{ name: asked, type, ttl: TTL, value: '1.1.0' }]);
    }
    if (parsed.type === 'apex') return NODATA;
    if (parsed.type === 'invalid' || this.#namespaces.get(parsed.namespace) === undefined) return NXDOMAIN;
    if (parsed.type === 'pod') return podReply(asked, type, parsed.name);
    if (parsed.service === '') return NODATA;
    const key = makeKey(parsed.namespace, parsed.service);
    const service = this.#services.get(key);
    if (service === undefined) return NXDOMAIN;
    const answers = answersOf(parsed, service, this.#slices.byIndex(BY_SERVICE, key));
    const first = answers[0];
    if (first === undefined) return NXDOMAIN;
    if (first.external) return this.#alias(asked, type, first.host);
    if (type === 'SRV') return reply('NOERROR', this.#serviceRecords(asked, answers));
    if (type !== 'A' && type !== 'AAAA') return NODATA;
    const addresses = new Set(answers.map((answer) => answer.host).filter((ip) => familyType(ip) === type));
    if (addresses.size === 0) return NODATA;
    // The loadbalance plugin: clients take the first record.
    const order = addresses.size === 1 ? [...addresses] : this.#process.random.shuffle([...addresses]);
    return reply(
      'NOERROR',
      order.map((value) => ({ name: asked, type, ttl: TTL, value })),
    );
  }

  #serviceRecords(asked: string, answers: readonly DnsAnswer[]): DnsRecord[] {
    const ports = answers.filter((answer) => answer.port !== undefined);
    const weight = Math.max(1, Math.floor(100 / Math.max(1, ports.length)));
    const targets = new Map<string, DnsRecord>();
    const records: DnsRecord[] = ports.map(({ name, host, port }) => {
      const target = `${name}.${this.#zone}`;
      targets.set(`${target} ${host}`, { name: target, type: familyType(host), ttl: TTL, value: host });
      return { name: asked, type: 'SRV', ttl: TTL, value: target, port: port ?? 0, priority: 0, weight };
    });
    return [...records, ...targets.values()];
  }

  /** An ExternalName Service: the other name, and what is known of it. */
  #alias(asked: string, type: DnsType, target: string): DnsReply {
    const records: DnsRecord[] = [{ name: asked, type: 'CNAME', ttl: TTL, value: target }];
    if (type !== 'A' && type !== 'AAAA') return type === 'CNAME' ? reply('NOERROR', records) : NODATA;
    let latencyMs = ANSWER_MS;
    let name = target;
    for (let i = 0; i < MAX_CNAMES; i++) {
      const parsed = parseClusterName(name, this.#zone);
      const service =
        parsed?.type === 'svc' && parsed.endpoint === '' && parsed.port === ''
          ? this.#services.get(makeKey(parsed.namespace, parsed.service))
          : undefined;
      if (service?.spec.type !== 'ExternalName') {
        const found = this.answer({ name, type });
        latencyMs += found.latencyMs;
        records.push(...found.answers);
        break;
      }
      const value = (service.spec.externalName ?? '').toLowerCase().replace(/\.$/, '');
      records.push({ name, type: 'CNAME', ttl: TTL, value });
      name = value;
    }
    return { type: 'dns', code: 'NOERROR', answers: records, latencyMs };
  }

  /** The names of a reverse name's address: of a Service, else of endpoints. */
  #namesOf(reverse: string): string[] {
    const ip = addressOf(reverse);
    if (ip === undefined) return [];
    const service = this.#services.byIndex(BY_ADDRESS, ip)[0];
    if (service !== undefined) return [`${nameOf(service)}.${namespaceOf(service)}.svc.${this.#zone}`];
    const names = new Set<string>();
    for (const slice of this.#slices.byIndex(BY_ADDRESS, ip)) {
      const [namespace, name] = (serviceKeyOf(slice) ?? '/').split('/');
      for (const endpoint of slice.endpoints ?? []) {
        if (endpoint.conditions?.ready === false || !endpoint.addresses.includes(ip)) continue;
        names.add(`${endpointLabel(endpoint, ip)}.${name}.${namespace}.svc.${this.#zone}`);
      }
    }
    return [...names].sort();
  }

  #forward(name: string, type: DnsType): DnsReply {
    let latencyMs = ANSWER_MS;
    for (const host of this.#namespace.resolver.nameservers) {
      const target = { host, port: DNS_PORT, message: { protocol: 'dns', name, type } } as const;
      const exchange = this.#fabric.request(this.#namespace, target, {
        timeoutMs: FORWARD_TIMEOUT_MS,
        record: false,
      });
      latencyMs += exchange.latencyMs;
      if (exchange.reply?.type === 'dns') return { ...exchange.reply, latencyMs };
    }
    return { ...SERVFAIL, latencyMs };
  }
}

/** `pods insecure`: every dashed address is a pod's, whether there is such a pod or not. */
function wrongReply(name: string, type: DnsType, trouble: DnsTrouble): DnsReply {
  if ('code' in trouble) return trouble.code === 'NXDOMAIN' ? NXDOMAIN : SERVFAIL;
  const fits = type === (trouble.address.includes(':') ? 'AAAA' : 'A');
  return fits ? reply('NOERROR', [{ name, type, ttl: TTL, value: trouble.address }]) : NODATA;
}

function podReply(asked: string, type: DnsType, label: string): DnsReply {
  if (label === '') return NODATA;
  const ip = undash(label);
  if (ip === undefined) return NXDOMAIN;
  return type === 'A' ? reply('NOERROR', [{ name: asked, type, ttl: TTL, value: ip }]) : NODATA;
}

function reply(code: DnsCode, answers: readonly DnsRecord[]): DnsReply {
  return { type: 'dns', code, answers, latencyMs: ANSWER_MS };
}

function familyType(ip: string): 'A' | 'AAAA' {
  return ip.includes(':') ? 'AAAA' : 'A';
}

/** The address of an IPv4 reverse name. */
function addressOf(reverse: string): string | undefined {
  const ip = reverse
    .replace(/\.in-addr\.arpa$/, '')
    .split('.')
    .reverse()
    .join('.');
  return reverseName(ip) === reverse ? ip : undefined;
}
