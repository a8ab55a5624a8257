import { describe, expect, it } from 'vitest';
import { lease as leaseKind } from '../../src/api/kinds/lease.ts';
import { serviceUnavailable } from '../../src/apimachinery/status.ts';
import { LeaderElector, renewTimeOf } from '../../src/client/leaderelection.ts';
import { Process } from '../../src/sim/process.ts';
import { must, Server } from './support.ts';

class Candidate {
  readonly process: Process;
  readonly elector: LeaderElector;
  readonly log: string[];

  constructor(server: Server, identity: string, log: string[]) {
    this.process = new Process(server.sim, identity);
    this.log = log;
    const begun = server.sim.now();
    const note = (what: string) => () =>
      void log.push(`${identity} ${what}@${(server.sim.now() - begun) / 1000}`);
    this.elector = new LeaderElector({
      process: this.process,
      client: server.client(identity),
      namespace: 'kube-system',
      name: 'kube-scheduler',
      identity,
      onStarted: note('started'),
      onStopped: note('stopped'),
    });
    this.elector.start();
  }
}

function two(): { server: Server; a: Candidate; b: Candidate; log: string[] } {
  const server = new Server();
  const log: string[] = [];
  const a = new Candidate(server, 'a', log);
  const b = new Candidate(server, 'b', log);
  return { server, a, b, log };
}

const spec = (server: Server) => must(server.admin.get(leaseKind, 'kube-scheduler', 'kube-system')).spec;

describe('of two candidates', () => {
  it('the first leads, for as long as it renews', () => {
    const { server, a, b, log } = two();
    server.run(600_000);
    expect(log).toEqual(['a started@0']);
    expect([a.elector.leading, b.elector.leading]).toEqual([true, false]);
    expect(spec(server)).toMatchObject({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
    });
    expect(
      server.sim.now() -
        (renewTimeOf(must(server.admin.get(leaseKind, 'kube-scheduler', 'kube-system'))) ?? 0),
    ).toBeLessThanOrEqual(2000);
  });

  it('the other takes over 15 seconds after the leader was last seen to renew', () => {
    const { server, a, b, log } = two();
    server.run(60_500);
    a.process.kill();
    server.run(60_000);
    expect(log).toHaveLength(2);
    const at = Number(log[1]?.split('@')[1]);
    expect(log[1]).toMatch(/^b started@/);
    expect(at).toBeGreaterThanOrEqual(75);
    expect(at).toBeLessThanOrEqual(78);
    expect(spec(server)).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    expect(b.elector.leading).toBe(true);
  });

  it('there are never two leaders when the first is cut off: it gives up before the other takes over', () => {
    const { server, a, b, log } = two();
    server.run(10_500);
    server.refuse = ({ user: _, cause }) =>
      cause.component === 'a' ? serviceUnavailable('cut off') : undefined;
    const end = server.sim.now() + 60_000;
    while (server.sim.now() < end) {
      server.sim.step();
      expect(a.elector.leading && b.elector.leading).toBe(false);
    }
    expect(log.map((text) => text.split('@')[0])).toEqual(['a started', 'a stopped', 'b started']);
  });

  it('one that has lost does not try again', () => {
    const { server, a, b, log } = two();
    server.run(10_500);
    server.refuse = ({ cause }) => (cause.component === 'a' ? serviceUnavailable('cut off') : undefined);
    server.run(30_000);
    server.refuse = () => undefined;
    b.process.kill();
    server.run(60_000);
    expect([log.length, a.elector.leading]).toEqual([3, false]);
  });

  it('one that was stopped for a while finds that it no longer leads', () => {
    const { server, a, b, log } = two();
    server.run(10_500);
    a.process.pause();
    server.run(30_000);
    expect(b.elector.leading).toBe(true);
    a.process.resume();
    server.run(20_000);
    expect(a.elector.leading).toBe(false);
    expect(log.at(-1)).toMatch(/^a stopped/);
  });
});

it('a leader survives a short absence of the server', () => {
  const { server, a, log } = two();
  server.run(10_500);
  server.refuse = () => serviceUnavailable('away');
  server.run(9000);
  server.refuse = () => undefined;
  server.run(60_000);
  expect([a.elector.leading, log]).toEqual([true, ['a started@0']]);
});

it('a lease that was released is taken at once', () => {
  const server = new Server();
  must(
    server.admin.create(leaseKind, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'kube-scheduler', namespace: 'kube-system' },
      spec: { holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 4 },
    }),
  );
  const log: string[] = [];
  new Candidate(server, 'a', log);
  server.run(1000);
  expect(log).toEqual(['a started@0']);
  expect(spec(server)).toMatchObject({ holderIdentity: 'a', leaseTransitions: 5 });
});
