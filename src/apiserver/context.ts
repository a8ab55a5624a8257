import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { ApiRequest, ApiResponse, RequestOptions } from '../api/request.ts';
import { forbidden, type Status } from '../apimachinery/status.ts';
import type { Store } from '../etcd/store.ts';
import type { Process } from '../sim/process.ts';
import type { Leases } from './leases.ts';
import type { DialKubelet } from './nodeproxy.ts';
import type { Resource } from './resources.ts';

/** What the stages of a request may use of the server. */
export interface Backend {
  readonly process: Process;
  readonly store: Store<KubeObject>;
  /** Leases of objects that expire by themselves. */
  readonly leases: Leases;
  readonly dialKubelet: DialKubelet | undefined;
  resource(group: string, plural: string): Resource | undefined;
  /** Whether a kind is served under that `apiVersion`. */
  knowsKind(apiVersion: string, kind: string): boolean;
  /** An object by the server's own cache, which is never behind its store. */
  lookup<T extends KubeObject>(kind: KindDefinition<T>, namespace: string, name: string): T | undefined;
  /** The objects of a kind, of one namespace if it is given, in no particular order. */
  objects<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): Iterable<T>;
  /** Hands a request on, as the same user, e.g. the deletion that an eviction amounts to. */
  handle(request: ApiRequest): ApiResponse;
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
