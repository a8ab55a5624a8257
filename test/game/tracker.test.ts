import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/apimachinery/json.ts';
import { type GoalSpec, goalShape } from '../../src/game/goalspec.ts';
import { Issues } from '../../src/game/issue.ts';
import { Tracker } from '../../src/game/tracker.ts';
import { Objects, pod } from './goals/objects.ts';

function goal(rest: object): GoalSpec {
  const issues = new Issues('level.yaml');
  const spec = { id: 'g', ...rest } as unknown as Json;
  const read = goalShape.read(spec, '', issues);
  if (read === undefined) throw new Error(issues.list.map(({ message }) => message).join('; '));
  return read;
}

const THERE = { state: { object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } } } };

/** A goal, and what happens: `+` the pod comes, `-` it goes, at whole seconds. */
function play(
  spec: object,
  happenings: Readonly<Record<number, '+' | '-' | '-+'>>,
  seconds: number,
): readonly string[] {
  const objects = new Objects();
  const tracker = new Tracker(goal(spec), {
    mirror: objects.mirror,
    usage: objects.usage,
    fabric: objects.fabric,
    sim: objects.sim,
    start: objects.start,
    moves: () => 0,
    settled: () => {},
    touched: () => {},
  });
  for (const [second, what] of Object.entries(happenings)) {
    objects.sim.at(objects.start + Number(second) * 1000, () => {
      if (what.includes('-')) objects.delete(pod('a'));
      if (what.includes('+')) objects.put(pod('a'));
    });
  }
  const states: string[] = [];
  for (let second = 0; second <= seconds; second++) {
    objects.sim.runUntil(objects.start + second * 1000);
    tracker.tick();
    states.push(tracker.state);
  }
  return states;
}

describe('a goal over time', () => {
  it.each<[string, object, Parameters<typeof play>[1], string]>([
    ['is met at once without a time of its own', THERE, { 1: '+' }, 'open met met met'],
    ['is open again when it no longer holds', THERE, { 1: '+', 2: '-' }, 'open met open open'],
    ['stays met when it latches', { ...THERE, latch: true }, { 1: '+', 2: '-' }, 'open met met met'],
    ['is met by its deadline', { ...THERE, by: '2s' }, { 2: '+' }, 'open open met met'],
    ['fails at its deadline and stays failed', { ...THERE, by: '2s' }, { 3: '+' }, 'open open failed failed'],
    [
      'may break after its deadline and come back',
      { ...THERE, by: '1s' },
      { 1: '+', 2: '-', 3: '+' },
      'open met open met',
    ],
    ['must hold without a break', { ...THERE, hold: '2s' }, { 0: '+' }, 'holding holding met met'],
    [
      'begins to hold again after a break',
      { ...THERE, hold: '2s' },
      { 0: '+', 1: '-', 2: '+' },
      'holding open holding holding met',
    ],
    [
      'must have held by its deadline',
      { ...THERE, hold: '3s', by: '2s' },
      { 0: '+' },
      'holding holding failed',
    ],
    [
      'is not looked at before its time',
      { ...THERE, during: ['2s', '4s'] },
      { 1: '+' },
      'open open holding holding met',
    ],
    [
      'fails when it does not hold as its time begins',
      { ...THERE, during: ['1s', '3s'] },
      { 2: '+' },
      'open failed failed',
    ],
    [
      'holds to the end of its time and not longer',
      { ...THERE, during: ['1s', '3s'] },
      { 0: '+', 3: '-' },
      'open holding holding met met',
    ],
    [
      'never ends without an end',
      { never: { matching: { object: { apiVersion: 'v1', kind: 'Pod' } } } },
      {},
      'holding holding holding',
    ],
    [
      'fails for good at the first break',
      { never: { matching: { object: { apiVersion: 'v1', kind: 'Pod' } } } },
      { 1: '+', 2: '-' },
      'holding failed failed',
    ],
  ])('%s', (_, spec, happenings, wanted) => {
    const states = wanted.split(' ');
    expect(play(spec, happenings, states.length - 1)).toEqual(states);
  });

  it('that fails shows the last events of the object that was not in order', () => {
    const objects = new Objects();
    const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    const spec = { state: { object: { apiVersion: 'v1', kind: 'Pod', ...ready }, count: 2 }, by: '5s' };
    const tracker = new Tracker(goal(spec), {
      mirror: objects.mirror,
      usage: objects.usage,
      fabric: objects.fabric,
      sim: objects.sim,
      start: objects.start,
      moves: () => 0,
      settled: () => {},
      touched: () => {},
    });
    objects.put(pod('a', { ready: false }));
    objects.put(pod('z'));
    const event = (name: string, second: number, reason: string): void =>
      objects.put({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${name}.${second}`, namespace: 'default' },
        involvedObject: { kind: 'Pod', namespace: 'default', name },
        reason,
        message: 'm',
        lastTimestamp: `2026-01-05T00:00:0${second}Z`,
      });
    event('a', 1, 'Pulling');
    event('a', 4, 'NodeNotReady');
    event('a', 2, 'Created');
    event('a', 3, 'Started');
    event('z', 5, 'Healthy');
    objects.sim.runUntil(objects.start + 5000);
    expect(tracker.view('en').failure?.split('\n')).toEqual([
      'Not so by 5 s',
      'matching Pods: wanted 2, got 1',
      'a · Ready: wanted True, got False',
      'Last events:',
      'NodeNotReady: m',
      'Started: m',
      'Created: m',
    ]);
  });

  it('sees a break that lasts no time at all', () => {
    const spec = { ...THERE, during: ['1s', '9s'] };
    expect(play(spec, { 0: '+', 2: '-+' }, 3)).toEqual(['open', 'holding', 'failed', 'failed']);
  });
});
