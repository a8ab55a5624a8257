import type { EndpointSlice, Ingress, IngressClass, Secret, Service } from '../api/generated/types.ts';
import { endpointSlice } from '../api/kinds/endpointslice.ts';
import { ingressClassOf, ingress as ingressKind } from '../api/kinds/ingress.ts';
import { ingressClass as classKind } from '../api/kinds/ingressclass.ts';
import { secret as secretKind } from '../api/kinds/secret.ts';
import { service as serviceKind } from '../api/kinds/service.ts';
import { keyOf, makeKey, uidOf } from '../api/object.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import type { Client } from '../client/client.ts';
import { type Informer, InformerFactory } from '../client/informer.ts';
import { LeaderElector } from '../client/leaderelection.ts';
import { EventRecorder } from '../client/recorder.ts';
import { httpReply } from '../network/http.ts';
import type {
  Address,
  HttpRequest,
  IncomingRequest,
  NetworkFabric,
  NetworkNamespace,
  Reply,
} from '../network/types.ts';
import type { Process } from '../sim/process.ts';
import { endpointsOf, serviceKeyOf } from './endpoints.ts';
import { type Found, IngressTable, type Location } from './ingressrules.ts';

const HTTP_PORT = 80;
const HTTPS_PORT = 443;
const HEALTHZ_PORT = 10_254;
const BY_SERVICE = 'service';
/** Changes are gathered for this long before the configuration is written anew (the sync rate limiter), ms. */
const RELOAD_MS = 300;
/** How often the leader checks the addresses in the status of its Ingresses, ms. */
const STATUS_PERIOD_MS = 60_000;
/** proxy-connect-timeout and proxy-read-timeout, ms; proxy-next-upstream-tries. */
const CONNECT_TIMEOUT_MS = 5000;
const READ_TIMEOUT_MS = 60_000;
const MAX_TRIES = 3;
const PROXY_MS = 0.3;
const ANNOTATION = 'nginx.ingress.kubernetes.io/';

export interface IngressControllerOptions {
  readonly process: Process;
  readonly client: Client;
  readonly fabric: NetworkFabric;
  readonly namespace: NetworkNamespace;
  /** Distinguishes this pod from its fellows. */
  readonly identity: string;
  /** Where its lease lies. */
  readonly podNamespace: string;
  /** `--controller-class`: the IngressClasses that are its own. */
  readonly controllerClass: string;
  /** `--ingress-class`: the annotation that is its own. */
  readonly annotationClass: string;
  /** `--publish-service`, `namespace/name`: whose addresses the Ingresses show. */
  readonly publishService?: string;
  /** `--watch-ingress-without-class` */
  readonly withoutClass: boolean;
  readonly log: (text: string) => void;
}

/**
 * An ingress controller as ingress-nginx is one: answers HTTP and HTTPS for the Ingresses of its
 * classes, straight to the endpoints of their Services. What it knows lies in its process: when that
 * dies nothing answers, and a new one works everything out again.
 */
export class IngressController {
  readonly #options: IngressControllerOptions;
  readonly #process: Process;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #factory: InformerFactory;
  readonly #ingresses: Informer<Ingress>;
  readonly #classes: Informer<IngressClass>;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #secrets: Informer<Secret>;
  #table = new IngressTable([]);
  #scheduled = false;
  #leads = false;
  /** Uid of an Ingress -> the generation that was announced. */
  readonly #announced = new Map<string, number>();
  /** The next endpoint of each Service, in turn. */
  readonly #turns = new Map<string, number>();

  constructor(options: IngressControllerOptions) {
    const { process, client } = options;
    this.#options = options;
    this.#process = process;
    this.#client = client;
    this.#recorder = new EventRecorder(client, process, { component: 'nginx-ingress-controller' });
    this.#factory = new InformerFactory(process, client);
    this.#ingresses = this.#factory.informer(ingressKind);
    this.#classes = this.#factory.informer(classKind);
    this.#services = this.#factory.informer(serviceKind);
    this.#slices = this.#factory.informer(endpointSlice);
    this.#secrets = this.#factory.informer(secretKind);
  }

