import sortedBtree from 'sorted-btree';
import type { Cause } from '../sim/cause.ts';
import type { Timer } from '../sim/queue.ts';
import type { Simulation } from '../sim/simulation.ts';
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

// The package is CommonJS: depending on the loader, its class is what is imported or the `default` of it.
const BTree =
  (sortedBtree as { readonly default?: unknown }).default === undefined
    ? (sortedBtree as unknown as typeof sortedBtree.default)
    : sortedBtree.default;

/** A key and the last change of it: what the table of keys and the tree of keys share. */
interface Slot<V> {
  latest: MutableRecord<V>;
}

/** A lease and the keys that hang on it. */
interface Lease {
  readonly id: number;
  readonly ttl: number;
  readonly keys: Set<string>;
  timer: Timer;
}

interface Watch<V> {
  readonly prefix: string;
  readonly handler: WatchHandler<V>;
  readonly onClose: (() => void) | undefined;
}

/** A record under construction: `previous` is cut when history is trimmed. */
type MutableRecord<V> = { -readonly [K in keyof KeyValue<V>]: KeyValue<V>[K] };

const LEASE_CAUSE: Cause = Object.freeze({ component: 'etcd', trigger: 0, input: 'lease expired' });

/** etcd's own texts: server/etcdserver/api/v3rpc/rpctypes/error.go. */
const MESSAGES: Record<StoreErrorCode, string> = {
  compacted: 'etcdserver: mvcc: required revision has been compacted',
  future: 'etcdserver: mvcc: required revision is a future revision',
  unavailable: 'connection refused',
  noLeader: 'etcdserver: no leader',
  noSpace: 'etcdserver: mvcc: database space exceeded',
  timeout: 'etcdserver: request timed out',
  leaseNotFound: 'etcdserver: requested lease not found',
};

/**
 * A one-member etcd over immutable values. The data survives while the member is down (`online`
 * false), as a data directory does. `Store` is what the API server sees, `history` what the
 * simulation's own observers see.
 */
export class Etcd<V> implements Store<V> {
  readonly history: History<V>;
  readonly #sim: Simulation;
  readonly #slots = new Map<string, Slot<V>>();
  /** The same slots in key order. */
  /** Every key in order, but for those in `#fresh`: sorting them in is left until somebody asks for a range. */
  readonly #keys: InstanceType<typeof BTree<string, Slot<V>>> = new BTree(undefined, compareKeys);
  #fresh: Slot<V>[] = [];
  /** All changes in commit order, from the oldest that is still recorded. */
  #log: MutableRecord<V>[] = [];
  #revision = 1;
  #compactRevision = 0;
  #oldest = 2;
  #online = true;
  #runner: { readonly paused: boolean } | undefined;
  #dispatching = false;
  readonly #watches = new Set<Watch<V>>();
  readonly #observers = new Set<(record: KeyValue<V>) => void>();
  readonly #leases = new Map<number, Lease>();
  #nextLease = 1;

