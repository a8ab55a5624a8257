import type { ManagedFieldsEntry } from '../api/generated/types.ts';
import type { KubeObject } from '../api/object.ts';
import { schemaOf } from '../api/schema.ts';
import { deepEqual } from '../apimachinery/equal.ts';
import { changedFields, type FieldSet, objectField } from '../apimachinery/fieldset.ts';
import type { Json } from '../apimachinery/json.ts';
import type { KeyValue } from '../etcd/store.ts';
import type { RequestContext, Resource } from './context.ts';
import {
  BEFORE,
  entriesAfterUpdate,
  entriesOfCreation,
  managerOfComponent,
  type Writer,
  withManaged,
} from './managedfields.ts';

/**
 * Who owns the fields of an object that nobody has kept count for, from the record of its changes: each
 * has its cause. What is so old that its record is gone belongs to nobody in particular.
 */

type Stored = KubeObject & { readonly status?: unknown };

const REPLICAS: FieldSet = Object.freeze({ 'f:spec': Object.freeze({ 'f:replicas': Object.freeze({}) }) });

/**
 * The owners of a stored object: those kept with it, or else those that its history tells of; undefined
 * where somebody has wiped them.
 */
export function ownersOf(
  resource: Resource,
  record: KeyValue<KubeObject>,
): readonly ManagedFieldsEntry[] | undefined {
  return record.value?.metadata.managedFields ?? ownersByHistory(resource, record);
}

/** A stored object as it is shown to a request, which may want to know the owners of its fields. */
export function shown(ctx: RequestContext, record: KeyValue<KubeObject>): KubeObject {
  const object = record.value as KubeObject;
  if (ctx.options.managedFields !== true || object.metadata.managedFields !== undefined) return object;
  return withManaged(object, ownersByHistory(ctx.resource, record));
}

/** All fields as somebody's who wrote before anybody kept count. */
export function ownedBefore(writer: Writer, object: KubeObject): readonly ManagedFieldsEntry[] {
  return entriesOfCreation({ ...writer, manager: BEFORE, subresource: '' }, object);
}

function ownersByHistory(
  resource: Resource,
  last: KeyValue<KubeObject>,
): readonly ManagedFieldsEntry[] | undefined {
  const changes: KeyValue<KubeObject>[] = [];
  let first = last;
  while (first.version > 1 && first.previous?.value !== undefined) {
    changes.push(first);
    first = first.previous;
  }
  let old = first.value as Stored;
  const creator = writerOf(resource, first);
  let entries: readonly ManagedFieldsEntry[] | undefined =
    old.metadata.managedFields ??
    (first.version > 1 ? ownedBefore(creator, old) : entriesOfCreation(creator, old));
  for (const change of changes.reverse()) {
    const next = change.value as Stored;
    const isWiped: boolean = entries === undefined || old.metadata.managedFields !== undefined;
    entries =
      next.metadata.managedFields ??
      (isWiped ? undefined : afterChange(writerOf(resource, change), entries ?? [], next, old));
    old = next;
  }
  return entries;
}

function writerOf(resource: Resource, { cause, time }: KeyValue<KubeObject>): Writer {
  return { resource, manager: managerOfComponent(cause.component), subresource: '', time };
}

/** The owners after a recorded change: of the status and of the rest, each as its own subresource has it. */
function afterChange(
  writer: Writer,
  entries: readonly ManagedFieldsEntry[],
  next: Stored,
  old: Stored,
): readonly ManagedFieldsEntry[] {
  const between: Stored = { ...next, status: old.status };
  // A binding is written past those who keep count.
  const rest =
    writer.manager === 'kube-scheduler'
      ? entries
      : entriesAfterUpdate(subresourceOf(writer, between, old), entries, between, old);
  if (next.status === old.status || deepEqual(next.status, old.status)) return rest;
  return entriesAfterUpdate({ ...writer, subresource: 'status' }, rest, next, { ...old, ...between });
}

/** The writer as it wrote: a controller that changes the number of replicas only has scaled. */
function subresourceOf(writer: Writer, next: Stored, old: Stored): Writer {
  if (!writer.resource.subresources.has('scale') || writer.manager !== 'kube-controller-manager')
    return writer;
  const field = objectField(writer.resource.kind.schemaType);
  const changed = changedFields(specOf(next), specOf(old), field, schemaOf(writer.resource.kind));
  return deepEqual(changed, REPLICAS) ? { ...writer, subresource: 'scale' } : writer;
}

function specOf(object: Stored): Json {
  return { spec: (object as { readonly spec?: Json }).spec ?? {} };
}
