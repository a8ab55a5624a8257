import type { OwnerReference } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { builtinKinds } from '../api/kinds/registry.ts';
import {
  isTerminating,
  type KubeObject,
  makeKey,
  nameOf,
  namespaceOf,
  revisionOf,
  uidOf,
} from '../api/object.ts';
import { flat } from '../apimachinery/intern.ts';
import { isConflict, isNotFound, type Status } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import { KindFollower } from '../client/kindfollower.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';

const NAME = 'garbage-collector-controller';
const ACCOUNT = 'generic-garbage-collector';
const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
/** Events are too many and own nothing (upstream ignores them too). */
const IGNORED = new Set(['events']);

/** An object in the queue, by kind and place: `plural.group|namespace/name`. */
interface Item {
  readonly kind: KindDefinition;
  readonly namespace: string;
  readonly name: string;
}

type OwnerState = 'solid' | 'absent' | 'waiting';

/**
 * Deletes what has lost its last owner, and holds owners back while their dependents go first
 * (pkg/controller/garbagecollector). It knows the dependents of each uid from the shared caches, and
 * asks the server before it believes that an owner is gone.
 */
class GarbageCollector {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #loop: Controller;
  readonly #follower: KindFollower;
  readonly #informers = new Map<string, Informer<KubeObject>>();
  /** Owner uid -> item keys of the objects that refer to it. */
  readonly #dependents = new Map<string, Set<string>>();

