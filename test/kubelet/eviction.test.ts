import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/api/generated/types.ts';
import { DEFAULT_KUBELET_CONFIG, type EvictionConfig, type MachineUsage } from '../../src/kubelet/config.ts';
import type { ContainerRuntime } from '../../src/kubelet/cri.ts';
import { EvictionManager } from '../../src/kubelet/eviction/manager.ts';
import { type PodUsage, rank } from '../../src/kubelet/eviction/ranking.ts';
import { isMet, thresholdsOf } from '../../src/kubelet/eviction/thresholds.ts';
import type { PodEvents } from '../../src/kubelet/podevents.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

const MI = 1024 * 1024;

function pod(name: string, request: string, priority = 0): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name },
    spec: {
      priority,
      containers: [{ name: 'main', image: 'x', resources: { requests: { memory: request } } }],
    },
  };
}

function using(memory: number, disk = 0): PodUsage {
  return { memory, disk, pids: 1, containers: new Map([['main', memory]]), disks: new Map() };
}

describe('pods go', () => {
  it.each<readonly [string, Parameters<typeof rank>[0], readonly string[]]>([
    [
      'first where they use more than they asked for, whatever their priority',
      [
        { pod: pod('within', '200Mi', 0), usage: using(150 * MI) },
        { pod: pod('above', '100Mi', 1000), usage: using(150 * MI) },
      ],
      ['above', 'within'],
    ],
    [
      'then by priority',
      [
        { pod: pod('high', '100Mi', 10), usage: using(900 * MI) },
        { pod: pod('low', '100Mi', 1), usage: using(150 * MI) },
      ],
      ['low', 'high'],
    ],
    [
      'then by how far they are above what they asked for',
      [
        { pod: pod('little', '700Mi'), usage: using(800 * MI) },
        { pod: pod('much', '100Mi'), usage: using(400 * MI) },
      ],
      ['much', 'little'],
    ],
  ])('%s', (_, pods, order) => {
    expect(rank(pods, 'MemoryPressure').map((each) => each.pod.metadata.name)).toEqual(order);
  });
});

describe('thresholds', () => {
  const [threshold] = thresholdsOf({
    ...DEFAULT_KUBELET_CONFIG,
    evictionHard: { 'nodefs.available': '10%' },
    evictionMinimumReclaim: { 'nodefs.available': '50' },
  });
  it.each([
    [99, false, true],
    [100, false, false],
    [149, true, true],
    [150, true, false],
  ])('of 10%% of 1000 with %i left, reclaim counted: %s, are met: %s', (available, reclaim, met) => {
    if (threshold === undefined) throw new Error('no threshold');
    const seen = new Map([['nodefs.available', { available, capacity: 1000 }]]);
    expect(isMet(threshold, seen, reclaim)).toBe(met);
  });

  it('must be of a signal that there is', () => {
    const config = { ...DEFAULT_KUBELET_CONFIG, evictionHard: { 'rum.available': '1' } };
    expect(() => thresholdsOf(config)).toThrow('unsupported eviction signal rum.available');
  });

  it('must have a grace period when they are soft', () => {
    const config = { ...DEFAULT_KUBELET_CONFIG, evictionSoft: { 'memory.available': '1Gi' } };
    expect(() => thresholdsOf(config)).toThrow(
      'grace period must be specified for the soft eviction threshold memory.available',
    );
  });
});

/** A manager over a machine of 1000Mi and pods that end at once, each freeing 100Mi. */
class World {
  readonly sim = new Simulation({ seed: 1 });
  readonly evicted: string[] = [];
  readonly conditions: unknown[] = [];
  readonly told: string[] = [];
  readonly pods: Pod[] = [];
  used: MachineUsage = { memory: 0, disk: 0, pids: 0 };
  readonly manager: EvictionManager;

