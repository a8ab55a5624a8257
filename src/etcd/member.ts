import type { Cause } from '../sim/cause.ts';
import { type Etcd, STORE_MESSAGES } from './etcd.ts';
import type {
  Compare,
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

/** The program that a member runs in. */
export interface MemberRunner {
  readonly paused: boolean;
  /** A line of the member's log: a level, a message, and what belongs to it. */
  log?(level: 'info' | 'warn', message: string, fields?: Readonly<Record<string, string | number>>): void;
}

/** Why a member cannot get an answer to a request from the majority. */
export type Obstacle = 'timeout' | 'connectionLost' | 'leaderFailed';

/** What a member asks of the others. */
export interface Peers<V> {
  /** Whether a member can have something committed, or have a read confirmed; else why not. */
  refuses(member: Member<V>): Obstacle | undefined;
  /** How long a commit takes beyond the usual, ms. */
  readonly commitDelay: number;
  /** The member has started, or has ended. */
  changed(member: Member<V>): void;
}

interface MemberWatch<V> {
  readonly prefix: string;
  readonly handler: WatchHandler<V>;
  readonly onClose: (() => void) | undefined;
}

type Refusal = { readonly ok: false; readonly error: StoreError };

/** Texts of a request that timed out, by what is known of the reason (server/etcdserver/v3_server.go). */
const TIMEOUTS = {
  connectionLost: 'etcdserver: request timed out, possibly due to connection lost',
  leaderFailed: 'etcdserver: request timed out, possibly due to previous leader failure',
} as const;

/** `apply request took too long` (server/etcdserver/txn/util.go). */
const WARN_APPLY_MS = 100;
const WARN_FSYNC_MS = 1_000;
const WARN_PERIOD_MS = 1_000;

/**
 * One member of an etcd: what a client that talks to it sees. It has the state that all agree on as far
 * as it has heard of it, answers linearizable reads and writes only together with a majority, and drops
 * its watches when it ends.
 */
export class Member<V> implements Store<V> {
  readonly name: string;
  /** Where it runs; the links between these hosts are the links between the members. */
  readonly host: string;
  readonly id: string;
  /** Its address, for those who list the members. */
  readonly address: string;
  readonly state: Etcd<V>;
  /** How long a write to its disk takes beyond the usual, ms. */
  diskLatency = 0;
  role: 'leader' | 'follower' | 'candidate' = 'follower';
  term = 0;
  /** Whom it takes for the leader. */
  leader: Member<V> | undefined;
  /** When it last heard from a leader, and when it will stand for election itself, ms since the epoch. */
  heardAt = 0;
  electionAt = 0;
  readonly #peers: Peers<V>;
  readonly #alone: boolean;
  readonly #now: () => number;
  readonly #watches = new Set<MemberWatch<V>>();
  #online = false;
  #runner: MemberRunner | undefined;
  #applied = 1;
  #warnedAt = 0;

  constructor(
    identity: {
      readonly name: string;
      readonly host: string;
      readonly address: string;
      readonly id: string;
      readonly alone: boolean;
    },
    state: Etcd<V>,
    peers: Peers<V>,
    now: () => number,
  ) {
    this.name = identity.name;
    this.host = identity.host;
    this.id = identity.id;
    this.address = identity.address;
    this.#alone = identity.alone;
    this.state = state;
    this.#peers = peers;
    this.#now = now;
    if (!this.#alone) state.follow((records) => this.#apply(records));
  }

  get online(): boolean {
    return this.#online;
  }

  /** Whether it does anything: it is there and not paused. */
  get running(): boolean {
    return this.#online && this.#runner?.paused !== true;
  }

  /** The last revision it knows of. */
  get revision(): number {
    return this.#alone ? this.state.revision : this.#applied;
  }

  get compactRevision(): number {
    return this.state.compactRevision;
  }

  get commitDelay(): number {
    return this.#peers.commitDelay;
  }

  /** Starts or ends the member. */
  setOnline(online: boolean, runner?: MemberRunner): void {
    this.#online = online;
    this.#runner = online ? runner : undefined;
    if (!online) {
      this.role = 'follower';
      this.leader = undefined;
      this.dropWatches();
    }
    this.#peers.changed(this);
  }

  log(level: 'info' | 'warn', message: string, fields?: Readonly<Record<string, string | number>>): void {
    this.#runner?.log?.(level, message, fields);
  }

  /** Ends all watches: the member went, or has known no leader for too long. */
  dropWatches(): void {
    const dropped = [...this.#watches];
    this.#watches.clear();
    for (const watch of dropped) watch.onClose?.();
  }

  /** Takes what it has missed from the leader. */
  catchUp(): void {
    if (this.#alone || this.#applied === this.state.revision) return;
    const from = this.#applied + 1;
    this.#applied = this.state.revision;
    for (const watch of [...this.#watches])
      this.state.replay(watch.prefix, watch.handler, from, this.#applied);
  }

  get(key: string, revision?: number): StoreResult<KeyValue<V> | undefined> {
    return this.#refuse('read') ?? this.state.get(key, revision);
  }

  /** What it has itself, confirmed by nobody (`--consistency=s`). */
  getSerializable(key: string): StoreResult<KeyValue<V> | undefined> {
    if (!this.#online) return this.#error('unavailable');
    return { ok: true, value: this.state.history.get(key, this.revision) };
  }

  range(prefix: string, options?: RangeOptions): StoreResult<RangeResponse<V>> {
    return this.#refuse('read') ?? this.state.range(prefix, options);
  }

  txn(
    compare: readonly Compare[],
    success: readonly Op<V>[],
    failure: readonly Op<V>[],
    cause: Cause,
  ): StoreResult<TxnResponse<V>> {
    return this.#refuse('write') ?? this.state.txn(compare, success, failure, cause);
  }

  putIf(
    key: string,
    expected: number,
    value: (revision: number) => V,
    cause: Cause,
    lease?: number,
  ): StoreResult<KeyValue<V> | undefined> {
    return this.#refuse('write') ?? this.state.putIf(key, expected, value, cause, lease);
  }

  deleteIf(key: string, expected: number, cause: Cause): StoreResult<KeyValue<V> | undefined> {
    return this.#refuse('write') ?? this.state.deleteIf(key, expected, cause);
  }

  watch(prefix: string, handler: WatchHandler<V>, from?: number, onClose?: () => void): StoreResult<Watcher> {
    // A member without others hears of everything at once: its watches are the state's own.
    if (this.#alone) return this.state.watch(prefix, handler, from, onClose);
    if (!this.#online) return this.#error('unavailable');
    if (this.#runner?.paused === true) return this.#error('timeout');
    if (this.leader === undefined) return this.#error('noLeader');
    if (from !== undefined && from < this.compactRevision) return this.#error('compacted');
    if (from !== undefined && from <= this.revision) this.state.replay(prefix, handler, from, this.revision);
    const watch: MemberWatch<V> = { prefix, handler, onClose };
    this.#watches.add(watch);
    return { ok: true, value: { stop: () => void this.#watches.delete(watch) } };
  }

  compact(revision: number): StoreResult<void> {
    return this.#refuse('write') ?? this.state.compact(revision);
  }

  grantLease(ttl: number): StoreResult<number> {
    return this.#refuse('write') ?? this.state.grantLease(ttl);
  }

  keepAlive(lease: number): StoreResult<void> {
    return this.#refuse('write') ?? this.state.keepAlive(lease);
  }

  revokeLease(lease: number): StoreResult<void> {
    return this.#refuse('write') ?? this.state.revokeLease(lease);
  }

  #apply(records: readonly KeyValue<V>[]): void {
    const revision = (records[0] as KeyValue<V>).modRevision;
    // Who is cut off, or has missed something, takes it up with the rest later.
    if (!this.running || this.#applied !== revision - 1 || this.#peers.refuses(this) !== undefined) return;
    this.#applied = revision;
    for (const { prefix, handler } of this.#watches) {
      const mine = records.filter(({ key }) => key.startsWith(prefix));
      if (mine.length > 0) handler(mine);
    }
  }

  #refuse(what: 'read' | 'write'): Refusal | undefined {
    if (this.#alone && this.diskLatency === 0) return undefined;
    if (!this.#online) return this.#error('unavailable');
    if (this.#runner?.paused === true) {
      // Whoever reads gives up on a member that does not answer; a write may be waited for on the server's side.
      return this.#error('timeout', what === 'read' ? 'context deadline exceeded' : undefined);
    }
    const reason = this.#peers.refuses(this);
    if (reason !== undefined) return this.#refusal(reason, what);
    if (what === 'write') {
      this.state.proposer = this.name;
      if (this.#peers.commitDelay >= WARN_APPLY_MS) this.#warnOfSlowness(this.#peers.commitDelay);
    }
    return undefined;
  }

  #refusal(reason: Obstacle, what: 'read' | 'write'): Refusal {
    // Only a proposal knows why it was not answered; a read's index is waited for, and that is all.
    if (reason === 'timeout' || what === 'read') return this.#error('timeout');
    return this.#error('timeout', TIMEOUTS[reason]);
  }

  #warnOfSlowness(ms: number): void {
    const now = this.#now();
    if (now - this.#warnedAt < WARN_PERIOD_MS) return;
    this.#warnedAt = now;
    if (ms >= WARN_FSYNC_MS)
      this.log('warn', 'slow fdatasync', { took: goSeconds(ms), 'expected-duration': '1s' });
    this.log('warn', 'apply request took too long', {
      took: goSeconds(ms),
      'expected-duration': '100ms',
      prefix: 'read-only range ',
      request: 'key:"/registry/health" ',
      response: 'range_response_count:0 size:7',
    });
  }

  #error(code: StoreErrorCode, message: string = STORE_MESSAGES[code]): Refusal {
    const error = { code, message, revision: this.revision };
    if (code !== 'compacted') return { ok: false, error };
    return { ok: false, error: { ...error, compactRevision: this.compactRevision } };
  }
}

/** `1.5s`, `250ms`: as Go prints a duration. */
function goSeconds(ms: number): string {
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}
