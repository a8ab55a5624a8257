import { describe, expect, it } from 'vitest';
import { networkPolicy } from '../../../src/api/kinds/networkpolicy.ts';
import { complaints, defaulted } from './manifests.ts';

const manifest = (spec: object = {}): unknown => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'a', namespace: 'default' },
  spec,
});

describe('a NetworkPolicy', () => {
  it('is about ingress, and about egress too once it has rules for it', () => {
    expect(defaulted(networkPolicy, manifest()).spec).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
    expect(defaulted(networkPolicy, manifest({ egress: [{}] })).spec.policyTypes).toEqual([
      'Ingress',
      'Egress',
    ]);
    expect(defaulted(networkPolicy, manifest({ egress: [] })).spec.policyTypes).toEqual(['Ingress']);
  });

  it('means TCP where it names no protocol', () => {
    const { spec } = defaulted(networkPolicy, manifest({ ingress: [{ ports: [{ port: 80 }] }] }));
    expect(spec.ingress?.[0]?.ports).toEqual([{ port: 80, protocol: 'TCP' }]);
  });

  it.each([
    [{ from: [{}] }, 'spec.ingress[0].from[0]: Required value: must specify a peer'],
    [
      { from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] },
      'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer',
    ],
    [{ from: [{ ipBlock: { cidr: '' } }] }, 'spec.ingress[0].from[0].ipBlock.cidr: Required value'],
    [
      { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] },
      'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
    ],
    [
      { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }] },
      'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
    ],
    [
      { ports: [{ port: 80, protocol: 'ICMP' }] },
      'spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      { ports: [{ port: 80, endPort: 79 }] },
      'spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`',
    ],
    [
      { ports: [{ port: 'http', endPort: 90 }] },
      'spec.ingress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is non-numeric',
    ],
    [
      { ports: [{ endPort: 90 }] },
      'spec.ingress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is not specified',
    ],
  ])('with a rule %j is refused', (rule, message) => {
    expect(complaints(networkPolicy, manifest({ ingress: [rule] }))).toEqual([message]);
  });

  it('knows two types', () => {
    expect(complaints(networkPolicy, manifest({ policyTypes: ['Both'] }))).toEqual([
      'spec.policyTypes[0]: Unsupported value: "Both": supported values: "Egress", "Ingress"',
    ]);
  });

  it('shows whom it selects', () => {
    const cell = (spec: object): unknown =>
      networkPolicy.columns[1]?.cell(defaulted(networkPolicy, manifest(spec)), 0);
    expect(cell({})).toBe('<none>');
    expect(cell({ podSelector: { matchLabels: { app: 'web' } } })).toBe('app=web');
  });
});
