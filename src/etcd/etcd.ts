import type { Cause } from '../sim/cause.ts';
import type { Simulation } from '../sim/simulation.ts';
import { FlightRecorder } from './history.ts';
import { KeyIndex } from './keyindex.ts';
import { Lessor } from './lessor.ts';
import { ChangeLog } from './log.ts';
import { Space } from './space.ts';
import type {
  Compare,
  History,
  KeyValue,
  Op,
  RangeOptions,
  RangeResponse,
  Store,
  StoreError,
  StoreErrorCode,
  StoreResult,
  TxnResponse,
  Watcher,
  WatchHandler,
} from './store.ts';

interface Watch<V> {
  readonly prefix: string;
  readonly handler: WatchHandler<V>;
  readonly onClose: (() => void) | undefined;
}

const LEASE_CAUSE: Cause = Object.freeze({ component: 'etcd', trigger: 0, input: 'lease expired' });

const RESTORE_CAUSE: Cause = Object.freeze({ component: 'etcd', trigger: 0, input: 'snapshot restore' });
/** What is left of the life of a key that had a lease when the snapshot was taken, in ms. */
const RESTORED_LEASE_MS = 3_600_000;

/** etcd's own texts: server/etcdserver/api/v3rpc/rpctypes/error.go. */
export const STORE_MESSAGES: Record<StoreErrorCode, string> = {
  compacted: 'etcdserver: mvcc: required revision has been compacted',
  future: 'etcdserver: mvcc: required revision is a future revision',
  unavailable: 'dial tcp 127.0.0.1:2379: connect: connection refused',
  noLeader: 'etcdserver: no leader',
  noSpace: 'etcdserver: mvcc: database space exceeded',
  timeout: 'etcdserver: request timed out',
  leaseNotFound: 'etcdserver: requested lease not found',
};

/**
 * The state that the members of an etcd agree on, over immutable values; by itself a one-member etcd.
 * The data survives while nobody can commit (`online` false), as a data directory does. `Store` is what
 * the API server of a one-member etcd sees, `history` what the simulation's own observers see.
 */
export class Etcd<V> implements Store<V> {
  readonly history: History<V>;
  /** The size of the database and its quota. */
  readonly space: Space;
  readonly #sim: Simulation;
  readonly #keys = new KeyIndex();
  readonly #log = new ChangeLog<V>();
  readonly #lessor: Lessor;
  #revision = 1;
  #compactRevision = 0;
  #online = true;
  #runner: { readonly paused: boolean } | undefined;
  #dispatching = false;
  readonly #watches = new Set<Watch<V>>();
  readonly #observers = new Set<(record: KeyValue<V>) => void>();
  readonly #followers = new Set<WatchHandler<V>>();
  /** How many bytes the records up to a revision take that are kept. */
  #measured = { revision: 0, compacted: 0, bytes: 0 };

