import { describe, expect, it } from 'vitest';
import { creation, podBody } from '../harness.ts';
import { Guarded, get, list, nodeUser } from './support.ts';

const N1 = nodeUser('n1');
const N2 = nodeUser('n2');

function withPods(): Guarded {
  const h = new Guarded();
  for (const name of ['n1', 'n2']) h.create('nodes', { metadata: { name } });
  for (const name of ['used', 'unused']) {
    h.create('secrets', { metadata: { name, namespace: 'default' } });
    h.create('configmaps', { metadata: { name, namespace: 'default' } });
  }
  const spec = {
    nodeName: 'n1',
    volumes: [{ name: 's', secret: { secretName: 'used' } }],
    containers: [{ name: 'web', image: 'nginx', envFrom: [{ configMapRef: { name: 'used' } }] }],
  };
  h.create('pods', podBody('web', {}, spec));
  return h;
}

const lease = (namespace: string, name: string) => ({
  group: 'coordination.k8s.io',
  ...get('leases', name, namespace),
});
const token = {
  verb: 'create',
  resource: 'serviceaccounts',
  subresource: 'token',
  namespace: 'default',
} as const;

describe('the node authorizer', () => {
  it.each<[string, Parameters<Guarded['verdict']>[1], string]>([
    ['reads the Secret of a pod of its own', get('secrets', 'used'), 'ok'],
    ['reads the ConfigMap of a pod of its own', get('configmaps', 'used'), 'ok'],
    [
      'reads no other Secret',
      get('secrets', 'unused'),
      `User "system:node:n1" cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node 'n1' and this object`,
    ],
    ['does not list Secrets', list('secrets', 'default'), 'No Object name found'],
    [
      'does not write Secrets',
      { ...get('secrets', 'used'), verb: 'delete' },
      'can only read resources of this type',
    ],
    ['reads its own node', get('nodes', 'n1', ''), 'ok'],
    ['reads no other node', get('nodes', 'n2', ''), "node 'n1' cannot read 'n2', only its own Node object"],
    ['does not list nodes', list('nodes'), "node 'n1' cannot read all nodes, only its own Node object"],
    ['lists its pods', { ...list('pods'), options: { fieldSelector: 'spec.nodeName=n1' } }, 'ok'],
    [
      'does not list the pods of others',
      { ...list('pods'), options: { fieldSelector: 'spec.nodeName=n2' } },
      'can only list/watch pods with spec.nodeName field selector',
    ],
    ['reads services', list('services'), 'ok'],
    ['reads no deployments', { ...list('deployments'), group: 'apps' }, '403'],
    ['has its own lease', lease('kube-node-lease', 'n1'), '404'],
    [
      'has no other lease',
      lease('kube-node-lease', 'n2'),
      'can only access node lease with the same name as the requesting node',
    ],
    [
      'has no lease elsewhere',
      lease('kube-system', 'n1'),
      'can only access leases in the "kube-node-lease" system namespace',
    ],
    [
      'makes no tokens of accounts without a pod of its own',
      { ...token, name: 'other' },
      'no relationship found',
    ],
  ])('%s', (_, request, want) => {
    expect(withPods().verdict(N1, request)).toContain(want);
  });

  it('lets go of what a pod needed when the pod has ended', () => {
    const h = withPods();
    h.object({
      verb: 'patch',
      patchType: 'merge',
      resource: 'pods',
      subresource: 'status',
      namespace: 'default',
      name: 'web',
      body: { status: { phase: 'Succeeded' } },
    });
    expect(h.verdict(N1, get('secrets', 'used'))).toContain('403');
  });

  it('knows one node from another', () => {
    expect(withPods().verdict(N2, get('secrets', 'used'))).toContain('403');
  });

  it('does not take a name for membership', () => {
    const nobody = { name: 'system:node:n1', groups: ['system:authenticated'] };
    expect(withPods().verdict(nobody, get('nodes', 'n1', ''))).toContain('403');
  });

  it('a node creates pods only as mirrors of its own', () => {
    const h = withPods();
    expect(h.verdict(N1, creation('pods', podBody('evil', {}, { nodeName: 'n1' })))).toContain(
      'pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods',
    );
  });
});
