import { describe, expect, it } from 'vitest';
import { configMap } from '../../src/api/kinds/configmap.ts';
import type { Status } from '../../src/apimachinery/status.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { booted, create, must } from './harness.ts';

const DIAL = 'dial tcp 127.0.0.1:2379: connect: connection refused';
const ETCD_DOWN = `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${DIAL}"`;

function read(cluster: Cluster): Status | undefined {
  const result = cluster.client('test').list(configMap, { namespace: 'default' });
  return result.ok ? undefined : result.status;
}

function write(cluster: Cluster, name: string): Status | undefined {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } };
  const result = cluster.client('test').create(configMap, object);
  return result.ok ? undefined : result.status;
}

/** The API server's container as the machine knows it. */
function attempts(cluster: Cluster): number {
  return Math.max(
    ...cluster.controlPlane.containerd
      .listContainers()
      .filter(({ config }) => config.name === 'kube-apiserver')
      .map(({ config }) => config.attempt),
  );
}

describe('an API server that was killed', () => {
  it('takes seconds until it answers again, and refuses connections until then', () => {
    const cluster = booted();
    cluster.runFor(30_000);
    cluster.inject({ kind: 'ComponentKill', component: 'kube-apiserver' });
    cluster.runFor(2_000);
    expect(read(cluster)?.message).toBe('dial tcp 192.168.0.10:6443: connect: connection refused');
    cluster.runFor(6_000);
    expect(read(cluster)).toBeUndefined();
    expect(attempts(cluster)).toBe(1);
  });
});

describe('while etcd is down', () => {
  it('the API server answers that it cannot reach it, and is killed by its liveness probe after eight failures', () => {
    const cluster = booted();
    cluster.runFor(30_000);
    cluster.inject({ kind: 'ComponentStop', component: 'etcd' });
    cluster.runFor(40_000);
    // 500 without a reason, as of errors that the handlers do not know.
    expect(read(cluster)).toMatchObject({ code: 500, message: ETCD_DOWN });
    expect(write(cluster, 'a')).toMatchObject({ code: 500, message: ETCD_DOWN });
    expect(attempts(cluster)).toBe(0);
    cluster.runFor(60_000);
    expect(attempts(cluster)).toBe(1);
    expect(read(cluster)?.message).toBe('dial tcp 192.168.0.10:6443: connect: connection refused');
  });

  it('the API server that starts gives up after twenty seconds, is started with back-off, and comes back with etcd', () => {
    const cluster = booted();
    create(cluster, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kept', namespace: 'default' },
    });
    cluster.runFor(30_000);
    cluster.inject({ kind: 'ComponentStop', component: 'etcd' });
    cluster.runFor(400_000);
    const exited = cluster.controlPlane.containerd
      .listContainers()
      .filter(({ config, state }) => config.name === 'kube-apiserver' && state === 'exited');
    expect(exited.map(({ exitCode }) => exitCode)).toContain(255);
    // Twenty seconds each, and 10, 20, 40, 80 seconds between them: about as many as fit.
    expect(attempts(cluster)).toBeGreaterThanOrEqual(4);
    expect(attempts(cluster)).toBeLessThanOrEqual(6);
    cluster.inject({ kind: 'ComponentStart', component: 'etcd' });
    cluster.runFor(330_000);
    expect(read(cluster)).toBeUndefined();
    expect(must(cluster.client('test').get(configMap, 'kept', 'default')).metadata.name).toBe('kept');
    expect(write(cluster, 'new')).toBeUndefined();
  });
});

describe('while etcd is paused', () => {
  it('requests end with their deadline, and go on when it goes on', () => {
    const cluster = booted();
    cluster.runFor(30_000);
    cluster.inject({ kind: 'ComponentPause', component: 'etcd' });
    cluster.runFor(5_000);
    expect(read(cluster)).toMatchObject({ code: 500, message: 'context deadline exceeded' });
    expect(write(cluster, 'a')).toMatchObject({ code: 500, message: 'etcdserver: request timed out' });
    cluster.inject({ kind: 'ComponentResume', component: 'etcd' });
    cluster.runFor(5_000);
    expect(read(cluster)).toBeUndefined();
    expect(write(cluster, 'a')).toBeUndefined();
  });
});
