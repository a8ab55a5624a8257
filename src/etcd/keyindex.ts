import sortedBtree from 'sorted-btree';
import { NOWHERE } from './log.ts';

// The package is CommonJS: depending on the loader, its class is what is imported or the `default` of it.
const BTree =
  (sortedBtree as { readonly default?: unknown }).default === undefined
    ? (sortedBtree as unknown as typeof sortedBtree.default)
    : sortedBtree.default;

/** Every key ever written and not forgotten, with the place of its last change: etcd's tree index. */
export class KeyIndex {
  readonly #last = new Map<string, number>();
  /** The keys in order, but for those in `#fresh`: sorting them in is left until somebody asks for a range. */
  readonly #sorted: InstanceType<typeof BTree<string, undefined>> = new BTree(undefined, compareKeys);
  #fresh: string[] = [];

  /** The place of a key's last change, which may be a tombstone; NOWHERE if there is none. */
  get(key: string): number {
    return this.#last.get(key) ?? NOWHERE;
  }

  /** Notes a key's last change; `previous` is the one before it. */
  set(key: string, place: number, previous: number): void {
    this.#last.set(key, place);
    if (previous === NOWHERE) this.#fresh.push(key);
  }

  /** Forgets a key altogether. */
  delete(key: string): void {
    this.#sort().delete(key);
    this.#last.delete(key);
  }

  /** Keys and the places of their last changes, in no particular order. */
  entries(): IterableIterator<[string, number]> {
    return this.#last.entries();
  }

  /** The places of the last changes of the keys under a prefix, in key order, from a key on. */
  *under(prefix: string, from: string = prefix): Generator<number, void, undefined> {
    for (const key of this.#sort().keys(from)) {
      if (!key.startsWith(prefix)) return;
      yield this.get(key);
    }
  }

  #sort(): InstanceType<typeof BTree<string, undefined>> {
    if (this.#fresh.length === 0) return this.#sorted;
    // In order, neighbours go into the same leaf of the tree one after the other.
    for (const key of this.#fresh.sort(compareKeys)) this.#sorted.set(key, undefined);
    this.#fresh = [];
    return this.#sorted;
  }
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
