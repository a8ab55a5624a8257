import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../src/api/generated/types.ts';
import { proportionalSizes, scaleDownOld } from '../../src/controllers/deploymentscale.ts';
import { fenceposts, newSetAnnotations, sameTemplate } from '../../src/controllers/deploymentutil.ts';
import { deploymentOf, template } from './support.ts';

function rolling(replicas: number, maxSurge: number | string, maxUnavailable: number | string): Deployment {
  return deploymentOf({
    replicas,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
  });
}

describe('how many pods a rolling update may have too many and too few', () => {
  it.each([
    // replicas, surge, unavailable -> surge, unavailable
    [1, '25%', '25%', 1, 0],
    [2, '25%', '25%', 1, 0],
    [3, '25%', '25%', 1, 0],
    [4, '25%', '25%', 1, 1],
    [5, '25%', '25%', 2, 1],
    [10, '25%', '25%', 3, 2],
    [10, 0, 0, 0, 1],
    [10, '0%', '5%', 0, 1],
    [3, 1, 5, 1, 3],
    [0, '25%', '25%', 0, 0],
    [0, 1, 1, 1, 0],
  ])('%i replicas with maxSurge %s and maxUnavailable %s: %i more, %i fewer', (...row) => {
    const [replicas, surge, unavailable, maxSurge, maxUnavailable] = row;
    expect(fenceposts(rolling(replicas, surge, unavailable))).toEqual({ maxSurge, maxUnavailable });
  });

  it('Recreate has neither', () => {
    const deployment = deploymentOf({ strategy: { type: 'Recreate' } });
    expect(fenceposts(deployment)).toEqual({ maxSurge: 0, maxUnavailable: 0 });
  });
});

interface SetShape {
  readonly size: number;
  readonly available?: number;
  readonly max?: number;
}

/** Sets in the order of their age. */
function setsOf(shapes: readonly SetShape[]): ReplicaSet[] {
  return shapes.map(({ size, available = size, max }, i) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `s${i}`,
      uid: `u${i}`,
      creationTimestamp: `2026-01-05T00:00:0${i}Z`,
      annotations: max === undefined ? {} : { 'deployment.kubernetes.io/max-replicas': String(max) },
    },
    spec: { replicas: size, selector: {} },
    status: { replicas: size, availableReplicas: available },
  }));
}

describe('what a rolling update takes from the old sets', () => {
  const CASES: readonly {
    name: string;
    deployment: Deployment;
    old: readonly SetShape[];
    fresh: SetShape;
    steps: readonly string[];
  }[] = [
    {
      name: 'nothing while the new pods are not available and none may be missing',
      deployment: rolling(3, 1, 0),
      old: [{ size: 3 }],
      fresh: { size: 1, available: 0 },
      steps: [],
    },
    {
      name: 'one for each new pod that is available',
      deployment: rolling(3, 1, 0),
      old: [{ size: 3 }],
      fresh: { size: 1 },
      steps: ['s0 to 2'],
    },
    {
      name: 'as many as may be missing, at once',
      deployment: rolling(10, 3, 2),
      old: [{ size: 10 }],
      fresh: { size: 3, available: 0 },
      steps: ['s0 to 8'],
    },
    {
      name: 'pods that are not available go first, whatever set they are in',
      deployment: rolling(4, 1, 1),
      old: [{ size: 3 }, { size: 1, available: 0 }],
      fresh: { size: 1, available: 0 },
      steps: ['s1 to 0'],
    },
    {
      name: 'nothing while the status of a set is older than its size',
      deployment: rolling(2, 1, 1),
      old: [
        { size: 1, available: 2 },
        { size: 1, available: 0 },
      ],
      fresh: { size: 1, available: 0 },
      steps: [],
    },
    {
      name: 'what is left of the budget is taken from the oldest set, as a step of its own',
      deployment: rolling(4, 2, 2),
      old: [{ size: 4, available: 3 }],
      fresh: { size: 2, available: 2 },
      steps: ['s0 to 3', 's0 to 0'],
    },
  ];
  it.each(CASES)('$name', ({ deployment, old, fresh, steps }) => {
    const sets = setsOf([...old, fresh]);
    const taken = scaleDownOld(deployment, sets.at(-1), sets.slice(0, -1));
    expect(taken.map(({ set, size }) => `${set.metadata.name} to ${size}`)).toEqual(steps);
  });
});

describe('scaling in the middle of a rollout', () => {
  const CASES: readonly {
    name: string;
    deployment: Deployment;
    sets: readonly SetShape[];
    wanted: Readonly<Record<string, number>>;
  }[] = [
    {
      name: 'growing sets share what is added in proportion, rounded, the rest going to the largest',
      deployment: rolling(15, 3, 2),
      sets: [
        { size: 8, max: 13 },
        { size: 5, max: 13 },
      ],
      wanted: { s0: 11, s1: 7 },
    },
    {
      name: 'shrinking sets give in proportion',
      deployment: rolling(5, 0, 1),
      sets: [
        { size: 6, max: 10 },
        { size: 4, max: 10 },
      ],
      wanted: { s0: 3, s1: 2 },
    },
    {
      name: 'of equal sets the newer one gets the leftover when growing',
      deployment: rolling(11, 0, 1),
      sets: [
        { size: 5, max: 10 },
        { size: 5, max: 10 },
      ],
      wanted: { s0: 5, s1: 6 },
    },
    {
      name: 'of equal sets the older one loses the leftover when shrinking',
      deployment: rolling(9, 0, 1),
      sets: [
        { size: 5, max: 10 },
        { size: 5, max: 10 },
      ],
      wanted: { s0: 4, s1: 5 },
    },
    {
      name: 'a single active set is given it all',
      deployment: rolling(7, 1, 1),
      sets: [{ size: 0 }, { size: 3 }],
      wanted: { s1: 7 },
    },
    {
      name: 'down to zero empties every set',
      deployment: rolling(0, 1, 1),
      sets: [
        { size: 2, max: 4 },
        { size: 1, max: 4 },
      ],
      wanted: { s0: 0, s1: 0 },
    },
  ];
  it.each(CASES)('$name', ({ deployment, sets, wanted }) => {
    const all = setsOf(sets);
    const resized = proportionalSizes(deployment, all.at(-1), all.slice(0, -1));
    expect(Object.fromEntries(resized.map(({ set, size }) => [set.metadata.name, size]))).toEqual(wanted);
  });
});

describe('annotations and templates', () => {
  it('a set inherits the annotations of its deployment but for those of the rollout and of kubectl', () => {
    const deployment: Deployment = {
      ...deploymentOf(),
      metadata: {
        name: 'web',
        annotations: {
          'kubernetes.io/change-cause': 'why',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'deployment.kubernetes.io/revision': '7',
        },
      },
    };
    expect(newSetAnnotations(deployment, {}, 1, false)).toEqual({
      'kubernetes.io/change-cause': 'why',
      'deployment.kubernetes.io/revision': '1',
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
    });
  });

  it('templates that differ in the hash label alone are the same', () => {
    const hashed = template();
    const labels = { ...hashed.metadata?.labels, 'pod-template-hash': 'abc' };
    expect(sameTemplate({ ...hashed, metadata: { labels } }, template())).toBe(true);
    expect(sameTemplate(template('nginx:1.28'), template())).toBe(false);
  });
});
