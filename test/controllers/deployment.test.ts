import { describe, expect, it } from 'vitest';
import type { Deployment, DeploymentCondition, ReplicaSet } from '../../src/api/generated/types.ts';
import { deployment as deploymentKind } from '../../src/api/kinds/deployment.ts';
import { replicaSet as replicaSetKind } from '../../src/api/kinds/replicaset.ts';
import { forbidden } from '../../src/apimachinery/status.ts';
import { proportionalSizes, scaleDownOld } from '../../src/controllers/deploymentscale.ts';
import { fenceposts, newSetAnnotations, sameTemplate } from '../../src/controllers/deploymentutil.ts';
import { Cluster, deploymentOf, isRolledOut, setImage, sizes, template } from './support.ts';

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

function rolledOut(cluster: Cluster): void {
  cluster.until(() => isRolledOut(cluster.get(deploymentKind, 'web')));
  cluster.run(1000);
}

function started(spec: Partial<Deployment['spec']> = {}): Cluster {
  const cluster = new Cluster();
  cluster.create(deploymentKind, deploymentOf(spec));
  rolledOut(cluster);
  return cluster;
}

/** `type status reason: message` of each condition. */
function conditions(cluster: Cluster): string[] {
  const { status } = cluster.get(deploymentKind, 'web');
  return (status?.conditions ?? [])
    .map(
      ({ type, status, reason, message }: DeploymentCondition) => `${type} ${status} ${reason}: ${message}`,
    )
    .sort();
}

const setName = (cluster: Cluster, revision: number): string =>
  cluster
    .list(replicaSetKind)
    .find((set) => set.metadata.annotations?.['deployment.kubernetes.io/revision'] === String(revision))
    ?.metadata.name ?? '';

describe('a new deployment', () => {
  const cluster = started();
  const set = cluster.list(replicaSetKind)[0] as ReplicaSet;

  it('stays at generation 1 and carries the revision of its set', () => {
    const { metadata, status } = cluster.get(deploymentKind, 'web');
    expect(metadata.generation).toBe(1);
    expect(metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
    expect(status?.observedGeneration).toBe(1);
  });

  it('has one set, named and labelled after the hash of its template', () => {
    const hash = set.metadata.labels?.['pod-template-hash'];
    expect(hash).toMatch(/^[456789bcdf]{1,10}$/);
    expect(set.metadata.name).toBe(`web-${hash}`);
    expect(set.spec.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash });
    expect(set.metadata.annotations).toEqual({
      'deployment.kubernetes.io/revision': '1',
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
    });
  });

  it('says that it is available and has progressed', () => {
    expect(conditions(cluster)).toEqual([
      'Available True MinimumReplicasAvailable: Deployment has minimum availability.',
      `Progressing True NewReplicaSetAvailable: ReplicaSet "${set.metadata.name}" has successfully progressed.`,
    ]);
    expect(cluster.get(deploymentKind, 'web').status).toMatchObject({
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      terminatingReplicas: 0,
    });
    expect(cluster.get(deploymentKind, 'web').status).not.toHaveProperty('unavailableReplicas');
  });

  it('tells of the scaling', () => {
    expect(cluster.events('web')).toEqual([
      `Normal ScalingReplicaSet from deployment-controller: Scaled up replica set ${set.metadata.name} from 0 to 3`,
    ]);
  });

  it('writes nothing more once it is done', () => {
    const before = cluster.etcd.revision;
    cluster.run(5000);
    expect(cluster.etcd.revision).toBe(before);
  });
});

