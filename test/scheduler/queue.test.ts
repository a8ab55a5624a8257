import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/api/generated/types.ts';
import { Action, type EventInterest } from '../../src/scheduler/events.ts';
import { Heap } from '../../src/scheduler/heap.ts';
import { prioritySort } from '../../src/scheduler/plugins/prioritysort.ts';
import { type QueuedPod, SchedulingQueue } from '../../src/scheduler/queue.ts';
import { rejection, SUCCESS } from '../../src/scheduler/status.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';
import { Bench } from './bench.ts';
import { makeNode, makePod } from './harness.ts';

const FIT = new Set(['NodeResourcesFit']);
const PORTS = new Set(['NodePorts']);
const NONE = new Set<string>();

class Fixture {
  readonly sim = new Simulation({ seed: 1, startTime: 0 });
  readonly queue: SchedulingQueue;
  wakes = 0;

  constructor() {
    const interests = new Map<string, readonly EventInterest[]>([
      ['NodeResourcesFit', [{ resource: 'Node', actions: Action.add | Action.nodeAllocatable }]],
      ['NodePorts', [{ resource: 'AssignedPod', actions: Action.delete }]],
      ['Labels', [{ resource: 'Pod', actions: Action.podLabels }]],
      [
        'Picky',
        [
          {
            resource: 'Node',
            actions: Action.add,
            hint: (_, event) => event.after?.metadata.name === 'good',
          },
        ],
      ],
    ]);
    const sorter = prioritySort.create(new Bench().framework, {});
    this.queue = new SchedulingQueue({
      process: new Process(this.sim, 'queue'),
      less: (a, b) => sorter.less?.(a, b) ?? false,
      preEnqueue: ({ pod }) =>
        pod.spec.schedulingGates ? rejection('unresolvable', 'SchedulingGates', 'gated') : SUCCESS,
      interests,
      ready: () => {
        this.wakes++;
      },
    });
  }

  put(name: string, priority = 0): void {
    this.queue.put(prioritized(name, priority));
  }

  at(time: number): void {
    this.sim.runUntil(time);
  }

  /** The names of all pods that can be popped now. */
  drain(): string[] {
    const names: string[] = [];
    for (let next = this.queue.pop(); next !== undefined; next = this.queue.pop())
      names.push(next.info.key.slice(8));
    return names;
  }

  /** Takes the next pod and gives it back as failed. */
  fail(rejectors: ReadonlySet<string>): QueuedPod {
    const queued = this.queue.pop();
    if (queued === undefined) throw new Error('nothing to pop');
    this.queue.giveBack(queued, queued.info.pod, rejectors);
    return queued;
  }

  place(name: string): string | undefined {
    return this.queue.placeOf(`uid-${name}`);
  }

  addNode(name = 'n1'): void {
    this.queue.move({ resource: 'Node', action: Action.add, after: makeNode(name) });
  }
}

function prioritized(name: string, priority: number): Pod {
  return makePod(name, { spec: { priority } });
}

