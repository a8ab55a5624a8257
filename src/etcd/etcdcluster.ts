import type { Random } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { Etcd } from './etcd.ts';
import { Member, type Obstacle, type Peers } from './member.ts';

/** `--heartbeat-interval` and `--election-timeout`, ms; a follower waits one to two timeouts (raft.go). */
const HEARTBEAT_MS = 100;
const ELECTION_MS = 1_000;
/** Five seconds and two election timeouts (server/config/config.go ReqTimeout). */
const REQUEST_TIMEOUT_MS = 7_000;
/** Watches that ask for a leader are ended when there was none for so long (api/v3rpc/interceptor.go). */
const NO_LEADER_MS = 3 * ELECTION_MS;
const WARN_PERIOD_MS = 10_000;

/** What a cluster of members is made of. */
export interface EtcdClusterOptions<V> {
  readonly sim: Simulation;
  readonly state: Etcd<V>;
  /** The members: a name, and the machine each runs on. */
  readonly members: readonly { readonly name: string; readonly host: string; readonly address: string }[];
  /** Whether two machines reach each other, both ways. */
  readonly reaches: (a: string, b: string) => boolean;
}

/**
 * The members of an etcd: who leads, in which term, and whether a majority stands behind it. What they
 * agree on is stored once; each member knows how far it has heard of it. Elections go by heartbeats,
 * randomised timeouts, pre-votes and the length of the log as in Raft; an entry is committed at the
 * moment it is proposed, or not at all.
 */
export class EtcdCluster<V> implements Peers<V> {
  readonly state: Etcd<V>;
  readonly members: readonly Member<V>[];
  /** The identity of the data: another one after a snapshot was restored. */
  #dataId: string;
  readonly #newId: () => string;
  readonly #sim: Simulation;
  readonly #random: Random;
  readonly #reaches: (a: string, b: string) => boolean;
  /** When the leader last had a majority behind it, ms since the epoch. */
  #quorumAt = 0;
  #leaderSince = 0;
  #leaderLostAt: number | undefined;
  #warnedAt = 0;
  #ticking = false;

