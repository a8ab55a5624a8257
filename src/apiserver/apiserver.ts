import type { Pod } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { qualifiedResource } from '../api/kind.ts';
import { customResourceDefinition as DEFINITIONS } from '../api/kinds/customresourcedefinition.ts';
import { KindSet } from '../api/kindset.ts';
import type { KubeObject } from '../api/object.ts';
import type { ApiRequest, ApiResponse, RequestOptions, UserInfo } from '../api/request.ts';
import { servedVersions } from '../api/versions.ts';
import {
  forbidden,
  isStatus,
  type Status,
  timeout,
  tooManyRequests,
  unauthorized,
} from '../apimachinery/status.ts';
import type { KeyValue, Store, Watcher as StoreWatcher } from '../etcd/store.ts';
import type { Process } from '../sim/process.ts';
import type { AdmissionPlugin } from './admission/admission.ts';
import { admissionPlugins } from './admission/registry.ts';
import { aggregatedUnavailable, type FindAggregatedApi } from './aggregation.ts';
import { impersonated } from './authentication/impersonation.ts';
import { authenticateToken } from './authentication/serviceaccounts.ts';
import { TokenIssuer } from './authentication/tokens.ts';
import {
  type Authorizer,
  attributesOf,
  forbiddenMessage,
  forbiddenPathMessage,
} from './authorization/authorizer.ts';
import { type AuthorizationMode, newAuthorizer, type ServerAuthorizer } from './authorization/modes.ts';
import { type BootstrapOptions, bootstrap } from './bootstrap.ts';
import { type Backend, type RequestContext, type Resource, refuse } from './context.ts';
import { DefinitionController } from './customresources/definitioncontroller.ts';
import { definitionsAmong } from './customresources/presenting.ts';
import { CustomResources } from './customresources/served.ts';
import { type ApiResourceInfo, apiResources } from './discovery.ts';
import type { HookFlags } from './hooks/hooks.ts';
import { newHooks } from './hooks/registry.ts';
import { Leases } from './leases.ts';
import { MasterLeases } from './masterleases.ts';
import { newResource } from './newresource.ts';
import type { DialKubelet } from './nodeproxy.ts';
import { Resources } from './resources.ts';
import { type Route, route } from './routing.ts';
import { REGISTRY } from './storagekey.ts';
import { statusOfStoreError } from './storeerror.ts';
import { serve } from './verbs/serve.ts';
import { presented, presenterOf, presentingEvents } from './versions.ts';
import { bookmark, WatchCache } from './watchcache.ts';
import type { DialWebhook } from './webhooks/dial.ts';

/** How often watchers that asked for it are told how far they are, in ms. */
const BOOKMARK_PERIOD_MS = 60_000;
/** Every so often history older than that is given up (storagebackend/config.go), in ms. */
const COMPACTION_PERIOD_MS = 300_000;
/** How long the server waits before it tries to reach etcd again, in ms. */
const RECONNECT_MS = 1_000;

const NO_OPTIONS: RequestOptions = Object.freeze({});

/** What an API server is started with: the flags that matter here. */
export interface ApiServerOptions extends HookFlags, BootstrapOptions {
  readonly process: Process;
  readonly store: Store<KubeObject>;
  readonly kinds: readonly KindDefinition[];
  /** `--authorization-mode`. Default, as upstream: AlwaysAllow. */
  readonly authorizationMode?: readonly AuthorizationMode[];
  /** Default: the plugins that are on by default upstream, in upstream's order. */
  readonly admission?: readonly AdmissionPlugin[];
  /** `--service-account-signing-key-file`: what tokens are signed with. */
  readonly serviceAccountKey?: string;
  /** Who serves API groups that are not its own. */
  readonly aggregated?: FindAggregatedApi;
  /** How to reach kubelets, for pods/log and pods/exec. */
  readonly dialKubelet?: DialKubelet;
  /** How to reach admission webhooks. */
  readonly dialWebhook?: DialWebhook;
  /**
   * Asked before each request: a Status is the answer instead of the server's; `timeoutAfterCommit`
   * lets the request take effect and then answers that it timed out.
   */
  readonly faults?: (request: ApiRequest) => Status | 'timeoutAfterCommit' | undefined;
  /** How much later than usual a user takes what its watches of a resource bring, ms. */
  readonly watchLag?: (user: string, plural: string) => number;
}