  /** Opens the ports and begins to watch. Returns what went wrong. */
  start(): string | undefined {
    const { namespace, podNamespace, identity } = this.#options;
    this.#slices.addIndex(BY_SERVICE, (slice) => [serviceKeyOf(slice) ?? '']);
    const changed = (): void => this.#schedule();
    this.#ingresses.addHandler({
      add: changed,
      update: (old, next) => {
        if (
          old.metadata.generation !== next.metadata.generation ||
          old.metadata.annotations !== next.metadata.annotations
        )
          changed();
      },
      delete: (object) => {
        this.#announced.delete(uidOf(object));
        changed();
      },
    });
    this.#classes.addHandler({ add: changed, update: changed, delete: changed });
    const published = (service: Service): void => {
      if (keyOf(service) === this.#options.publishService) changed();
    };
    this.#services.addHandler({ add: published, update: (_, next) => published(next) });
    this.#factory.start();
    const owner = this.#process;
    const opened = [
      namespace.listen(HTTP_PORT, (request) => this.#serve(request, false), { owner }),
      namespace.listen(HTTPS_PORT, (request) => this.#serve(request, true), { owner }),
      namespace.listen(HEALTHZ_PORT, () => httpReply(this.#factory.synced ? 200 : 500, 'ok'), { owner }),
    ];
    for (const result of opened) if (!result.ok) return result.error;
    this.#process.every(STATUS_PERIOD_MS, () => this.#syncStatuses());
    new LeaderElector({
      process: owner,
      client: this.#client,
      namespace: podNamespace,
      name: 'ingress-nginx-leader',
      identity,
      onStarted: () => {
        this.#leads = true;
        this.#syncStatuses();
      },
      onStopped: () => {
        this.#leads = false;
      },
    }).start();
    return undefined;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#process.after(RELOAD_MS, () => {
      this.#scheduled = false;
      if (!this.#factory.synced) {
        this.#schedule();
        return;
      }
      const ours = [...this.#ingresses.list()].filter((object) => this.#isOurs(object));
      for (const object of ours) this.#announce(object);
      this.#table = new IngressTable(ours);
      this.#options.log('Backend successfully reloaded');
      this.#syncStatuses();
    });
  }

  /** Says once for each state of an Ingress that it was seen. */
  #announce(object: Ingress): void {
    const { generation = 0 } = object.metadata;
    if (this.#announced.get(uidOf(object)) === generation) return;
    this.#announced.set(uidOf(object), generation);
    this.#recorder.event(object, 'Normal', 'Sync', 'Scheduled for sync');
  }

  #isOurs(object: Ingress): boolean {
    const name = ingressClassOf(object);
    if (name === undefined) return this.#options.withoutClass;
    if (object.spec.ingressClassName === undefined && name === this.#options.annotationClass) return true;
    return this.#classes.get(name)?.spec?.controller === this.#options.controllerClass;
  }

  /** The leader writes where its Ingresses are reached. */
  #syncStatuses(): void {
    if (!this.#leads || !this.#factory.synced) return;
    const ingress = this.#addresses();
    for (const object of this.#ingresses.list()) {
      if (!this.#isOurs(object)) continue;
      const loadBalancer = ingress.length === 0 ? {} : { ingress };
      if (semanticEqual(object.status?.loadBalancer?.ingress ?? [], ingress)) continue;
      this.#client.updateStatus(ingressKind, { ...object, status: { ...object.status, loadBalancer } });
    }
  }

  #addresses(): readonly { readonly ip?: string; readonly hostname?: string }[] {
    const { publishService, namespace } = this.#options;
    if (publishService === undefined) return [{ ip: namespace.host.ip }];
    const service = this.#services.get(publishService);
    if (service?.spec.type === 'LoadBalancer')
      return (service.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) =>
        ip === undefined ? { hostname: hostname ?? '' } : { ip },
      );
    const external = service?.spec.externalIPs ?? [];
    if (external.length > 0) return external.map((ip) => ({ ip }));
    return service?.spec.clusterIP === undefined ? [] : [{ ip: service.spec.clusterIP }];
  }

  #serve({ message, source }: IncomingRequest, tls: boolean): Reply {
    if (message.protocol !== 'http') return { type: 'close', latencyMs: 0 };
    if ((message.tls === true) !== tls)
      return tls
        ? httpReply(400, page('400 The plain HTTP request was sent to HTTPS port'))
        : { type: 'reset', latencyMs: 0 };
    const path = message.path.split('?')[0] ?? '/';
    const found = this.#table.find(message.host.toLowerCase(), path);
    const reply = this.#answer(message, source, found, tls);
    if (!tls || reply.type !== 'http') return reply;
    const problem = this.#certificateProblem(found.secret);
    return problem === undefined ? reply : { ...reply, certificateProblem: problem };
  }

  /** Nobody vouches for what is made here: a Secret's certificate is as good as its maker. */
  #certificateProblem(secret: string | undefined): string | undefined {
    const found = secret === undefined ? undefined : this.#secrets.get(secret);
    const usable = found?.data?.['tls.crt'] !== undefined && found.data['tls.key'] !== undefined;
    return usable ? undefined : 'self-signed certificate';
  }

  #answer(request: HttpRequest, source: Address, found: Found, tls: boolean): Reply {
    const { location } = found;
    if (location === undefined) return httpReply(404, page('404 Not Found'), PROXY_MS);
    const redirect = this.#annotation(location, 'ssl-redirect') ?? 'true';
    if (
      !tls &&
      ((found.tls && redirect === 'true') || this.#annotation(location, 'force-ssl-redirect') === 'true')
    )
      return httpReply(308, page('308 Permanent Redirect'), PROXY_MS, {
        location: `https://${request.host}${request.path}`,
      });
    return this.#forward(request, source, location, tls);
  }

  #annotation({ ingress }: Location, name: string): string | undefined {
    return ingress.metadata.annotations?.[ANNOTATION + name];
  }

  #forward(request: HttpRequest, source: Address, location: Location, tls: boolean): Reply {
    const upstreams = this.#upstreams(location);
    if (upstreams.length === 0) return httpReply(503, page('503 Service Temporarily Unavailable'), PROXY_MS);
    const message: HttpRequest = {
      protocol: 'http',
      method: request.method,
      path: rewritten(request.path, location, this.#annotation(location, 'rewrite-target')),
      body: request.body,
      host: request.host,
      headers: {
        ...request.headers,
        'x-real-ip': source.ip,
        'x-forwarded-for': source.ip,
        'x-forwarded-host': request.host,
        'x-forwarded-proto': tls ? 'https' : 'http',
      },
    };
    let spent = PROXY_MS;
    let code = 502;
    for (const { ip, port } of upstreams.slice(0, MAX_TRIES)) {
      const target = { host: ip, port, message };
      const made = this.#options.fabric.request(this.#options.namespace, target, {
        timeoutMs: READ_TIMEOUT_MS,
      });
      // A connection that does not come about is given up earlier than an answer that does not.
      spent += made.connected ? made.latencyMs : Math.min(made.latencyMs, CONNECT_TIMEOUT_MS);
      if (made.reply?.type === 'http') return { ...made.reply, latencyMs: spent };
      code = made.outcome === 'timeout' ? 504 : 502;
    }
    return httpReply(code, page(code === 504 ? '504 Gateway Time-out' : '502 Bad Gateway'), spent);
  }

  /** The endpoints of the backend's Service, the one whose turn it is first. */
  #upstreams({ namespace, backend }: Location): readonly Address[] {
    const { service: wanted } = backend;
    if (wanted === undefined) return [];
    const key = makeKey(namespace, wanted.name);
    const service = this.#services.get(key);
    const port = service?.spec.ports?.find(({ name, port: number }) =>
      wanted.port?.name === undefined ? number === wanted.port?.number : name === wanted.port.name,
    );
    if (service === undefined) return [];
    if (service.spec.type === 'ExternalName')
      return [{ ip: service.spec.externalName ?? '', port: port?.port ?? wanted.port?.number ?? HTTP_PORT }];
    if (port === undefined) return [];
    const slices = this.#slices.byIndex(BY_SERVICE, key);
    const { ready } = endpointsOf(slices, port.name ?? '', port.protocol ?? 'TCP');
    if (ready.length === 0) return ready;
    const turn = (this.#turns.get(key) ?? 0) % ready.length;
    this.#turns.set(key, turn + 1);
    return [...ready.slice(turn), ...ready.slice(0, turn)];
  }
}

/** The path that the backend sees. Targets with groups of a pattern (`/$2`) take what follows the location. */
function rewritten(path: string, location: Location, target: string | undefined): string {
  if (target === undefined) return path;
  if (!target.includes('$')) return target;
  const plain = location.path.replace(/\(.*$/, '');
  const rest = path.startsWith(plain) ? path.slice(plain.length).replace(/^\/+/, '') : '';
  return target.replace(/\$[1-9]/g, rest) || '/';
}

function page(title: string): string {
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
}