  constructor(options: EtcdClusterOptions<V>) {
    const { sim, state, members, reaches } = options;
    this.#sim = sim;
    this.state = state;
    this.#reaches = reaches;
    this.#random = sim.stream('etcd');
    const ids = sim.stream('etcd members');
    this.#newId = (): string =>
      (ids.uint32().toString(16) + ids.uint32().toString(16).padStart(8, '0')).slice(-16);
    this.#dataId = this.#newId();
    const alone = members.length === 1;
    this.members = members.map(
      ({ name, host, address }) =>
        new Member<V>({ name, host, address, id: this.#newId(), alone }, state, this, () => sim.now()),
    );
    state.memberNames = this.members.map(({ name }) => name);
    state.proposer = state.memberNames[0] ?? '';
  }

  get dataId(): string {
    return this.#dataId;
  }

  /** The members agree on other data from now on: restored ones, or, without an identity, none. */
  adopt(dataId: string = this.#newId()): void {
    this.#dataId = dataId;
    // Who stayed away has nothing in common with these data; who comes hears of all of it.
    for (const member of this.members) member.catchUp();
  }

  /** The member on a machine. */
  at(host: string): Member<V> | undefined {
    return this.members.find((member) => member.host === host);
  }

  /** How many members it takes to agree. */
  get quorum(): number {
    return Math.floor(this.members.length / 2) + 1;
  }

  /** Who leads: of several that think so, the one of the highest term. */
  get leader(): Member<V> | undefined {
    let found: Member<V> | undefined;
    for (const member of this.members)
      if (member.role === 'leader' && member.online && (found === undefined || member.term > found.term))
        found = member;
    return found;
  }

  get commitDelay(): number {
    const { leader, members } = this;
    if (members.length === 1) return (members[0] as Member<V>).diskLatency;
    if (leader === undefined) return 0;
    const followers = members
      .filter((member) => member !== leader && this.#connected(leader, member))
      .map(({ diskLatency }) => diskLatency)
      .sort((a, b) => a - b);
    // A majority must have it on disk, and the leader handles nothing while it writes itself.
    return Math.max(leader.diskLatency, followers[this.quorum - 2] ?? 0);
  }

  refuses(member: Member<V>): Obstacle | undefined {
    if (this.commitDelay >= REQUEST_TIMEOUT_MS) return 'timeout';
    if (this.members.length === 1) return undefined;
    const { leader } = this;
    if (leader === undefined || member.leader === undefined)
      return this.#leaderLostAt !== undefined && this.#sim.now() - this.#leaderLostAt < NO_LEADER_MS
        ? 'leaderFailed'
        : 'timeout';
    if (member !== leader && !this.#connected(member, leader)) return 'connectionLost';
    return this.#followersOf(leader) >= this.quorum ? undefined : 'connectionLost';
  }

  changed(member: Member<V>): void {
    if (this.members.length === 1) {
      if (member.online) this.#lead(member);
      this.state.setOnline(member.online, {
        get paused() {
          return !member.running;
        },
      });
      return;
    }
    if (!member.online) return;
    member.heardAt = 0;
    member.electionAt = this.#timeout();
    if (!this.#ticking) this.#tick();
  }

  /** Moves the leadership, as `etcdctl move-leader` does. False when that one cannot lead now. */
  moveLeader(to: Member<V>): boolean {
    const { leader } = this;
    if (leader === undefined || !this.#connected(leader, to)) return false;
    leader.role = 'follower';
    to.catchUp();
    this.#elect(to);
    return true;
  }

  #tick(): void {
    this.#ticking = this.members.some(({ online }) => online);
    if (!this.#ticking) {
      this.#noLeader();
      return;
    }
    this.#sim.after(HEARTBEAT_MS, () => this.#tick());
    for (const member of this.members)
      if (member.role === 'leader' && member.running) this.#heartbeat(member);
    const now = this.#sim.now();
    for (const member of this.members)
      if (member.running && member.role !== 'leader' && now >= member.electionAt) this.#campaign(member);
    const { leader } = this;
    if (leader?.running === true) this.#leaderLostAt = undefined;
    else this.#noLeader();
  }

  /** Without a leader for long, who watches is told. */
  #noLeader(): void {
    const now = this.#sim.now();
    this.#leaderLostAt ??= now;
    if (now - this.#leaderLostAt < NO_LEADER_MS || !this.state.online) return;
    this.state.setOnline(false);
    for (const member of this.members) member.dropWatches();
  }

  #heartbeat(leader: Member<V>): void {
    const now = this.#sim.now();
    if (this.members.some((other) => other.term > leader.term && this.#connected(leader, other))) {
      this.#stepDown(leader, 'newer term');
      return;
    }
    if (this.#followersOf(leader) >= this.quorum) {
      this.#quorumAt = now;
      // It was stopped for a while, and nobody took its place.
      if (!this.state.online) this.state.setOnline(true);
    } else if (now - this.#quorumAt >= ELECTION_MS) {
      this.#stepDown(leader, 'quorum is not active');
      return;
    }
    leader.catchUp();
    if (leader.diskLatency >= ELECTION_MS && this.members.length > 1) {
      // It does not get round to its heartbeats while it waits for its disk.
      if (now - this.#warnedAt >= WARN_PERIOD_MS) this.#warnOverloaded(leader);
      if (now % leader.diskLatency >= HEARTBEAT_MS) return;
    }
    for (const follower of this.members) {
      if (follower === leader || !this.#connected(leader, follower) || follower.term > leader.term) continue;
      follower.role = 'follower';
      follower.term = leader.term;
      if (follower.leader !== leader) this.#follow(follower, leader);
      follower.heardAt = now;
      follower.electionAt = this.#timeout();
      follower.catchUp();
    }
  }

  #follow(follower: Member<V>, leader: Member<V>): void {
    follower.leader = leader;
    follower.log('info', `raft.node: ${follower.id} elected leader ${leader.id} at term ${leader.term}`);
  }

  #warnOverloaded(leader: Member<V>): void {
    this.#warnedAt = this.#sim.now();
    leader.log(
      'warn',
      'leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk',
      {
        'heartbeat-interval': `${HEARTBEAT_MS}ms`,
        'expected-duration': `${2 * HEARTBEAT_MS}ms`,
        'exceeded-duration': `${leader.diskLatency}ms`,
      },
    );
  }

  /** Asks for votes; others grant them who have not heard from a leader either and know no more. */
  #campaign(member: Member<V>): void {
    const now = this.#sim.now();
    if (member.leader !== undefined) {
      member.log('info', `raft.node: ${member.id} lost leader ${member.leader.id} at term ${member.term}`);
      member.leader = undefined;
    }
    member.role = 'candidate';
    member.electionAt = this.#timeout();
    member.log('info', `${member.id} is starting a new election at term ${member.term}`);
    const votes = this.members.filter(
      (voter) =>
        voter === member ||
        (this.#connected(member, voter) &&
          voter.revision <= member.revision &&
          (voter.role !== 'leader' || voter.diskLatency >= ELECTION_MS) &&
          (voter.leader === undefined || now - voter.heardAt >= ELECTION_MS)),
    );
    if (votes.length < this.quorum) return;
    member.term = Math.max(...votes.map(({ term }) => term), member.term) + 1;
    for (const voter of votes) {
      if (voter.role === 'leader') this.#stepDown(voter, 'newer term');
      voter.term = member.term;
      voter.electionAt = this.#timeout();
    }
    member.term--;
    this.#elect(member);
  }

  #elect(member: Member<V>): void {
    member.term++;
    member.log('info', `${member.id} became leader at term ${member.term}`);
    this.#lead(member);
    this.#quorumAt = this.#sim.now();
    this.#leaderLostAt = undefined;
    this.state.setOnline(true);
    this.#heartbeat(member);
  }

  #lead(member: Member<V>): void {
    if (this.members.length === 1) member.term++;
    member.role = 'leader';
    member.leader = member;
    this.#leaderSince = this.#sim.now();
  }

  /** When the present leader was elected, ms since the epoch. */
  get leaderSince(): number {
    return this.#leaderSince;
  }

  #stepDown(leader: Member<V>, why: string): void {
    leader.role = 'follower';
    leader.leader = undefined;
    leader.electionAt = this.#timeout();
    leader.log('warn', `${leader.id} stepped down to follower since ${why}`);
  }

  /** How many there are that a leader reaches, itself included. */
  #followersOf(leader: Member<V>): number {
    let count = 0;
    for (const member of this.members) if (member === leader || this.#connected(leader, member)) count++;
    return count;
  }

  #connected(a: Member<V>, b: Member<V>): boolean {
    return a.running && b.running && this.#reaches(a.host, b.host);
  }

  #timeout(): number {
    return this.#sim.now() + ELECTION_MS + this.#random.int(ELECTION_MS);
  }
}
