import type { ManagedFieldsEntry, ObjectMeta } from '../../api/generated/types.ts';
import { ignoredFieldWarnings } from '../../api/ignoredfields.ts';
import type { KindDefinition } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse } from '../../api/request.ts';
import { NO_ERRORS } from '../../api/validation/once.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import { type FieldError, invalid as invalidField } from '../../apimachinery/fielderror.ts';
import { badRequest, conflict, isStatus, notFound, type Status } from '../../apimachinery/status.ts';
import type { KeyValue } from '../../etcd/store.ts';
import { type AdmissionRequest, answer, type RequestContext, refuse } from '../context.ts';
import { decodeObject } from '../decoding.ts';
import { withMetadata } from '../layout.ts';
import { entriesAfterUpdate, givenOwners, isTracked, withManaged, writerOf } from '../managedfields.ts';
import { validateMetadata } from '../objectmeta.ts';
import { ownersOf } from '../ownerhistory.ts';
import { statusOfStoreError } from '../storeerror.ts';
import { invalidStatus, keyOfRequest, remove, writeOver } from '../write.ts';

/** PUT of an object or of its status. */
export function update(ctx: RequestContext): ApiResponse {
  const decoded = decodeObject(ctx);
  if (isStatus(decoded)) return refuse(decoded, ctx.warnings);
  const updated = updateObject(ctx, () => decoded);
  return isStatus(updated) ? refuse(updated, ctx.warnings) : answer(ctx, updated);
}

/** Makes the state to be stored of what is wished and what there is; `old` itself when nothing changes. */
type NextState = (request: AdmissionRequest, wished: KubeObject, old: KubeObject) => KubeObject | Status;

/**
 * Reads the object of the request, lets `change` make the wished state of it, and writes that, as
 * far as `build` allows, which depends on the subresource (pkg/registry/generic/registry/store.go Update). Returns the stored
 * object, which is the old one when nothing changed, or the refusal. `owners` says who owns its fields after
 * an apply.
 */
export function updateObject(
  ctx: RequestContext,
  change: (old: KubeObject, record: KeyValue<KubeObject>) => KubeObject | Status,
  build: NextState = nextStateOf(ctx),
  owners?: () => readonly ManagedFieldsEntry[] | undefined,
): KubeObject | Status {
  const record = readForUpdate(ctx);
  if (isStatus(record)) return record;
  const old = record.value as KubeObject;
  const wished = change(old, record);
  if (isStatus(wished)) return wished;
  const refusal = checkWish(ctx, wished, old);
  if (refusal !== undefined) return refusal;
  if (ctx.request.decoded !== true && wished !== old) warnOfIgnored(ctx, wished, old);
  const request: AdmissionRequest = { operation: 'UPDATE', ctx, namespace: ctx.namespace, old };
  const next = build(request, wished, old);
  if (isStatus(next)) return next;
  const owned = withManaged(next, owners === undefined ? ownersAfter(ctx, wished, next, record) : owners());
  return finishUpdate(request, owned, record);
}

/** Who owns the fields of the next state after a plain write; undefined where that is not kept. */
function ownersAfter(
  ctx: RequestContext,
  wished: KubeObject,
  next: KubeObject,
  record: KeyValue<KubeObject>,
): readonly ManagedFieldsEntry[] | undefined {
  const old = record.value as KubeObject;
  const given = ctx.subresource === '' ? givenOwners(wished, old) : undefined;
  if (given === undefined && !isTracked(ctx, old)) return undefined;
  const known = given ?? old.metadata.managedFields;
  if (next === old || deepEqual(next, old)) return known;
  const entries = known ?? ownersOf(ctx.resource, record);
  return entries === undefined || entries.length === 0
    ? entries
    : entriesAfterUpdate(writerOf(ctx), entries, next, old);
}