  constructor(sim: Simulation) {
    this.#sim = sim;
    this.history = {
      at: (revision) => this.#at(revision),
      between: (from, to) => this.#between(from, to),
      get: (key, revision) => this.#asOf(key, revision),
      range: (prefix, revision) => this.#rangeAsOf(prefix, revision),
      revisionAt: (time) => this.#revisionAt(time),
      trim: (revision) => this.#trim(revision),
      get oldest(): number {
        return self.#oldest;
      },
    };
    const self = this;
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

  /** How many keys are live; for gauges. */
  get size(): number {
    let live = 0;
    for (const { latest } of this.#slots.values()) if (latest.value !== undefined) live++;
    return live;
  }

  get(key: string, revision?: number): StoreResult<KeyValue<V> | undefined> {
    const refused = this.#refuseRead(revision);
    if (refused !== undefined) return refused;
    const record = revision === undefined ? this.#latestOf(key) : this.#asOf(key, revision);
    return ok(record?.value === undefined ? undefined : record);
  }

  range(prefix: string, options: RangeOptions = {}): StoreResult<RangeResponse<V>> {
    const refused = this.#refuseRead(options.revision);
    if (refused !== undefined) return refused;
    const revision = options.revision ?? this.#revision;
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    const from = options.from !== undefined && options.from > prefix ? options.from : prefix;
    const records: KeyValue<V>[] = [];
    let count = 0;
    for (const [, { latest }] of this.#sorted().entries(from)) {
      if (!latest.key.startsWith(prefix)) break;
      const record = back(latest, revision);
      if (record?.value === undefined) continue;
      count++;
      if (records.length < limit) records.push(record);
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
    for (const op of ops) {
      if (op.type === 'put' && op.lease !== undefined && op.lease !== 0 && !this.#leases.has(op.lease))
        return this.#error('leaseNotFound');
    }
    const next = this.#revision + 1;
    const written: MutableRecord<V>[] = [];
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
    const refused = this.#refuseWrite();
    if (refused !== undefined) return refused;
    const current = this.#latestOf(key);
    if ((current?.value === undefined ? 0 : current.modRevision) !== expected) return ok(undefined);
    if (lease !== 0 && !this.#leases.has(lease)) return this.#error('leaseNotFound');
    const next = this.#revision + 1;
    const record = this.#put(key, value(next), next, cause, lease);
    this.#commit(next, [record]);
    return ok(record);
  }

  deleteIf(key: string, expected: number, cause: Cause): StoreResult<KeyValue<V> | undefined> {
    const refused = this.#refuseWrite();
    if (refused !== undefined) return refused;
    const current = this.#latestOf(key);
    if (current?.value === undefined || current.modRevision !== expected) return ok(undefined);
    const next = this.#revision + 1;
    const tombstone = this.#delete(current, next, cause);
    this.#commit(next, [tombstone]);
    return ok(tombstone);
  }

  watch(prefix: string, handler: WatchHandler<V>, from?: number, onClose?: () => void): StoreResult<Watcher> {
    const down = this.#down();
    if (down !== undefined) return down;
    if (from !== undefined && from < this.#compactRevision) return this.#error('compacted');
    if (from !== undefined && from <= this.#revision) this.#replay(prefix, handler, from);
    const watch: Watch<V> = { prefix, handler, onClose };
    this.#watches.add(watch);
    return ok({ stop: () => void this.#watches.delete(watch) });
  }

  compact(revision: number): StoreResult<void> {
    const down = this.#down();
    if (down !== undefined) return down;
    if (revision <= this.#compactRevision) return this.#error('compacted');
    if (revision > this.#revision) return this.#error('future');
    this.#compactRevision = revision;
    return ok(undefined);
  }

  grantLease(ttl: number): StoreResult<number> {
    const refused = this.#refuseWrite();
    if (refused !== undefined) return refused;
    const id = this.#nextLease++;
    const timer = this.#sim.after(ttl, () => this.#expire(id));
    this.#leases.set(id, { id, ttl, keys: new Set(), timer });
    return ok(id);
  }

  keepAlive(id: number): StoreResult<void> {
    const refused = this.#refuseWrite();
    if (refused !== undefined) return refused;
    const lease = this.#leases.get(id);
    if (lease === undefined) return this.#error('leaseNotFound');
    this.#sim.cancel(lease.timer);
    lease.timer = this.#sim.after(lease.ttl, () => this.#expire(id));
    return ok(undefined);
  }

  revokeLease(id: number): StoreResult<void> {
    const refused = this.#refuseWrite();
    if (refused !== undefined) return refused;
    const lease = this.#leases.get(id);
    if (lease === undefined) return this.#error('leaseNotFound');
    this.#endLease(lease);
    return ok(undefined);
  }

  #sorted(): InstanceType<typeof BTree<string, Slot<V>>> {
    for (const slot of this.#fresh) this.#keys.set(slot.latest.key, slot);
    if (this.#fresh.length > 0) this.#fresh = [];
    return this.#keys;
  }

  #latestOf(key: string): MutableRecord<V> | undefined {
    return this.#slots.get(key)?.latest;
  }

  #refuseRead(revision: number | undefined): { ok: false; error: StoreError } | undefined {
    const down = this.#down();
    if (down !== undefined) return down;
    if (revision === undefined) return undefined;
    if (revision < this.#compactRevision) return this.#error('compacted');
    if (revision > this.#revision) return this.#error('future');
    return undefined;
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
    const error = { code, message: MESSAGES[code], revision: this.#revision };
    return {
      ok: false,
      error: code === 'compacted' ? { ...error, compactRevision: this.#compactRevision } : error,
    };
  }

  #holds(compare: Compare): boolean {
    const record = this.#latestOf(compare.key);
    const live = record?.value === undefined ? undefined : record;
    const actual =
      compare.target === 'mod'
        ? (live?.modRevision ?? 0)
        : compare.target === 'create'
          ? (live?.createRevision ?? 0)
          : (live?.version ?? 0);
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

  #apply(op: Op<V>, revision: number, cause: Cause, written: MutableRecord<V>[]): KeyValue<V> | undefined {
    switch (op.type) {
      case 'get': {
        const record = this.#latestOf(op.key);
        return record?.value === undefined ? undefined : record;
      }
      case 'put': {
        const value =
          typeof op.value === 'function' ? (op.value as (revision: number) => V)(revision) : op.value;
        const record = this.#put(op.key, value, revision, cause, op.lease ?? 0);
        written.push(record);
        return record;
      }
      case 'delete': {
        const current = this.#latestOf(op.key);
        if (current?.value === undefined) return undefined;
        const tombstone = this.#delete(current, revision, cause);
        written.push(tombstone);
        return tombstone;
      }
      case 'deletePrefix': {
        let last: KeyValue<V> | undefined;
        const doomed: MutableRecord<V>[] = [];
        for (const [, { latest: record }] of this.#sorted().entries(op.prefix)) {
          if (!record.key.startsWith(op.prefix)) break;
          if (record.value !== undefined) doomed.push(record);
        }
        for (const record of doomed) {
          const tombstone = this.#delete(record, revision, cause);
          written.push(tombstone);
          last = tombstone;
        }
        return last;
      }
    }
  }

  #put(key: string, value: V, revision: number, cause: Cause, lease: number): MutableRecord<V> {
    const slot = this.#slots.get(key);
    const previous = slot?.latest;
    const alive = previous?.value !== undefined;
    if (alive && previous.lease !== 0 && previous.lease !== lease)
      this.#leases.get(previous.lease)?.keys.delete(key);
    if (lease !== 0) this.#leases.get(lease)?.keys.add(key);
    const record: MutableRecord<V> = {
      key,
      value,
      modRevision: revision,
      createRevision: alive ? previous.createRevision : revision,
      version: alive ? previous.version + 1 : 1,
      lease,
      time: this.#sim.now(),
      cause,
      previous,
    };
    if (slot !== undefined) {
      slot.latest = record;
    } else {
      const created: Slot<V> = { latest: record };
      this.#slots.set(key, created);
      this.#fresh.push(created);
    }
    return record;
  }

  #delete(current: MutableRecord<V>, revision: number, cause: Cause): MutableRecord<V> {
    if (current.lease !== 0) this.#leases.get(current.lease)?.keys.delete(current.key);
    const tombstone: MutableRecord<V> = {
      key: current.key,
      value: undefined,
      modRevision: revision,
      createRevision: 0,
      version: 0,
      lease: 0,
      time: this.#sim.now(),
      cause,
      previous: current,
    };
    (this.#slots.get(current.key) as Slot<V>).latest = tombstone;
    return tombstone;
  }

  #commit(revision: number, written: readonly MutableRecord<V>[]): void {
    this.#revision = revision;
    for (const record of written) this.#log.push(record);
    this.#dispatching = true;
    for (const observer of this.#observers) for (const record of written) observer(record);
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

  #replay(prefix: string, handler: WatchHandler<V>, from: number): void {
    let batch: KeyValue<V>[] = [];
    for (const record of this.#between(from, this.#revision)) {
      if (!record.key.startsWith(prefix)) continue;
      if (batch.length > 0 && (batch[0] as KeyValue<V>).modRevision !== record.modRevision) {
        handler(batch);
        batch = [];
      }
      batch.push(record);
    }
    if (batch.length > 0) handler(batch);
  }

  #expire(id: number): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    if (!this.#online) {
      // Leases are extended when a leader comes back; an offline member deletes nothing.
      lease.timer = this.#sim.after(lease.ttl, () => this.#expire(id));
      return;
    }
    this.#endLease(lease);
  }

  #endLease(lease: Lease): void {
    this.#sim.cancel(lease.timer);
    this.#leases.delete(lease.id);
    const keys = [...lease.keys].sort();
    if (keys.length === 0) return;
    this.txn(
      [],
      keys.map((key) => ({ type: 'delete', key })),
      [],
      LEASE_CAUSE,
    );
  }

  /** The index in the log of the first change at or after a revision. */
  #indexOf(revision: number): number {
    let low = 0;
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#log[middle] as KeyValue<V>).modRevision < revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #at(revision: number): readonly KeyValue<V>[] {
    const out: KeyValue<V>[] = [];
    for (let i = this.#indexOf(revision); i < this.#log.length; i++) {
      const record = this.#log[i] as KeyValue<V>;
      if (record.modRevision !== revision) break;
      out.push(record);
    }
    return out;
  }

  *#between(from: number, to: number): Generator<KeyValue<V>, void, undefined> {
    for (let i = this.#indexOf(from); i < this.#log.length; i++) {
      const record = this.#log[i] as KeyValue<V>;
      if (record.modRevision > to) return;
      yield record;
    }
  }

  #asOf(key: string, revision: number): KeyValue<V> | undefined {
    const record = back(this.#latestOf(key), revision);
    return record?.value === undefined ? undefined : record;
  }

  #rangeAsOf(prefix: string, revision: number): readonly KeyValue<V>[] {
    const out: KeyValue<V>[] = [];
    for (const [, { latest }] of this.#sorted().entries(prefix)) {
      if (!latest.key.startsWith(prefix)) break;
      const record = back(latest, revision);
      if (record?.value !== undefined) out.push(record);
    }
    return out;
  }

  #revisionAt(time: number): number {
    let low = 0;
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#log[middle] as KeyValue<V>).time <= time) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? this.#oldest - 1 : (this.#log[low - 1] as KeyValue<V>).modRevision;
  }

  #trim(revision: number): void {
    const index = this.#indexOf(revision);
    if (index === 0) return;
    for (let i = 0; i < index; i++) {
      const record = this.#log[i] as MutableRecord<V>;
      record.previous = undefined;
      // A key whose last change is a trimmed tombstone is forgotten altogether.
      if (record.value === undefined && this.#latestOf(record.key) === record) {
        this.#slots.delete(record.key);
        this.#sorted().delete(record.key);
      }
    }
    // What remains still points at its predecessor, the state it replaced; beyond that nothing.
    this.#log = this.#log.slice(index);
    this.#oldest = revision;
    if (this.#compactRevision < revision - 1) this.#compactRevision = revision - 1;
  }
}

/** Walks a key's history back to the change in force at a revision. */
function back<V>(latest: KeyValue<V> | undefined, revision: number): KeyValue<V> | undefined {
  let record = latest;
  while (record !== undefined && record.modRevision > revision) record = record.previous;
  return record;
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}
