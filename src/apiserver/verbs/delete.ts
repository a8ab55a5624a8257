import type { ObjectMeta } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse, RequestOptions } from '../../api/request.ts';
import { notSupported } from '../../apimachinery/fielderror.ts';
import { conflict, invalid, isStatus, type Status, success } from '../../apimachinery/status.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import type { KeyValue } from '../../etcd/store.ts';
import { type AdmissionRequest, answer, type RequestContext, refuse } from '../context.ts';
import { selectionOf } from '../selection.ts';
import { remove, writeOver } from '../write.ts';
import { checkReadable } from './list.ts';
import { readForUpdate } from './update.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';
const POLICIES: readonly string[] = Object.freeze(['Foreground', 'Background', 'Orphan']);

/** DELETE of one object: it is gone, or still there and terminating. */
export function deleteOne(ctx: RequestContext): ApiResponse {
  const misuse = checkOptions(ctx);
  if (misuse !== undefined) return refuse(misuse);
  const record = readForUpdate(ctx);
  if (isStatus(record)) return refuse(record, ctx.warnings);
  const outcome = deleteRecord(ctx, record);
  if (isStatus(outcome))
    return outcome.status === 'Success' ? { kind: 'status', ok: true, status: outcome } : refuse(outcome);
  return answer(ctx, outcome);
}

/** DELETE of a collection: each selected object, one after the other; the first refusal ends it. */
export function deleteCollection(ctx: RequestContext): ApiResponse {
  const misuse = checkOptions(ctx);
  if (misuse !== undefined) return refuse(misuse);
  const selection = selectionOf(ctx.resource.kind, ctx.namespace, undefined, ctx.options);
  if (isStatus(selection)) return refuse(selection);
  const unreadable = checkReadable(ctx);
  if (unreadable !== undefined) return refuse(unreadable);
  for (const object of ctx.resource.cache.select(selection)) {
    const name = object.metadata.name ?? '';
    const one = { ...ctx, name, namespace: object.metadata.namespace ?? '' };
    const record = readForUpdate(one);
    const outcome = isStatus(record) ? record : deleteRecord(one, record);
    if (isStatus(outcome) && outcome.status === 'Failure' && outcome.reason !== 'NotFound')
      return refuse(outcome);
  }
  return { kind: 'status', ok: true, status: success() };
}

/** ValidateDeleteOptions of apimachinery pkg/apis/meta/v1/validation. */
function checkOptions(ctx: RequestContext): Status | undefined {
  const policy: string | undefined = ctx.options.propagationPolicy;
  if (policy === undefined || POLICIES.includes(policy)) return undefined;
  const error = notSupported('propagationPolicy', policy, [...POLICIES, 'nil']);
  return invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [error]);
}

/** What the object's metadata becomes when it is deleted; undefined: nothing holds it, it goes. */
interface Plan {
  readonly metadata: ObjectMeta;
  readonly leaves: boolean;
}

/** Deletes by the rules of staging apiserver pkg/registry/rest/delete.go and generic/registry/store.go. */
function deleteRecord(ctx: RequestContext, record: KeyValue<KubeObject>): KubeObject | Status {
  const object = record.value as KubeObject;
  const request: AdmissionRequest = { operation: 'DELETE', ctx, namespace: ctx.namespace, old: object };
  const admitted = ctx.resource.admission.admit(request, object);
  if (isStatus(admitted)) return admitted;
  const refusal = checkPreconditions(ctx, object) ?? ctx.resource.admission.validate(request, object);
  if (refusal !== undefined) return refusal;
  const plan = planOf(ctx, object);
  if (plan.leaves) return remove(ctx, record) ?? gone(ctx, object);
  if (plan.metadata === object.metadata) return object;
  const next = { ...object, metadata: plan.metadata };
  const first = object.metadata.deletionTimestamp === undefined;
  return writeOver(ctx, record, (first ? ctx.resource.hooks.terminating?.(next) : undefined) ?? next);
}

function gone(ctx: RequestContext, object: KubeObject): Status {
  const { group, resource } = ctx.resource.groupResource;
  const { uid } = object.metadata;
  return success({
    name: object.metadata.name ?? '',
    ...(group === '' ? {} : { group }),
    kind: resource,
    ...(uid === undefined ? {} : { uid }),
  });
}