describe('a rolling update', () => {
  it('goes step by step: three pods, one more at a time and none fewer', () => {
    const cluster = started();
    const old = setName(cluster, 1);
    setImage(cluster, 'nginx:1.28');
    rolledOut(cluster);
    const next = setName(cluster, 2);
    const prefix = 'Normal ScalingReplicaSet from deployment-controller: ';
    expect(cluster.events('web').slice(1)).toEqual(
      [
        `Scaled up replica set ${next} from 0 to 1`,
        `Scaled down replica set ${old} from 3 to 2`,
        `Scaled up replica set ${next} from 1 to 2`,
        `Scaled down replica set ${old} from 2 to 1`,
        `Scaled up replica set ${next} from 2 to 3`,
        `Scaled down replica set ${old} from 1 to 0`,
      ].map((text) => prefix + text),
    );
    expect(sizes(cluster)).toEqual(['1: 0', '2: 3']);
    expect(cluster.get(deploymentKind, 'web').metadata.annotations).toEqual({
      'deployment.kubernetes.io/revision': '2',
    });
  });

  it('that never becomes ready stops where it may do no more harm', () => {
    const cluster = started({ replicas: 4 });
    setImage(cluster, 'broken');
    cluster.run(60_000);
    // Surge 1, unavailable 1: three old ones stay, two new ones try.
    expect(sizes(cluster)).toEqual(['1: 3', '2: 2']);
    expect(cluster.get(deploymentKind, 'web').status).toMatchObject({
      availableReplicas: 3,
      unavailableReplicas: 2,
      updatedReplicas: 2,
    });
  });

  it('counts a pod only when it has been ready for minReadySeconds', () => {
    const cluster = started({ replicas: 2, minReadySeconds: 10 });
    const begun = cluster.sim.now();
    setImage(cluster, 'nginx:1.28');
    rolledOut(cluster);
    expect(cluster.sim.now() - begun).toBeGreaterThanOrEqual(20_000);
    expect(cluster.sim.now() - begun).toBeLessThan(30_000);
  });

  it('back to an old template takes its set again, with a new revision and the old one in its history', () => {
    const cluster = started();
    const first = setName(cluster, 1);
    setImage(cluster, 'nginx:1.28');
    rolledOut(cluster);
    setImage(cluster, 'nginx:1.27');
    rolledOut(cluster);
    expect(setName(cluster, 3)).toBe(first);
    const { annotations } = cluster.get(replicaSetKind, first).metadata;
    expect(annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
    expect(sizes(cluster)).toEqual(['2: 0', '3: 3']);
    expect(
      cluster.get(deploymentKind, 'web').metadata.annotations?.['deployment.kubernetes.io/revision'],
    ).toBe('3');
  });

  it('keeps revisionHistoryLimit old sets and deletes the lowest revisions', () => {
    const cluster = started({ revisionHistoryLimit: 2 });
    for (const image of ['a', 'b', 'c', 'd']) {
      setImage(cluster, image);
      rolledOut(cluster);
    }
    cluster.run(5000);
    expect(sizes(cluster)).toEqual(['3: 0', '4: 0', '5: 3']);
  });
});

describe('Recreate', () => {
  it('starts no new pod before the last old one is gone', () => {
    const cluster = started({ strategy: { type: 'Recreate' } });
    setImage(cluster, 'nginx:1.28');
    const images = () => new Set(cluster.pods().map((pod) => pod.spec.containers[0]?.image));
    cluster.until(
      () => isRolledOut(cluster.get(deploymentKind, 'web')),
      60_000,
      () => expect(images().size).toBeLessThan(2),
    );
    expect(sizes(cluster)).toEqual(['1: 0', '2: 3']);
  });

  it('waits for a node that does not answer', () => {
    const cluster = started({ strategy: { type: 'Recreate' } });
    cluster.kubelet.silence('n1');
    setImage(cluster, 'nginx:1.28');
    cluster.run(30_000);
    expect(sizes(cluster)).toEqual(['1: 0']);
    expect(cluster.pods()).toHaveLength(3);
  });
});

describe('pausing', () => {
  it('stops the rollout but not scaling, and is said in the conditions', () => {
    const cluster = started();
    cluster.merge(deploymentKind, 'web', { spec: { paused: true } });
    setImage(cluster, 'nginx:1.28');
    cluster.run(5000);
    expect(sizes(cluster)).toEqual(['1: 3']);
    expect(conditions(cluster)).toContain('Progressing Unknown DeploymentPaused: Deployment is paused');
    cluster.merge(deploymentKind, 'web', { spec: { replicas: 5 } });
    cluster.run(5000);
    expect(sizes(cluster)).toEqual(['1: 5']);
    cluster.merge(deploymentKind, 'web', { spec: { paused: false } });
    rolledOut(cluster);
    expect(sizes(cluster)).toEqual(['1: 0', '2: 5']);
  });

  it('does not count for the progress deadline', () => {
    const cluster = started({ progressDeadlineSeconds: 10 });
    cluster.merge(deploymentKind, 'web', { spec: { paused: true } });
    cluster.run(60_000);
    expect(conditions(cluster)).toContain('Progressing Unknown DeploymentPaused: Deployment is paused');
  });
});

describe('a rollout that does not get on', () => {
  it('is said to have timed out after the deadline, and goes on when the pods recover', () => {
    const cluster = started({ progressDeadlineSeconds: 30 });
    setImage(cluster, 'broken');
    const name = () => setName(cluster, 2);
    cluster.run(25_000);
    expect(conditions(cluster)).toContain(
      `Progressing True ReplicaSetUpdated: ReplicaSet "${name()}" is progressing.`,
    );
    cluster.run(10_000);
    expect(conditions(cluster)).toContain(
      `Progressing False ProgressDeadlineExceeded: ReplicaSet "${name()}" has timed out progressing.`,
    );
    setImage(cluster, 'nginx:1.28');
    rolledOut(cluster);
    expect(conditions(cluster)).toContain(
      `Progressing True NewReplicaSetAvailable: ReplicaSet "${setName(cluster, 3)}" has successfully progressed.`,
    );
  });

  it('repeats what its set says of pods that cannot be created', () => {
    const cluster = new Cluster();
    cluster.refuse = (request) =>
      request.verb === 'create' && request.resource === 'pods'
        ? forbidden({ group: '', resource: 'pods' }, 'x', 'exceeded quota: q')
        : undefined;
    cluster.create(deploymentKind, deploymentOf());
    cluster.run(2000);
    expect(conditions(cluster)).toContain(
      'ReplicaFailure True FailedCreate: pods "x" is forbidden: exceeded quota: q',
    );
    cluster.refuse = () => undefined;
    rolledOut(cluster);
    expect(conditions(cluster).some((condition) => condition.startsWith('ReplicaFailure'))).toBe(false);
  });

  it('says why its set cannot be created', () => {
    const cluster = new Cluster();
    cluster.refuse = (request) =>
      request.verb === 'create' && request.resource === 'replicasets'
        ? forbidden({ group: 'apps', resource: 'replicasets' }, 'x', 'no')
        : undefined;
    cluster.create(deploymentKind, deploymentOf());
    cluster.run(2000);
    const text =
      /Failed to create new replica set "web-[456789bcdf]+": replicasets.apps "x" is forbidden: no$/;
    expect(conditions(cluster).find((condition) => condition.includes('ReplicaSetCreateError'))).toMatch(
      text,
    );
    expect(cluster.events('web')[0]).toMatch(text);
  });
});

describe('sets of others', () => {
  it('an orphan with the same template is adopted instead of a new set', () => {
    const cluster = started();
    const name = setName(cluster, 1);
    cluster.remove(deploymentKind, 'web', 'Orphan');
    cluster.run(5000);
    expect(cluster.get(replicaSetKind, name).metadata.ownerReferences ?? []).toEqual([]);
    cluster.create(deploymentKind, deploymentOf());
    rolledOut(cluster);
    expect(cluster.list(replicaSetKind).map((set) => set.metadata.name)).toEqual([name]);
    expect(cluster.get(replicaSetKind, name).metadata.ownerReferences).toMatchObject([
      { kind: 'Deployment', name: 'web', controller: true },
    ]);
    expect(conditions(cluster)).toContain(
      `Progressing True NewReplicaSetAvailable: ReplicaSet "${name}" has successfully progressed.`,
    );
  });

  it('a name that is taken by something else counts as a hash collision', () => {
    const first = started();
    const name = setName(first, 1);
    const cluster = new Cluster();
    cluster.create(replicaSetKind, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name, namespace: 'default' },
      spec: { replicas: 0, selector: { matchLabels: { app: 'other' } }, template: template('x', 'other') },
    });
    cluster.create(deploymentKind, deploymentOf());
    rolledOut(cluster);
    expect(cluster.get(deploymentKind, 'web').status?.collisionCount).toBe(1);
    expect(setName(cluster, 1)).not.toBe(name);
  });
});

it('scaling down to zero and up again keeps the one set', () => {
  const cluster = started();
  for (const replicas of [0, 4]) {
    cluster.merge(deploymentKind, 'web', { spec: { replicas } });
    rolledOut(cluster);
    expect(sizes(cluster)).toEqual([`1: ${replicas}`]);
    expect(cluster.pods()).toHaveLength(replicas);
  }
});

it('a deployment that is being deleted starts nothing any more', () => {
  const cluster = started();
  cluster.merge(deploymentKind, 'web', { metadata: { finalizers: ['example.com/wait'] } });
  cluster.remove(deploymentKind, 'web');
  setImage(cluster, 'nginx:1.28');
  cluster.run(5000);
  expect(cluster.list(replicaSetKind)).toHaveLength(1);
  expect(cluster.get(deploymentKind, 'web').status?.observedGeneration).toBe(
    cluster.get(deploymentKind, 'web').metadata.generation,
  );
});
