import { describe, expect, it } from 'vitest';
import type { Pod, StatefulSet } from '../../src/api/generated/types.ts';
import { controllerRevision as revisionKind } from '../../src/api/kinds/controllerrevision.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { statefulSet as kind } from '../../src/api/kinds/statefulset.ts';
import { isTerminating, nameOf, uidOf } from '../../src/api/object.ts';
import { statefulSetController } from '../../src/controllers/statefulset.ts';
import { Cluster, type ClusterOptions, must, template } from './support.ts';

function setOf(spec: Partial<StatefulSet['spec']> = {}): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      serviceName: 'web',
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: template(),
      ...spec,
    },
  };
}

const cluster = (options: ClusterOptions = {}): Cluster =>
  new Cluster({ controllers: [statefulSetController], nodes: ['n1', 'n2'], ...options });

const names = (c: Cluster): string[] => c.pods().map(nameOf).toSorted();
const ready = (pod: Pod | undefined): boolean =>
  pod?.status?.conditions?.some((x) => x.type === 'Ready' && x.status === 'True') === true;
const image = (c: Cluster, name: string): string | undefined =>
  c.find(podKind, name)?.spec.containers[0]?.image;
const setImage = (c: Cluster, value: string): void =>
  void c.merge(kind, 'web', { spec: { template: template(value) } });

/** Invariant 25, looked at after every event: lower ordinals are ready before higher ones are made. */
function checkOrder(c: Cluster, seen: Map<string, string>): void {
  const pods = new Map(c.pods().map((pod) => [nameOf(pod), pod]));
  for (const [name, pod] of pods) {
    const uid = seen.get(name);
    const ordinal = Number(name.split('-')[1]);
    if (uid === uidOf(pod)) continue;
    seen.set(name, uidOf(pod));
    for (let i = 0; i < ordinal; i++)
      expect(ready(pods.get(`web-${i}`)), `${name} before web-${i}`).toBe(true);
  }
}

describe('a StatefulSet', () => {
  it('makes pods in order, each when those before it are ready', () => {
    const c = cluster({ kubelet: { latency: () => 700 } });
    c.create(kind, setOf());
    const seen = new Map<string, string>();
    c.until(
      () => c.get(kind, 'web').status?.availableReplicas === 3,
      60_000,
      () => checkOrder(c, seen),
    );
    expect(names(c)).toEqual(['web-0', 'web-1', 'web-2']);
    expect(c.events('web')).toContain(
      'Normal SuccessfulCreate from statefulset-controller: Create Pod web-0 in StatefulSet web successful',
    );
  });

  it('gives its pods names, labels and a host name that stay', () => {
    const c = cluster();
    c.create(kind, setOf({ replicas: 1, ordinals: { start: 5 } }));
    c.run(5_000);
    const { updateRevision } = c.get(kind, 'web').status ?? {};
    expect(c.get(podKind, 'web-5')).toMatchObject({
      metadata: {
        generateName: 'web-',
        labels: {
          app: 'web',
          'statefulset.kubernetes.io/pod-name': 'web-5',
          'apps.kubernetes.io/pod-index': '5',
          'controller-revision-hash': updateRevision,
        },
      },
      spec: { hostname: 'web-5', subdomain: 'web' },
    });
  });

  it('makes them all at once when it is Parallel', () => {
    const c = cluster({ kubelet: { ready: () => false } });
    c.create(kind, setOf({ podManagementPolicy: 'Parallel' }));
    c.run(2_000);
    expect(names(c)).toEqual(['web-0', 'web-1', 'web-2']);
  });

  it('stops at a pod that does not become ready', () => {
    const c = cluster({ kubelet: { ready: (pod) => nameOf(pod) !== 'web-1' } });
    c.create(kind, setOf());
    c.run(60_000);
    expect(names(c)).toEqual(['web-0', 'web-1']);
  });

  it('scales down from the highest, one at a time, and waits until each is gone', () => {
    const c = cluster({ kubelet: { latency: (step) => (step === 'stop' ? 3000 : 100) } });
    c.create(kind, setOf());
    c.run(20_000);
    c.merge(kind, 'web', { spec: { replicas: 0 } });
    const counts: number[] = [];
    c.until(
      () => c.pods().length === 0,
      60_000,
      () => {
        const terminating = c.pods().filter(isTerminating);
        expect(terminating.length).toBeLessThanOrEqual(1);
        if (terminating.length === 1) expect(nameOf(terminating[0] as Pod)).toBe(names(c).at(-1));
        if (counts.at(-1) !== c.pods().length) counts.push(c.pods().length);
      },
    );
    expect(counts).toEqual([3, 2, 1, 0]);
  });

  it('never has two pods of one name, even while a node is lost', () => {
    const c = cluster();
    c.create(kind, setOf({ replicas: 2 }));
    c.run(10_000);
    const lost = c.get(podKind, 'web-1');
    c.kubelet.silence(lost.spec.nodeName ?? '');
    c.remove(podKind, 'web-1');
    c.run(600_000);
    expect(uidOf(c.get(podKind, 'web-1'))).toBe(uidOf(lost));
    must(c.admin.delete(podKind, 'web-1', 'default', { gracePeriodSeconds: 0 }));
    c.run(1_000);
    expect(uidOf(c.get(podKind, 'web-1'))).not.toBe(uidOf(lost));
  });

  it.each(['Failed', 'Succeeded'])('replaces a pod that is %s by one of the same name', (phase) => {
    const c = cluster();
    c.create(kind, setOf({ replicas: 1 }));
    c.run(10_000);
    const old = c.get(podKind, 'web-0');
    c.kubelet.set(old, phase);
    c.run(10_000);
    expect(uidOf(c.get(podKind, 'web-0'))).not.toBe(uidOf(old));
  });

  it('puts back the labels of a pod’s identity', () => {
    const c = cluster();
    c.create(kind, setOf({ replicas: 1 }));
    c.run(5_000);
    c.merge(podKind, 'web-0', { metadata: { labels: { 'statefulset.kubernetes.io/pod-name': 'x' } } });
    c.run(5_000);
    expect(c.get(podKind, 'web-0').metadata.labels?.['statefulset.kubernetes.io/pod-name']).toBe('web-0');
  });

  it('works the same after its controller was killed in the middle', () => {
    const c = cluster();
    c.create(kind, setOf());
    for (let i = 0; i < 8; i++) {
      c.run(150);
      c.restart();
    }
    c.run(20_000);
    expect(names(c)).toEqual(['web-0', 'web-1', 'web-2']);
    expect(c.list(revisionKind)).toHaveLength(1);
  });
});

