import type { KindDefinition } from '../api/kind.ts';
import { apiVersionOf } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import { nameOf, namespaceOf } from '../api/object.ts';
import { tooOldResourceVersion } from '../apimachinery/status.ts';
import type { KeyValue } from '../etcd/store.ts';
import { ChangeRing } from './changering.ts';
import { fieldOfObject, type Selection } from './selection.ts';
import { type Change, Deletion, type Watcher, write } from './watcher.ts';

/** The objects of one namespace, or of a cluster-scoped resource. */
interface Bucket {
  readonly objects: Map<string, KubeObject>;
  /** The names in order; undefined after one came or went. */
  names: string[] | undefined;
}

/** Fields by which kubelets and others watch: objects and watchers are filed under their values. */
const INDEXED_FIELDS: Readonly<Record<string, string>> = { pods: 'spec.nodeName' };

/**
 * The current objects of one resource, its recent changes, and its watchers
 * (staging apiserver pkg/storage/cacher). It is fed with each commit, inside the commit: it only
 * takes note and queues events.
 */
export class WatchCache {
  readonly kind: KindDefinition;
  readonly #buckets = new Map<string, Bucket>();
  #namespaces: string[] | undefined;
  readonly #indexedField: string | undefined;
  readonly #byField = new Map<string, Map<string, KubeObject>>();
  #size = 0;
  /** The revision as of which this cache was filled: older changes are unknown to it. */
  readonly #since: number;
  readonly #recent = new ChangeRing();
  readonly #watchers = new Set<Watcher>();
  readonly #unfiled = new Set<Watcher>();
  readonly #inNamespace = new Map<string, Set<Watcher>>();
  readonly #ofName = new Map<string, Set<Watcher>>();
  readonly #ofField = new Map<string, Set<Watcher>>();

  /** A cache as of a revision, with the objects that existed then. */
  constructor(kind: KindDefinition, since: number) {
    this.kind = kind;
    this.#since = since;
    this.#indexedField = kind.group === '' ? INDEXED_FIELDS[kind.plural] : undefined;
  }

  get size(): number {
    return this.#size;
  }

  get watchers(): ReadonlySet<Watcher> {
    return this.#watchers;
  }

  get(namespace: string, name: string): KubeObject | undefined {
    return this.#buckets.get(namespace)?.objects.get(name);
  }

  /** The objects of a namespace, in no particular order. */
  inNamespace(namespace: string): Iterable<KubeObject> {
    return this.#buckets.get(namespace)?.objects.values() ?? [];
  }

  /** The objects filed under a value of the indexed field, in no particular order. */
  withField(value: string): Iterable<KubeObject> {
    return this.#byField.get(value)?.values() ?? [];
  }

  /** Every object, in no particular order. */
  *all(): Generator<KubeObject, void, undefined> {
    for (const bucket of this.#buckets.values()) yield* bucket.objects.values();
  }

  /** The selected objects in key order: namespace, then name. */
  select(selection: Selection): KubeObject[] {
    const { namespace, name } = selection;
    if (name !== undefined && (namespace !== '' || !this.kind.namespaced)) {
      const object = this.get(namespace, name);
      return object !== undefined && selection.matches(object) ? [object] : [];
    }
    const value = this.#indexValueOf(selection);
    if (value !== undefined) return this.#selectByField(selection, value);
    const out: KubeObject[] = [];
    if (namespace !== '' || !this.kind.namespaced) this.#selectFrom(namespace, selection, out);
    else for (const each of this.#sortedNamespaces()) this.#selectFrom(each, selection, out);
    return out;
  }

  #selectByField(selection: Selection, value: string): KubeObject[] {
    const out: KubeObject[] = [];
    for (const object of this.#byField.get(value)?.values() ?? []) {
      if (selection.namespace !== '' && namespaceOf(object) !== selection.namespace) continue;
      if (selection.matches(object)) out.push(object);
    }
    return out.sort(byKey);
  }

  #selectFrom(namespace: string, selection: Selection, out: KubeObject[]): void {
    const bucket = this.#buckets.get(namespace);
    if (bucket === undefined) return;
    bucket.names ??= [...bucket.objects.keys()].sort();
    for (const name of bucket.names) {
      const object = bucket.objects.get(name) as KubeObject;
      if (selection.everything || selection.matches(object)) out.push(object);
    }
  }