  constructor(config: Partial<EvictionConfig>) {
    this.manager = new EvictionManager({
      pressed: () => {},
      process: new Process(this.sim, 'kubelet'),
      config: { ...DEFAULT_KUBELET_CONFIG, ...config },
      capacity: { memory: 1000 * MI, disk: 1000, pids: 1000 },
      usage: () => this.used,
      runtime: {
        containersOf: () => [],
        listImages: () => [],
      } as unknown as ContainerRuntime,
      events: {
        node: (_type: string, reason: string, text: string) => void this.told.push(`${reason}: ${text}`),
        pod: () => undefined,
      } as unknown as PodEvents,
      pods: {
        active: () => this.pods,
        limited: () => [],
        evict: (gone, verdict, grace) => {
          this.conditions.push(verdict.condition);
          this.evicted.push(`${gone.metadata.name} ${grace}s: ${verdict.message}`);
          this.pods.splice(this.pods.indexOf(gone), 1);
          this.used = { ...this.used, memory: this.used.memory - 100 * MI };
        },
        isOver: () => true,
        volumeBytes: () => 0,
      },
    });
    this.manager.start();
  }

  run(seconds: number): this {
    this.sim.runUntil(this.sim.now() + seconds * 1000);
    return this;
  }
}

describe('the eviction manager', () => {
  it('evicts one pod after the other until enough is left', () => {
    const world = new World({});
    world.pods.push(pod('a', '1Mi', 1), pod('b', '1Mi', 2), pod('c', '1Mi', 3));
    world.used = { memory: 1050 * MI, disk: 0, pids: 0 };
    expect(world.run(30).evicted).toEqual([
      'a 1s: The node was low on resource: memory. Threshold quantity: 100Mi, available: 0. ',
      'b 1s: The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. ',
    ]);
  });

  it('goes on to the minimum reclaim once it began', () => {
    const world = new World({ evictionMinimumReclaim: { 'memory.available': '100Mi' } });
    world.pods.push(pod('a', '1Mi', 1), pod('b', '1Mi', 2), pod('c', '1Mi', 3));
    world.used = { memory: 950 * MI, disk: 0, pids: 0 };
    expect(world.run(60).evicted.map((text) => text.slice(0, 1))).toEqual(['a', 'b']);
  });

  it('waits out the grace period of a soft threshold and gives the pod its time', () => {
    const world = new World({
      evictionHard: {},
      evictionSoft: { 'memory.available': '300Mi' },
      evictionSoftGracePeriod: { 'memory.available': 60_000 },
      evictionMaxPodGracePeriod: 20,
    });
    world.pods.push(pod('a', '1Mi'));
    world.used = { memory: 750 * MI, disk: 0, pids: 0 };
    expect(world.run(65).evicted).toEqual([]);
    expect(world.manager.hasPressure('MemoryPressure')).toBe(true);
    expect(world.run(10).evicted.map((text) => text.slice(0, 6))).toEqual(['a 20s:']);
  });

  it('forgets a soft threshold that was not met all the time', () => {
    const world = new World({
      evictionHard: {},
      evictionSoft: { 'memory.available': '300Mi' },
      evictionSoftGracePeriod: { 'memory.available': 30_000 },
    });
    world.pods.push(pod('a', '1Mi'));
    world.used = { memory: 750 * MI, disk: 0, pids: 0 };
    world.run(25);
    world.used = { memory: 0, disk: 0, pids: 0 };
    world.run(10);
    world.used = { memory: 750 * MI, disk: 0, pids: 0 };
    expect(world.run(25).evicted).toEqual([]);
  });

  it('keeps the condition for five minutes after the shortage', () => {
    const world = new World({});
    world.used = { memory: 950 * MI, disk: 0, pids: 0 };
    world.run(15);
    world.used = { memory: 0, disk: 0, pids: 0 };
    expect(world.run(280).manager.hasPressure('MemoryPressure')).toBe(true);
    expect(world.run(30).manager.hasPressure('MemoryPressure')).toBe(false);
  });

  it('counts processes where it is told to', () => {
    const world = new World({ evictionHard: { 'pid.available': '100' } });
    world.pods.push(pod('a', '1Mi', 5), pod('b', '1Mi', 1));
    world.used = { memory: 0, disk: 0, pids: 950 };
    world.run(10);
    expect(world.evicted[0]).toBe(
      'b 1s: The node was low on resource: pids. Threshold quantity: 100, available: 50. ',
    );
    expect(world.told[0]).toBe('EvictionThresholdMet: Attempting to reclaim pids');
  });
});
