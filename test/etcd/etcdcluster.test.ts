import { describe, expect, it } from 'vitest';
import { Etcd } from '../../src/etcd/etcd.ts';
import { EtcdCluster } from '../../src/etcd/etcdcluster.ts';
import type { Member } from '../../src/etcd/member.ts';
import { Simulation } from '../../src/sim/simulation.ts';

const CAUSE = { component: 'test', trigger: 0 };

class Harness {
  readonly sim = new Simulation({ seed: 7 });
  readonly etcd = new Etcd<string>(this.sim);
  readonly cut = new Set<string>();
  readonly cluster: EtcdCluster<string>;

  constructor(size: number) {
    this.etcd.setOnline(false);
    this.cluster = new EtcdCluster({
      sim: this.sim,
      state: this.etcd,
      members: Array.from({ length: size }, (_, i) => ({
        name: `m${i}`,
        host: `m${i}`,
        address: `10.0.0.${i}`,
      })),
      reaches: (a, b) => !this.cut.has(a) && !this.cut.has(b),
    });
    for (const member of this.cluster.members) member.setOnline(true);
    this.run(5_000);
  }

  run(ms: number): void {
    this.sim.runUntil(this.sim.now() + ms);
  }

  get leader(): Member<string> {
    const { leader } = this.cluster;
    if (leader === undefined) throw new Error('no leader');
    return leader;
  }

  get followers(): readonly Member<string>[] {
    return this.cluster.members.filter((member) => member !== this.cluster.leader);
  }

  put(member: Member<string>, key: string): string {
    const written = member.txn([], [{ type: 'put', key, value: 'v' }], [], CAUSE);
    return written.ok ? 'ok' : written.error.message;
  }
}

describe('members of an etcd', () => {
  it.each([1, 3, 5])('%i of them elect one leader in one term, and any of them takes writes', (size) => {
    const h = new Harness(size);
    expect(h.cluster.members.filter(({ role }) => role === 'leader')).toHaveLength(1);
    expect(new Set(h.cluster.members.map(({ term }) => term)).size).toBe(1);
    for (const member of h.cluster.members) expect(h.put(member, `by-${member.name}`)).toBe('ok');
    for (const member of h.cluster.members) expect(member.revision).toBe(h.etcd.revision);
  });

  it('elect another leader in a higher term one to two election timeouts after the first is lost', () => {
    const h = new Harness(3);
    const { leader } = h;
    const { term } = leader;
    leader.setOnline(false);
    h.run(900);
    const [left] = h.followers.filter(({ online }) => online);
    expect(h.put(left as Member<string>, 'a')).toMatch(/^etcdserver: request timed out/);
    h.run(3_000);
    expect(h.leader).not.toBe(leader);
    expect(h.leader.term).toBeGreaterThan(term);
    expect(h.put(h.leader, 'a')).toBe('ok');
  });

  it('a leader without a majority steps down, refuses everything, and follows the new one when it is back', () => {
    const h = new Harness(3);
    const old = h.leader;
    h.cut.add(old.host);
    expect(h.put(old, 'lost')).toBe('etcdserver: request timed out, possibly due to connection lost');
    h.run(5_000);
    expect(old.role).not.toBe('leader');
    expect(h.put(h.leader, 'kept')).toBe('ok');
    expect(old.revision).toBeLessThan(h.etcd.revision);
    const { term } = h.leader;
    h.cut.delete(old.host);
    h.run(2_000);
    // Pre-votes: who was away does not disturb the others with a term of its own.
    expect([h.leader.term, old.term, old.revision]).toEqual([term, term, h.etcd.revision]);
  });

  it('a watch at a member that was cut off misses nothing and sees nothing twice', () => {
    const h = new Harness(3);
    const away = h.followers[0] as Member<string>;
    const seen: string[] = [];
    away.watch('', (records) => seen.push(...records.map(({ key }) => key)));
    h.put(h.leader, 'a');
    h.cut.add(away.host);
    h.put(h.leader, 'b');
    h.put(h.leader, 'c');
    expect(seen).toEqual(['a']);
    h.cut.delete(away.host);
    h.run(1_000);
    h.put(h.leader, 'd');
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
  });

  it('without a majority for three seconds, watches end, and new ones find no leader', () => {
    const h = new Harness(3);
    const [one, two] = h.followers as [Member<string>, Member<string>];
    let closed = 0;
    h.leader.watch(
      '',
      () => {},
      undefined,
      () => closed++,
    );
    const last = h.leader;
    one.setOnline(false);
    two.setOnline(false);
    h.run(6_000);
    expect(closed).toBe(1);
    const again = last.watch('', () => {});
    expect(again.ok ? '' : again.error.message).toBe('etcdserver: no leader');
    one.setOnline(true);
    h.run(5_000);
    expect(h.put(last, 'a')).toBe('ok');
  });

  it('all stopped and let go on again, they go on as they were', () => {
    const h = new Harness(3);
    const runners = h.cluster.members.map((member) => {
      const runner = { paused: false };
      member.setOnline(true, runner);
      return runner;
    });
    h.run(3_000);
    for (const runner of runners) runner.paused = true;
    h.run(10_000);
    for (const runner of runners) runner.paused = false;
    h.run(5_000);
    for (const member of h.cluster.members) expect(h.put(member, 'a')).toBe('ok');
  });

  it('who knows less cannot be elected', () => {
    const h = new Harness(3);
    const behind = h.followers[0] as Member<string>;
    h.cut.add(behind.host);
    h.put(h.leader, 'a');
    h.leader.setOnline(false);
    h.run(300);
    h.cut.delete(behind.host);
    h.run(5_000);
    expect(h.leader).not.toBe(behind);
  });

  it('hand the leadership on when told to', () => {
    const h = new Harness(3);
    const next = h.followers[1] as Member<string>;
    expect(h.cluster.moveLeader(next)).toBe(true);
    h.run(1_000);
    expect([h.leader, h.cluster.members.filter(({ role }) => role === 'leader').length]).toEqual([next, 1]);
  });
});

