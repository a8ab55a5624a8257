import type { Pod } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import type { KindSet } from '../api/kindset.ts';
import type { KubeObject } from '../api/object.ts';
import type { ApiRequest, ApiResponse, RequestOptions, RequestVerb } from '../api/request.ts';
import type { FieldError } from '../apimachinery/fielderror.ts';
import { forbidden, type GroupKind, type GroupResource, type Status } from '../apimachinery/status.ts';
import type { KeyValue, Store } from '../etcd/store.ts';
import type { Process } from '../sim/process.ts';
import type { TokenIssuer } from './authentication/tokens.ts';
import type { Authorizer } from './authorization/authorizer.ts';
import type { Leases } from './leases.ts';
import type { DialKubelet } from './nodeproxy.ts';
import type { WatchCache } from './watchcache.ts';
import type { DialWebhook } from './webhooks/dial.ts';

/** What the stages of a request may use of the server. */
export interface Backend {
  readonly process: Process;
  readonly store: Store<KubeObject>;
  /** Leases of objects that expire by themselves. */
  readonly leases: Leases;
  readonly dialKubelet: DialKubelet | undefined;
  /** How to reach webhooks; undefined: not at all. */
  readonly dialWebhook: DialWebhook | undefined;
  /** How much later than usual a user's watches of a resource are served, ms. */
  watchLag(user: string, plural: string): number;
  resource(group: string, plural: string): Resource | undefined;
  /** What is served, as discovery tells of it. */
  readonly kinds: KindSet;
  /** Whether a kind is served under that `apiVersion`. */
  knowsKind(apiVersion: string, kind: string): boolean;
  /** An object by the server's own cache, which is never behind its store. */
  lookup<T extends KubeObject>(kind: KindDefinition<T>, namespace: string, name: string): T | undefined;
  /** The objects of a kind, of one namespace if it is given, in no particular order. */
  objects<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): Iterable<T>;
  /** The pods on a node. */
  podsOfNode(node: string): Iterable<Pod>;
  /** Makes and reads the tokens of service accounts. */
  readonly tokens: TokenIssuer;
  /** Who may do what. */
  readonly authorizer: Authorizer;
  handle(request: ApiRequest): ApiResponse;
  /**
   * Hands a request on as the same user, who is not asked for permission again: the deletion that an
   * eviction amounts to.
   */
  handOn(request: ApiRequest): ApiResponse;
}

/** One request on its way through the stages. */
export interface RequestContext {
  readonly server: Backend;
  readonly request: ApiRequest;
  readonly resource: Resource;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** Empty for cluster-scoped resources and across all namespaces. */
  readonly namespace: string;
  /** Empty where the request names no object. */
  readonly name: string;
  readonly options: RequestOptions;
  readonly dryRun: boolean;
  /** Collected on the way, sent with the answer. */
  readonly warnings: string[];
}

/** What is done to an object, as admission sees it. CONNECT is pods/exec and the like. */
export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** One request as admission sees it. */
export interface AdmissionRequest {
  readonly operation: AdmissionOperation;
  readonly ctx: RequestContext;
  /** The namespace the object is in or will be in; empty for cluster-scoped kinds. */
  readonly namespace: string;
  /** The stored state, for UPDATE and DELETE. */
  readonly old: KubeObject | undefined;
}

/** The admission chain of a resource. */
export interface Admission {
  /** Runs the mutating plugins in order; the object as the last one left it, or the first refusal. */
  admit(request: AdmissionRequest, object: KubeObject): KubeObject | Status;
  /** Runs the validating plugins in order; the first refusal, or undefined. */
  validate(request: AdmissionRequest, object: KubeObject): Status | undefined;
}

/** What a hook made of an object, or the field errors for which it is refused. */
export type HookResult =
  | {
      readonly object: KubeObject;
      /** Gives back what was reserved, when the write does not happen after all (or is a dry run). */
      readonly undo?: () => void;
    }
  | { readonly errors: readonly FieldError[] };

/**
 * What the server does for a kind beyond its definition, because it takes more than the object
 * itself: reserving addresses, grace periods. One file a kind; registry.ts lists them.
 */
