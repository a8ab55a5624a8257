import type { ManagedFieldsEntry, ObjectMeta } from '../../api/generated/types.ts';
import { ignoredFieldWarnings } from '../../api/ignoredfields.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse } from '../../api/request.ts';
import { deepFreeze } from '../../apimachinery/freeze.ts';
import { simpleNameGenerator } from '../../apimachinery/names.ts';
import {
  alreadyExists,
  badRequest,
  generateNameConflict,
  isStatus,
  type Status,
} from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { newUID } from '../../apimachinery/uid.ts';
import { type AdmissionRequest, answer, type RequestContext, refuse } from '../context.ts';
import { decodeObject } from '../decoding.ts';
import { withMetadata, withSystemFields } from '../layout.ts';
import { ownedAtCreation, withManaged } from '../managedfields.ts';
import { validateMetadata } from '../objectmeta.ts';
import { statusOfStoreError, unknownError } from '../storeerror.ts';
import { invalidStatus, keyOfRequest, leaseOf, stamped, toStorage } from '../write.ts';

/** How often the server draws a name for a generateName before it gives up. */
const NAME_DRAWS = 8;

/** POST of an object. */
export function create(ctx: RequestContext): ApiResponse {
  const decoded = decodeObject(ctx);
  if (isStatus(decoded)) return refuse(decoded, ctx.warnings);
  if (ctx.request.decoded !== true) ctx.warnings.push(...ignoredFieldWarnings(decoded));
  const created = createObject(ctx, decoded);
  return isStatus(created) ? refuse(created, ctx.warnings) : answer(ctx, created, 201);
}

/**
 * From a decoded object to a stored one: defaults, mutating admission, PrepareForCreate, name,
 * validation, validating admission, etcd (staging apiserver pkg/registry/generic/registry/store.go
 * Create). Returns the stored object or the refusal. `entries`: who owns its fields, if that is known.
 */
export function createObject(
  ctx: RequestContext,
  body: KubeObject,
  entries?: readonly ManagedFieldsEntry[],
): KubeObject | Status {
  const { kind, hooks, admission } = ctx.resource;
  const placed = place(ctx, body);
  if (isStatus(placed)) return placed;
  const request: AdmissionRequest = { operation: 'CREATE', ctx, namespace: ctx.namespace, old: undefined };
  const admitted = admission.admit(request, kind.applyDefaults(withoutStatus(ctx, placed)));
  if (isStatus(admitted)) return admitted;
  const generated = needsName(admitted.metadata);
  const completed = complete(ctx, admitted);
  const prepared = kind.prepareForCreate?.(completed) ?? completed;
  const begun = hooks.beginCreate?.(ctx, prepared) ?? { object: prepared };
  const name = prepared.metadata.name ?? '';
  if ('errors' in begun) return invalidStatus(ctx, name, begun.errors);
  const { undo } = begun;
  const object =
    entries === undefined ? ownedAtCreation(ctx, begun.object) : withManaged(begun.object, entries);
  const stored = validate(request, object) ?? store(ctx, object, generated);
  if (undo !== undefined && (ctx.dryRun || isStatus(stored))) undo();
  return stored;
}

function validate(request: AdmissionRequest, object: KubeObject): Status | undefined {
  const { ctx } = request;
  const { kind, admission } = ctx.resource;
  const ofMetadata = validateMetadata(kind, object.metadata);
  const ofKind = kind.validate(object);
  if (ofMetadata.length + ofKind.length > 0)
    return invalidStatus(ctx, object.metadata.name ?? '', [...ofMetadata, ...ofKind]);
  if (kind.warnings !== undefined && ctx.request.decoded !== true)
    ctx.warnings.push(...kind.warnings(object));
  return admission.validate(request, object);
}

/** Writes the object; a generated name that is taken is drawn anew. */
function store(ctx: RequestContext, object: KubeObject, generated: boolean): KubeObject | Status {
  let current = object;
  for (let draw = 1; ; draw++) {
    const written = storeOnce(ctx, current);
    if (written !== undefined) return written;
    const name = current.metadata.name ?? '';
    if (!generated) return taken(ctx, name);
    if (draw === NAME_DRAWS) return generateNameConflict(ctx.resource.groupResource, name, 1);
    current = { ...current, metadata: { ...current.metadata, name: drawName(ctx, current.metadata) } };
  }
}

