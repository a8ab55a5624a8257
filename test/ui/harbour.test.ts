import { describe, expect, it } from 'vitest';
import { pack } from '../../src/scheduler/decision.ts';
import { AppMarks } from '../../src/ui/model/apps.ts';
import { type CrateState, HarbourReader } from '../../src/ui/model/harbour.ts';
import {
  busyHarbour,
  FakeCluster,
  newEvent,
  newNode,
  newPod,
  type PodOptions,
  START,
} from './fakecluster.ts';

describe('a crate', () => {
  it.each<[CrateState, string, PodOptions]>([
    ['ready', 'runs and is ready', { node: 'n' }],
    ['running', 'runs but is not ready', { node: 'n', ready: false }],
    [
      'starting',
      'is being started',
      { node: 'n', phase: 'Pending', ready: false, waiting: 'ContainerCreating' },
    ],
    ['pending', 'is on no ship', { phase: 'Pending', ready: false }],
    ['failing', 'restarts again and again', { node: 'n', ready: false, waiting: 'CrashLoopBackOff' }],
    [
      'failing',
      'cannot get its image',
      { node: 'n', phase: 'Pending', ready: false, waiting: 'ErrImagePull' },
    ],
    ['failing', 'has failed', { node: 'n', phase: 'Failed', ready: false }],
    ['terminating', 'is being stopped', { node: 'n', deleting: true }],
    ['done', 'has done its work', { node: 'n', phase: 'Succeeded', ready: false }],
  ])('is %s when its pod %s', (state, _, options) => {
    const cluster = new FakeCluster();
    cluster.put('minions', newNode('n'));
    cluster.put('pods', newPod('a', options));
    const model = new HarbourReader(cluster).read(1000);
    expect(
      [...model.quay, ...model.ships.flatMap(({ crates }) => crates)].map((crate) => crate.state),
    ).toEqual([state]);
  });
});

describe('the harbour', () => {
  it('has a ship for each worker, in the order of their numbers, with its state', () => {
    const cluster = busyHarbour();
    cluster.put('minions', newNode('cargo-10'));
    const control = newNode('control-plane');
    cluster.put('minions', {
      ...control,
      metadata: { ...control.metadata, labels: { 'node-role.kubernetes.io/control-plane': '' } },
    });
    const { ships } = new HarbourReader(cluster).read(1000);
    expect(ships.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'cargo-1 ready',
      'cargo-2 ready',
      'cargo-3 cordoned',
      'cargo-4 lost',
      'cargo-10 ready',
    ]);
  });

  it('counts what pods request against what the ship offers', () => {
    const cluster = new FakeCluster();
    cluster.put('minions', newNode('n', { cpu: '2' }));
    cluster.put('pods', newPod('a', { node: 'n', cpu: '500m' }));
    cluster.put('pods', newPod('b', { node: 'n', cpu: '1' }));
    cluster.put('pods', newPod('done', { node: 'n', cpu: '1', phase: 'Succeeded' }));
    expect(new HarbourReader(cluster).read(1000).ships[0]?.cpu).toBe(0.75);
  });

  it('follows pods from the quay to a ship and off it', () => {
    const cluster = busyHarbour();
    const reader = new HarbourReader(cluster);
    expect(reader.read(1000).quay.map(({ pod }) => pod)).toEqual(['db-1']);
    cluster.put('pods', newPod('db-1', { app: 'db', node: 'cargo-2', phase: 'Pending', ready: false }));
    const loaded = reader.read(2000);
    expect(loaded.quay).toEqual([]);
    expect(loaded.ships[1]?.crates.find(({ pod }) => pod === 'db-1')).toMatchObject({
      state: 'starting',
      changedAt: 2000,
    });
    cluster.remove('/registry/pods/default/db-1');
    expect(reader.read(3000).ships[1]?.crates.some(({ pod }) => pod === 'db-1')).toBe(false);
  });

  it('marks as new only what changed, and nothing at first', () => {
    const cluster = busyHarbour();
    const reader = new HarbourReader(cluster);
    const first = reader.read(5000);
    expect(
      first.ships.every(
        ({ changedAt, crates }) => changedAt === 0 && crates.every((crate) => crate.changedAt === 0),
      ),
    ).toBe(true);
    cluster.put('minions', newNode('cargo-2', { ready: 'Unknown' }));
    expect(reader.read(6000).ships.map(({ changedAt }) => changedAt)).toEqual([0, 6000, 0, 0]);
  });

  it('keeps the value of every ship to which nothing happened', () => {
    const cluster = busyHarbour();
    const reader = new HarbourReader(cluster);
    const before = reader.read(1000);
    expect(reader.read(2000)).toBe(before);
    cluster.put('pods', newPod('nginx-1', { app: 'nginx', node: 'cargo-1', ready: false }));
    const after = reader.read(3000);
    expect(after.ships[0]).not.toBe(before.ships[0]);
    expect(after.ships.slice(1)).toEqual(before.ships.slice(1));
    expect(after.ships[1]).toBe(before.ships[1]);
  });

  it('tells what the crane did last', () => {
    const cluster = busyHarbour();
    const reader = new HarbourReader(cluster);
    reader.read(1000);
    cluster.decisions.set('default/db-1', {
      type: 'scheduling',
      pod: 'default/db-1',
      uid: '',
      time: START,
      attempt: 1,
      total: 4,
      evaluated: 4,
      nodeNames: ['cargo-1', 'cargo-2', 'cargo-3', 'cargo-4'],
      reasons: new Map([['node(s) were unschedulable', 2]]),
      rejections: {
        nodes: pack([2, 3]),
        verdicts: pack([0, 0]),
        statuses: [
          { code: 'unresolvable', reasons: ['node(s) were unschedulable'], plugin: 'NodeUnschedulable' },
        ],
      },
      node: 'cargo-2',
    });
    cluster.put('pods', newPod('db-1', { app: 'db', node: 'cargo-2', phase: 'Pending', ready: false }));
    expect(reader.read(2000).crane).toMatchObject({
      pod: 'db-1',
      node: 'cargo-2',
      passed: 2,
      all: 4,
      changedAt: 2000,
    });
  });

  it('lists events in the order in which they arrive, a recurring one at the end again', () => {
    const cluster = busyHarbour();
    const reader = new HarbourReader(cluster);
    cluster.put('events', newEvent('a.1', 110, 'Killing', 'Stopping container'));
    cluster.put('events', newEvent('redis-1.3', 111, 'BackOff', 'again', 'Warning'));
    reader.read(1000);
    expect(reader.events.lines.map(({ reason }) => reason)).toEqual([
      'Scheduled',
      'Pulling',
      'Killing',
      'BackOff',
    ]);
    expect(reader.events.lines.at(-1)).toMatchObject({
      name: 'redis-1',
      message: 'again',
      warning: true,
      time: START + 111_000,
    });
  });
});

describe('the marks of apps', () => {
  it('give each app a letter of its own, from its name while there is one', () => {
    const marks = new AppMarks();
    expect(['web', 'worker', 'wow', 'w', '123'].map((app) => marks.of(app).letter)).toEqual([
      'W',
      'O',
      'A',
      'B',
      '1',
    ]);
    expect(marks.of('web')).toBe(marks.of('web'));
  });
});
