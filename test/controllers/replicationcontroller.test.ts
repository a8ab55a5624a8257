import { expect, it } from 'vitest';
import { replicationController as kind } from '../../src/api/kinds/replicationcontroller.ts';
import { Cluster, template } from './support.ts';

it('a ReplicationController keeps its number of pods, under its own name', () => {
  const cluster = new Cluster();
  cluster.create(kind, {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas: 2, selector: { app: 'web' }, template: template() },
  });
  cluster.run(2000);
  expect(cluster.pods().map((pod) => pod.metadata.ownerReferences?.[0]?.kind)).toEqual([
    'ReplicationController',
    'ReplicationController',
  ]);
  expect(cluster.events('web')[0]).toMatch(
    /^Normal SuccessfulCreate from replication-controller: Created pod: web-/,
  );
  expect(cluster.get(kind, 'web').status).toEqual({
    replicas: 2,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    observedGeneration: 1,
  });
  cluster.merge(kind, 'web', { spec: { replicas: 1 } });
  cluster.run(3000);
  expect(cluster.pods()).toHaveLength(1);
});