function checkPreconditions(ctx: RequestContext, object: KubeObject): Status | undefined {
  const wanted = ctx.options.preconditions;
  if (wanted === undefined) return undefined;
  const { uid, resourceVersion } = object.metadata;
  const name = object.metadata.name ?? '';
  if (wanted.uid !== undefined && wanted.uid !== uid) {
    const detail = `the UID in the precondition (${wanted.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    return conflict(ctx.resource.groupResource, name, detail);
  }
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
    const detail = `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    return conflict(ctx.resource.groupResource, name, detail);
  }
  return undefined;
}

function planOf(ctx: RequestContext, object: KubeObject): Plan {
  const { hooks } = ctx.resource;
  if (hooks.gracePeriod !== undefined) return planGracefully(ctx, object, hooks.gracePeriod);
  const metadata = withOwnFinalizer(ctx, withFinalizers(ctx, object.metadata));
  const held = (metadata.finalizers?.length ?? 0) > 0;
  if (!held && (hooks.mayLeave?.(object) ?? true)) return { metadata, leaves: true };
  if (metadata.deletionTimestamp !== undefined) return { metadata, leaves: false };
  // Namespaces are held by their spec; they carry no grace period.
  const grace = held && hooks.mayLeave === undefined ? { deletionGracePeriodSeconds: 0 } : {};
  const deletionTimestamp = formatTime(ctx.server.process.wallTime());
  return { metadata: bumped({ ...metadata, deletionTimestamp, ...grace }), leaves: false };
}

function planGracefully(
  ctx: RequestContext,
  object: KubeObject,
  gracePeriod: (object: KubeObject, requested: number | undefined) => number,
): Plan {
  const { metadata } = object;
  const { gracePeriodSeconds } = ctx.options;
  // A period below zero is one second (pkg/registry/rest/delete.go BeforeDelete).
  const requested = gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined) {
    const grace = gracePeriod(object, requested);
    const marked = bumped({
      ...withFinalizers(ctx, metadata),
      deletionTimestamp: formatTime(ctx.server.process.wallTime() + grace * 1000),
      deletionGracePeriodSeconds: grace,
    });
    return { metadata: marked, leaves: grace === 0 && (marked.finalizers?.length ?? 0) === 0 };
  }
  const pending = deletionGracePeriodSeconds ?? 0;
  const wanted = requested !== undefined && requested < 0 ? 1 : requested;
  // Only a shorter grace period may be given once deletion has begun.
  if (wanted === undefined || wanted >= pending)
    return { metadata, leaves: pending === 0 && noFinalizers(metadata) };
  const began = (parseTime(deletionTimestamp) ?? 0) - pending * 1000;
  const shortened = {
    ...metadata,
    deletionTimestamp: formatTime(began + wanted * 1000),
    deletionGracePeriodSeconds: wanted,
  };
  return { metadata: shortened, leaves: wanted === 0 && noFinalizers(metadata) };
}

function noFinalizers(metadata: ObjectMeta): boolean {
  return (metadata.finalizers?.length ?? 0) === 0;
}

/** The first deletion counts as a change of what is wished for. */
function bumped(metadata: ObjectMeta): ObjectMeta {
  const { generation } = metadata;
  return generation === undefined || generation === 0
    ? metadata
    : { ...metadata, generation: generation + 1 };
}

/** The first delete of a kind that has to be cleaned up after holds the object back until that is done. */
function withOwnFinalizer(ctx: RequestContext, metadata: ObjectMeta): ObjectMeta {
  const { deletionFinalizer: own } = ctx.resource.hooks;
  if (own === undefined || metadata.deletionTimestamp !== undefined) return metadata;
  const finalizers = metadata.finalizers ?? [];
  return finalizers.includes(own) ? metadata : { ...metadata, finalizers: [...finalizers, own] };
}

/** The metadata with the finalizer that the propagation policy asks for, and without the other. */
function withFinalizers(ctx: RequestContext, metadata: ObjectMeta): ObjectMeta {
  const old = metadata.finalizers ?? [];
  const policy = policyOf(ctx.options, old, ctx.resource.kind.defaultPropagation);
  const wanted = policy === 'Orphan' ? ORPHAN : policy === 'Foreground' ? FOREGROUND : undefined;
  const has = (finalizer: string): boolean => old.includes(finalizer);
  if (has(ORPHAN) === (wanted === ORPHAN) && has(FOREGROUND) === (wanted === FOREGROUND)) return metadata;
  const others = old.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  return { ...metadata, finalizers: wanted === undefined ? others : [...others, wanted] };
}

function policyOf(
  options: RequestOptions,
  finalizers: readonly string[],
  fallback: 'Background' | 'Orphan',
): 'Background' | 'Foreground' | 'Orphan' {
  if (options.propagationPolicy !== undefined) return options.propagationPolicy;
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : fallback;
}
