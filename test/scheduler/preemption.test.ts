import { describe, expect, it } from 'vitest';
import { CycleState } from '../../src/scheduler/cyclestate.ts';
import { NO_LISTERS } from '../../src/scheduler/listers.ts';
import { NodeInfo } from '../../src/scheduler/nodeinfo.ts';
import { podInfo } from '../../src/scheduler/podinfo.ts';
import { pickCandidate, selectVictims } from '../../src/scheduler/preemption.ts';
import { Bench } from './bench.ts';
import { Harness, makeNode, makePod, type PodShape } from './harness.ts';

const NOW = Date.UTC(2026, 0, 1);

/** A pod on a node; `started` in minutes before now. */
function placed(node: string, cpu: string, priority: number): PodShape {
  return { cpu, spec: { nodeName: node, priority } };
}

function isLeaving(h: Harness, name: string): boolean {
  return h.getPod(name).metadata.deletionTimestamp !== undefined;
}

describe('DefaultPreemption', () => {
  it('evicts a pod of lower priority, promises its room and binds when it has gone', () => {
    const h = new Harness().start();
    h.node('n1');
    h.pod('low', placed('n1', '3', 0));
    h.pod('high', { cpu: '2', spec: { priority: 100 } });
    h.run();
    expect(isLeaving(h, 'low')).toBe(true);
    expect(h.getPod('low').status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: 'default-scheduler: preempting to accommodate a higher priority pod',
      }),
    );
    const { uid } = h.getPod('high').metadata;
    expect(h.events('low')).toEqual([`Normal Preempted: Preempted by pod ${uid} on node n1`]);
    expect(h.getPod('high').status?.nominatedNodeName).toBe('n1');
    expect(h.scheduled('high')).toBe('False/Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.');
    h.deletePod('low');
    h.run();
    expect(h.nodeOf('high')).toBe('n1');
  });

  it('waits for the victims it already has', () => {
    const h = new Harness().start();
    h.node('n1');
    h.pod('low', placed('n1', '2', 0));
    h.pod('other', placed('n1', '2', 0));
    h.pod('high', { cpu: '2', spec: { priority: 100 } });
    h.run();
    h.run(400_000);
    expect([isLeaving(h, 'low'), isLeaving(h, 'other')].filter(Boolean)).toHaveLength(1);
    expect(h.scheduled('high')).toContain('not eligible due to a terminating pod on the nominated node.');
  });

  it('evicts no more than needed, and the least important', () => {
    const h = new Harness().start();
    h.node('n1');
    for (const [name, priority] of [
      ['p30', 30],
      ['p10', 10],
      ['p20', 20],
      ['p15', 15],
    ] as const) {
      h.pod(name, placed('n1', '1', priority));
    }
    h.pod('high', { cpu: '2', spec: { priority: 100 } });
    h.run();
    expect(['p10', 'p15', 'p20', 'p30'].map((name) => isLeaving(h, name))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('never evicts pods of the same or a higher priority', () => {
    const h = new Harness().start();
    h.node('n1');
    h.pod('same', placed('n1', '2', 100));
    h.pod('higher', placed('n1', '2', 200));
    h.pod('high', { cpu: '2', spec: { priority: 100 } });
    h.run(10_000);
    expect([isLeaving(h, 'same'), isLeaving(h, 'higher')]).toEqual([false, false]);
  });

  it('leaves nodes alone where eviction would not help', () => {
    const h = new Harness().start();
    h.node('n1', { spec: { unschedulable: true } });
    h.node('n2', { cpu: '1' });
    h.pod('a', placed('n1', '4', 0));
    h.pod('b', placed('n2', '1', 0));
    h.pod('high', { cpu: '2', spec: { priority: 100 } });
    h.run(10_000);
    expect([isLeaving(h, 'a'), isLeaving(h, 'b')]).toEqual([false, false]);
  });

  it('frees a host port', () => {
    const h = new Harness().start();
    h.node('n1');
    h.pod('low', { hostPort: 80, spec: { nodeName: 'n1', priority: 0 } });
    h.pod('high', { hostPort: 80, spec: { priority: 1 } });
    h.run();
    expect(isLeaving(h, 'low')).toBe(true);
  });

  it('keeps the promised room from pods of lower priority', () => {
    const h = new Harness().start();
    h.node('n1');
    h.pod('low', placed('n1', '4', 0));
    h.pod('high', { cpu: '4', spec: { priority: 100 } });
    h.run();
    h.pod('late', { cpu: '4', spec: { priority: 50 } });
    h.deletePod('low');
    h.run(3000);
    expect([h.nodeOf('high'), h.nodeOf('late')]).toEqual(['n1', '']);
  });

  it('remembers its promises over a restart', () => {
    const h = new Harness().start();
    h.node('n1');
    h.pod('low', placed('n1', '4', 0));
    h.pod('high', { cpu: '4', spec: { priority: 100 } });
    h.run();
    h.restart();
    h.pod('late', { cpu: '4', spec: { priority: 50 } });
    h.run();
    h.deletePod('low');
    h.run(3000);
    expect([h.nodeOf('high'), h.nodeOf('late')]).toEqual(['n1', '']);
  });

  it('takes a promise back when nothing can be done any more', () => {
    const h = new Harness().start();
    h.node('n1');
    h.pod('low', placed('n1', '4', 0));
    h.pod('high', { cpu: '4', spec: { priority: 100 } });
    h.run();
    h.patchNode('n1', { spec: { unschedulable: true } });
    h.deletePod('low');
    h.run(3000);
    expect(h.getPod('high').status?.nominatedNodeName).toBeUndefined();
  });
});

describe('the choice of the node to preempt on', () => {
  const victims = (...shapes: readonly (readonly [priority: number, startedMinutesAgo: number])[]) =>
    shapes.map(([priority, minutes], i) =>
      podInfo(
        makePod(`v${i}`, {
          spec: { priority },
          status: { startTime: new Date(NOW - minutes * 60_000).toISOString().replace('.000', '') },
        }),
      ),
    );

  it.each<[string, readonly ReturnType<typeof victims>[], string]>([
    ['is the one whose top victim is lowest', [victims([10, 0]), victims([5, 0], [5, 0])], 'n1'],
    [
      'is then the one with the lowest sum of priorities',
      [victims([5, 0], [4, 0]), victims([5, 0], [3, 0])],
      'n1',
    ],
    [
      'is the one with fewer victims even where priorities are negative',
      [victims([-5, 0], [-5, 0]), victims([-5, 0])],
      'n1',
    ],
    ['is then the one whose most important victims started last', [victims([5, 60]), victims([5, 10])], 'n1'],
    ['is then the first', [victims([5, 10]), victims([5, 10])], 'n0'],
  ])('%s', (_, each, chosen) => {
    const candidates = each.map((list, i) => ({ node: new NodeInfo(`n${i}`), victims: list, violations: 0 }));
    expect(pickCandidate(candidates, NOW)?.node.name).toBe(chosen);
  });

  it('is before all else the one that violates the fewest budgets', () => {
    const [low, high] = [victims([1, 0]), victims([9, 0])];
    const candidates = [
      { node: new NodeInfo('n0'), victims: low, violations: 1 },
      { node: new NodeInfo('n1'), victims: high, violations: 0 },
    ];
    expect(pickCandidate(candidates, NOW)?.node.name).toBe('n1');
  });
});

describe('victims and their budgets', () => {
  const budget = (app: string, disruptionsAllowed: number, disrupted: readonly string[] = []) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app, namespace: 'default' },
    spec: { selector: { matchLabels: { app } } },
    status: {
      disruptionsAllowed,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
      disruptedPods: Object.fromEntries(disrupted.map((name) => [name, '2026-01-01T00:00:00Z'])),
    },
  });
  const running = (name: string, app: string, priority: number) => ({
    ...makePod(name, { cpu: '2', labels: { app }, spec: { priority } }),
  });

  it.each<[string, readonly ReturnType<typeof budget>[], readonly string[], number]>([
    ['takes the least important where there are no budgets', [], ['low'], 0],
    ['spares a pod whose budget allows nothing and takes a more important one', [budget('a', 0)], ['mid'], 0],
    ['takes a pod whose budget allows it', [budget('a', 1)], ['low'], 0],
    ['does not ask a budget that counts the pod as disrupted already', [budget('a', 0, ['low'])], ['low'], 0],
    ['takes one against its budget when none is left without', [budget('a', 0), budget('b', 0)], ['low'], 1],
  ])('%s', (_, budgets, names, violations) => {
    const bench = new Bench({ ...NO_LISTERS, budgets: () => budgets })
      .add(makeNode('n1'))
      .place('n1', running('low', 'a', 1), running('mid', 'b', 5));
    const pod = podInfo(makePod('high', { cpu: '2', spec: { priority: 100 } }));
    const state = new CycleState();
    bench.framework.preFilter(state, pod);
    const node = bench.cache.node('n1') as NodeInfo;
    const before = node.milliCPU;
    const found = selectVictims(bench.framework, state, pod, node);
    if (!('victims' in found)) throw new Error('no candidate');
    expect(found.victims.map((victim) => victim.pod.metadata.name)).toEqual(names);
    expect(found.violations).toBe(violations);
    expect(node.milliCPU).toBe(before);
  });
});