  constructor(context: ControllerContext) {
    this.#client = context.clientFor(ACCOUNT);
    this.#recorder = context.recorderFor(NAME, this.#client);
    this.#loop = new Controller({
      process: context.process,
      client: this.#client,
      workers: 20,
      ready: () => [...this.#informers.values()].every((informer) => informer.synced),
      reconcile: (key) => this.#attempt(key),
    });
    this.#follower = new KindFollower(context.process, this.#client, builtinKinds, {
      added: (kind) => this.#follow(context, kind),
      removed: (kind) => this.#forget(context, kind),
    });
  }

  #follow(context: ControllerContext, kind: KindDefinition): void {
    if ((kind.custom === undefined && IGNORED.has(kind.plural)) || kind.verbs?.includes('watch') === false)
      return;
    const informer = context.informers.informer(kind);
    this.#informers.set(resourceOf(kind), informer);
    informer.addHandler({
      add: (object) => this.#added(kind, object),
      update: (old, object) => this.#updated(kind, old, object),
      delete: (object) => this.#deleted(kind, object),
    });
    if (kind.custom !== undefined) informer.start();
  }

  #forget(context: ControllerContext, kind: KindDefinition): void {
    const informer = this.#informers.get(resourceOf(kind));
    if (informer === undefined) return;
    for (const object of informer.list()) this.#unlink(kind, object, object.metadata.ownerReferences ?? []);
    context.informers.stop(informer);
    this.#informers.delete(resourceOf(kind));
  }

  #kindOf(apiVersion: string, kind: string): KindDefinition | undefined {
    return builtinKinds.byGVK(apiVersion, kind) ?? this.#follower.kinds.byGVK(apiVersion, kind);
  }

  #parseItem(key: string): Item | undefined {
    const [apiVersion = '', kindName = '', namespace = '', name = ''] = key.split('|');
    const kind = this.#kindOf(apiVersion, kindName);
    return kind === undefined ? undefined : { kind, namespace, name };
  }

  #added(kind: KindDefinition, object: KubeObject): void {
    const owners = object.metadata.ownerReferences;
    if (owners !== undefined && owners.length > 0) {
      this.#link(kind, object, owners);
      if (owners.some((owner) => !this.#seems(owner, namespaceOf(object)))) this.#enqueue(kind, object);
    }
    if (waitsForUs(object)) this.#enqueue(kind, object);
  }

  #updated(kind: KindDefinition, old: KubeObject, object: KubeObject): void {
    const before = old.metadata.ownerReferences;
    const after = object.metadata.ownerReferences;
    if (before !== after) {
      this.#unlink(kind, old, before ?? []);
      this.#link(kind, object, after ?? []);
      if ((after ?? []).some((owner) => !this.#seems(owner, namespaceOf(object))))
        this.#enqueue(kind, object);
      // An owner that waits for its dependents has one less to wait for.
      for (const owner of before ?? []) this.#wakeOwner(owner, namespaceOf(object), revisionOf(object));
    }
    if (waitsForUs(object)) this.#enqueue(kind, object);
  }

  #deleted(kind: KindDefinition, object: KubeObject): void {
    const owners = object.metadata.ownerReferences ?? [];
    this.#unlink(kind, object, owners);
    for (const owner of owners) this.#wakeOwner(owner, namespaceOf(object), revisionOf(object));
    for (const dependent of this.#dependents.get(uidOf(object)) ?? [])
      this.#loop.queue.add(dependent, revisionOf(object));
  }

  #link(kind: KindDefinition, object: KubeObject, owners: readonly OwnerReference[]): void {
    const key = flat(itemKey(kind, object));
    for (const owner of owners) {
      let set = this.#dependents.get(owner.uid);
      if (set === undefined) {
        set = new Set();
        this.#dependents.set(owner.uid, set);
      }
      set.add(key);
    }
  }

  #unlink(kind: KindDefinition, object: KubeObject, owners: readonly OwnerReference[]): void {
    const key = itemKey(kind, object);
    for (const owner of owners) {
      const set = this.#dependents.get(owner.uid);
      if (set === undefined) continue;
      set.delete(key);
      if (set.size === 0) this.#dependents.delete(owner.uid);
    }
  }

  #enqueue(kind: KindDefinition, object: KubeObject): void {
    this.#loop.queue.add(itemKey(kind, object), revisionOf(object));
  }

  #wakeOwner(owner: OwnerReference, namespace: string, trigger: number): void {
    const kind = this.#kindOf(owner.apiVersion, owner.kind);
    const cached = kind === undefined ? undefined : this.#cached(kind, owner, namespace);
    if (kind !== undefined && cached !== undefined && waitsForUs(cached))
      this.#loop.queue.add(itemKey(kind, cached), trigger);
  }

  /** The owner as the cache shows it, if it is the one meant. */
  #cached(kind: KindDefinition, owner: OwnerReference, namespace: string): KubeObject | undefined {
    const informer = this.#informers.get(resourceOf(kind));
    const object = informer?.get(makeKey(kind.namespaced ? namespace : '', owner.name));
    return object !== undefined && uidOf(object) === owner.uid ? object : undefined;
  }

  /** Whether the cache gives no reason to doubt the owner. */
  #seems(owner: OwnerReference, namespace: string): boolean {
    const kind = this.#kindOf(owner.apiVersion, owner.kind);
    return kind !== undefined && this.#cached(kind, owner, namespace) !== undefined;
  }

  #attempt(key: string): ReconcileResult {
    const item = this.#parseItem(key);
    if (item === undefined) return DONE;
    const current = this.#client.get(item.kind, item.name, item.namespace);
    if (!current.ok) return isNotFound(current.status) ? DONE : retry(current.status);
    const object = current.value;
    if (isTerminating(object)) {
      const finalizers = object.metadata.finalizers ?? [];
      if (finalizers.includes(ORPHAN)) return this.#orphanDependents(item, object);
      if (finalizers.includes(FOREGROUND)) return this.#deleteDependents(item, object);
      return DONE;
    }
    return this.#collect(item, object);
  }

  /** Deletes the object if none of its owners stands; drops dangling references if one does. */
  #collect(item: Item, object: KubeObject): ReconcileResult {
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0) return DONE;
    const states = new Map<OwnerReference, OwnerState>();
    for (const owner of owners) {
      const state = this.#ownerState(owner, object);
      if (typeof state !== 'string') return retry(state);
      states.set(owner, state);
    }
    const solid = owners.filter((owner) => states.get(owner) === 'solid');
    if (solid.length > 0) {
      if (solid.length === owners.length) return DONE;
      const gone = owners.filter((owner) => states.get(owner) !== 'solid').map((owner) => owner.uid);
      return settled(this.#dropOwners(item, object, gone));
    }
    const waiting = owners.some((owner) => states.get(owner) === 'waiting');
    const hasDependents = (this.#dependents.get(uidOf(object))?.size ?? 0) > 0;
    const finalizers = object.metadata.finalizers ?? [];
    if (waiting && hasDependents) {
      const refused = this.#breakCircle(item, object);
      if (refused !== undefined) return settled(refused);
    }
    const policy =
      finalizers.includes(FOREGROUND) || (waiting && hasDependents)
        ? 'Foreground'
        : finalizers.includes(ORPHAN)
          ? 'Orphan'
          : 'Background';
    const result = this.#client.delete(item.kind, item.name, item.namespace, {
      propagationPolicy: policy,
      preconditions: { uid: uidOf(object) },
    });
    return settled(result.ok ? undefined : result.status);
  }

  /**
   * When a dependent of the object itself waits for its dependents, the two may wait for each other for
   * ever: then the object blocks no owner any more (unblockOwnerReferencesStrategicMergePatch).
   */
  #breakCircle(item: Item, object: KubeObject): Status | undefined {
    const dependents = [...(this.#dependents.get(uidOf(object)) ?? [])];
    const circular = dependents.some((key) => {
      const dependent = this.#cachedItem(key);
      return dependent !== undefined && isDeletingDependents(dependent);
    });
    const owners = object.metadata.ownerReferences ?? [];
    if (!circular || !owners.some((owner) => owner.blockOwnerDeletion === true)) return undefined;
    const ownerReferences = owners.map((owner) => ({ ...owner, blockOwnerDeletion: false }));
    const next = { ...object, metadata: { ...object.metadata, ownerReferences } };
    const result = this.#client.update(item.kind, next);
    return result.ok ? undefined : result.status;
  }

  #cachedItem(key: string): KubeObject | undefined {
    const item = this.#parseItem(key);
    return item === undefined
      ? undefined
      : this.#informers.get(resourceOf(item.kind))?.get(makeKey(item.namespace, item.name));
  }

  #ownerState(owner: OwnerReference, object: KubeObject): OwnerState | Status {
    const kind = this.#kindOf(owner.apiVersion, owner.kind);
    // A kind this cluster does not have cannot be judged; upstream waits until it can.
    if (kind === undefined) return 'solid';
    if (kind.namespaced && namespaceOf(object) === '') return 'absent';
    const found = this.#client.get(kind, owner.name, namespaceOf(object));
    if (!found.ok) {
      if (!isNotFound(found.status)) return found.status;
      this.#warnElsewhere(kind, owner, object);
      return 'absent';
    }
    if (uidOf(found.value) !== owner.uid) return 'absent';
    return isDeletingDependents(found.value) ? 'waiting' : 'solid';
  }

  /** An owner in another namespace can never be found; the player is told what is wrong. */
  #warnElsewhere(kind: KindDefinition, owner: OwnerReference, object: KubeObject): void {
    if (!kind.namespaced) return;
    for (const candidate of this.#informers.get(resourceOf(kind))?.list() ?? []) {
      if (uidOf(candidate) !== owner.uid) continue;
      const reference = `[${owner.apiVersion}/${owner.kind}, namespace: ${namespaceOf(object)}, name: ${owner.name}, uid: ${owner.uid}]`;
      const message = `ownerRef ${reference} does not exist in namespace "${namespaceOf(object)}"`;
      this.#recorder.event(object, 'Warning', 'OwnerRefInvalidNamespace', message);
      return;
    }
  }

  #deleteDependents(item: Item, object: KubeObject): ReconcileResult {
    let blocking = 0;
    for (const key of this.#dependents.get(uidOf(object)) ?? []) {
      const cached = this.#cachedItem(key);
      if (cached === undefined) continue;
      const reference = cached.metadata.ownerReferences?.find((owner) => owner.uid === uidOf(object));
      if (reference?.blockOwnerDeletion === true) blocking++;
      if (!isTerminating(cached)) this.#loop.queue.add(key, revisionOf(object));
    }
    // Each dependent that goes wakes this owner again.
    return blocking > 0 ? DONE : settled(this.#dropFinalizer(item, object, FOREGROUND));
  }

  #orphanDependents(item: Item, object: KubeObject): ReconcileResult {
    for (const key of [...(this.#dependents.get(uidOf(object)) ?? [])]) {
      const dependent = this.#parseItem(key);
      if (dependent === undefined) continue;
      const current = this.#client.get(dependent.kind, dependent.name, dependent.namespace);
      if (!current.ok) {
        if (isNotFound(current.status)) continue;
        return retry(current.status);
      }
      const failure = this.#dropOwners(dependent, current.value, [uidOf(object)]);
      if (failure !== undefined && !isNotFound(failure)) return retry(failure);
    }
    return settled(this.#dropFinalizer(item, object, ORPHAN));
  }

  #dropOwners(item: Item, object: KubeObject, uids: readonly string[]): Status | undefined {
    const owners = object.metadata.ownerReferences ?? [];
    const kept = owners.filter((owner) => !uids.includes(owner.uid));
    if (kept.length === owners.length) return undefined;
    const { ownerReferences: _, ...metadata } = object.metadata;
    const next = {
      ...object,
      metadata: kept.length === 0 ? metadata : { ...metadata, ownerReferences: kept },
    };
    const result = this.#client.update(item.kind, next);
    return result.ok ? undefined : result.status;
  }

  #dropFinalizer(item: Item, object: KubeObject, finalizer: string): Status | undefined {
    const finalizers = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
    const result = this.#client.update(item.kind, {
      ...object,
      metadata: { ...object.metadata, finalizers },
    });
    return result.ok ? undefined : result.status;
  }
}

/** Being deleted in the foreground: it waits for its dependents. */
function isDeletingDependents(object: KubeObject): boolean {
  return isTerminating(object) && object.metadata.finalizers?.includes(FOREGROUND) === true;
}

/** Being deleted, and held by one of the garbage collector's own finalizers. */
function waitsForUs(object: KubeObject): boolean {
  if (!isTerminating(object)) return false;
  const finalizers = object.metadata.finalizers;
  return finalizers !== undefined && (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN));
}

function settled(failure: Status | undefined): ReconcileResult {
  if (failure === undefined || isNotFound(failure)) return DONE;
  // A conflict on the uid precondition means that the object is a new one: the retry will see that.
  return isConflict(failure) ? retry('the object has changed') : retry(failure);
}

function resourceOf(kind: KindDefinition): string {
  return `${kind.plural}.${kind.group}`;
}

function itemKey(kind: KindDefinition, object: KubeObject): string {
  return `${kind.group === '' ? 'v1' : `${kind.group}/${kind.version}`}|${kind.kind}|${namespaceOf(object)}|${nameOf(object)}`;
}

export const garbageCollector: ControllerDefinition = {
  name: NAME,
  start: (context) => void new GarbageCollector(context),
};