describe('the scheduling queue', () => {
  it('gives the highest priority first, then who came first', () => {
    const f = new Fixture();
    f.put('a');
    f.put('b', 10);
    f.at(1);
    f.put('c', 10);
    f.put('d');
    expect(f.drain()).toEqual(['b', 'c', 'a', 'd']);
  });

  it('keeps a rejected pod until something happens that concerns the plugin', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(FIT);
    expect(f.place('a')).toBe('unschedulable');
    f.queue.move({ resource: 'AssignedPod', action: Action.delete, before: makePod('x') });
    f.queue.move({
      resource: 'Node',
      action: Action.nodeLabels,
      before: makeNode('n1'),
      after: makeNode('n1'),
    });
    expect(f.place('a')).toBe('unschedulable');
    f.addNode();
    expect(f.place('a')).toBe('backoff');
  });

  it('asks the hint whether the event can help', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(new Set(['Picky']));
    f.addNode('bad');
    expect(f.place('a')).toBe('unschedulable');
    f.addNode('good');
    expect(f.place('a')).toBe('backoff');
  });

  it('lets an event for one of several plugins wake a pod', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(new Set(['NodePorts', 'NodeResourcesFit']));
    f.addNode();
    expect(f.place('a')).toBe('backoff');
  });

  it('wakes only pods that the concerned plugin rejected', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(FIT);
    f.put('b');
    f.fail(PORTS);
    f.addNode();
    expect([f.place('a'), f.place('b')]).toEqual(['backoff', 'unschedulable']);
  });

  it('doubles backoff from 1 s to 10 s, to the end of the second', () => {
    const f = new Fixture();
    f.put('blocker', -1);
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      f.put('a', 1);
      const failed = f.fail(FIT);
      f.addNode();
      const from = f.sim.now();
      // With another pod active, the one in backoff is not popped early.
      while (f.place('a') === 'backoff') f.at(f.sim.now() + 100);
      waits.push(f.sim.now() - from);
      expect(f.place('a'), `attempt ${failed.attempts}`).toBe('active');
    }
    expect(waits).toEqual([2000, 3000, 5000, 9000, 11_000, 11_000]);
  });

  it('sends a pod that has sat out its backoff straight on', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(FIT);
    f.at(5000);
    f.addNode();
    expect(f.place('a')).toBe('active');
  });

  it('pops from backoff when nothing is active', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(FIT);
    f.addNode();
    expect(f.drain()).toEqual(['a']);
  });

  it('makes a pod that failed by an error wait, even when nothing is active', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(NONE);
    expect(f.place('a')).toBe('errorBackoff');
    expect(f.drain()).toEqual([]);
    f.at(2000);
    expect(f.drain()).toEqual(['a']);
  });

  it('counts errors apart from rejections', () => {
    const f = new Fixture();
    f.put('a');
    for (let i = 0; i < 4; i++) {
      f.fail(FIT);
      f.addNode();
    }
    f.fail(NONE);
    f.at(1999);
    expect(f.place('a')).toBe('errorBackoff');
    f.at(2000);
    expect(f.place('a')).toBe('active');
  });

  it('tries every pod again after five minutes', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(FIT);
    f.at(300_000);
    expect(f.place('a')).toBe('unschedulable');
    f.at(330_000);
    expect(f.place('a')).toBe('active');
  });

  it('leaves no timer running when nothing waits', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(FIT);
    f.queue.remove('uid-a');
    f.at(30_000);
    expect(f.sim.pending).toBe(0);
  });

  it('holds gated pods until their gates are gone', () => {
    const f = new Fixture();
    f.queue.put(makePod('a', { spec: { schedulingGates: [{ name: 'x' }] } }));
    expect(f.place('a')).toBe('gated');
    f.addNode();
    expect(f.drain()).toEqual([]);
    f.queue.put(makePod('a'));
    expect(f.drain()).toEqual(['a']);
  });

  it('takes over a new state of a waiting pod without a change of place', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(FIT);
    f.queue.put(makePod('a', { labels: { x: '1' } }));
    expect(f.place('a')).toBe('unschedulable');
    expect(f.queue.get('uid-a')?.pod.metadata.labels).toEqual({ x: '1' });
  });

  it('wakes a pod that changed itself as its rejector wished', () => {
    const f = new Fixture();
    f.put('a');
    f.fail(new Set(['Labels']));
    f.queue.put(makePod('a', { labels: { x: '1' } }));
    expect(f.place('a')).toBe('backoff');
  });

  it('forgets a removed pod wherever it is', () => {
    for (const place of ['active', 'unschedulable', 'backoff']) {
      const f = new Fixture();
      f.put('a');
      if (place !== 'active') f.fail(FIT);
      if (place === 'backoff') f.addNode();
      expect(f.place('a')).toBe(place);
      f.queue.remove('uid-a');
      expect(f.queue.size).toBe(0);
      expect(f.drain()).toEqual([]);
    }
  });

  it('announces each pod that can be popped', () => {
    const f = new Fixture();
    f.put('a');
    expect(f.wakes).toBe(1);
    f.fail(FIT);
    expect(f.wakes).toBe(1);
    f.addNode();
    expect(f.wakes).toBe(2);
  });
});

describe('the heap', () => {
  it('gives items in order whatever was taken out between', () => {
    const numbers = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(numbers, (entries) => {
        const heap = new Heap<{ value: number; heapIndex: number }>((a, b) => a.value < b.value);
        const items = entries.map(([value]) => ({ value, heapIndex: -1 }));
        for (const item of items) heap.push(item);
        for (const [i, [, remove]] of entries.entries()) {
          const item = items[i];
          if (remove && item !== undefined) heap.remove(item);
        }
        const out: number[] = [];
        for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next.value);
        const expected = entries.filter(([, remove]) => !remove).map(([value]) => value);
        expect(out).toEqual(expected.sort((a, b) => a - b));
      }),
    );
  });
});
