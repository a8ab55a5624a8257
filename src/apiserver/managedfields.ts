import type { ManagedFieldsEntry } from '../api/generated/types.ts';
import type { KubeObject } from '../api/object.ts';
import type { UserInfo } from '../api/request.ts';
import { schemaOf } from '../api/schema.ts';
import { deepEqual } from '../apimachinery/equal.ts';
import {
  changedFields,
  difference,
  type FieldSet,
  fieldsOf,
  objectField,
  union,
} from '../apimachinery/fieldset.ts';
import type { Json, JsonObject } from '../apimachinery/json.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { RequestContext } from './context.ts';

export type Operation = 'Apply' | 'Update';

/** Fields that nobody owns (apimachinery pkg/util/managedfields stripmeta.go). */
const NOBODYS: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:creationTimestamp': {},
    'f:deletionGracePeriodSeconds': {},
    'f:deletionTimestamp': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:name': {},
    'f:namespace': {},
    'f:resourceVersion': {},
    'f:selfLink': {},
    'f:uid': {},
  },
};

/**
 * Whether the owners of an object's fields are kept. They are from the moment somebody who names
 * himself writes it (kubectl does, the components of the cluster do not), so that what only controllers
 * and kubelets touch costs nothing.
 */
export function isTracked(ctx: RequestContext, old: KubeObject | undefined): boolean {
  return old?.metadata.managedFields !== undefined || (ctx.options.fieldManager ?? '') !== '';
}

/** Who writes: the name given, or that of the program (managerUserAgent). */
export function managerOf(ctx: RequestContext): string {
  const given = ctx.options.fieldManager ?? '';
  return given === '' ? programOf(ctx.request.user, ctx.request.cause.component) : given;
}

function programOf({ name }: UserInfo, component: string): string {
  if (name.startsWith('system:node:')) return 'kubelet';
  if (name.startsWith('system:serviceaccount:kube-system:')) return 'kube-controller-manager';
  return name.startsWith('system:kube-') ? name.slice('system:'.length) : component;
}

/** The fields that somebody could own in an object by this request. */
export function ownableFields(ctx: RequestContext, object: KubeObject | JsonObject): FieldSet | undefined {
  const { kind } = ctx.resource;
  return within(ctx, fieldsOf(object as unknown as Json, objectField(kind.schemaType), schemaOf(kind)));
}

/**
 * Of a set, what the request can write: the status only through its subresource, and all else only
 * without it (the strategies' GetResetFields).
 */
function within(ctx: RequestContext, fields: FieldSet | undefined): FieldSet | undefined {
  if (fields === undefined || !ctx.resource.kind.statusSubresource) return difference(fields, NOBODYS);
  const { 'f:status': status, 'f:spec': spec, ...rest } = fields;
  const kept = ctx.subresource === 'status' ? { ...rest, 'f:status': status } : { ...rest, 'f:spec': spec };
  const known = Object.entries(kept).filter(([, inner]) => inner !== undefined);
  return known.length === 0 ? undefined : difference(Object.fromEntries(known) as FieldSet, NOBODYS);
}

export function setOf(entry: ManagedFieldsEntry): FieldSet {
  return (entry.fieldsV1 ?? {}) as FieldSet;
}

function isOf(
  ctx: RequestContext,
  entry: ManagedFieldsEntry,
  manager: string,
  operation: Operation,
): boolean {
  return (
    entry.manager === manager &&
    entry.operation === operation &&
    entry.apiVersion === ctx.resource.apiVersion &&
    (entry.subresource ?? '') === ctx.subresource
  );
}

/** The entry of whoever makes the request, if there is one. */
export function ownEntry(
  ctx: RequestContext,
  entries: readonly ManagedFieldsEntry[],
  operation: Operation,
): ManagedFieldsEntry | undefined {
  const manager = managerOf(ctx);
  return entries.find((entry) => isOf(ctx, entry, manager, operation));
}

