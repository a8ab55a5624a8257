import type { KindDefinition } from '../api/kind.ts';
import type { KindSet } from '../api/kindset.ts';
import type { KubeObject } from '../api/object.ts';
import { nameOf, namespaceOf } from '../api/object.ts';
import type {
  ApiRequest,
  ApiResponse,
  ByteStream,
  Impersonation,
  ObjectList,
  PatchType,
  RequestOptions,
  RequestVerb,
  Tunnel,
  UserInfo,
  WatchEvent,
  WatchHandle,
} from '../api/request.ts';
import { internalError, type Status } from '../apimachinery/status.ts';
import type { Cause } from '../sim/cause.ts';
import type { Transport } from './transport.ts';

/** An answer or a refusal. Refusals are values: look at `status` (isNotFound, isConflict, ...). */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly status: Status };

export interface ListOptions extends RequestOptions {
  readonly namespace?: string;
}

export interface ClientOptions {
  readonly user: UserInfo;
  /** Who writes, for causes and field managers: `deployment-controller`, `kubelet/cargo-1`. */
  readonly component: string;
  readonly fieldManager?: string;
  /** As whom all requests are made, if not as `user`. */
  readonly impersonate?: Impersonation;
}

/** What a request is about, and what it carries. */
type Target = Partial<Omit<ApiRequest, 'verb' | 'group' | 'resource' | 'user' | 'cause' | 'decoded'>>;

const NO_WARNINGS: readonly string[] = Object.freeze([]);

/**
 * A typed client over a transport: what client-go's clientset is. Kinds are passed as their
 * definitions. The client carries the current cause; the reconcile loop sets it before each key, so
 * that every write is recorded with what it reacted to.
 */
export class Client {
  readonly user: UserInfo;
  readonly component: string;
  readonly fieldManager: string;
  readonly #transport: Transport;
  readonly #impersonate: Impersonation | undefined;
  readonly #idle: Cause;
  #cause: Cause;

  constructor(transport: Transport, options: ClientOptions) {
    this.#transport = transport;
    this.#impersonate = options.impersonate;
    this.user = options.user;
    this.component = options.component;
    this.fieldManager = options.fieldManager ?? options.component;
    this.#idle = Object.freeze({ component: options.component, trigger: 0 });
    this.#cause = this.#idle;
  }

