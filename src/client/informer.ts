import type { KindDefinition } from '../api/kind.ts';
import { type KubeObject, keptKeyOf, keyOf, revisionOf } from '../api/object.ts';
import type { WatchEvent, WatchHandle } from '../api/request.ts';
import { isGone } from '../apimachinery/status.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';
import type { Client, ListOptions } from './client.ts';

/** What an informer selects; absent parts select everything. */
export interface InformerOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Called in the order things were learned. Handlers take note (enqueue a key), nothing more. */
export interface InformerHandler<T extends KubeObject> {
  add?(object: T): void;
  /** `old` is what the cache held before; both may be the same revision after a re-list. */
  update?(old: T, next: T): void;
  /** The last state known. After a gap in the watch it may be older than the object's real end. */
  delete?(object: T): void;
}

/** The list of values under which an object is filed. */
export type IndexFunction<T extends KubeObject> = (object: T) => readonly string[];

interface Index<T extends KubeObject> {
  readonly name: string;
  readonly values: IndexFunction<T>;
  readonly buckets: Map<string, Map<string, T>>;
}

/** client-go's reflector: 800 ms doubling to 30 s, with jitter (tools/cache/reflector.go). */
const BACKOFF_FIRST_MS = 800;
const BACKOFF_MAX_MS = 30_000;

/**
 * A cache of one kind that lists once and then follows a watch: client-go's shared informer. After
 * a lost connection it watches on from the last revision it saw; after 410 Gone it lists anew and
 * reports the difference. It forgets everything with its process.
 */
export class Informer<T extends KubeObject> {
  readonly kind: KindDefinition<T>;
  readonly #process: Process;
  readonly #client: Client;
  readonly #options: InformerOptions;
  readonly #objects = new Map<string, T>();
  readonly #handlers: InformerHandler<T>[] = [];
  /** A list, for there are few, and in most informers none. */
  readonly #indexes: Index<T>[] = [];
  #watch: WatchHandle | undefined;
  #retry: ProcessTimer | undefined;
  #backoff = BACKOFF_FIRST_MS;
  #resourceVersion = '';
  #synced = false;
  #started = false;
  #stopped = false;

  constructor(process: Process, client: Client, kind: KindDefinition<T>, options: InformerOptions = {}) {
    this.#process = process;
    this.#client = client;
    this.kind = kind;
    this.#options = options;
    process.onExit(() => this.#watch?.stop());
  }

  /** True once the first list has arrived. Decisions made before that would be made blind. */
  get synced(): boolean {
    return this.#synced;
  }

  /** How many objects are cached. */
  get size(): number {
    return this.#objects.size;
  }

  /** Adds a handler; objects already cached are reported to it at once. */
  addHandler(handler: InformerHandler<T>): void {
    this.#handlers.push(handler);
    if (handler.add !== undefined) for (const object of this.#objects.values()) handler.add(object);
  }

  /** Files objects under values, for `byIndex`. Adding an index that exists changes nothing. */
  addIndex(name: string, values: IndexFunction<T>): void {
    if (this.#index(name) !== undefined) return;
    const index: Index<T> = { name, values, buckets: new Map() };
    this.#indexes.push(index);
    for (const [key, object] of this.#objects) file(index, key, object, values(object));
  }

  /** Lists and watches. Starting twice changes nothing. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#list();
  }

  /** Ends it for good: the kind is not served any more. What was cached is forgotten without a word. */
  stop(): void {
    this.#stopped = true;
    this.#watch?.stop();
    this.#process.cancel(this.#retry);
  }

  /** The object with a cache key (`namespace/name`). */
  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  /** All cached objects, in the order they were first seen. Do not keep the iterator over events. */
  list(): IterableIterator<T> {
    return this.#objects.values();
  }

  /** The objects filed under a value; a fresh array. */
  byIndex(name: string, value: string): T[] {
    const index = this.#index(name);
    if (index === undefined) throw new Error(`informer ${this.kind.plural}: no index ${name}`);
    const bucket = index.buckets.get(value);
    return bucket === undefined ? [] : [...bucket.values()];
  }

  /** How many objects are filed under a value, without listing them. */
  countByIndex(name: string, value: string): number {
    return this.#index(name)?.buckets.get(value)?.size ?? 0;
  }

  #index(name: string): Index<T> | undefined {
    return this.#indexes.find((index) => index.name === name);
  }

  #listOptions(): ListOptions {
    return this.#options;
  }

  #list(): void {
    const result = this.#client.list(this.kind, this.#listOptions());
    if (!result.ok) {
      this.#retryLater(() => this.#list());
      return;
    }
    this.#resourceVersion = result.value.resourceVersion;
    this.#replace(result.value.items);
    this.#synced = true;
    this.#follow();
  }

  #follow(): void {
    const result = this.#client.watch(
      this.kind,
      { ...this.#listOptions(), resourceVersion: this.#resourceVersion, allowWatchBookmarks: true },
      (event) => this.#event(event),
      () => this.#closed(),
    );
    if (result.ok) {
      this.#watch = result.value;
      this.#backoff = BACKOFF_FIRST_MS;
    } else if (isGone(result.status)) {
      this.#retryLater(() => this.#list());
    } else {
      this.#retryLater(() => this.#follow());
    }
  }