/** Warns of fields that this version does not act on, as far as the request is what sets them. */
function warnOfIgnored(ctx: RequestContext, wished: KubeObject, old: KubeObject): void {
  const found = ignoredFieldWarnings(wished);
  if (found.length === 0) return;
  const known = new Set(ignoredFieldWarnings(old));
  ctx.warnings.push(...found.filter((warning) => !known.has(warning)));
}

/** The stored record of the request's object, or 404. */
export function readForUpdate(ctx: RequestContext): KeyValue<KubeObject> | Status {
  const read = ctx.server.store.get(keyOfRequest(ctx));
  if (!read.ok) return statusOfStoreError(read.error);
  const record = read.value;
  if (record === undefined) return notFound(ctx.resource.groupResource, ctx.name);
  const { custom } = ctx.resource;
  return custom === undefined ? record : { ...record, value: custom.present(record.value as KubeObject) };
}

/**
 * Hooks, validation, validating admission and the write: what every change of a stored object goes
 * through in the end; a next state that says the same writes nothing. An object that waited only for its last finalizer is removed instead.
 */
export function finishUpdate(
  request: AdmissionRequest,
  next: KubeObject,
  record: KeyValue<KubeObject>,
): KubeObject | Status {
  const { ctx } = request;
  const { hooks } = ctx.resource;
  const old = record.value as KubeObject;
  if (deepEqual(next, old)) return old;
  const begun = hooks.beginUpdate?.(ctx, next, old) ?? { object: next };
  if ('errors' in begun) return invalidStatus(ctx, ctx.name, begun.errors);
  const { object, undo } = begun;
  const written = validate(request, object, old) ?? write(ctx, object, record);
  if (undo !== undefined && (ctx.dryRun || isStatus(written))) undo();
  return written;
}

function write(ctx: RequestContext, next: KubeObject, record: KeyValue<KubeObject>): KubeObject | Status {
  const old = record.value as KubeObject;
  if (isReleased(ctx, next, old)) return remove(ctx, record) ?? next;
  return writeOver(ctx, record, next);
}

function validate(request: AdmissionRequest, next: KubeObject, old: KubeObject): Status | undefined {
  const { ctx } = request;
  const { kind, admission } = ctx.resource;
  const errors: FieldError[] = [...validateMetadata(kind, next.metadata, old.metadata)];
  if (kind.custom !== undefined) {
    errors.push(...kind.custom.validate(next, old));
    return errors.length > 0 ? invalidStatus(ctx, ctx.name, errors) : admission.validate(request, next);
  }
  const ofUpdate = (kind.parts?.[ctx.subresource] ?? kind).validateUpdate?.(next, old) ?? NO_ERRORS;
  if (kind.updateRulesFirst === true) errors.push(...ofUpdate);
  if (isToBeValidated(ctx, next, old)) errors.push(...kind.validate(next));
  if (kind.updateRulesFirst !== true) errors.push(...ofUpdate);
  if (errors.length > 0) return invalidStatus(ctx, ctx.name, errors);
  if (kind.warnings !== undefined && ctx.subresource === '' && ctx.request.decoded !== true)
    ctx.warnings.push(...kind.warnings(next));
  return admission.validate(request, next);
}

/**
 * Whether the kind's rules may find something new: they look at the spec and the like, and at
 * annotations. What a status may become is a matter of `validateUpdate`.
 */
function isToBeValidated(ctx: RequestContext, next: KubeObject, old: KubeObject): boolean {
  if (ctx.subresource === 'status') return ctx.request.decoded !== true;
  return isTouched(next, old) || next.metadata.annotations !== old.metadata.annotations;
}

/** Whether the last thing that held a deleted object is gone with this update (ShouldDeleteDuringUpdate). */
function isReleased(ctx: RequestContext, next: KubeObject, old: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
  if (deletionTimestamp === undefined || (next.metadata.finalizers?.length ?? 0) > 0) return false;
  if (deletionGracePeriodSeconds !== undefined && deletionGracePeriodSeconds !== 0) return false;
  return ctx.resource.hooks.mayLeave?.(next) ?? true;
}

