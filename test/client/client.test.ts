import { beforeEach, describe, expect, it } from 'vitest';
import type { Deployment, Pod } from '../../src/api/generated/types.ts';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { deployment as deploymentKind } from '../../src/api/kinds/deployment.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { serviceAccount } from '../../src/api/kinds/serviceaccount.ts';
import { isConflict, isNotFound } from '../../src/apimachinery/status.ts';
import type { Client } from '../../src/client/client.ts';
import { must, Server } from './support.ts';

const TEMPLATE = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image: 'nginx' }] },
};
const DEPLOYMENT: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', labels: { old: 'label' } },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: TEMPLATE },
};
const POD: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default' },
  spec: TEMPLATE.spec,
};

let server: Server;
let client: Client;
beforeEach(() => {
  server = new Server();
  client = server.client('test-controller');
  must(
    server.admin.create(serviceAccount, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
    }),
  );
});

describe('a client', () => {
  it('creates, gets, updates, patches, lists and deletes', () => {
    const made = must(
      client.create(configMap, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a', namespace: 'default' },
      }),
    );
    expect(must(client.get(configMap, 'a', 'default'))).toEqual(made);
    const changed = must(client.update(configMap, { ...made, data: { x: '1' } }));
    expect(changed.data).toEqual({ x: '1' });
    expect(must(client.patch(configMap, 'a', 'default', 'merge', { data: { y: '2' } })).data).toEqual({
      x: '1',
      y: '2',
    });
    expect(must(client.list(configMap, { namespace: 'default' })).items).toHaveLength(1);
    expect(must(client.delete(configMap, 'a', 'default'))).toBeUndefined();
    const again = client.get(configMap, 'a', 'default');
    expect(again.ok ? false : isNotFound(again.status)).toBe(true);
  });

  it('is told of a write that came in between', () => {
    const made = server.put('a');
    server.put('a', { colour: 'red' });
    const late = client.update(configMap, { ...made, data: { x: '1' } });
    expect(late.ok ? false : isConflict(late.status)).toBe(true);
  });

  it('deletes a collection, and gives back what is still terminating', () => {
    server.put('a', { colour: 'red' });
    server.put('b', { colour: 'blue' });
    must(client.deleteCollection(configMap, { namespace: 'default', labelSelector: 'colour=red' }));
    expect(
      must(client.list(configMap, { namespace: 'default' })).items.map(({ metadata }) => metadata.name),
    ).toEqual(['b']);
    must(
      client.patch(configMap, 'b', 'default', 'merge', { metadata: { finalizers: ['example.com/wait'] } }),
    );
    expect(must(client.delete(configMap, 'b', 'default'))?.metadata.deletionTimestamp).toBeDefined();
  });

  it('signs what it writes with the cause it was given', () => {
    const cause = { component: 'test-controller', trigger: 7 };
    client.setCause(cause);
    expect(client.cause).toBe(cause);
    client.setCause();
    expect(client.cause).toEqual({ component: 'test-controller', trigger: 0 });
  });
});

describe('a write of the status', () => {
  it('changes the status and annotations of a deployment, but neither spec nor labels, and is no new generation', () => {
    const made = must(client.create(deploymentKind, DEPLOYMENT));
    const written = must(
      client.updateStatus(deploymentKind, {
        ...made,
        metadata: { ...made.metadata, annotations: { note: 'x' }, labels: { new: 'label' } },
        spec: { ...made.spec, replicas: 9 },
        status: { replicas: 2 },
      }),
    );
    expect(written.status).toEqual({ replicas: 2 });
    expect(written.spec).toEqual(made.spec);
    expect(written.metadata).toMatchObject({
      annotations: { note: 'x' },
      labels: { old: 'label' },
      generation: 1,
    });
  });

  it('that changes annotations alone is a write too, and one that changes nothing is none', () => {
    const made = must(client.create(deploymentKind, DEPLOYMENT));
    const noted = must(
      client.updateStatus(deploymentKind, {
        ...made,
        metadata: { ...made.metadata, annotations: { note: 'x' } },
      }),
    );
    expect(noted.metadata.annotations).toEqual({ note: 'x' });
    const same = must(client.updateStatus(deploymentKind, noted));
    expect(same.metadata.resourceVersion).toBe(noted.metadata.resourceVersion);
  });

  it('of a pod cannot change who owns it', () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: server.put('a').metadata.uid ?? '' };
    const made = must(
      client.create(podKind, { ...POD, metadata: { ...POD.metadata, ownerReferences: [owner] } }),
    );
    const { ownerReferences: _, ...metadata } = made.metadata;
    const written = must(
      client.updateStatus(podKind, {
        ...made,
        metadata: { ...metadata, labels: { a: 'b' } },
        status: { ...made.status, phase: 'Running' },
      }),
    );
    expect(written.metadata.ownerReferences).toEqual([owner]);
    expect(written.metadata.labels).toEqual({ a: 'b' });
    expect(written.status?.phase).toBe('Running');
  });

  it('is refused when somebody wrote in between', () => {
    const made = must(client.create(deploymentKind, DEPLOYMENT));
    must(client.patch(deploymentKind, 'web', 'default', 'merge', { spec: { replicas: 3 } }));
    const late = client.updateStatus(deploymentKind, { ...made, status: { replicas: 1 } });
    expect(late.ok ? false : isConflict(late.status)).toBe(true);
  });
});