  #sortedNamespaces(): readonly string[] {
    this.#namespaces ??= [...this.#buckets.keys()].sort();
    return this.#namespaces;
  }

  /** Fills the cache at the start: an object that existed before it. */
  load(object: KubeObject): void {
    this.#put(object);
  }

  /** Takes note of a commit and queues it for the watchers it concerns. */
  apply(record: KeyValue<KubeObject>): void {
    const previous = record.previous?.value;
    const change = changeOf(record, previous);
    if (change === undefined) return;
    if (change.deleted) this.#remove(change.object);
    else this.#put(change.object);
    this.#recent.add(change);
    if (this.#watchers.size > 0) this.#dispatch(change);
  }

  #put(object: KubeObject): void {
    const namespace = namespaceOf(object);
    let bucket = this.#buckets.get(namespace);
    if (bucket === undefined) {
      bucket = { objects: new Map(), names: undefined };
      this.#buckets.set(namespace, bucket);
      this.#namespaces = undefined;
    }
    const name = nameOf(object);
    const old = bucket.objects.get(name);
    bucket.objects.set(name, object);
    if (old === undefined) {
      bucket.names = undefined;
      this.#size++;
    }
    if (this.#indexedField !== undefined) this.#index(this.#indexedField, object, old);
  }

  #remove(object: KubeObject): void {
    const namespace = namespaceOf(object);
    const bucket = this.#buckets.get(namespace);
    const old = bucket?.objects.get(nameOf(object));
    if (bucket === undefined || old === undefined) return;
    bucket.objects.delete(nameOf(object));
    bucket.names = undefined;
    this.#size--;
    if (bucket.objects.size === 0) {
      this.#buckets.delete(namespace);
      this.#namespaces = undefined;
    }
    if (this.#indexedField !== undefined) this.#unindex(this.#indexedField, old);
  }

  #index(field: string, object: KubeObject, old: KubeObject | undefined): void {
    const value = fieldOfObject(this.kind, object, field) ?? '';
    if (old !== undefined && (fieldOfObject(this.kind, old, field) ?? '') !== value)
      this.#unindex(field, old);
    if (value === '') return;
    let filed = this.#byField.get(value);
    if (filed === undefined) {
      filed = new Map();
      this.#byField.set(value, filed);
    }
    filed.set(object.metadata.uid ?? '', object);
  }

  #unindex(field: string, old: KubeObject): void {
    const value = fieldOfObject(this.kind, old, field) ?? '';
    const filed = this.#byField.get(value);
    if (filed === undefined) return;
    filed.delete(old.metadata.uid ?? '');
    if (filed.size === 0) this.#byField.delete(value);
  }

  /** Sends a watcher what happened after `from`, or ends it with 410 when that is not known any more. */
  resume(watcher: Watcher, from: number): void {
    const oldest = this.#recent.lost ?? this.#since;
    if (from < oldest) {
      watcher.end(tooOldResourceVersion(from, oldest));
      return;
    }
    for (const change of this.#recent.after(from)) watcher.offer(change);
  }

  /** Adds a watcher: from now on it hears of changes. */
  attach(watcher: Watcher): void {
    this.#watchers.add(watcher);
    const [drawer, key] = this.#drawerOf(watcher.selection);
    if (drawer === undefined) {
      this.#unfiled.add(watcher);
      return;
    }
    const filed = drawer.get(key);
    if (filed === undefined) drawer.set(key, new Set([watcher]));
    else filed.add(watcher);
  }

  detach(watcher: Watcher): void {
    if (!this.#watchers.delete(watcher)) return;
    const [drawer, key] = this.#drawerOf(watcher.selection);
    if (drawer === undefined) {
      this.#unfiled.delete(watcher);
      return;
    }
    const filed = drawer.get(key);
    filed?.delete(watcher);
    if (filed?.size === 0) drawer.delete(key);
  }

  /** Where a watcher is filed, so that a change finds only those it may concern. */
  #drawerOf(selection: Selection): readonly [Map<string, Set<Watcher>> | undefined, string] {
    if (selection.name !== undefined) return [this.#ofName, selection.name];
    const value = this.#indexValueOf(selection);
    if (value !== undefined) return [this.#ofField, value];
    return selection.namespace === '' ? [undefined, ''] : [this.#inNamespace, selection.namespace];
  }

  #indexValueOf(selection: Selection): string | undefined {
    if (this.#indexedField === undefined || selection.fields.isEmpty()) return undefined;
    const value = selection.fields.requiresExactMatch(this.#indexedField);
    return value === '' ? undefined : value;
  }

  #dispatch(change: Change): void {
    for (const watcher of this.#unfiled) watcher.offer(change);
    if (this.#inNamespace.size > 0) tell(this.#inNamespace.get(namespaceOf(change.object)), change);
    if (this.#ofName.size > 0) tell(this.#ofName.get(nameOf(change.object)), change);
    if (this.#indexedField === undefined || this.#ofField.size === 0) return;
    const now = fieldOfObject(this.kind, change.object, this.#indexedField) ?? '';
    if (now !== '') tell(this.#ofField.get(now), change);
    if (change.previous === undefined) return;
    const before = fieldOfObject(this.kind, change.previous, this.#indexedField) ?? '';
    if (before !== now && before !== '') tell(this.#ofField.get(before), change);
  }
}

/** The BOOKMARK event of a kind: everything up to `revision` has been delivered. */
export function bookmark(
  kind: KindDefinition,
  revision: number,
  initialEventsEnd = false,
): {
  readonly type: 'BOOKMARK';
  readonly object: KubeObject;
} {
  const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  const metadata = { ...annotations, resourceVersion: String(revision) };
  return { type: 'BOOKMARK', object: { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata } };
}

function tell(watchers: Set<Watcher> | undefined, change: Change): void {
  if (watchers !== undefined) for (const watcher of watchers) watcher.offer(change);
}

function changeOf(record: KeyValue<KubeObject>, previous: KubeObject | undefined): Change | undefined {
  const { value, modRevision } = record;
  if (value !== undefined) return write(value, previous);
  return previous === undefined ? undefined : new Deletion(previous, modRevision);
}

function byKey(a: KubeObject, b: KubeObject): number {
  const [x, y] = [namespaceOf(a), namespaceOf(b)];
  if (x !== y) return x < y ? -1 : 1;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
