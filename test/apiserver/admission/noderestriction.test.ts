import { describe, expect, it } from 'vitest';
import { Guarded, nodeUser } from '../authorization/support.ts';
import { creation, podBody } from '../harness.ts';

const N1 = nodeUser('n1');

function ready(): Guarded {
  const h = new Guarded();
  for (const name of ['n1', 'n2']) h.create('nodes', { metadata: { name, labels: { disk: 'hdd' } } });
  h.create('pods', podBody('mine', {}, { nodeName: 'n1' }));
  h.create('pods', podBody('yours', {}, { nodeName: 'n2' }));
  return h;
}

const pod = (name: string) => ({ resource: 'pods', namespace: 'default', name }) as const;
const patchNode = (name: string, body: object) =>
  ({ verb: 'patch', patchType: 'merge', resource: 'nodes', name, body }) as const;
const status = {
  verb: 'patch',
  patchType: 'merge',
  subresource: 'status',
  body: { status: { reason: 'x' } },
} as const;

describe('NodeRestriction', () => {
  it.each<[string, Parameters<Guarded['verdict']>[1], string]>([
    ['a node labels itself', patchNode('n1', { metadata: { labels: { disk: 'ssd' } } }), 'ok'],
    [
      'a node changes no other node',
      patchNode('n2', { metadata: { labels: { disk: 'ssd' } } }),
      'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
    ],
    [
      'a node gives itself no role',
      patchNode('n1', { metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } } }),
      'is not allowed to modify labels: node-role.kubernetes.io/control-plane',
    ],
    [
      'a node leaves restricted labels alone',
      patchNode('n1', { metadata: { labels: { 'pci.node-restriction.kubernetes.io/x': '1' } } }),
      'is not allowed to modify labels: pci.node-restriction.kubernetes.io/x',
    ],
    [
      'a node may say where it is',
      patchNode('n1', { metadata: { labels: { 'topology.kubernetes.io/zone': 'a' } } }),
      'ok',
    ],
    [
      'a node keeps its taints',
      patchNode('n1', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }),
      'node "n1" is not allowed to modify taints',
    ],
    [
      'a node registers as itself',
      creation('nodes', { metadata: { name: 'n9' } }),
      'nodes "n9" is forbidden: node "n1" is not allowed to modify node "n9"',
    ],
    ['a node reports on its own pods', { ...status, ...pod('mine') }, 'ok'],
    [
      'a node reports on no other pods',
      { ...status, ...pod('yours') },
      'node "n1" can only update pod status for pods with spec.nodeName set to itself',
    ],
    ['a node deletes its own pods', { verb: 'delete', ...pod('mine') }, 'ok'],
    [
      'a node deletes no other pods',
      { verb: 'delete', ...pod('yours') },
      'node "n1" can only delete pods with spec.nodeName set to itself',
    ],
    [
      'a node has its own lease',
      creation(
        'leases',
        { metadata: { name: 'n2', namespace: 'kube-node-lease' } },
        { group: 'coordination.k8s.io' },
      ),
      'can only access node lease with the same name as the requesting node',
    ],
  ])('%s', (_, request, want) => {
    expect(ready().verdict(N1, request)).toContain(want);
  });

  it('does not concern anybody else', () => {
    const body = { metadata: { labels: { 'node-role.kubernetes.io/worker': '' } } };
    expect(ready().send(patchNode('n1', body)).ok).toBe(true);
  });
});