describe('space of an etcd', () => {
  it('is taken up by old revisions until they are compacted and the file is defragmented', () => {
    const h = new Harness(1);
    const { space } = h.etcd;
    space.setQuota(200_000);
    for (let i = 0; i < 500; i++) h.put(h.leader, 'a');
    const full = space.sizeOf('m0');
    expect(h.leader.compact(h.etcd.revision).ok).toBe(true);
    expect([space.sizeOf('m0'), space.inUse < full]).toEqual([full, true]);
    space.defragment('m0');
    expect(space.sizeOf('m0')).toBe(space.inUse);
  });

  it('a full one raises the alarm, takes no puts, and takes deletions', () => {
    const h = new Harness(1);
    expect(h.put(h.leader, 'a')).toBe('ok');
    h.etcd.space.fill(h.etcd.revision);
    expect(h.put(h.leader, 'b')).toBe('etcdserver: mvcc: database space exceeded');
    expect([...h.etcd.space.alarms]).toEqual(['m0']);
    expect(h.leader.txn([], [{ type: 'delete', key: 'a' }], [], CAUSE).ok).toBe(true);
    expect(h.leader.grantLease(1_000)).toMatchObject({ ok: false, error: { code: 'noSpace' } });
  });

  it('a restored state is that of the revision, as one new revision', () => {
    const h = new Harness(1);
    h.put(h.leader, 'a');
    const { revision } = h.etcd;
    h.put(h.leader, 'b');
    h.leader.txn([], [{ type: 'delete', key: 'a' }], [], CAUSE);
    expect(h.etcd.restore(revision, (value) => value)).toBe(revision + 3);
    const now = h.leader.range('');
    expect(now.ok ? now.value.records.map(({ key }) => key) : []).toEqual(['a']);
  });
});