export function newEntry(
  ctx: RequestContext,
  manager: string,
  operation: Operation,
  fields: FieldSet,
): ManagedFieldsEntry {
  return {
    apiVersion: ctx.resource.apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    manager,
    operation,
    ...(ctx.subresource === '' ? {} : { subresource: ctx.subresource }),
    time: formatTime(ctx.server.process.now()),
  };
}

/**
 * Entries with one replaced, added or, without fields, left out. An entry keeps its time when its owner
 * changed nothing (`changed`) and owns what it did.
 */
export function withEntry(
  ctx: RequestContext,
  entries: readonly ManagedFieldsEntry[],
  operation: Operation,
  fields: FieldSet | undefined,
  changed: boolean,
): readonly ManagedFieldsEntry[] {
  const manager = managerOf(ctx);
  const known = ownEntry(ctx, entries, operation);
  if (!changed && known !== undefined && fields !== undefined && deepEqual(setOf(known), fields))
    return entries;
  const others = entries.filter((entry) => entry !== known);
  return fields === undefined ? others : [...others, newEntry(ctx, manager, operation, fields)].sort(inOrder);
}

/** Appliers first, then by time and name, as upstream sorts them. */
function inOrder(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  const key = ({ operation, time, manager }: ManagedFieldsEntry): string => `${operation} ${time} ${manager}`;
  return key(a) < key(b) ? -1 : 1;
}

/** Entries without some fields; those that have none left go. */
export function withoutOwners(
  entries: readonly ManagedFieldsEntry[],
  fields: FieldSet | undefined,
): readonly ManagedFieldsEntry[] {
  if (fields === undefined) return entries;
  return entries.flatMap((entry) => {
    const left = difference(setOf(entry), fields);
    if (left === undefined) return [];
    return deepEqual(left, setOf(entry)) ? [entry] : [{ ...entry, fieldsV1: left }];
  });
}

/** An object as it is created by a plain write: all its fields are its creator's. */
export function ownedAtCreation(ctx: RequestContext, object: KubeObject): KubeObject {
  if (!isTracked(ctx, undefined) || ctx.request.patchType === 'apply') return object;
  const fields = ownableFields(ctx, object);
  return fields === undefined
    ? object
    : withManaged(object, [newEntry(ctx, managerOf(ctx), 'Update', fields)]);
}

export function withManaged(
  object: KubeObject,
  entries: readonly ManagedFieldsEntry[] | undefined,
): KubeObject {
  const { managedFields, ...metadata } = object.metadata;
  if (managedFields === entries) return object;
  const owned = entries === undefined || entries.length === 0 ? {} : { managedFields: entries };
  return { ...object, metadata: { ...metadata, ...owned } };
}

/**
 * The owners after a plain write: whoever changes a field owns it alone; who owned what is gone or
 * different does no more (structured-merge-diff Updater.Update).
 */
export function ownedAfterUpdate(ctx: RequestContext, next: KubeObject, old: KubeObject): KubeObject {
  if (!isTracked(ctx, old)) return next;
  const entries = old.metadata.managedFields ?? [];
  const { kind } = ctx.resource;
  const field = objectField(kind.schemaType);
  const [after, before] = [next as unknown as Json, old as unknown as Json];
  const changed = within(ctx, changedFields(after, before, field, schemaOf(kind)));
  const removed = difference(ownableFields(ctx, old), ownableFields(ctx, next));
  if (changed === undefined && removed === undefined) return withManaged(next, old.metadata.managedFields);
  const mine = ownEntry(ctx, entries, 'Update');
  const others = withoutOwners(
    entries.filter((entry) => entry !== mine),
    union(changed, removed),
  );
  const own = difference(union(mine === undefined ? undefined : setOf(mine), changed), removed);
  const kept = mine === undefined ? others : [...others, mine].sort(inOrder);
  return withManaged(next, withEntry(ctx, kept, 'Update', own, changed !== undefined));
}
