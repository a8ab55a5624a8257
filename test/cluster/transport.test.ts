import { describe, expect, it } from 'vitest';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { nameOf } from '../../src/api/object.ts';
import type { WatchEvent } from '../../src/api/request.ts';
import { InformerFactory } from '../../src/client/informer.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { Process } from '../../src/sim/process.ts';
import { booted, create, must, refusal } from './harness.ts';

function put(cluster: Cluster, name: string): void {
  create(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } });
}

/** What a request from a machine is answered. */
function ask(cluster: Cluster, from: string) {
  return cluster.client('test', from).list(configMap, { namespace: 'default' });
}

describe('a request to the API server', () => {
  it('is answered from every machine and from the laptop', () => {
    const cluster = booted();
    for (const from of ['control-plane', 'n1', 'n2', cluster.fabric.outside.name])
      expect(refusal(ask(cluster, from)), from).toBeUndefined();
  });

  it.each<[string, (cluster: Cluster) => void, string, string]>([
    [
      'is refused when no server runs',
      (cluster) => cluster.inject({ kind: 'ComponentKill', component: 'kube-apiserver' }),
      'ConnectionRefused',
      'dial tcp 192.168.0.10:6443: connect: connection refused',
    ],
    [
      'times out when the server is paused',
      (cluster) => cluster.inject({ kind: 'ComponentPause', component: 'kube-apiserver' }),
      'Timeout',
      'net/http: TLS handshake timeout',
    ],
    [
      'times out when the caller is cut off',
      (cluster) => cluster.inject({ kind: 'NetworkCut', node: 'n1' }),
      'Timeout',
      'dial tcp 192.168.0.10:6443: i/o timeout',
    ],
    [
      'times out when the server is cut off',
      (cluster) => cluster.inject({ kind: 'NetworkCut', node: 'control-plane' }),
      'Timeout',
      'dial tcp 192.168.0.10:6443: i/o timeout',
    ],
    [
      'times out when only answers are lost',
      (cluster) => cluster.fabric.links.set('control-plane', 'n1', { cut: true }, { oneWay: true }),
      'Timeout',
      'dial tcp 192.168.0.10:6443: i/o timeout',
    ],
    [
      'times out when the machine of the server has no power',
      (cluster) => cluster.inject({ kind: 'NodeDown', node: 'control-plane' }),
      'Timeout',
      'dial tcp 192.168.0.10:6443: i/o timeout',
    ],
  ])('%s', (_, fault, reason, message) => {
    const cluster = booted();
    fault(cluster);
    const result = ask(cluster, 'n1');
    expect(result).toMatchObject({ ok: false, status: { code: 0, reason, message } });
  });

  it('is answered on the machine of the server while that is cut off', () => {
    const cluster = booted();
    cluster.inject({ kind: 'NetworkCut', node: 'control-plane' });
    expect(refusal(ask(cluster, 'control-plane'))).toBeUndefined();
  });
});

describe('a watch', () => {
  function watching(cluster: Cluster) {
    const events: WatchEvent[] = [];
    const seen = { events, closed: 0 };
    must(
      cluster.client('test', 'n1').watch(
        configMap,
        { namespace: 'default' },
        (event) => void events.push(event),
        () => void seen.closed++,
      ),
    );
    cluster.runFor(100);
    events.length = 0;
    return seen;
  }

  it('is broken once by the first event that cannot pass, which is not delivered', () => {
    const cluster = booted();
    const seen = watching(cluster);
    put(cluster, 'before');
    cluster.runFor(100);
    expect(seen.events.map(({ type }) => type)).toEqual(['ADDED']);
    cluster.inject({ kind: 'NetworkCut', node: 'n1' });
    put(cluster, 'during');
    put(cluster, 'during-2');
    cluster.runFor(1000);
    cluster.inject({ kind: 'NetworkHeal', node: 'n1' });
    put(cluster, 'after');
    cluster.runFor(1000);
    expect(seen.events).toHaveLength(1);
    expect(seen.closed).toBe(1);
  });

  it('lives on when nothing happened while it was cut', () => {
    const cluster = booted();
    const seen = watching(cluster);
    cluster.inject({ kind: 'NetworkCut', node: 'n1' });
    cluster.runFor(1000);
    cluster.inject({ kind: 'NetworkHeal', node: 'n1' });
    put(cluster, 'after');
    cluster.runFor(100);
    expect(seen.closed).toBe(0);
    expect(seen.events).toHaveLength(1);
  });

  it('ends with the server', () => {
    const cluster = booted();
    const seen = watching(cluster);
    cluster.inject({ kind: 'ComponentKill', component: 'kube-apiserver' });
    expect(seen.closed).toBe(1);
  });

  it.each<[string, (cluster: Cluster) => void, (cluster: Cluster) => void]>([
    [
      'a cut',
      (cluster) => cluster.inject({ kind: 'NetworkCut', node: 'n1' }),
      (cluster) => cluster.inject({ kind: 'NetworkHeal', node: 'n1' }),
    ],
    [
      'a restart of the server',
      (cluster) => cluster.inject({ kind: 'ComponentKill', component: 'kube-apiserver' }),
      () => {},
    ],
  ])('is resumed by an informer after %s without losing or repeating anything', (_, fault, mend) => {
    const cluster = booted();
    const process = new Process(cluster.sim, 'informer');
    const informers = new InformerFactory(process, cluster.client('test', 'n1'));
    const informer = informers.informer(configMap);
    const added: string[] = [];
    informer.addHandler({ add: (object) => added.push(nameOf(object)) });
    informers.start();
    put(cluster, 'one');
    cluster.runFor(1000);
    fault(cluster);
    // Long enough for a server that was killed to be back.
    cluster.runFor(8000);
    put(cluster, 'two');
    cluster.runFor(10_000);
    mend(cluster);
    cluster.runFor(30_000);
    put(cluster, 'three');
    cluster.runFor(30_000);
    expect(added.filter((name) => ['one', 'two', 'three'].includes(name))).toEqual(['one', 'two', 'three']);
  });
});