  #closed(): void {
    this.#watch = undefined;
    this.#retryLater(() => this.#follow());
  }

  #retryLater(run: () => void): void {
    if (this.#stopped) return;
    this.#process.cancel(this.#retry);
    const delay = this.#backoff * (1 + this.#process.random.float());
    this.#backoff = Math.min(this.#backoff * 2, BACKOFF_MAX_MS);
    this.#retry = this.#process.after(delay, run);
  }

  #event(event: WatchEvent<T>): void {
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
        this.#put(event.object);
        return;
      case 'DELETED':
        this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
        this.#remove(keyOf(event.object), event.object);
        return;
      case 'BOOKMARK':
        this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
        return;
      case 'ERROR':
        this.#watch?.stop();
        this.#watch = undefined;
        this.#retryLater(() => (isGone(event.status) ? this.#list() : this.#follow()));
        return;
    }
  }

  #replace(items: readonly T[]): void {
    const seen = new Set<string>();
    for (const item of items) seen.add(keyOf(item));
    for (const [key, object] of [...this.#objects]) if (!seen.has(key)) this.#remove(key, object);
    for (const item of items) this.#put(item);
  }

  #put(object: T): void {
    const key = keyOf(object);
    let old = this.#objects.get(key);
    if (old !== undefined && old.metadata.uid !== object.metadata.uid) {
      // Deleted and made anew while we were not looking: another object under the same name.
      this.#remove(key, old);
      old = undefined;
    }
    // A watch resumed after a list may repeat what the list already showed.
    if (old !== undefined && revisionOf(old) >= revisionOf(object)) return;
    const kept = old === undefined ? keptKeyOf(object) : key;
    this.#objects.set(kept, object);
    for (const index of this.#indexes) refile(index, kept, old, object);
    for (const handler of this.#handlers) {
      if (old === undefined) handler.add?.(object);
      else handler.update?.(old, object);
    }
  }

  #remove(key: string, last: T): void {
    const old = this.#objects.get(key);
    if (old === undefined) return;
    this.#objects.delete(key);
    for (const index of this.#indexes) unfile(index, key, index.values(old));
    for (const handler of this.#handlers) handler.delete?.(last);
  }
}

function file<T extends KubeObject>(
  index: Index<T>,
  key: string,
  object: T,
  values: readonly string[],
): void {
  for (const value of values) {
    let bucket = index.buckets.get(value);
    if (bucket === undefined) {
      bucket = new Map();
      index.buckets.set(value, bucket);
    }
    bucket.set(key, object);
  }
}

function unfile<T extends KubeObject>(index: Index<T>, key: string, values: readonly string[]): void {
  for (const value of values) {
    const bucket = index.buckets.get(value);
    if (bucket === undefined) continue;
    bucket.delete(key);
    if (bucket.size === 0) index.buckets.delete(value);
  }
}

function refile<T extends KubeObject>(index: Index<T>, key: string, old: T | undefined, next: T): void {
  if (old !== undefined) {
    const before = index.values(old);
    const after = index.values(next);
    // Most updates keep the object in its buckets: replace it there, keep the order.
    const moved = !isSameList(before, after);
    if (moved) unfile(index, key, before);
    file(index, moved ? keptKeyOf(next) : key, next, after);
  } else file(index, key, next, index.values(next));
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Hands out one informer for each kind and selection of a process: client-go's informer factory. */
export class InformerFactory {
  readonly #process: Process;
  readonly #client: Client;
  readonly #informers = new Map<string, { start(): void; readonly synced: boolean }>();

  constructor(process: Process, client: Client) {
    this.#process = process;
    this.#client = client;
  }

  /** The shared informer for a selection; made on first use. */
  informer<T extends KubeObject>(kind: KindDefinition<T>, options: InformerOptions = {}): Informer<T> {
    const id = [
      kind.group,
      kind.version,
      kind.plural,
      options.namespace,
      options.labelSelector,
      options.fieldSelector,
    ].join('|');
    const known = this.#informers.get(id);
    // The id names the kind, so an informer found under it is of that kind's type.
    if (known !== undefined) return known as Informer<T>;
    const informer = new Informer(this.#process, this.#client, kind, options);
    this.#informers.set(id, informer);
    return informer;
  }

  /** Ends an informer and forgets it: who asks for one of its kind later gets a new one. */
  stop<T extends KubeObject>(informer: Informer<T>): void {
    informer.stop();
    for (const [id, known] of this.#informers) if (known === informer) this.#informers.delete(id);
  }

  /** Starts every informer handed out so far. */
  start(): void {
    for (const informer of this.#informers.values()) informer.start();
  }

  /** True once every informer has its first list. */
  get synced(): boolean {
    for (const informer of this.#informers.values()) if (!informer.synced) return false;
    return true;
  }
}
