import type { Cause } from '../sim/cause.ts';

/**
 * One committed change of one key. Records are immutable and shared by everyone who reads them.
 *
 *     put a    rev 2   createRevision 2, version 1          previous: none
 *     put a    rev 5   createRevision 2, version 2          previous: rev 2
 *     delete a rev 6   createRevision 0, version 0, value - previous: rev 5   (a tombstone)
 *     put a    rev 9   createRevision 9, version 1          previous: rev 6   (a new generation)
 */
export interface KeyValue<V> {
  readonly key: string;
  /** Undefined in a tombstone. */
  readonly value: V | undefined;
  /** The revision of this change. */
  readonly modRevision: number;
  /** The revision at which this generation of the key began; 0 in a tombstone. */
  readonly createRevision: number;
  /** How many times the key was put since then, this one included; 0 in a tombstone. */
  readonly version: number;
  /** The lease the key is attached to; 0 for none. */
  readonly lease: number;
  /** Virtual time of the change, ms since the epoch. */
  readonly time: number;
  readonly cause: Cause;
  /** The change before this one, as far as history is kept. */
  readonly previous: KeyValue<V> | undefined;
}

/** What a comparison looks at. `version` 0 (or `create` 0) means: the key does not exist. */
export interface Compare {
  readonly key: string;
  readonly target: 'mod' | 'create' | 'version';
  readonly result: '=' | '!=' | '<' | '>';
  readonly operand: number;
}

/** One operation of a transaction. A value may be computed from the revision it will be stored at. */
export type Op<V> =
  | {
      readonly type: 'put';
      readonly key: string;
      readonly value: V | ((revision: number) => V);
      readonly lease?: number;
    }
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'deletePrefix'; readonly prefix: string }
  | { readonly type: 'get'; readonly key: string };

/** Why the store refused. Messages are etcd's own. */
export type StoreErrorCode =
  /** The revision asked for was compacted away. */
  | 'compacted'
  /** The revision asked for has not happened yet. */
  | 'future'
  /** No member answers. */
  | 'unavailable'
  /** Members answer, but there is no quorum to commit. */
  | 'noLeader'
  /** The space alarm is raised: reads and deletes only. */
  | 'noSpace'
  /** The request may or may not have been committed. */
  | 'timeout'
  | 'leaseNotFound';

export interface StoreError {
  readonly code: StoreErrorCode;
  readonly message: string;
  /** The store's revision when it refused. */
  readonly revision: number;
  /** For `compacted`: the oldest revision still readable. */
  readonly compactRevision?: number;
}

export type StoreResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: StoreError };

export interface TxnResponse<V> {
  /** True when every comparison held and the `success` branch ran. */
  readonly succeeded: boolean;
  /** The store's revision after the transaction: unchanged when nothing was written. */
  readonly revision: number;
  /** One entry an operation, in order: the record written, deleted (tombstone) or read. */
  readonly records: readonly (KeyValue<V> | undefined)[];
}

export interface RangeOptions {
  /** Read as of this revision; default: now. */
  readonly revision?: number;
  /** At most this many records. */
  readonly limit?: number;
  /** Start at this key (inclusive) instead of at the prefix: how paging goes on. */
  readonly from?: string;
}

export interface RangeResponse<V> {
  readonly records: readonly KeyValue<V>[];
  /** The revision the answer is true of. */
  readonly revision: number;
  /** True when `limit` cut the answer short. */
  readonly more: boolean;
  /** How many keys there are under the prefix from `from` on, cut or not. */
  readonly count: number;
}

/** A running watch. */
export interface Watcher {
  /** Ends the watch; no call follows. */
  stop(): void;
}

/**
 * What to do with changes. Called once a revision with all the changes of that revision under the
 * watched prefix (so a transaction is seen whole or not at all), in revision order, without gaps.
 * It runs inside the commit: it must only take note, never write.
 */
export type WatchHandler<V> = (records: readonly KeyValue<V>[]) => void;

