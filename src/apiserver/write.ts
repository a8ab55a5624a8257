import type { KubeObject } from '../api/object.ts';
import type { FieldError } from '../apimachinery/fielderror.ts';
import { deepFreeze } from '../apimachinery/freeze.ts';
import { conflict, invalid, type Status } from '../apimachinery/status.ts';
import type { KeyValue } from '../etcd/store.ts';
import type { RequestContext } from './context.ts';
import { withMetadata, withVersion } from './layout.ts';
import { joinKey } from './storagekey.ts';
import { statusOfStoreError } from './storeerror.ts';

/** The key of the request's object. */
export function keyOfRequest(ctx: RequestContext, name: string = ctx.name): string {
  return joinKey(ctx.resource.prefix, ctx.namespace, name);
}

/** The object as it is stored at a revision: complete, with its resourceVersion, and frozen. */
export function stamped(object: KubeObject, revision: number): KubeObject {
  return deepFreeze(withMetadata(object, withVersion(object.metadata, String(revision))));
}

/** The object in the version in which it is stored: only custom kinds have several. */
export function toStorage(ctx: RequestContext, object: KubeObject): KubeObject {
  const { custom } = ctx.resource;
  if (custom === undefined || object.apiVersion === custom.storedAs) return object;
  return { ...object, apiVersion: custom.storedAs };
}

/** 422 with field errors. */
export function invalidStatus(ctx: RequestContext, name: string, errors: readonly FieldError[]): Status {
  return invalid(ctx.resource.groupKind, name, errors);
}

/**
 * Replaces the stored state by `next`, if it is still `record`. A dry run stores nothing and shows
 * the object with the resourceVersion it has. Events of a kind with a lifetime get a new lease.
 */
export function writeOver(
  ctx: RequestContext,
  record: KeyValue<KubeObject>,
  next: KubeObject,
): KubeObject | Status {
  if (ctx.dryRun) return stamped(next, record.modRevision);
  const lease = leaseOf(ctx);
  if (typeof lease !== 'number') return lease;
  const { store } = ctx.server;
  const written = store.putIf(
    record.key,
    record.modRevision,
    (revision) => stamped(toStorage(ctx, next), revision),
    ctx.request.cause,
    lease,
  );
  if (!written.ok) return statusOfStoreError(written.error);
  if (written.value === undefined) return conflict(ctx.resource.groupResource, next.metadata.name ?? '');
  return written.value.value as KubeObject;
}

/** Takes the object out of the store, if it is still `record`. */
export function remove(ctx: RequestContext, record: KeyValue<KubeObject>): Status | undefined {
  if (ctx.dryRun) return undefined;
  const removed = ctx.server.store.deleteIf(record.key, record.modRevision, ctx.request.cause);
  if (!removed.ok) return statusOfStoreError(removed.error);
  if (removed.value !== undefined) return undefined;
  return conflict(ctx.resource.groupResource, record.value?.metadata.name ?? '');
}

/** The lease for what is written; 0 for kinds that do not expire. */
export function leaseOf(ctx: RequestContext): number | Status {
  const { ttl } = ctx.resource.kind;
  if (ttl === undefined) return 0;
  const lease = ctx.server.leases.leaseFor(ttl);
  return lease.ok ? lease.value : statusOfStoreError(lease.error);
}
