import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import { describeChange } from '../../src/cluster/changes.ts';

type Fields = Readonly<Record<string, unknown>>;

function object(kind: string, fields: Fields): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name: 'a' }, ...fields } as KubeObject;
}

const condition = (type: string, status: string, reason: string, time = 't') => ({
  type,
  status,
  reason,
  lastTransitionTime: time,
});

describe('what changed in an object', () => {
  it.each<[string, string, Fields, Fields, string[]]>([
    [
      'a number',
      'Deployment',
      { spec: { replicas: 3 } },
      { spec: { replicas: 5 } },
      ['spec.replicas 3 -> 5'],
    ],
    [
      'a count that appears',
      'Deployment',
      {},
      { status: { replicas: 2, readyReplicas: 0 } },
      ['replicas 0 -> 2'],
    ],
    [
      'that a pod has been counted',
      'Pod',
      { metadata: { name: 'a', finalizers: ['batch.kubernetes.io/job-tracking'] }, spec: { containers: [] } },
      { metadata: { name: 'a' }, spec: { containers: [] } },
      ['finalizer batch.kubernetes.io/job-tracking removed'],
    ],
    [
      'a text',
      'Service',
      { spec: { type: 'ClusterIP' } },
      { spec: { type: 'NodePort' } },
      ['spec.type ClusterIP -> NodePort'],
    ],
    [
      'a text that appears',
      'Service',
      { spec: {} },
      { spec: { clusterIP: '10.96.0.9' } },
      ['spec.clusterIP set to 10.96.0.9'],
    ],
    ['a text that goes', 'Service', { spec: { x: 'y' } }, { spec: {} }, ['spec.x y removed']],
    [
      'the image of a template',
      'Deployment',
      { spec: { template: { spec: { containers: [{ name: 'web', image: 'nginx:1' }] } } } },
      { spec: { template: { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } } } },
      ['spec.template.spec.containers[web].image nginx:1 -> nginx:2'],
    ],
    [
      'a condition, by its status and reason',
      'Node',
      {
        status: {
          conditions: [condition('Ready', 'True', 'KubeletReady'), condition('DiskPressure', 'False', 'x')],
        },
      },
      {
        status: {
          conditions: [
            condition('Ready', 'Unknown', 'NodeStatusUnknown'),
            condition('DiskPressure', 'False', 'x', 'u'),
          ],
        },
      },
      ['Ready: Unknown (NodeStatusUnknown)'],
    ],
    [
      'taints',
      'Node',
      { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
      { spec: { taints: [{ key: 'b', value: 'c', effect: 'NoExecute' }] } },
      ['taint b=c:NoExecute added', 'taint a:NoSchedule removed'],
    ],
    ['a cordon', 'Node', { spec: {} }, { spec: { unschedulable: true } }, ['cordoned']],
    ['its end', 'Node', { spec: { unschedulable: true } }, { spec: {} }, ['uncordoned']],
    [
      'endpoints',
      'EndpointSlice',
      { endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }, { addresses: ['10.0.0.2'] }] },
      { endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: false } }, { addresses: ['10.0.0.3'] }] },
      ['endpoint 10.0.0.1 not ready', 'endpoint 10.0.0.3 ready', 'endpoint 10.0.0.2 removed'],
    ],
    [
      'a deletion that waits for finalizers',
      'Namespace',
      { metadata: { name: 'a', finalizers: ['x'] } },
      { metadata: { name: 'a', finalizers: [], deletionTimestamp: 't', deletionGracePeriodSeconds: 0 } },
      ['marked for deletion', 'finalizer x removed'],
    ],
    [
      'the contents of a Secret, not saying them',
      'Secret',
      { data: { a: 'aGk=', b: 'x' } },
      { data: { a: 'aG8=', c: 'y' } },
      ['data.a changed', 'data.b removed', 'data.c added'],
    ],
    [
      'nothing but bookkeeping',
      'Lease',
      { spec: { renewTime: '1' }, metadata: { name: 'a', resourceVersion: '1' } },
      { spec: { renewTime: '2' }, metadata: { name: 'a', resourceVersion: '2' } },
      [],
    ],
    [
      'a map that takes the place of a text',
      'X',
      { spec: { a: 'b' } },
      { spec: { a: { b: 'c' } } },
      ['spec.a changed'],
    ],
  ])('%s', (_, kind, before, after, changes) => {
    expect(describeChange(object(kind, before), object(kind, after))).toEqual(changes);
  });

  it('lists six changes and counts the rest', () => {
    const numbers = (n: number) => Object.fromEntries('abcdefghij'.split('').map((key) => [key, n]));
    const changes = describeChange(object('X', { spec: numbers(1) }), object('X', { spec: numbers(2) }));
    expect(changes).toHaveLength(7);
    expect(changes.at(-1)).toBe('4 more');
  });
});

describe('what changed in a pod', () => {
  const status = (fields: Fields): Fields => ({ status: fields });
  it.each<[string, Fields, Fields, string[]]>([
    ['its node', { spec: {} }, { spec: { nodeName: 'n1' } }, ['assigned to n1']],
    [
      'its eviction',
      status({ phase: 'Running' }),
      status({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }),
      ['phase Running -> Failed', 'Evicted: low on memory'],
    ],
    ['room made for it', status({}), status({ nominatedNodeName: 'n2' }), ['room is being made on n2']],
    [
      'init containers',
      status({ initContainerStatuses: [{ name: 'i', restartCount: 0, state: { running: {} } }] }),
      status({
        initContainerStatuses: [
          { name: 'i', restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
        ],
      }),
      ['init container i: terminated, Completed (exit code 0)'],
    ],
    [
      'labels and owners',
      { metadata: { name: 'a', labels: { app: 'web' }, ownerReferences: [{ name: 'rs' }] } },
      { metadata: { name: 'a', labels: { app: 'old', x: 'y' } } },
      ['label app = old', 'label x = y', 'released by its owner'],
    ],
    [
      'an image',
      { spec: { containers: [{ name: 'c', image: 'a' }] } },
      { spec: { containers: [{ name: 'c', image: 'b' }] } },
      ['image of c a -> b'],
    ],
    [
      'a failed probe',
      status({ conditions: [condition('Ready', 'True', '')] }),
      status({ conditions: [condition('Ready', 'False', 'ContainersNotReady')] }),
      ['pod is not ready'],
    ],
    ['nothing that matters', status({ observedGeneration: 1 }), status({ observedGeneration: 2 }), []],
  ])('%s', (_, before, after, changes) => {
    expect(describeChange(object('Pod', before), object('Pod', after))).toEqual(changes);
  });
});
