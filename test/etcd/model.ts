/**
 * What a revisioned store is, in as few words as possible: the whole content after every revision.
 * Far too slow to use, and plain enough to trust.
 */

/** A live key as the model knows it. */
export interface ModelKey {
  readonly value: string;
  readonly modRevision: number;
  readonly createRevision: number;
  readonly version: number;
}

export type ModelOp =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'deletePrefix'; readonly prefix: string };

type Content = ReadonlyMap<string, ModelKey>;

export class Model {
  /** The content at each revision; revision 1 is empty. */
  readonly #at: Content[] = [new Map(), new Map()];

  get revision(): number {
    return this.#at.length - 1;
  }

  content(revision = this.revision): Content {
    return this.#at[revision] ?? new Map();
  }

  /** Runs operations as one revision; without a write there is none. */
  txn(ops: readonly ModelOp[]): void {
    const revision = this.revision + 1;
    const next = new Map(this.content());
    let wrote = false;
    for (const op of ops) {
      if (op.type === 'put') {
        const old = next.get(op.key);
        const { createRevision, version } = old ?? { createRevision: revision, version: 0 };
        next.set(op.key, { value: op.value, modRevision: revision, createRevision, version: version + 1 });
        wrote = true;
        continue;
      }
      for (const key of [...next.keys()]) {
        if (op.type === 'delete' ? key !== op.key : !key.startsWith(op.prefix)) continue;
        next.delete(key);
        wrote = true;
      }
    }
    if (wrote) this.#at.push(next);
  }

  /** The live keys under a prefix, in order. */
  range(prefix: string, revision?: number): [string, ModelKey][] {
    const found = [...this.content(revision)].filter(([key]) => key.startsWith(prefix));
    return found.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