describe('an update of a StatefulSet', () => {
  const rolled = (spec: Partial<StatefulSet['spec']> = {}, options: ClusterOptions = {}): Cluster => {
    const c = cluster(options);
    c.create(kind, setOf(spec));
    c.run(20_000);
    return c;
  };

  it('goes from the highest down, each when the one before is ready again', () => {
    const c = rolled();
    setImage(c, 'nginx:1.28');
    const order: string[] = [];
    c.until(
      () => c.pods().every((pod) => ready(pod) && image(c, nameOf(pod)) === 'nginx:1.28'),
      60_000,
      () => {
        expect(c.pods().filter(ready).length).toBeGreaterThanOrEqual(2);
        for (const pod of c.pods())
          if (isTerminating(pod) && !order.includes(nameOf(pod))) order.push(nameOf(pod));
      },
    );
    expect(order).toEqual(['web-2', 'web-1', 'web-0']);
    c.run(2000);
    const { status } = c.get(kind, 'web');
    expect(status?.currentRevision).toBe(status?.updateRevision);
    expect(status).toMatchObject({ replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3 });
  });

  it('leaves what is below the partition at the old revision, even when it is made anew', () => {
    const c = rolled({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    setImage(c, 'nginx:1.28');
    c.run(20_000);
    c.remove(podKind, 'web-0');
    c.run(20_000);
    expect(['web-0', 'web-1', 'web-2'].map((name) => image(c, name))).toEqual([
      'nginx:1.27',
      'nginx:1.27',
      'nginx:1.28',
    ]);
    expect(c.get(kind, 'web').status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 });
  });

  it('waits for the player when the strategy is OnDelete', () => {
    const c = rolled({ updateStrategy: { type: 'OnDelete' } });
    setImage(c, 'nginx:1.28');
    c.run(30_000);
    expect(image(c, 'web-2')).toBe('nginx:1.27');
    c.remove(podKind, 'web-1');
    c.run(10_000);
    expect([image(c, 'web-1'), image(c, 'web-2')]).toEqual(['nginx:1.28', 'nginx:1.27']);
  });

  it('is stuck behind a pod that never becomes ready until that pod is deleted', () => {
    const c = rolled();
    setImage(c, 'broken');
    c.run(20_000);
    setImage(c, 'nginx:1.28');
    c.run(60_000);
    expect(image(c, 'web-2')).toBe('broken');
    c.remove(podKind, 'web-2');
    c.run(60_000);
    expect(['web-0', 'web-1', 'web-2'].map((name) => image(c, name))).toEqual(
      new Array(3).fill('nginx:1.28'),
    );
  });

  it('keeps former templates up to the limit, and numbers one that comes back anew', () => {
    const c = rolled({ revisionHistoryLimit: 1, replicas: 1 });
    for (const tag of ['1.28', '1.26', '1.25']) {
      setImage(c, `nginx:${tag}`);
      c.run(20_000);
    }
    expect(
      c
        .list(revisionKind)
        .map(({ revision }) => revision)
        .toSorted(),
    ).toEqual([3, 4]);
    setImage(c, 'nginx:1.26');
    c.run(20_000);
    expect(
      c
        .list(revisionKind)
        .map(({ revision }) => revision)
        .toSorted(),
    ).toEqual([4, 5]);
  });

  it('counts a pod as available only after minReadySeconds', () => {
    const c = rolled({ minReadySeconds: 10, replicas: 2 }, {});
    expect(c.get(kind, 'web').status?.availableReplicas).toBe(1);
    c.run(20_000);
    expect(c.get(kind, 'web').status?.availableReplicas).toBe(2);
  });
});
