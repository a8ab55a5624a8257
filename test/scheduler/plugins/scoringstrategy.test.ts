import { describe, expect, it } from 'vitest';
import { NO_LISTERS } from '../../../src/scheduler/listers.ts';
import { DEFAULT_PROFILE, type Profile } from '../../../src/scheduler/profile.ts';
import type { ScoringStrategy } from '../../../src/scheduler/scoringstrategy.ts';
import { Bench } from '../bench.ts';
import { makeNode, makePod } from '../harness.ts';

const BOTH = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];
const BIN_PACKING = [
  { utilization: 0, score: 0 },
  { utilization: 100, score: 10 },
];

function profile(scoringStrategy: ScoringStrategy): Profile {
  const plugins = DEFAULT_PROFILE.plugins.map((plugin) =>
    plugin.name === 'NodeResourcesFit' ? { ...plugin, args: { scoringStrategy } } : plugin,
  );
  return { ...DEFAULT_PROFILE, plugins };
}

// Upstream's most_allocated_test.go and requested_to_capacity_ratio_test.go work the same way out.
describe('NodeResourcesFit scores by the strategy of the profile', () => {
  it.each<readonly [string, ScoringStrategy, number]>([
    // cpu (3000 + 3000) / 10000 = 60, memory (5000 + 5000) / 20000 = 50
    ['MostAllocated: the mean of what is taken', { type: 'MostAllocated', resources: BOTH }, 55],
    [
      'MostAllocated: weighted, (60 x 3 + 50) / 4',
      {
        type: 'MostAllocated',
        resources: [
          { name: 'cpu', weight: 3 },
          { name: 'memory', weight: 1 },
        ],
      },
      57,
    ],
    ['LeastAllocated of cpu alone', { type: 'LeastAllocated', resources: [{ name: 'cpu', weight: 1 }] }, 40],
    [
      'RequestedToCapacityRatio: the line of its shape',
      { type: 'RequestedToCapacityRatio', resources: BOTH, shape: BIN_PACKING },
      55,
    ],
    [
      'RequestedToCapacityRatio: between the points of a shape that bends',
      {
        type: 'RequestedToCapacityRatio',
        resources: [{ name: 'cpu', weight: 1 }],
        shape: [
          { utilization: 0, score: 10 },
          { utilization: 50, score: 2 },
          { utilization: 100, score: 0 },
        ],
      },
      16,
    ],
    [
      'an extended resource counts for pods that ask for it only',
      {
        type: 'MostAllocated',
        resources: [
          { name: 'example.com/dongle', weight: 5 },
          { name: 'cpu', weight: 1 },
        ],
      },
      60,
    ],
  ])('%s', (_, strategy, score) => {
    const node = makeNode('n1', {
      cpu: '10',
      memory: '20000',
      allocatable: { 'example.com/dongle': '4' },
    });
    const bench = new Bench(NO_LISTERS, profile(strategy))
      .add(node)
      .place('n1', makePod('a', { cpu: '3', memory: '5000' }));
    expect(bench.score('NodeResourcesFit', makePod('p', { cpu: '3', memory: '5000' }))).toEqual({
      n1: score,
    });
  });
});
