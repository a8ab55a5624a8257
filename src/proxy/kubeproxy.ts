import type { EndpointSlice, Node, Service } from '../api/generated/types.ts';
import { endpointSlice } from '../api/kinds/endpointslice.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { service as serviceKind } from '../api/kinds/service.ts';
import { isTerminating, keyOf } from '../api/object.ts';
import { needsHealthCheck } from '../api/service.ts';
import type { Client } from '../client/client.ts';
import { type Informer, InformerFactory } from '../client/informer.ts';
import { httpReply } from '../network/http.ts';
import type { NetworkNamespace } from '../network/types.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';
import { serviceKeyOf } from './endpoints.ts';
import { ServiceHealth } from './proxyhealth.ts';
import { localEndpointCount, type ProxyNode, RULE_OWNER, rulesOf } from './servicerules.ts';

/** Least time between two syncs (minSyncPeriod), and how often the rules are checked (syncPeriod). */
const MIN_SYNC_MS = 1000;
const FULL_SYNC_MS = 30_000;
const CACHE_POLL_MS = 100;
const HEALTHZ_PORT = 10_256;
const BY_SERVICE = 'service';
const ZONE_LABEL = 'topology.kubernetes.io/zone';
/** Other proxies' Services, and slices of headless ones, are none of its business. */
const NOT_OURS = '!service.kubernetes.io/service-proxy-name';
const NOT_HEADLESS = '!service.kubernetes.io/headless';

export interface KubeProxyOptions {
  readonly process: Process;
  readonly client: Client;
  /** The host namespace of its node. */
  readonly namespace: NetworkNamespace;
  readonly nodeName: string;
}

/**
 * The kube-proxy of one node: keeps the rules of its host as Services and EndpointSlices want them.
 * A change costs what the changed Services cost. When the process dies the rules stay; a new one
 * works everything out again and removes what is left over (pkg/proxy/iptables/proxier.go).
 */
export class KubeProxy {
  readonly #process: Process;
  readonly #namespace: NetworkNamespace;
  readonly #factory: InformerFactory;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #nodes: Informer<Node>;
  readonly #health: ServiceHealth;
  readonly #dirty = new Set<string>();
  /** The rules this process has set, by Service. */
  readonly #programmed = new Map<string, readonly string[]>();
  #node: ProxyNode;
  #ready = false;
  #full = true;
  #lastSync = Number.NEGATIVE_INFINITY;
  #timer: ProcessTimer | undefined;
  #version = -1;

  constructor(options: KubeProxyOptions) {
    const { process, client, namespace, nodeName } = options;
    this.#process = process;
    this.#namespace = namespace;
    this.#node = { name: nodeName, zone: '' };
    this.#health = new ServiceHealth(process, namespace);
    this.#factory = new InformerFactory(process, client);
    this.#services = this.#factory.informer(serviceKind, { labelSelector: NOT_OURS });
    this.#slices = this.#factory.informer(endpointSlice, { labelSelector: `${NOT_OURS},${NOT_HEADLESS}` });
    this.#nodes = this.#factory.informer(nodeKind, { fieldSelector: `metadata.name=${nodeName}` });
  }

  /** When the rules were last brought up to date, ms since the epoch; undefined before the first time. */
  get lastSync(): number | undefined {
    return Number.isFinite(this.#lastSync) ? this.#lastSync : undefined;
  }

  start(): void {
    this.#slices.addIndex(BY_SERVICE, (slice) => {
      const key = serviceKeyOf(slice);
      return key === undefined ? [] : [key];
    });
    const service = (object: Service): void => this.#mark(keyOf(object));
    this.#services.addHandler({ add: service, update: (_old, next) => service(next), delete: service });
    const slice = (object: EndpointSlice): void => this.#mark(serviceKeyOf(object));
    const moved = (old: EndpointSlice, next: EndpointSlice): void => {
      slice(old);
      slice(next);
    };
    this.#slices.addHandler({ add: slice, update: moved, delete: slice });
    this.#nodes.addHandler({ add: (node) => this.#learn(node), update: (_old, node) => this.#learn(node) });
    this.#listen();
    this.#factory.start();
    this.#whenFilled();
    this.#process.every(FULL_SYNC_MS, () => this.#check());
  }

  /** Nothing is touched before all caches are filled: half the truth would remove good rules. */
  #whenFilled(): void {
    if (!this.#factory.synced) {
      this.#process.after(CACHE_POLL_MS, () => this.#whenFilled());
      return;
    }
    this.#ready = true;
    this.#schedule();
  }

  #learn(node: Node): void {
    const zone = node.metadata.labels?.[ZONE_LABEL] ?? '';
    if (zone === this.#node.zone) return;
    this.#node = { name: this.#node.name, zone };
    this.#full = true;
    this.#schedule();
  }

  /** Somebody else changed the rules (a flush, say): put them right. */
  #check(): void {
    if (!this.#ready || this.#namespace.host.rules.version === this.#version) return;
    this.#full = true;
    this.#schedule();
  }

  #mark(service: string | undefined): void {
    if (service === undefined) return;
    this.#dirty.add(service);
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#ready || this.#timer !== undefined) return;
    this.#timer = this.#process.at(this.#lastSync + MIN_SYNC_MS, () => {
      this.#timer = undefined;
      this.#sync();
    });
  }

  #sync(): void {
    this.#lastSync = this.#process.now();
    const { rules } = this.#namespace.host;
    const full = this.#full;
    if (full) {
      this.#full = false;
      for (const service of this.#services.list()) this.#dirty.add(keyOf(service));
      for (const key of this.#programmed.keys()) this.#dirty.add(key);
    }
    for (const key of this.#dirty) this.#program(key);
    this.#dirty.clear();
    if (full) this.#removeStrangers();
    this.#version = rules.version;
  }

  #program(key: string): void {
    const { rules } = this.#namespace.host;
    const service = this.#services.get(key);
    const slices = service === undefined ? [] : this.#slices.byIndex(BY_SERVICE, key);
    const wanted = service === undefined ? [] : rulesOf(service, slices, this.#node);
    for (const rule of wanted) rules.set(rule);
    const keys = wanted.map((rule) => rule.key);
    for (const old of this.#programmed.get(key) ?? []) if (!keys.includes(old)) rules.delete(old);
    if (keys.length === 0) this.#programmed.delete(key);
    else this.#programmed.set(key, keys);
    const port = service?.spec.healthCheckNodePort ?? 0;
    const checked = service !== undefined && needsHealthCheck(service.spec) && port !== 0;
    const localEndpoints = checked ? localEndpointCount(slices, this.#node.name) : 0;
    this.#health.set(key, checked ? { port, localEndpoints } : undefined);
  }

  #removeStrangers(): void {
    const { rules } = this.#namespace.host;
    const own = new Set([...this.#programmed.values()].flat());
    for (const key of [...rules.keys()]) {
      if (!own.has(key) && rules.get(key)?.owner === RULE_OWNER) rules.delete(key);
    }
  }

  /** `/healthz` says whether load balancers may use this node, `/livez` whether the proxy works. */
  #listen(): void {
    const handler = ({
      message,
    }: {
      readonly message: { readonly protocol: string; readonly path?: string };
    }) => {
      if (message.protocol !== 'http') return { type: 'close', latencyMs: 0 } as const;
      const leaving = message.path !== '/livez' && [...this.#nodes.list()].some(isTerminating);
      return httpReply(leaving || this.lastSync === undefined ? 503 : 200, '', 0.2);
    };
    this.#namespace.listen(HEALTHZ_PORT, handler, { owner: this.#process });
  }
}
