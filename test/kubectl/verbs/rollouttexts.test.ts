import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/api/object.ts';
import { rolloutState } from '../../../src/kubectl/verbs/rolloutstatus.ts';
import { Bench } from '../harness.ts';

function set(spec: object, status: object): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web', generation: 1 },
    spec: { replicas: 3, ...spec },
    status: { observedGeneration: 1, readyReplicas: 3, updateRevision: 'web-b', ...status },
  } as unknown as KubeObject;
}

function rolling(rollingUpdate: object | undefined): object {
  return {
    updateStrategy: { type: 'RollingUpdate', ...(rollingUpdate === undefined ? {} : { rollingUpdate }) },
  };
}

// Texts of pkg/polymorphichelpers/rollout_status.go StatefulSetStatusViewer.
describe('kubectl rollout status of a StatefulSet', () => {
  it.each([
    [
      rolling({ partition: 0 }),
      { updatedReplicas: 3 },
      'partitioned roll out complete: 3 new pods have been updated...',
      true,
    ],
    [
      rolling({ partition: 1 }),
      { updatedReplicas: 1 },
      'Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...',
      false,
    ],
    [
      rolling(undefined),
      { updatedReplicas: 1, currentRevision: 'web-a' },
      'waiting for statefulset rolling update to complete 1 pods at revision web-b...',
      false,
    ],
    [
      rolling(undefined),
      { currentReplicas: 3, currentRevision: 'web-b' },
      'statefulset rolling update complete 3 pods at revision web-b...',
      true,
    ],
    [rolling({ partition: 0 }), { readyReplicas: 1 }, 'Waiting for 2 pods to be ready...', false],
  ])('%j %j', (spec, status, text, done) => {
    expect(rolloutState(set(spec, status), 0)).toEqual({ text, done });
  });

  it('is not available on delete', () => {
    expect(rolloutState(set({ updateStrategy: { type: 'OnDelete' } }, {}), 0)).toEqual({
      failure: 'rollout status is only available for RollingUpdate strategy type',
    });
  });
});

describe('kubectl rollout', () => {
  it.each(['history', 'pause', 'restart', 'resume', 'status', 'undo'])(
    '%s says plainly that it lacks a resource',
    (verb) => {
      expect(new Bench().run(`rollout ${verb}`).err).toBe('error: required resource not specified\n');
    },
  );

  it('says error in front of every one of several refusals', () => {
    const b = new Bench();
    for (const name of ['a', 'b']) b.run(`create deployment ${name} --image=nginx`);
    expect(b.run('rollout resume deployment').err).toBe(
      'error: deployments.apps "a" is not paused\nerror: deployments.apps "b" is not paused\n',
    );
  });

  it('ends the words about a missing history with one newline', () => {
    const b = new Bench();
    b.run('create deployment web --image=nginx');
    expect(b.run('rollout history deploy/web').out).toBe('deployment.apps/web \nNo rollout history found.\n');
  });
});

describe('kubectl scale', () => {
  it('compares the size and the version first, and scales nothing more after a refusal', () => {
    const b = new Bench();
    for (const name of ['a', 'b']) b.run(`create deployment ${name} --image=nginx --replicas=2`);
    expect(b.run('scale deploy/a deploy/b --replicas=3 --current-replicas=1').err).toBe(
      'error: Expected replicas to be 1, was 2\n',
    );
    const version = b.run("get deploy a -o jsonpath='{.metadata.resourceVersion}'").out;
    expect(b.run('scale deploy/a --replicas=3 --resource-version=1').err).toBe(
      `error: Expected resource version to be 1, was ${version}\n`,
    );
    expect(b.run(`scale deploy/a --replicas=3 --current-replicas=2 --resource-version=${version}`).out).toBe(
      'deployment.apps/a scaled\n',
    );
  });

  it('says that it scaled only once the pods are there, when told to wait', () => {
    const b = new Bench();
    b.run('create deployment a --image=nginx --replicas=2');
    expect(b.run('scale deploy/a --replicas=3 --timeout=2s', 5)).toMatchObject({
      out: '',
      err: 'error: timed out waiting for "a" to be synced\n',
      code: 1,
    });
  });
});

describe('objects that kubectl prints', () => {
  it('come out of jsonpath with sorted keys and escaped as Go does, of custom columns as Go prints maps', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'default' },
      data: { z: '<1>', a: '2' },
    });
    expect(b.run("get cm c -o jsonpath='{.data}'").out).toBe('{"a":"2","z":"\\u003c1\\u003e"}');
    expect(b.run('get cm c -o custom-columns=D:.data --no-headers').out).toBe('map[a:2 z:<1>]\n');
  });

  it('have null for the rules of an aggregated role', () => {
    const b = new Bench();
    const line = 'create clusterrole agg --aggregation-rule=a=b';
    expect(b.run(`${line} --dry-run=client -o yaml`).out).toMatch(/^rules: null$/m);
    expect(b.run(line).out).toBe('clusterrole.rbac.authorization.k8s.io/agg created\n');
    expect(b.run(`${line} --verb=get`).err).toContain(
      'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
    );
  });
});
