import { describe, expect, it } from 'vitest';
import type { Node, Pod, PreferredSchedulingTerm } from '../../../src/api/generated/types.ts';
import { Bench } from '../bench.ts';
import { makeNode, makePod, type NodeShape } from '../harness.ts';

const MI = 1024 * 1024;

describe('NodeResourcesFit scores by LeastAllocated', () => {
  it.each<[string, NodeShape, readonly Pod[], Pod, number]>([
    // (4000-3000)x100/4000 = 25 and (10000-5000)x100/10000 = 50: upstream's own example.
    [
      'takes the mean of what is left of cpu and memory',
      { cpu: '4', memory: '10000' },
      [],
      makePod('p', { cpu: '3', memory: '5000' }),
      37,
    ],
    [
      'counts what is there already',
      { cpu: '10', memory: '20000' },
      [makePod('a', { cpu: '3', memory: '5000' })],
      makePod('p', { cpu: '3', memory: '5000' }),
      45,
    ],
    [
      'rounds each part down before it takes the mean',
      { cpu: '3', memory: '3Gi' },
      [],
      makePod('p', { cpu: '1', memory: '1Gi' }),
      66,
    ],
    [
      'gives nothing for what is over',
      { cpu: '1', memory: '4Gi' },
      [],
      makePod('p', { cpu: '2', memory: '1Gi' }),
      37,
    ],
    // 100m of 1 cpu leaves 90; 200Mi of 1000Mi leaves 80.
    [
      'assumes 100m and 200Mi where nothing is requested',
      { cpu: '1', memory: '1000Mi' },
      [],
      makePod('p'),
      85,
    ],
  ])('%s', (_, shape, placed, pod, score) => {
    const bench = new Bench().add(makeNode('n1', shape)).place('n1', ...placed);
    expect(bench.score('NodeResourcesFit', pod)).toEqual({ n1: score });
  });
});

describe('NodeResourcesBalancedAllocation', () => {
  it.each<[string, NodeShape, Pod, number]>([
    [
      'gives 100 where cpu and memory are used alike',
      { cpu: '4', memory: '4Gi' },
      makePod('p', { cpu: '2', memory: '2Gi' }),
      100,
    ],
    // |0.75 - 0.5| / 2 = 0.125
    [
      'takes half the difference off',
      { cpu: '4', memory: '10000' },
      makePod('p', { cpu: '3', memory: '5000' }),
      87,
    ],
    [
      'counts more than all as all',
      { cpu: '1', memory: '4Gi' },
      makePod('p', { cpu: '3', memory: '2Gi' }),
      75,
    ],
    [
      'counts real requests, not assumed ones',
      { cpu: '1', memory: '1000Mi' },
      makePod('p', { cpu: '500m' }),
      75,
    ],
  ])('%s', (_, shape, pod, score) => {
    expect(new Bench().add(makeNode('n1', shape)).score('NodeResourcesBalancedAllocation', pod)).toEqual({
      n1: score,
    });
  });

  it('has no say on pods that request nothing', () => {
    expect(
      new Bench().add(makeNode('n1')).score('NodeResourcesBalancedAllocation', makePod('p')),
    ).toBeUndefined();
  });
});

describe('TaintToleration', () => {
  const tainted = (name: string, ...keys: readonly string[]): Node =>
    makeNode(name, { spec: { taints: keys.map((key) => ({ key, effect: 'PreferNoSchedule' })) } });

  it.each<[string, Pod, Record<string, number>]>([
    ['gives less the more soft taints are untolerated', makePod('p'), { n1: 100, n2: 50, n3: 0 }],
    [
      'counts tolerated ones out',
      makePod('p', { spec: { tolerations: [{ key: 'a', operator: 'Exists', effect: 'PreferNoSchedule' }] } }),
      { n1: 100, n2: 100, n3: 0 },
    ],
    [
      'ignores tolerations of other effects',
      makePod('p', { spec: { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }] } }),
      { n1: 100, n2: 50, n3: 0 },
    ],
    [
      'gives all 100 where nothing is untolerated',
      makePod('p', { spec: { tolerations: [{ operator: 'Exists' }] } }),
      { n1: 100, n2: 100, n3: 100 },
    ],
  ])('%s', (_, pod, scores) => {
    const bench = new Bench().add(tainted('n1'), tainted('n2', 'a'), tainted('n3', 'a', 'b'));
    expect(bench.score('TaintToleration', pod)).toEqual(scores);
  });
});

