import { Interner } from '../apimachinery/intern.ts';
import type { ObjectMeta, OwnerReference } from './generated/types.ts';

/** What every API object has. Stored objects are frozen, complete and shared by all readers. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** The object's name; empty while the server has not generated it yet. */
export function nameOf(object: KubeObject): string {
  return object.metadata.name ?? '';
}

/** The object's namespace; empty for cluster-scoped objects. */
export function namespaceOf(object: KubeObject): string {
  return object.metadata.namespace ?? '';
}

/** The object's uid; empty before it was created. */
export function uidOf(object: KubeObject): string {
  return object.metadata.uid ?? '';
}

/** The store revision of this state of the object; 0 before it was created. */
export function revisionOf(object: KubeObject): number {
  const version = object.metadata.resourceVersion;
  return version === undefined ? 0 : Number(version);
}

/** client-go's cache key: `namespace/name`, or `name` for cluster-scoped objects. */
export function keyOf(object: KubeObject): string {
  return makeKey(object.metadata.namespace, object.metadata.name ?? '');
}

/** Components hear of an object at about the same time, and then share its key. */
const keys = new Interner(2048);

/** `keyOf` for who keeps the key: equal to those kept of late by others, and then the same. */
export function keptKeyOf(object: KubeObject): string {
  return keys.of(keyOf(object));
}

/** The cache key of a namespace (or none) and a name. */
export function makeKey(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Splits a cache key. The namespace is empty for cluster-scoped objects. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0
    ? { namespace: '', name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** True once the object is being deleted. */
export function isTerminating(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** The owner reference that has `controller: true`. At most one may. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  const references = object.metadata.ownerReferences;
  if (references === undefined) return undefined;
  for (let i = 0; i < references.length; i++) {
    const reference = references[i];
    if (reference?.controller === true) return reference;
  }
  return undefined;
}

/** The metadata without a finalizer; an empty list is none. */
export function withoutFinalizer(metadata: ObjectMeta, finalizer: string): ObjectMeta {
  const { finalizers, ...rest } = metadata;
  const left = (finalizers ?? []).filter((name) => name !== finalizer);
  return left.length === 0 ? rest : { ...rest, finalizers: left };
}
