import { describe, expect, it } from 'vitest';
import type { Namespace, NetworkPolicySpec, Pod } from '../../src/api/generated/types.ts';
import { networkPolicy } from '../../src/api/kinds/networkpolicy.ts';
import type { Flow } from '../../src/network/types.ts';
import { compilePolicy, type Peer } from '../../src/proxy/policyrules.ts';

const pod = (name: string, labels: Record<string, string>, namespace = 'default'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] },
});
const home = (name: string, labels: Record<string, string> = {}): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
  spec: {},
});
const flow = (port: number, transport: Flow['transport'] = 'TCP'): Flow => ({
  source: { ip: '10.244.1.2', port: 40_000 },
  destination: { ip: '10.244.1.3', port },
  transport,
  ownHost: false,
});
const outsider: Peer = { ip: '203.0.113.9', pod: undefined, namespace: undefined };

function allows(spec: NetworkPolicySpec, peer: Peer, at = flow(8080)): boolean {
  const object = networkPolicy.applyDefaults({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p', namespace: 'default' },
    spec,
  });
  return compilePolicy(object).ingress?.some((rule) => rule.allows(peer, at, pod('t', {}))) === true;
}

const friend: Peer = { ip: '10.244.1.2', pod: pod('f', { role: 'friend' }), namespace: home('default') };
const foreign: Peer = {
  ip: '10.244.1.2',
  pod: pod('f', { role: 'friend' }, 'other'),
  namespace: home('other', { team: 'a' }),
};

describe('a policy', () => {
  it('without rules allows nobody, with an empty rule everybody', () => {
    expect(allows({}, friend)).toBe(false);
    expect(allows({ ingress: [{}] }, outsider)).toBe(true);
    expect(allows({ ingress: [{ from: [], ports: [] }] }, outsider)).toBe(true);
  });

  it('means pods of its own namespace by a pod selector alone', () => {
    const spec = { ingress: [{ from: [{ podSelector: { matchLabels: { role: 'friend' } } }] }] };
    expect([allows(spec, friend), allows(spec, foreign), allows(spec, outsider)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('wants both of one peer, either of two peers', () => {
    const pods = { podSelector: { matchLabels: { role: 'enemy' } } };
    const namespaces = { namespaceSelector: { matchLabels: { team: 'a' } } };
    expect(allows({ ingress: [{ from: [{ ...pods, ...namespaces }] }] }, foreign)).toBe(false);
    expect(allows({ ingress: [{ from: [pods, namespaces] }] }, foreign)).toBe(true);
  });

  it('means every pod of every namespace, and no one else, by an empty namespace selector', () => {
    const spec = { ingress: [{ from: [{ namespaceSelector: {} }] }] };
    expect([allows(spec, foreign), allows(spec, outsider)]).toEqual([true, false]);
  });

  it('lets an address block in but for its exceptions', () => {
    const block = (...except: string[]): NetworkPolicySpec => ({
      ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24', except } }] }],
    });
    expect(allows(block(), outsider)).toBe(true);
    expect(allows(block('203.0.113.8/29'), outsider)).toBe(false);
    expect(allows(block('203.0.113.0/29'), outsider)).toBe(true);
  });

  it.each([
    [{ port: 8080 }, 8080, 'TCP', true],
    [{ port: 8081 }, 8080, 'TCP', false],
    [{ port: 8080 }, 8080, 'UDP', false],
    [{ port: 'http' }, 8080, 'TCP', true],
    [{ port: 'http' }, 8081, 'TCP', false],
    [{ port: 8000, endPort: 8080 }, 8080, 'TCP', true],
    [{ port: 8000, endPort: 8079 }, 8080, 'TCP', false],
    [{ protocol: 'UDP' }, 53, 'UDP', true],
  ] as const)('with port %j and a flow to %i/%s answers %s', (port, dialled, transport, expected) => {
    expect(allows({ ingress: [{ ports: [port] }] }, friend, flow(dialled, transport))).toBe(expected);
  });

  it('leaves alone the direction that it is not about', () => {
    const object = { ...networkPolicy.applyDefaults({ apiVersion: 'a', kind: 'b', metadata: {}, spec: {} }) };
    expect(compilePolicy(object).egress).toBeUndefined();
  });
});