describe('NodeAffinity', () => {
  const preferring = (...terms: readonly PreferredSchedulingTerm[]): Pod =>
    makePod('p', {
      spec: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: terms } } },
    });
  const term = (weight: number, key: string): PreferredSchedulingTerm => ({
    weight,
    preference: { matchExpressions: [{ key, operator: 'Exists' }] },
  });
  const bench = (): Bench =>
    new Bench().add(
      makeNode('n1', { labels: { a: '1' } }),
      makeNode('n2', { labels: { a: '1', b: '1' } }),
      makeNode('n3'),
    );

  it.each<[string, Pod, Record<string, number> | undefined]>([
    [
      'sums the weights of matching terms and scales the best to 100',
      preferring(term(2, 'a'), term(6, 'b')),
      { n1: 25, n2: 100, n3: 0 },
    ],
    ['rounds down', preferring(term(1, 'a'), term(2, 'b')), { n1: 33, n2: 100, n3: 0 }],
    ['gives nothing where no term matches any node', preferring(term(5, 'c')), { n1: 0, n2: 0, n3: 0 }],
    ['matches nothing with an empty term', preferring({ weight: 5, preference: {} }), undefined],
    ['has no say on pods without preferences', makePod('p'), undefined],
  ])('%s', (_, pod, scores) => {
    expect(bench().score('NodeAffinity', pod)).toEqual(scores);
  });
});

describe('ImageLocality', () => {
  const having = (name: string, image: string, mebibytes: number): Node =>
    makeNode(name, { images: [{ names: [image], sizeBytes: mebibytes * MI }] });

  it.each<[string, readonly Node[], Pod, Record<string, number>]>([
    // (500 x 1/2 - 23) x 100 / (1000 - 23) = 23.2
    [
      'counts an image in proportion to how many nodes have it',
      [having('n1', 'a:1', 500), makeNode('n2')],
      makePod('p', { image: 'a:1' }),
      { n1: 23, n2: 0 },
    ],
    // (500 - 23) x 100 / 977 = 48.8
    [
      'counts an image fully that all nodes have',
      [having('n1', 'a:1', 500)],
      makePod('p', { image: 'a:1' }),
      { n1: 48 },
    ],
    ['ignores images below 23 MiB', [having('n1', 'a:1', 20)], makePod('p', { image: 'a:1' }), { n1: 0 }],
    [
      'counts more than 1000 MiB as that',
      [having('n1', 'a:1', 3000)],
      makePod('p', { image: 'a:1' }),
      { n1: 100 },
    ],
    [
      'takes an image without a tag for latest',
      [having('n1', 'a:latest', 3000)],
      makePod('p', { image: 'a' }),
      { n1: 100 },
    ],
    [
      'does not take the port of a registry for a tag',
      [having('n1', 'r:5000/a:latest', 3000)],
      makePod('p', { image: 'r:5000/a' }),
      { n1: 100 },
    ],
    ['ignores other images', [having('n1', 'b:1', 3000)], makePod('p', { image: 'a:1' }), { n1: 0 }],
  ])('%s', (_, nodes, pod, scores) => {
    expect(new Bench().add(...nodes).score('ImageLocality', pod)).toEqual(scores);
  });

  it('follows images that nodes gain and lose', () => {
    const bench = new Bench().add(having('n1', 'a:1', 500), makeNode('n2'));
    bench.add(having('n2', 'a:1', 500));
    expect(bench.score('ImageLocality', makePod('p', { image: 'a:1' }))).toEqual({ n1: 48, n2: 48 });
    bench.add(makeNode('n1'));
    expect(bench.score('ImageLocality', makePod('p', { image: 'a:1' }))).toEqual({ n1: 0, n2: 23 });
  });
});