/** Names, uid and resourceVersion must agree with what is stored. */
function checkWish(ctx: RequestContext, wished: KubeObject, old: KubeObject): Status | undefined {
  const { name, namespace, uid, resourceVersion } = wished.metadata;
  if ((name === undefined || name === '') && ctx.request.decoded !== true) {
    return badRequest(
      `the name of the object (${ctx.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== undefined && name !== '' && name !== ctx.name) {
    return badRequest(`the name of the object (${name}) does not match the name on the URL (${ctx.name})`);
  }
  if (namespace !== undefined && namespace !== '' && namespace !== ctx.namespace) {
    return badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (uid !== undefined && uid !== '' && uid !== old.metadata.uid) {
    const detail = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
    const message = `StorageError: invalid object, Code: 4, Key: ${keyOfRequest(ctx)}, ResourceVersion: 0, AdditionalErrorMsg: ${detail}`;
    return conflict(ctx.resource.groupResource, ctx.name, message);
  }
  if (resourceVersion === undefined || resourceVersion === '' || resourceVersion === '0') {
    if (ctx.resource.kind.allowUnconditionalUpdate || ctx.request.verb === 'patch') return undefined;
    const error = invalidField('metadata.resourceVersion', 0, 'must be specified for an update');
    return invalidStatus(ctx, ctx.name, [error]);
  }
  return resourceVersion === old.metadata.resourceVersion
    ? undefined
    : conflict(ctx.resource.groupResource, ctx.name);
}

function nextStateOf({ subresource, resource }: RequestContext): NextState {
  if (subresource === '') return nextObject;
  return resource.kind.parts?.[subresource] === undefined ? nextStatus : nextPart;
}

/** The state that a write through a subresource leads to that changes one part of the object. */
function nextPart(request: AdmissionRequest, wished: KubeObject, old: KubeObject): KubeObject | Status {
  const { ctx } = request;
  const { kind, admission } = ctx.resource;
  const admitted = admission.admit(request, kind.parts?.[ctx.subresource]?.prepare(wished, old) ?? old);
  if (isStatus(admitted) || !kind.hasGeneration) return admitted;
  return withGeneration(ctx, admitted, old);
}

/** The state that a PUT of the main resource leads to; `old` itself when it changes nothing. */
export function nextObject(
  request: AdmissionRequest,
  wished: KubeObject,
  old: KubeObject,
): KubeObject | Status {
  const { ctx } = request;
  const { kind, admission } = ctx.resource;
  const placed = withMetadata(wished, carriedMetadata(wished.metadata, old.metadata));
  const untouched = placed.metadata === old.metadata && !isTouched(placed, old);
  const defaulted = untouched ? placed : kind.applyDefaults(placed);
  const admitted = admission.admit(request, withOldStatus(ctx, defaulted, old));
  if (isStatus(admitted)) return admitted;
  const prepared =
    kind.prepareForUpdate?.(withOldStatus(ctx, admitted, old), old) ?? withOldStatus(ctx, admitted, old);
  return kind.hasGeneration ? withGeneration(ctx, prepared, old) : prepared;
}

/**
 * The state that a PUT of the status leads to: the stored object with another status. Its metadata may
 * change with it, as upstream's status strategies allow, but for what the kind says stays.
 */
function nextStatus(request: AdmissionRequest, wished: KubeObject, old: KubeObject): KubeObject | Status {
  const { kind, admission } = request.ctx.resource;
  const metadata = carriedMetadata(withStatusKept(kind, wished.metadata, old.metadata), old.metadata);
  const before = (old as WithStatus).status;
  const status = (wished as WithStatus).status;
  const same = status === before || deepEqual(status, before);
  if (same && metadata === old.metadata) return old;
  const { status: _, ...rest } = old as WithStatus;
  const kept = same ? before : status;
  const next: WithStatus = kept === undefined ? { ...rest, metadata } : { ...old, metadata, status: kept };
  return admission.admit(request, kind.prepareForUpdate?.(next, old) ?? next);
}

/** The metadata with the parts that a status update of this kind may not change. */
function withStatusKept(kind: KindDefinition, wished: ObjectMeta, old: ObjectMeta): ObjectMeta {
  let kept = wished;
  for (const key of kind.keptByStatusUpdate ?? []) {
    if (kept[key] === old[key]) continue;
    const { [key]: _, ...rest } = kept;
    kept = old[key] === undefined ? rest : { ...rest, [key]: old[key] };
  }
  return kept;
}

interface WithStatus extends KubeObject {
  readonly status?: unknown;
}

function withOldStatus(ctx: RequestContext, next: KubeObject, old: KubeObject): KubeObject {
  const status = (old as WithStatus).status;
  if (!ctx.resource.kind.statusSubresource || (next as WithStatus).status === status) return next;
  if (status !== undefined) return { ...next, status } as KubeObject;
  const { status: _, ...rest } = next as WithStatus;
  return rest;
}

/** Metadata as wished, except for what only the server sets. The old one itself when nothing changed. */
function carriedMetadata(wished: ObjectMeta, old: ObjectMeta): ObjectMeta {
  if (wished === old) return old;
  if (carriesAll(wished, old)) return deepEqual(wished, old) ? old : wished;
  const {
    deletionTimestamp: _t,
    deletionGracePeriodSeconds: _g,
    generation: _n,
    managedFields: _m,
    selfLink: _l,
    ...kept
  } = wished;
  const { name, namespace, uid, creationTimestamp, resourceVersion, generation } = old;
  // A deletion stays as it is; one that a client makes up is refused as a change of what is fixed.
  const deletionTimestamp = old.deletionTimestamp ?? wished.deletionTimestamp;
  const deletionGracePeriodSeconds = wished.deletionGracePeriodSeconds ?? old.deletionGracePeriodSeconds;
  const metadata = {
    ...kept,
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(generation === undefined ? {} : { generation }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
    ...(old.managedFields === undefined ? {} : { managedFields: old.managedFields }),
  };
  return deepEqual(metadata, old) ? old : metadata;
}

/** Whether the client has left alone what only the server sets: what typed code does. */
function carriesAll(wished: ObjectMeta, old: ObjectMeta): boolean {
  return (
    wished.name === old.name &&
    wished.namespace === old.namespace &&
    wished.uid === old.uid &&
    wished.creationTimestamp === old.creationTimestamp &&
    wished.resourceVersion === old.resourceVersion &&
    wished.generation === old.generation &&
    wished.deletionTimestamp === old.deletionTimestamp &&
    wished.deletionGracePeriodSeconds === old.deletionGracePeriodSeconds &&
    wished.managedFields === old.managedFields &&
    wished.selfLink === undefined
  );
}

/** Whether anything but metadata and status is another value than before. */
function isTouched(next: KubeObject, old: KubeObject): boolean {
  const before = old as unknown as Record<string, unknown>;
  const after = next as unknown as Record<string, unknown>;
  for (const key of Object.keys(next)) {
    if (key !== 'metadata' && key !== 'status' && before[key] !== after[key]) return true;
  }
  return Object.keys(next).length !== Object.keys(old).length;
}

/** The generation counts changes of what is wished for. */
function withGeneration(ctx: RequestContext, next: KubeObject, old: KubeObject): KubeObject {
  const { kind } = ctx.resource;
  const changed =
    kind.generationChanged?.(next, old) ?? !deepEqual((next as WithSpec).spec, (old as WithSpec).spec);
  if (!changed) return next;
  return { ...next, metadata: { ...next.metadata, generation: (old.metadata.generation ?? 0) + 1 } };
}

interface WithSpec extends KubeObject {
  readonly spec?: unknown;
}
