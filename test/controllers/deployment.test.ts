import { describe, expect, it } from 'vitest';
import type { Deployment, DeploymentCondition, ReplicaSet } from '../../src/api/generated/types.ts';
import { deployment as deploymentKind } from '../../src/api/kinds/deployment.ts';
import { replicaSet as replicaSetKind } from '../../src/api/kinds/replicaset.ts';
import { forbidden } from '../../src/apimachinery/status.ts';
import { Cluster, deploymentOf, isRolledOut, setImage, sizes, template } from './support.ts';

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
