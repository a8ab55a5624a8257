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
import { isController } from './authorization/policy/controllerroles.ts';
import type { RequestContext, Resource } from './context.ts';

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
 * Whether the owners of an object's fields are kept with it. They are from the moment somebody who names
 * himself writes it (kubectl does, the components of the cluster do not), so that what only controllers
 * and kubelets touch costs nothing: its owners are found in its history when somebody asks.
 */
export function isTracked(ctx: RequestContext, old: KubeObject | undefined): boolean {
  return old?.metadata.managedFields !== undefined || (ctx.options.fieldManager ?? '') !== '';
}

/** Who writes what and when, as far as the owners of fields are concerned. */
export interface Writer {
  readonly resource: Resource;
  readonly manager: string;
  readonly subresource: string;
  /** Virtual time, ms since the epoch. */
  readonly time: number;
}

/** The writer that a request is of. */
export function writerOf(ctx: RequestContext): Writer {
  const { resource, subresource } = ctx;
  return { resource, subresource, manager: managerOf(ctx), time: ctx.server.process.now() };
}

/** Who writes: the name given, or that of the program (managerUserAgent). */
export function managerOf(ctx: RequestContext): string {
  const given = ctx.options.fieldManager ?? '';
  return given === '' ? programOf(ctx.request.user, ctx.request.cause.component) : given;
}

/** Who owned everything before the first apply, where nobody had kept count. */
export const BEFORE = 'before-first-apply';

const PROGRAMS: ReadonlySet<string> = new Set([
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubeadm',
  'kubectl',
  'metrics-server',
  'nginx-ingress-controller',
]);

/** The program that a component is part of: what it is called as an owner of fields. */
export function managerOfComponent(component: string): string {
  if (component === 'kubelet' || component.startsWith('kubelet/')) return 'kubelet';
  if (isController(component)) return 'kube-controller-manager';
  return PROGRAMS.has(component) ? component : BEFORE;
}

function programOf({ name }: UserInfo, component: string): string {
  if (name.startsWith('system:node:')) return 'kubelet';
  if (name.startsWith('system:serviceaccount:kube-system:')) return 'kube-controller-manager';
  return name.startsWith('system:kube-') ? name.slice('system:'.length) : component;
}

/** The fields that somebody could own in an object by this request. */
export function ownableFields(writer: Writer, object: KubeObject | JsonObject): FieldSet | undefined {
  const { kind } = writer.resource;
  return within(writer, fieldsOf(object as unknown as Json, objectField(kind.schemaType), schemaOf(kind)));
}

/**
 * Of a set, what the request can write: the status only through its subresource, and all else only
 * without it (the strategies' GetResetFields).
 */
function within(writer: Writer, fields: FieldSet | undefined): FieldSet | undefined {
  if (fields === undefined || !writer.resource.kind.statusSubresource) return difference(fields, NOBODYS);
  const { 'f:status': status, 'f:spec': spec, ...rest } = fields;
  const kept =
    writer.subresource === 'status' ? { ...rest, 'f:status': status } : { ...rest, 'f:spec': spec };
  const known = Object.entries(kept).filter(([, inner]) => inner !== undefined);
  return known.length === 0 ? undefined : difference(Object.fromEntries(known) as FieldSet, NOBODYS);
}

export function setOf(entry: ManagedFieldsEntry): FieldSet {
  return (entry.fieldsV1 ?? {}) as FieldSet;
}

/** The entry of a writer, if there is one. */
export function ownEntry(
  { resource, manager, subresource }: Writer,
  entries: readonly ManagedFieldsEntry[],
  operation: Operation,
): ManagedFieldsEntry | undefined {
  return entries.find(
    (entry) =>
      entry.manager === manager &&
      entry.operation === operation &&
      entry.apiVersion === resource.apiVersion &&
      (entry.subresource ?? '') === subresource,
  );
}

/** What a writer owns. */
export function newEntry(
  { resource, manager, subresource, time }: Writer,
  operation: Operation,
  fields: FieldSet,
): ManagedFieldsEntry {
  return {
    apiVersion: resource.apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    manager,
    operation,
    ...(subresource === '' ? {} : { subresource }),
    time: formatTime(time),
  };
}