export interface KindHooks {
  /** Called when the server has filled its caches and before it answers. */
  start?(server: Backend): void;
  /** After PrepareForCreate, before validation. */
  beginCreate?(ctx: RequestContext, object: KubeObject): HookResult;
  /** After PrepareForUpdate, before validation. */
  beginUpdate?(ctx: RequestContext, next: KubeObject, old: KubeObject): HookResult;
  /** Inside each commit of such an object, whichever server wrote it: only takes note. */
  observed?(record: KeyValue<KubeObject>): void;
  /** Seconds of grace for a delete; only kinds that have it are deleted gracefully. */
  gracePeriod?(object: KubeObject, requested: number | undefined): number;
  /** False while something other than metadata.finalizers holds an object back. */
  mayLeave?(object: KubeObject): boolean;
  /** The finalizer that the first delete adds, for what has to go before the object. */
  readonly deletionFinalizer?: string;
  /** The object as it is while it is being deleted, beyond its metadata. */
  terminating?(object: KubeObject): KubeObject;
}

/** Part of an object that has its own path, e.g. pods/binding. registry.ts says which resources have it. */
export interface Subresource {
  readonly name: string;
  readonly verbs: readonly RequestVerb[];
  handle(ctx: RequestContext): ApiResponse;
}

/** What is special about a resource that a CustomResourceDefinition brought. */
export interface CustomServing {
  /** The resource in each version that is served. */
  readonly served: ReadonlyMap<string, Resource>;
  /** The `apiVersion` its objects have in etcd. */
  readonly storedAs: string;
  /** Whether its definition is being deleted, and nothing may be created any more. */
  readonly terminating: boolean;
  /** A stored object as this version shows it now; the same object where that is no difference. */
  present(object: KubeObject): KubeObject;
}

/** A built-in resource as it is served in another version than the stored one. */
export interface VersionServing {
  readonly kind: KindDefinition;
  readonly apiVersion: string;
  /** A stored object as this version shows it; the same every time. */
  present(object: KubeObject): KubeObject;
  /** An object of this version, with its defaults, as it would be stored. */
  accept(object: KubeObject): KubeObject;
}

/** One resource as the server serves it: its kind, where it lies, and what is special about it. */
export interface Resource {
  readonly kind: KindDefinition;
  readonly apiVersion: string;
  /** How errors name it: `deployments.apps`. */
  readonly groupResource: GroupResource;
  readonly groupKind: GroupKind;
  /** The prefix of its keys in etcd. */
  readonly prefix: string;
  readonly hooks: KindHooks;
  readonly admission: Admission;
  readonly subresources: ReadonlyMap<string, Subresource>;
  /** What answers a create of kinds that are not stored: reviews. */
  readonly review: ((ctx: RequestContext) => ApiResponse) | undefined;
  /** For custom kinds only. */
  readonly custom?: CustomServing;
  /** The same resource in the other versions in which it is served, by version; `kind` is the stored one in each. */
  readonly versions?: ReadonlyMap<string, Resource>;
  /** Of such a version: what clients see and send, in place of what is stored. */
  readonly version?: VersionServing;
  /** Replaced when the server connects to etcd anew. */
  cache: WatchCache;
}

const NO_WARNINGS: readonly string[] = Object.freeze([]);

/** A refusal as a response. */
export function refuse(status: Status, warnings: readonly string[] = NO_WARNINGS): ApiResponse {
  return warnings.length === 0
    ? { kind: 'error', ok: false, status }
    : { kind: 'error', ok: false, status, warnings };
}

/** An object as a response. */
export function answer(ctx: RequestContext, object: KubeObject, code: 200 | 201 | 202 = 200): ApiResponse {
  return {
    kind: 'object',
    ok: true,
    code,
    object,
    warnings: ctx.warnings.length === 0 ? NO_WARNINGS : ctx.warnings,
  };
}

/** 403 about the object of the request; before it has a name, about its generateName (admission/errors.go). */
export function admissionForbidden(ctx: RequestContext, object: KubeObject | undefined, why: string): Status {
  const named = ctx.name !== '' ? ctx.name : object?.metadata.name;
  return forbidden(ctx.resource.groupResource, named ?? object?.metadata.generateName ?? 'Unknown', why);
}