/**
 * A revisioned key-value store with etcd's promises: revisions grow by one with each transaction
 * that writes; reads at a kept revision are stable; watches are ordered, unique, gap-free, atomic
 * and resumable. All calls are synchronous; values are immutable and shared, never copied.
 */
export interface Store<V> {
  /** The revision of the last committed transaction. A fresh store is at 1. */
  readonly revision: number;
  /** The oldest revision that can be read or watched from. */
  readonly compactRevision: number;
  /** How long a commit takes beyond the usual, ms: a slow disk. Absent: nothing. */
  readonly commitDelay?: number;

  /**
   * The record of a key at a revision, or undefined when the key did not exist then.
   * Errors: `compacted` below the compact revision, `future` above the current one, `unavailable`.
   */
  get(key: string, revision?: number): StoreResult<KeyValue<V> | undefined>;

  /** The live records under a prefix in key order. Errors as for `get`. */
  range(prefix: string, options?: RangeOptions): StoreResult<RangeResponse<V>>;

  /**
   * Evaluates `compare`, then runs `success` or `failure` as one revision. Without a write the
   * revision stays. Deleting a key that does not exist writes nothing.
   * Errors: `unavailable`, `noLeader`, `noSpace`, `leaseNotFound`: nothing was committed;
   * `timeout`: unknown.
   */
  txn(
    compare: readonly Compare[],
    success: readonly Op<V>[],
    failure: readonly Op<V>[],
    cause: Cause,
  ): StoreResult<TxnResponse<V>>;

  /**
   * The transaction the API server makes on nearly every write: put `value` if the key's
   * modRevision is `expected` (0: it must not exist). Undefined means the comparison failed.
   */
  putIf(
    key: string,
    expected: number,
    value: (revision: number) => V,
    cause: Cause,
    lease?: number,
  ): StoreResult<KeyValue<V> | undefined>;

  /** Deletes the key if its modRevision is `expected`; the tombstone's value can be given (the last state). */
  deleteIf(key: string, expected: number, cause: Cause): StoreResult<KeyValue<V> | undefined>;

  /**
   * Calls `handler` for every change under `prefix` from revision `from` on (default: the next
   * one). Past changes are delivered before the call returns. `onClose` is called once if the store
   * ends the watch (its member went away), never after `stop`. Errors: `compacted`, `unavailable`.
   */
  watch(prefix: string, handler: WatchHandler<V>, from?: number, onClose?: () => void): StoreResult<Watcher>;

  /** Forgets, for readers and watchers, what was before `revision`. Errors: `compacted`, `future`. */
  compact(revision: number): StoreResult<void>;

  /** A new lease that deletes its keys `ttl` ms after the last keep-alive. */
  grantLease(ttl: number): StoreResult<number>;
  /** Starts the lease's time again. Error: `leaseNotFound`. */
  keepAlive(lease: number): StoreResult<void>;
  /** Ends the lease now and deletes its keys. Error: `leaseNotFound`. */
  revokeLease(lease: number): StoreResult<void>;
}

/**
 * The flight recorder: every change since the start (or since it was trimmed), whatever was
 * compacted. Time travel, `why` and the checkers read it; no simulated component may.
 */
export interface History<V> {
  /** The oldest revision still recorded. */
  readonly oldest: number;
  /** The changes of a revision; empty for one without writes or no longer recorded. */
  at(revision: number): readonly KeyValue<V>[];
  /** Every change from one revision to another, both included, in order. */
  between(from: number, to: number): Iterable<KeyValue<V>>;
  /** The record of a key as of a revision, compacted or not; undefined when it did not exist. */
  get(key: string, revision: number): KeyValue<V> | undefined;
  /** The live records under a prefix as of a revision, compacted or not, in key order. */
  range(prefix: string, revision: number): readonly KeyValue<V>[];
  /** The values of those records: cheaper where nothing else is asked for. */
  values(prefix: string, revision: number): readonly V[];
  /** The last revision at or before a virtual time, ms since the epoch. */
  revisionAt(time: number): number;
  /** Drops what is older than `revision`, to bound memory. Records still live are kept. */
  trim(revision: number): void;
}
