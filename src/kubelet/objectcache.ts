import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import { makeKey, splitKey } from '../api/object.ts';
import type { WatchEvent, WatchHandle } from '../api/request.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import type { Client } from '../client/client.ts';
import type { Process } from '../sim/process.ts';

/** An object that pods refer to, or why it cannot be had. */
export type Lookup<T> =
  | { readonly ok: true; readonly object: T }
  | { readonly ok: false; readonly error: string; readonly notFound: boolean };

interface Item<T> {
  references: number;
  synced: boolean;
  object: T | undefined;
  watch: WatchHandle | undefined;
}

/** How long to wait after a lost watch before listing again, ms. */
const RELIST_MS = 1_000;

/**
 * The ConfigMaps or Secrets that the pods of this node refer to, each followed by a watch of its own
 * (pkg/kubelet/util/manager/watch_based_manager.go). A kubelet may not see the others.
 */
export class ObjectCache<T extends KubeObject> {
  readonly #process: Process;
  readonly #client: Client;
  readonly #kind: KindDefinition<T>;
  readonly #changed: (key: string) => void;
  readonly #items = new Map<string, Item<T>>();

  /** `changed` is called with `namespace/name` when an object that was seen before changes. */
  constructor(process: Process, client: Client, kind: KindDefinition<T>, changed: (key: string) => void) {
    this.#process = process;
    this.#client = client;
    this.#kind = kind;
    this.#changed = changed;
    process.onExit(() => {
      for (const item of this.#items.values()) item.watch?.stop();
    });
  }

  /** Takes note that a pod refers to the object. Every call needs a `release`. */
  acquire(key: string): void {
    const item = this.#items.get(key);
    if (item === undefined)
      this.#items.set(key, { references: 1, synced: false, object: undefined, watch: undefined });
    else item.references++;
  }

  /** With its last reference an object is forgotten. */
  release(key: string): void {
    const item = this.#items.get(key);
    if (item === undefined || --item.references > 0) return;
    item.watch?.stop();
    this.#items.delete(key);
  }

  /** The object as the cache has it; the first time it is fetched. */
  get(namespace: string, name: string): Lookup<T> {
    const key = makeKey(namespace, name);
    const item = this.#items.get(key);
    if (item === undefined)
      return { ok: false, error: `object ${goQuote(key)} not registered`, notFound: false };
    if (!item.synced) this.#list(key, item);
    const { singular } = this.#kind;
    if (!item.synced)
      return {
        ok: false,
        error: `failed to sync ${singular} cache: timed out waiting for the condition`,
        notFound: false,
      };
    if (item.object === undefined)
      return { ok: false, error: `${singular} ${goQuote(name)} not found`, notFound: true };
    return { ok: true, object: item.object };
  }

  #list(key: string, item: Item<T>): void {
    const { namespace, name } = splitKey(key);
    const options = { namespace, fieldSelector: `metadata.name=${name}` };
    const list = this.#client.list(this.#kind, options);
    if (!list.ok) return;
    item.object = list.value.items[0];
    item.synced = true;
    const { resourceVersion } = list.value;
    const watch = this.#client.watch(
      this.#kind,
      { ...options, resourceVersion },
      (event) => this.#event(key, item, event),
      () => this.#lost(key, item),
    );
    if (watch.ok) item.watch = watch.value;
    else this.#lost(key, item);
  }

  #event(key: string, item: Item<T>, event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK' || this.#items.get(key) !== item) return;
    if (event.type === 'ERROR') {
      item.watch?.stop();
      this.#lost(key, item);
      return;
    }
    item.object = event.type === 'DELETED' ? undefined : event.object;
    this.#changed(key);
  }

  /** What was seen stays valid; a list later tells whether anything was missed. */
  #lost(key: string, item: Item<T>): void {
    item.watch = undefined;
    this.#process.after(RELIST_MS, () => {
      if (this.#items.get(key) !== item || item.watch !== undefined) return;
      const before = item.object;
      this.#list(key, item);
      if (item.watch === undefined) this.#lost(key, item);
      else if (item.object?.metadata.resourceVersion !== before?.metadata.resourceVersion) this.#changed(key);
    });
  }
}