  constructor(sim: Simulation) {
    this.#sim = sim;
    this.history = new FlightRecorder(this.#log, this.#keys, (oldest) => {
      this.#compactRevision = Math.max(this.#compactRevision, oldest - 1);
    });
    this.space = new Space(() => this.#measure());
    this.#lessor = new Lessor({
      sim,
      online: () => this.#online,
      leaseOf: (key) => this.#log.leaseAt(this.#keys.get(key)),
      remove: (keys) =>
        void this.txn(
          [],
          keys.map((key) => ({ type: 'delete', key })),
          [],
          LEASE_CAUSE,
        ),
    });
  }

  get revision(): number {
    return this.#revision;
  }

  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** Whether the member answers. Going offline drops all watches, as a lost connection does. */
  get online(): boolean {
    return this.#online;
  }

  /** Starts or ends the member. While the process that runs it is paused, requests time out. */
  setOnline(online: boolean, runner?: { readonly paused: boolean }): void {
    this.#online = online;
    this.#runner = runner;
    if (online) return;
    const dropped = [...this.#watches];
    this.#watches.clear();
    for (const watch of dropped) watch.onClose?.();
  }

  /**
   * Calls `observer` for each change as it is committed, whether or not the member answers others: for
   * the simulation's own observers. It takes note and returns. Returns how to unsubscribe.
   */
  observe(observer: (record: KeyValue<V>) => void): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /**
   * Calls `follower` for each revision as it is committed, with all its changes: how the members hear of
   * what they agreed on. Returns how to unsubscribe.
   */
  follow(follower: WatchHandler<V>): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** How many keys are live; for gauges. */
  get size(): number {
    let live = 0;
    for (const [, place] of this.#keys.entries()) if (this.#log.valueAt(place) !== undefined) live++;
    return live;
  }

  get(key: string, revision?: number): StoreResult<KeyValue<V> | undefined> {
    const refused = this.#refuseRead(revision);
    if (refused !== undefined) return refused;
    return ok(revision === undefined ? this.#liveAt(this.#keys.get(key)) : this.history.get(key, revision));
  }

  range(prefix: string, options: RangeOptions = {}): StoreResult<RangeResponse<V>> {
    const refused = this.#refuseRead(options.revision);
    if (refused !== undefined) return refused;
    const revision = options.revision ?? this.#revision;
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    const from = options.from !== undefined && options.from > prefix ? options.from : prefix;
    const records: KeyValue<V>[] = [];
    let count = 0;
    for (const latest of this.#keys.under(prefix, from)) {
      const place = this.#log.back(latest, revision);
      if (this.#log.valueAt(place) === undefined) continue;
      count++;
      if (records.length < limit) records.push(this.#log.at(place) as KeyValue<V>);
    }
    return ok({ records, revision, more: count > records.length, count });
  }

  txn(
    compare: readonly Compare[],
    success: readonly Op<V>[],
    failure: readonly Op<V>[],
    cause: Cause,
  ): StoreResult<TxnResponse<V>> {
    const refused = this.#refuseWrite();
    if (refused !== undefined) return refused;
    const succeeded = compare.every((c) => this.#holds(c));
    const ops = succeeded ? success : failure;
    if (this.space.watched && [...success, ...failure].some(({ type }) => type === 'put')) {
      const full = this.#refusePut();
      if (full !== undefined) return full;
    }
    for (const op of ops) {
      if (op.type === 'put' && op.lease !== undefined && op.lease !== 0 && !this.#lessor.has(op.lease))
        return this.#error('leaseNotFound');
    }
    const next = this.#revision + 1;
    const written: KeyValue<V>[] = [];
    const records = ops.map((op): KeyValue<V> | undefined => this.#apply(op, next, cause, written));
    if (written.length > 0) this.#commit(next, written);
    return ok({ succeeded, revision: this.#revision, records });
  }

  putIf(
    key: string,
    expected: number,
    value: (revision: number) => V,
    cause: Cause,
    lease = 0,
  ): StoreResult<KeyValue<V> | undefined> {
    const refused = this.#refuseWrite() ?? this.#refusePut();
    if (refused !== undefined) return refused;
    const previous = this.#keys.get(key);
    if (this.#modRevisionAt(previous) !== expected) return ok(undefined);
    if (lease !== 0 && !this.#lessor.has(lease)) return this.#error('leaseNotFound');
    const next = this.#revision + 1;
    const record = this.#write(key, previous, value(next), next, cause, lease);
    this.#commit(next, [record]);
    return ok(record);
  }

  deleteIf(key: string, expected: number, cause: Cause): StoreResult<KeyValue<V> | undefined> {
    const refused = this.#refuseWrite();
    if (refused !== undefined) return refused;
    const previous = this.#keys.get(key);
    if (expected === 0 || this.#modRevisionAt(previous) !== expected) return ok(undefined);
    const next = this.#revision + 1;
    const tombstone = this.#write(key, previous, undefined, next, cause, 0);
    this.#commit(next, [tombstone]);
    return ok(tombstone);
  }

  watch(prefix: string, handler: WatchHandler<V>, from?: number, onClose?: () => void): StoreResult<Watcher> {
    const down = this.#down();
    if (down !== undefined) return down;
    if (from !== undefined && from < this.#compactRevision) return this.#error('compacted');
    if (from !== undefined && from <= this.#revision) this.replay(prefix, handler, from, this.#revision);
    const watch: Watch<V> = { prefix, handler, onClose };
    this.#watches.add(watch);
    return ok({ stop: () => void this.#watches.delete(watch) });
  }

  compact(revision: number): StoreResult<void> {
    const down = this.#down();
    if (down !== undefined) return down;
    if (revision <= this.#compactRevision) return this.#error('compacted');
    if (revision > this.#revision) return this.#error('future');
    const before = this.space.watched ? this.space.inUse : 0;
    this.#compactRevision = revision;
    if (before > 0) this.space.compacted(revision, this.memberNames, before);
    return ok(undefined);
  }

  /** The members whose files hold this state. */
  memberNames: readonly string[] = ['etcd'];

  /** Whose quota the next write is measured by. */
  proposer = 'etcd';

  /** The leases that there are. */
  get leases(): readonly number[] {
    return this.#lessor.ids;
  }

  /**
   * Makes everything as it was at a revision, as one new revision: what a restored snapshot is. `stamp`
   * makes the value to store of the one restored. Returns the new revision.
   */
  restore(revision: number, stamp: (value: V, revision: number) => V): number {
    const next = this.#revision + 1;
    const written: KeyValue<V>[] = [];
    const wanted = new Map(this.history.range('', revision).map((record) => [record.key, record]));
    const lease = this.#lessor.grant(RESTORED_LEASE_MS);
    for (const place of [...this.#keys.under('')]) {
      const live = this.#liveAt(place);
      if (live === undefined || wanted.has(live.key)) continue;
      written.push(this.#write(live.key, place, undefined, next, RESTORE_CAUSE, 0));
    }
    for (const [key, record] of wanted) {
      const value = stamp(record.value as V, next);
      const kept = record.lease === 0 ? 0 : lease;
      written.push(this.#write(key, this.#keys.get(key), value, next, RESTORE_CAUSE, kept));
    }
    if (written.length > 0) this.#commit(next, written);
    return this.#revision;
  }

  /** Delivers the changes under a prefix from one revision to another, a revision at a time. */
  replay(prefix: string, handler: WatchHandler<V>, from: number, to: number): void {
    let batch: KeyValue<V>[] = [];
    for (const record of this.history.between(from, to)) {
      if (!record.key.startsWith(prefix)) continue;
      if (batch.length > 0 && (batch[0] as KeyValue<V>).modRevision !== record.modRevision) {
        handler(batch);
        batch = [];
      }
      batch.push(record);
    }
    if (batch.length > 0) handler(batch);
  }

  grantLease(ttl: number): StoreResult<number> {
    return this.#refuseWrite() ?? this.#refusePut() ?? ok(this.#lessor.grant(ttl));
  }

  keepAlive(id: number): StoreResult<void> {
    const refused = this.#refuseWrite();
    if (refused !== undefined) return refused;
    return this.#lessor.keepAlive(id) ? ok(undefined) : this.#error('leaseNotFound');
  }

  revokeLease(id: number): StoreResult<void> {
    const refused = this.#refuseWrite();
    if (refused !== undefined) return refused;
    return this.#lessor.revoke(id) ? ok(undefined) : this.#error('leaseNotFound');
  }

  #refuseRead(revision: number | undefined): { ok: false; error: StoreError } | undefined {
    const down = this.#down();
    // Whoever reads gives up on a member that does not answer; a write may be waited for on the server's side.
    if (down?.error.code === 'timeout')
      return { ok: false, error: { ...down.error, message: 'context deadline exceeded' } };
    if (down !== undefined) return down;
    if (revision === undefined) return undefined;
    if (revision < this.#compactRevision) return this.#error('compacted');
    if (revision > this.#revision) return this.#error('future');
    return undefined;
  }

  #refusePut(): { ok: false; error: StoreError } | undefined {
    if (!this.space.watched || this.space.admits(this.proposer)) return undefined;
    return this.#error('noSpace');
  }

  /** Bytes of keys and values of the revisions kept, near enough. */
  #measure(): number {
    const measured = this.#measured;
    const compacted = Math.max(this.#compactRevision, this.history.oldest - 1);
    if (measured.compacted !== compacted || measured.revision > this.#revision) {
      // What was compacted away leaves of each key its last state only.
      let bytes = 0;
      for (const record of this.history.range('', compacted)) bytes += sizeOf(record);
      this.#measured = { revision: compacted, compacted, bytes };
    }
    for (const record of this.history.between(this.#measured.revision + 1, this.#revision))
      this.#measured.bytes += sizeOf(record);
    this.#measured.revision = this.#revision;
    return this.#measured.bytes;
  }

  #refuseWrite(): { ok: false; error: StoreError } | undefined {
    if (this.#dispatching) throw new Error('etcd: a watch handler must not write');
    return this.#down();
  }

  #down(): { ok: false; error: StoreError } | undefined {
    if (!this.#online) return this.#error('unavailable');
    return this.#runner?.paused === true ? this.#error('timeout') : undefined;
  }

  #error(code: StoreErrorCode): { ok: false; error: StoreError } {
    const error = { code, message: STORE_MESSAGES[code], revision: this.#revision };
    return {
      ok: false,
      error: code === 'compacted' ? { ...error, compactRevision: this.#compactRevision } : error,
    };
  }

  /** The change at a place, unless it is a tombstone. */
  #liveAt(place: number): KeyValue<V> | undefined {
    return this.#log.valueAt(place) === undefined ? undefined : this.#log.at(place);
  }

  /** The revision of a key whose last change is at a place; 0 when it does not exist. */
  #modRevisionAt(place: number): number {
    return this.#log.versionAt(place) === 0 ? 0 : this.#log.revisionAt(place);
  }

  #holds(compare: Compare): boolean {
    const actual = this.#operandOf(compare);
    switch (compare.result) {
      case '=':
        return actual === compare.operand;
      case '!=':
        return actual !== compare.operand;
      case '<':
        return actual < compare.operand;
      case '>':
        return actual > compare.operand;
    }
  }

  #operandOf({ key, target }: Compare): number {
    switch (target) {
      case 'mod':
        return this.#modRevisionAt(this.#keys.get(key));
      case 'create':
        return this.#log.createRevisionAt(this.#keys.get(key));
      case 'version':
        return this.#log.versionAt(this.#keys.get(key));
    }
  }

  #apply(op: Op<V>, revision: number, cause: Cause, written: KeyValue<V>[]): KeyValue<V> | undefined {
    switch (op.type) {
      case 'get':
        return this.#liveAt(this.#keys.get(op.key));
      case 'put': {
        const value =
          typeof op.value === 'function' ? (op.value as (revision: number) => V)(revision) : op.value;
        const record = this.#write(op.key, this.#keys.get(op.key), value, revision, cause, op.lease ?? 0);
        written.push(record);
        return record;
      }
      case 'delete': {
        const previous = this.#keys.get(op.key);
        if (this.#modRevisionAt(previous) === 0) return undefined;
        const tombstone = this.#write(op.key, previous, undefined, revision, cause, 0);
        written.push(tombstone);
        return tombstone;
      }
      case 'deletePrefix': {
        const places = [...this.#keys.under(op.prefix)];
        let last: KeyValue<V> | undefined;
        for (const place of places) {
          const doomed = this.#liveAt(place);
          if (doomed === undefined) continue;
          last = this.#write(doomed.key, place, undefined, revision, cause, 0);
          written.push(last);
        }
        return last;
      }
    }
  }

  /** Notes a put, or without value a deletion, of a key whose last change is at `previous`. */
  #write(
    key: string,
    previous: number,
    value: V | undefined,
    revision: number,
    cause: Cause,
    lease: number,
  ): KeyValue<V> {
    if (lease !== 0 && lease !== this.#log.leaseAt(previous)) this.#lessor.attach(key, lease);
    const place = this.#log.append({ key, value, revision, lease, time: this.#sim.now(), cause }, previous);
    this.#keys.set(key, place, previous);
    return this.#log.at(place) as KeyValue<V>;
  }

  #commit(revision: number, written: readonly KeyValue<V>[]): void {
    this.#revision = revision;
    this.#dispatching = true;
    for (const observer of this.#observers) for (const record of written) observer(record);
    for (const follower of this.#followers) follower(written);
    for (const watch of this.#watches) {
      if (written.length === 1) {
        if ((written[0] as KeyValue<V>).key.startsWith(watch.prefix)) watch.handler(written);
        continue;
      }
      const mine = written.filter((record) => record.key.startsWith(watch.prefix));
      if (mine.length > 0) watch.handler(mine);
    }
    this.#dispatching = false;
  }
}

function sizeOf<V>({ key, value }: KeyValue<V>): number {
  return key.length + (value === undefined ? 0 : JSON.stringify(value).length);
}

function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}