/**
 * Entries with one replaced, added or, without fields, left out. An entry keeps its time when its owner
 * changed nothing (`changed`) and owns what it did.
 */
export function withEntry(
  writer: Writer,
  entries: readonly ManagedFieldsEntry[],
  operation: Operation,
  fields: FieldSet | undefined,
  changed: boolean,
): readonly ManagedFieldsEntry[] {
  const known = ownEntry(writer, entries, operation);
  if (!changed && known !== undefined && fields !== undefined && deepEqual(setOf(known), fields))
    return [...entries].sort(inOrder);
  const others = entries.filter((entry) => entry !== known);
  return fields === undefined ? others : [...others, newEntry(writer, operation, fields)].sort(inOrder);
}

/** Appliers first, then by time and name, as upstream sorts them. */
function inOrder(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  const key = ({ operation, time, manager, apiVersion, subresource = '' }: ManagedFieldsEntry): string =>
    `${operation} ${time} ${manager} ${apiVersion} ${subresource}`;
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
  return withManaged(object, entriesOfCreation(writerOf(ctx), object));
}

/** The owners of an object that a writer has just made. */
export function entriesOfCreation(writer: Writer, object: KubeObject): readonly ManagedFieldsEntry[] {
  const fields = ownableFields(writer, object);
  return fields === undefined ? [] : [newEntry(writer, 'Update', fields)];
}

/**
 * The owners that a client states himself, to change them: none for no or one empty entry, undefined where he
 * states nothing, nothing new, or what cannot be read (fieldmanager.go decodeLiveOrNew).
 */
export function givenOwners(wished: KubeObject, old: KubeObject): readonly ManagedFieldsEntry[] | undefined {
  const given = wished.metadata.managedFields;
  if (given === undefined || given === old.metadata.managedFields) return undefined;
  if (given.length === 0 || (given.length === 1 && deepEqual(given[0], {}))) return [];
  return given.every(isReadable) ? given : undefined;
}

function isReadable({ operation, fieldsType, fieldsV1 }: ManagedFieldsEntry): boolean {
  return (
    (operation === 'Apply' || operation === 'Update') && fieldsType === 'FieldsV1' && fieldsV1 !== undefined
  );
}

/** The object with these owners of its fields, and no others. */
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
export function entriesAfterUpdate(
  writer: Writer,
  entries: readonly ManagedFieldsEntry[],
  next: KubeObject,
  old: KubeObject,
): readonly ManagedFieldsEntry[] {
  const { kind } = writer.resource;
  const field = objectField(kind.schemaType);
  const [after, before] = [next as unknown as Json, old as unknown as Json];
  const changed = within(writer, changedFields(after, before, field, schemaOf(kind)));
  const removed = difference(ownableFields(writer, old), ownableFields(writer, next));
  if (changed === undefined && removed === undefined) return entries;
  const mine = ownEntry(writer, entries, 'Update');
  const others = withoutOwners(
    entries.filter((entry) => entry !== mine),
    union(changed, removed),
  );
  const own = difference(union(mine === undefined ? undefined : setOf(mine), changed), removed);
  const kept = mine === undefined ? others : [...others, mine].sort(inOrder);
  return capped(withEntry(writer, kept, 'Update', own, changed !== undefined));
}

/** How many that update an object are told apart, and who the oldest of more are taken for. */
const MAX_UPDATERS = 10;
const ANCIENT = 'ancient-changes';

/** The entries with the oldest updates as one, where there are too many (internal/capmanagers.go). */
function capped(entries: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
  const updates = entries.filter(({ operation }) => operation === 'Update');
  if (updates.length <= MAX_UPDATERS) return entries;
  const oldest = updates.slice(0, updates.length - MAX_UPDATERS + 1);
  const fieldsV1 = oldest.reduce<FieldSet>(
    (all, entry) => union(all, setOf(entry)) ?? all,
    setOf(oldest[0] ?? {}),
  );
  const { subresource: _, ...newest } = oldest.at(-1) ?? {};
  const kept = entries.filter((entry) => !oldest.includes(entry));
  return [...kept, { ...newest, fieldsV1, manager: ANCIENT }].sort(inOrder);
}