/** 409 about a name that is taken, and whether it will be free soon (registry/generic/registry/store.go Create). */
function taken(ctx: RequestContext, name: string): Status {
  const status = alreadyExists(ctx.resource.groupResource, name);
  const existing = ctx.server.store.get(keyOfRequest(ctx, name));
  const holder = existing.ok ? (existing.value?.value as KubeObject | undefined) : undefined;
  if (holder?.metadata.deletionTimestamp === undefined) return status;
  return { ...status, message: `object is being deleted: ${status.message}` };
}

/** Undefined when the name is taken. */
function storeOnce(ctx: RequestContext, object: KubeObject): KubeObject | Status | undefined {
  const { store, leases } = ctx.server;
  const key = keyOfRequest(ctx, object.metadata.name);
  if (ctx.dryRun) {
    const existing = store.get(key);
    if (!existing.ok) return statusOfStoreError(existing.error);
    return existing.value === undefined ? deepFreeze(object) : undefined;
  }
  const lease = leaseOf(ctx);
  if (typeof lease !== 'number') return lease;
  const written = store.putIf(
    key,
    0,
    (revision) => stamped(toStorage(ctx, object), revision),
    ctx.request.cause,
    lease,
  );
  if (!written.ok) {
    if (written.error.code === 'leaseNotFound') leases.forget();
    return statusOfStoreError(written.error);
  }
  if (written.value === undefined) return undefined;
  return written.value.value as KubeObject;
}

/** The object in the namespace of the request, or a refusal when the two disagree. */
function place(ctx: RequestContext, object: KubeObject): KubeObject | Status {
  const { namespace, resourceVersion } = object.metadata;
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== '0') {
    return unknownError('resourceVersion should not be set on objects to be created');
  }
  if (!ctx.resource.kind.namespaced) {
    if (namespace === undefined) return object;
    const { namespace: _, ...metadata } = object.metadata;
    return { ...object, metadata };
  }
  if (namespace === ctx.namespace && namespace !== '') return object;
  if (ctx.namespace === '') return badRequest('an empty namespace may not be set during creation');
  if (namespace !== undefined && namespace !== '') {
    return badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  return { ...object, metadata: { ...object.metadata, namespace: ctx.namespace } };
}

/** Whoever creates an object has no say in its status; only nodes come with one (their strategies). */
function withoutStatus(ctx: RequestContext, object: KubeObject): KubeObject {
  const { kind } = ctx.resource;
  if (!kind.statusSubresource || !('status' in object) || (kind.group === '' && kind.plural === 'nodes'))
    return object;
  const { status: _, ...rest } = object as KubeObject & { readonly status: unknown };
  return rest;
}

/** Name, uid, times and generation are the server's to set, whatever the client sent. */
function complete(ctx: RequestContext, object: KubeObject): KubeObject {
  const { process } = ctx.server;
  const given = withoutServerFields(object.metadata);
  const metadata = withSystemFields(given, {
    name: needsName(given) ? drawName(ctx, given) : undefined,
    uid: newUID(() => process.random.int(16)),
    creationTimestamp: formatTime(process.wallTime()),
    generation: ctx.resource.kind.hasGeneration ? 1 : undefined,
  });
  return withMetadata(object, metadata);
}

/** Metadata without what a client may not set; few clients try. */
function withoutServerFields(metadata: ObjectMeta): ObjectMeta {
  const clean =
    metadata.deletionTimestamp === undefined &&
    metadata.deletionGracePeriodSeconds === undefined &&
    metadata.generation === undefined &&
    metadata.managedFields === undefined &&
    metadata.resourceVersion === undefined &&
    metadata.selfLink === undefined;
  if (clean) return metadata;
  const {
    deletionTimestamp: _t,
    deletionGracePeriodSeconds: _g,
    generation: _n,
    managedFields: _m,
    resourceVersion: _v,
    selfLink: _l,
    ...kept
  } = metadata;
  return kept;
}

/** Whether the client left the choice of the name to the server. */
function needsName({ name, generateName }: ObjectMeta): boolean {
  return (name === undefined || name === '') && generateName !== undefined && generateName !== '';
}

function drawName(ctx: RequestContext, metadata: ObjectMeta): string {
  const { random } = ctx.server.process;
  return simpleNameGenerator(metadata.generateName ?? '', () => random.float());
}