/**
 * The kube-apiserver: one `handle` for all callers. A request passes routing, authentication,
 * authorization, decoding, defaults, mutating admission, the strategy of its kind, validation,
 * validating admission and etcd; every refusal on the way is a Status. All the server knows is in
 * its store: a new one over the same store goes on where the old one stopped.
 */
export class ApiServer implements Backend {
  readonly process: Process;
  readonly store: Store<KubeObject>;
  readonly leases: Leases;
  readonly dialKubelet: DialKubelet | undefined;
  readonly dialWebhook: DialWebhook | undefined;
  readonly tokens: TokenIssuer;
  readonly #authorizer: ServerAuthorizer;
  readonly #aggregated: FindAggregatedApi;
  readonly #faults: ApiServerOptions['faults'];
  readonly #watchLag: ApiServerOptions['watchLag'];
  readonly #builtin: { readonly resources: readonly Resource[]; readonly kinds: KindSet };
  readonly #custom: CustomResources;
  readonly #definitions: DefinitionController;
  #resources: Resources;
  #kinds: KindSet;
  readonly #bootstrap: BootstrapOptions;
  #watch: StoreWatcher | undefined;
  #compactNext = 0;
  #masterLeases: MasterLeases | undefined;

  constructor(options: ApiServerOptions) {
    const { process, store, kinds } = options;
    this.process = process;
    this.store = store;
    this.leases = new Leases(process, store);
    this.dialKubelet = options.dialKubelet;
    this.dialWebhook = options.dialWebhook;
    this.tokens = new TokenIssuer(options.serviceAccountKey ?? 'sa.key');
    this.#authorizer = newAuthorizer(this, options.authorizationMode ?? ['AlwaysAllow']);
    this.#aggregated = options.aggregated ?? (() => undefined);
    this.#faults = options.faults;
    this.#watchLag = options.watchLag;
    this.#bootstrap = options;
    const rulesChanged = this.#authorizer.rulesChanged;
    const definitionsChanged = (): void => this.#definitionsChanged();
    const hooks = newHooks({ ...options, random: process.random, rulesChanged, definitionsChanged });
    const plugins = options.admission ?? admissionPlugins;
    const make = (kind: KindDefinition): Resource => newResource(kind, hooks, plugins);
    this.#builtin = { resources: kinds.map(make), kinds: new KindSet(kinds.flatMap(servedVersions)) };
    this.#resources = new Resources(this.#builtin.resources);
    this.#kinds = this.#builtin.kinds;
    this.#custom = new CustomResources(this.#builtin.kinds, make);
    this.#definitions = new DefinitionController(this);
    process.onExit(() => this.#disconnect());
    process.every(BOOKMARK_PERIOD_MS, () => this.#sendBookmarks());
    process.every(COMPACTION_PERIOD_MS, () => this.#compact());
    const { advertiseAddress: address, securePort = 6443, reconcileEndpoints = false } = options;
    if (reconcileEndpoints && address !== undefined)
      this.#masterLeases = new MasterLeases(this, address, securePort);
    this.#connect();
  }

  /** Whether the server is of use: its process runs, and its store answers and has been read. */
  get ready(): boolean {
    return this.process.running && this.#unready() === undefined;
  }

  /**
   * Breaks the connections of all watches, or of those of one resource (plural, with its group where it has
   * one: `deployments.apps`). Returns how many; undefined when there is no such resource.
   */
  dropWatches(resource?: string): number | undefined {
    const meant = this.#resources.list.filter(({ kind }) =>
      resource === undefined ? true : kind.plural === resource || qualifiedResource(kind) === resource,
    );
    if (resource !== undefined && meant.length === 0) return undefined;
    const watchers = meant.flatMap(({ cache }) => [...cache.watchers]);
    for (const watcher of watchers) watcher.abort();
    return watchers.length;
  }

  watchLag(user: string, plural: string): number {
    return this.#watchLag?.(user, plural) ?? 0;
  }

  /** Looks again how slow each open watch is served. */
  paceWatches(): void {
    for (const { kind, cache } of this.#resources.list)
      for (const watcher of cache.watchers) watcher.lag = this.watchLag(watcher.user, kind.plural);
  }

  /** Answers one request. Nothing in a request makes it throw. */
  handle(request: ApiRequest): ApiResponse {
    const fault = this.#faults?.(request);
    if (fault !== undefined && fault !== 'timeoutAfterCommit') return refuse(fault);
    const response = this.#handle(request);
    if (fault === undefined) return response;
    return refuse(timeout('request did not complete within the allotted timeout'));
  }

  /** What is served, for `kubectl api-resources`. */
  apiResources(): readonly ApiResourceInfo[] {
    return apiResources(this.#resources.list);
  }

  resource(group: string, plural: string): Resource | undefined {
    return this.#resources.get(group, plural);
  }

  knowsKind(apiVersion: string, kind: string): boolean {
    return this.#kinds.byGVK(apiVersion, kind) !== undefined;
  }

  get kinds(): KindSet {
    return this.#kinds;
  }

  lookup<T extends KubeObject>(kind: KindDefinition<T>, namespace: string, name: string): T | undefined {
    return this.#resources.get(kind.group, kind.plural)?.cache.get(namespace, name) as T | undefined;
  }

  objects<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): Iterable<T> {
    const cache = this.#resources.get(kind.group, kind.plural)?.cache;
    if (cache === undefined) return [];
    return (namespace === undefined ? cache.all() : cache.inNamespace(namespace)) as Iterable<T>;
  }

  podsOfNode(node: string): Iterable<Pod> {
    return (this.#resources.get('', 'pods')?.cache.withField(node) ?? []) as Iterable<Pod>;
  }

  get authorizer(): Authorizer {
    return this.#authorizer.authorizer;
  }

  /** The bearer of a token; undefined when the token is no good. */
  authenticate(token: string): UserInfo | undefined {
    const found = authenticateToken(this, token);
    return 'user' in found ? found.user : undefined;
  }

  handOn(request: ApiRequest): ApiResponse {
    const routed = route(this.#resources.of(request), request);
    return isStatus(routed) ? refuse(routed) : this.#serve(request, routed);
  }

  #handle(sent: ApiRequest): ApiResponse {
    if (sent.user.name === '') return refuse(unauthorized());
    const request = sent.impersonate === undefined ? sent : impersonated(this.authorizer, sent);
    if (isStatus(request)) return refuse(request);
    if (request.path !== undefined) return this.#discover(request, request.path);
    const resource = this.#resources.of(request);
    const other = resource === undefined ? this.#aggregated(request.group) : undefined;
    const routed = other === undefined ? route(resource, request) : undefined;
    if (isStatus(routed)) return refuse(routed);
    // A server that has not read its roles yet has nothing to say, not even no.
    const unready = this.#watch === undefined ? this.#unready() : undefined;
    if (unready !== undefined) return refuse(unready);
    const attributes = attributesOf(request);
    const decision = this.authorizer.authorize(attributes);
    if (!decision.allowed) {
      const about = { group: request.group, resource: request.resource };
      return refuse(forbidden(about, attributes.name, forbiddenMessage(attributes, decision.reason)));
    }
    if (routed !== undefined) return this.#serve(request, routed);
    return other === undefined || other === 'unreachable'
      ? aggregatedUnavailable(request)
      : other.handle(request);
  }

  /** What is served; to know that, no etcd is needed. */
  #discover(request: ApiRequest, path: string): ApiResponse {
    const decision = this.authorizer.authorizePath(request.user, request.verb, path);
    if (decision.allowed) return { kind: 'discovery', ok: true, kinds: this.#kinds };
    const message = forbiddenPathMessage(request.user, request.verb, path, decision.reason);
    return refuse(forbidden({ group: '', resource: '' }, '', message));
  }

  #serve(sent: ApiRequest, routed: Route): ApiResponse {
    const present = presenterOf(routed.resource);
    const request = present === undefined ? sent : presentingEvents(sent, present);
    const options = request.options ?? NO_OPTIONS;
    const ctx: RequestContext = {
      server: this,
      request,
      resource: routed.resource,
      subresource: request.subresource ?? '',
      namespace: routed.resource.kind.namespaced ? (request.namespace ?? '') : '',
      name: request.name ?? '',
      options,
      dryRun: options.dryRun === true,
      warnings: [],
    };
    const response = routed.subresource === undefined ? serve(ctx) : routed.subresource.handle(ctx);
    return present === undefined ? response : presented(response, routed.resource, present);
  }

  /** Why no request can be answered: etcd's refusal, or that what it holds is still being read. */
  #unready(): Status | undefined {
    const probe = this.store.get(`${REGISTRY}health`);
    if (!probe.ok) return statusOfStoreError(probe.error);
    return this.#watch === undefined ? tooManyRequests('storage is (re)initializing', 1) : undefined;
  }

  /** Fills the caches from the store and follows it from there; tries again while etcd is away. */
  #connect(): void {
    const read = this.store.range(REGISTRY);
    if (!read.ok) {
      this.process.after(RECONNECT_MS, () => this.#connect());
      return;
    }
    const { revision, records } = read.value;
    this.#custom.update(definitionsAmong(records));
    this.#resources = new Resources([...this.#builtin.resources, ...this.#custom.list]);
    this.#kinds = this.#builtin.kinds.with(this.#custom.kinds);
    for (const resource of this.#resources.list) resource.cache = new WatchCache(resource.kind, revision);
    for (const record of records) {
      this.#resources.ofKey(record.key)?.cache.load(record.value as KubeObject);
    }
    const watching = this.store.watch(
      REGISTRY,
      (changes) => this.#note(changes),
      revision + 1,
      () => this.#lost(),
    );
    if (!watching.ok) {
      this.process.after(RECONNECT_MS, () => this.#connect());
      return;
    }
    this.#watch = watching.value;
    for (const { hooks } of this.#resources.list) hooks.start?.(this);
    bootstrap(this, this.#bootstrap);
    this.#masterLeases?.reconcile();
    if (this.#resources.get(DEFINITIONS.group, DEFINITIONS.plural)?.cache.size !== 0)
      this.#definitions.wake();
  }

  /** A definition has come, gone or changed: so may have what is served. Runs inside the commit. */
  #definitionsChanged(): void {
    const { added, removed } = this.#custom.update(this.objects(DEFINITIONS));
    this.#kinds = this.#builtin.kinds.with(this.#custom.kinds);
    this.#definitions.wake();
    if (added.length === 0 && removed.length === 0) return;
    this.#resources = new Resources([...this.#builtin.resources, ...this.#custom.list]);
    for (const resource of added) {
      const read = this.store.range(resource.prefix);
      if (!read.ok) continue;
      resource.cache = new WatchCache(resource.kind, read.value.revision);
      for (const { value } of read.value.records) resource.cache.load(value as KubeObject);
    }
    // Who watches what is not served like that any more has to look again.
    this.process.after(0, () => {
      for (const { cache } of removed) for (const watcher of [...cache.watchers]) watcher.abort();
    });
  }

  #note(changes: readonly KeyValue<KubeObject>[]): void {
    for (const record of changes) {
      const resource = this.#resources.ofKey(record.key);
      if (resource === undefined) continue;
      resource.cache.apply(record);
      resource.hooks.observed?.(record);
    }
  }

  /** etcd has gone: what watches this server saw may miss something, so they end. */
  #lost(): void {
    this.#watch = undefined;
    this.process.after(0, () => {
      this.#closeWatchers();
      this.#connect();
    });
  }

  #disconnect(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#closeWatchers();
  }

  #closeWatchers(): void {
    for (const { cache } of this.#resources.list) {
      for (const watcher of [...cache.watchers]) watcher.abort();
    }
  }

  #sendBookmarks(): void {
    const { revision } = this.store;
    for (const { kind, cache } of this.#resources.list) {
      const event = bookmark(kind, revision);
      for (const watcher of cache.watchers) {
        if (!watcher.bookmarks || watcher.told >= revision) continue;
        watcher.told = revision;
        watcher.push(event);
      }
    }
  }

  /** Gives up the history before what was current one period ago (etcd3/compact.go). */
  #compact(): void {
    const revision = this.#compactNext;
    this.#compactNext = this.store.revision;
    // Another API server may have been first, or etcd be away: then the next time will do.
    if (revision > this.store.compactRevision) this.store.compact(revision);
  }
}