  /** The same client, taken for somebody else, if the server allows it. */
  impersonating(impersonate: Impersonation): Client {
    const { user, component, fieldManager } = this;
    const client = new Client(this.#transport, { user, component, fieldManager, impersonate });
    client.setCause(this.#cause);
    return client;
  }

  get cause(): Cause {
    return this.#cause;
  }

  /** Sets what the following writes are a reaction to; without argument: to nothing in particular. */
  setCause(cause: Cause = this.#idle): void {
    this.#cause = cause;
  }

  /** The kinds that the server has: those built in and those that were defined. */
  discover(): Result<KindSet> {
    const response = this.raw({ verb: 'get', group: '', resource: '', path: '/apis' });
    if (!response.ok) return response;
    if (response.kind !== 'discovery') return unexpected(response);
    return { ok: true, value: response.kinds, warnings: NO_WARNINGS };
  }

  get<T extends KubeObject>(kind: KindDefinition<T>, name: string, namespace?: string): Result<T> {
    return this.#object(this.#send(kind, 'get', { namespace, name }));
  }

  list<T extends KubeObject>(kind: KindDefinition<T>, options: ListOptions = {}): Result<ObjectList<T>> {
    const { namespace, ...rest } = options;
    const response = this.#send(kind, 'list', { namespace, options: rest });
    if (!response.ok) return response;
    if (response.kind !== 'list') return unexpected(response);
    return { ok: true, value: response.list as ObjectList<T>, warnings: NO_WARNINGS };
  }

  /** Watches from `options.resourceVersion`. `closed` is called when the watch ends by itself. */
  watch<T extends KubeObject>(
    kind: KindDefinition<T>,
    options: ListOptions,
    event: (event: WatchEvent<T>) => void,
    closed: () => void,
  ): Result<WatchHandle> {
    const { namespace, ...rest } = options;
    const sink = { event: event as (event: WatchEvent) => void, closed };
    const response = this.#send(kind, 'watch', { namespace, options: rest, sink });
    if (!response.ok) return response;
    if (response.kind !== 'watch') return unexpected(response);
    return { ok: true, value: response.watch, warnings: NO_WARNINGS };
  }

  create<T extends KubeObject>(kind: KindDefinition<T>, object: T, options?: RequestOptions): Result<T> {
    return this.#object(
      this.#send(kind, 'create', { namespace: namespaceOf(object), body: object, options }),
    );
  }

  /** Replaces the object; with its resourceVersion set, only if nobody wrote in between. */
  update<T extends KubeObject>(kind: KindDefinition<T>, object: T, options?: RequestOptions): Result<T> {
    const target = { namespace: namespaceOf(object), name: nameOf(object), body: object, options };
    return this.#object(this.#send(kind, 'update', target));
  }

  /** Replaces the object's status, and its annotations and finalizers with it; the spec is ignored by the server. */
  updateStatus<T extends KubeObject>(kind: KindDefinition<T>, object: T): Result<T> {
    const target = {
      namespace: namespaceOf(object),
      name: nameOf(object),
      subresource: 'status',
      body: object,
    };
    return this.#object(this.#send(kind, 'update', target));
  }

  /** Replaces a subresource that is an object of its own kind, e.g. the Scale behind `deployments/scale`. */
  updateSubresource(kind: KindDefinition, subresource: string, object: KubeObject): Result<KubeObject> {
    const target = { namespace: namespaceOf(object), name: nameOf(object), subresource, body: object };
    return this.#object(this.#send(kind, 'update', target));
  }

  patch<T extends KubeObject>(
    kind: KindDefinition<T>,
    name: string,
    namespace: string | undefined,
    patchType: PatchType,
    patch: unknown,
    options?: RequestOptions & { readonly subresource?: string },
  ): Result<T> {
    const { subresource, ...rest } = options ?? {};
    const target = { namespace, name, subresource, patchType, body: patch, options: rest };
    return this.#object(this.#send(kind, 'patch', target));
  }

  /** Deletes one object. The value is undefined when it is gone, the object while it is terminating. */
  delete<T extends KubeObject>(
    kind: KindDefinition<T>,
    name: string,
    namespace: string | undefined,
    options?: RequestOptions,
  ): Result<T | undefined> {
    const response = this.#send(kind, 'delete', { namespace, name, options });
    if (!response.ok) return response;
    if (response.kind === 'status') return { ok: true, value: undefined, warnings: NO_WARNINGS };
    return this.#object(response);
  }

  deleteCollection<T extends KubeObject>(
    kind: KindDefinition<T>,
    options: ListOptions = {},
  ): Result<undefined> {
    const { namespace, ...rest } = options;
    const response = this.#send(kind, 'deletecollection', { namespace, options: rest });
    if (!response.ok) return response;
    return { ok: true, value: undefined, warnings: NO_WARNINGS };
  }

  /** POST to a subresource such as pods/binding or pods/eviction. */
  createSubresource<T extends KubeObject>(
    kind: KindDefinition<T>,
    name: string,
    namespace: string | undefined,
    subresource: string,
    body: KubeObject,
    options?: RequestOptions,
  ): Result<KubeObject | undefined> {
    const response = this.#send(kind, 'create', {
      namespace,
      name,
      subresource,
      body,
      options,
    });
    if (!response.ok) return response;
    if (response.kind === 'status') return { ok: true, value: undefined, warnings: NO_WARNINGS };
    return this.#object(response);
  }

  /** GET of a subresource that is an object, e.g. deployments/scale. */
  getSubresource(
    kind: KindDefinition,
    name: string,
    namespace: string | undefined,
    subresource: string,
  ): Result<KubeObject> {
    return this.#object(this.#send(kind, 'get', { namespace, name, subresource }));
  }

  /** Opens pods/log (verb get) or pods/exec (verb create). */
  stream<T extends KubeObject>(
    kind: KindDefinition<T>,
    verb: 'get' | 'create',
    name: string,
    namespace: string,
    subresource: string,
    options: RequestOptions,
  ): Result<ByteStream> {
    const response = this.#send(kind, verb, { namespace, name, subresource, options });
    if (!response.ok) return response;
    if (response.kind !== 'stream') return unexpected(response);
    return { ok: true, value: response.stream, warnings: NO_WARNINGS };
  }

  /** Opens a way to the ports of a pod. */
  tunnel<T extends KubeObject>(kind: KindDefinition<T>, name: string, namespace: string): Result<Tunnel> {
    const response = this.#send(kind, 'create', { namespace, name, subresource: 'portforward' });
    if (!response.ok) return response;
    if (response.kind !== 'tunnel') return unexpected(response);
    return { ok: true, value: response.tunnel, warnings: NO_WARNINGS };
  }

  /** Sends a request made by hand, filling in who asks and why. */
  raw(request: Omit<ApiRequest, 'user' | 'cause'>): ApiResponse {
    return this.#transport.send({
      ...request,
      user: this.user,
      impersonate: this.#impersonate,
      cause: this.#cause,
    });
  }

  /** Every request is spelled out in full: they are many, and of one layout they are cheap. */
  #send<T extends KubeObject>(kind: KindDefinition<T>, verb: RequestVerb, target: Target): ApiResponse {
    const { namespace } = target;
    return this.#transport.send({
      verb,
      group: kind.group,
      version: kind.version,
      resource: kind.plural,
      subresource: target.subresource,
      namespace: namespace === '' ? undefined : namespace,
      name: target.name,
      user: this.user,
      cause: this.#cause,
      body: target.body,
      decoded: true,
      patchType: target.patchType,
      options: target.options,
      sink: target.sink,
      impersonate: this.#impersonate,
    });
  }

  #object<T extends KubeObject>(response: ApiResponse): Result<T> {
    if (!response.ok) return response;
    if (response.kind !== 'object') return unexpected(response);
    return { ok: true, value: response.object as T, warnings: response.warnings };
  }
}

function unexpected(response: ApiResponse): { ok: false; status: Status } {
  return { ok: false, status: internalError(`unexpected answer of kind ${response.kind}`) };
}
