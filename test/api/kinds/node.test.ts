import { describe, expect, it } from 'vitest';
import type { Node, NodeSpec, NodeStatus } from '../../../src/api/generated/types.ts';
import { node, nodeRoles } from '../../../src/api/kinds/node.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { deepFreeze } from '../../../src/apimachinery/freeze.ts';

const NOW = Date.UTC(2026, 0, 5);

function make(spec: NodeSpec = {}, status: NodeStatus = {}, labels: Record<string, string> = {}): Node {
  const metadata = { name: 'cargo-1', labels, creationTimestamp: '2026-01-04T22:00:00Z' };
  return deepFreeze({ apiVersion: 'v1', kind: 'Node', metadata, spec, status });
}

const complaints = (object: Node): readonly string[] => node.validate(object).map(formatFieldError);

describe('defaults of a node', () => {
  it('make all capacity allocatable', () => {
    const { status } = node.applyDefaults(make({}, { capacity: { cpu: '4000m', memory: '8Gi' } }));
    expect(status).toEqual({
      capacity: { cpu: '4', memory: '8Gi' },
      allocatable: { cpu: '4', memory: '8Gi' },
    });
  });

  it('keep podCIDR and podCIDRs the same', () => {
    expect(node.applyDefaults(make({ podCIDR: '10.244.1.0/24' })).spec.podCIDRs).toEqual(['10.244.1.0/24']);
    expect(node.applyDefaults(make({ podCIDRs: ['10.244.1.0/24'] })).spec.podCIDR).toBe('10.244.1.0/24');
  });

  it('change nothing when all is there', () => {
    const once = deepFreeze(
      node.applyDefaults(make({ podCIDR: '10.244.1.0/24' }, { capacity: { cpu: '4' } })),
    );
    expect(node.applyDefaults(once)).toBe(once);
  });
});

const TAINT = { key: 'a', value: 'b', effect: 'NoSchedule' };

describe('a node', () => {
  it.each<[string, Node, readonly string[]]>([
    [
      'may have one taint key with two effects',
      make({ taints: [TAINT, { ...TAINT, effect: 'NoExecute' }] }),
      [],
    ],
    ['may have fractions of a cpu', make({}, { capacity: { cpu: '500m', 'example.com/gpu': '2' } }), []],
    [
      'may have a range of pod addresses of each family',
      make({ podCIDRs: ['10.0.0.0/24', 'fd00::/64'] }),
      [],
    ],
    [
      'may not have a taint twice',
      make({ taints: [TAINT, TAINT] }),
      [
        'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"b","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
      ],
    ],
    [
      'may not have a taint without effect',
      make({ taints: [{ key: 'a', effect: '' }] }),
      ['metadata.taints[0].effect: Required value'],
    ],
    [
      'may not have a taint with an unknown effect',
      make({ taints: [{ key: 'a', effect: 'Never' }] }),
      [
        'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      ],
    ],
    [
      'may not have two IPv4 ranges',
      make({ podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'] }),
      [
        'spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.1.0/24"]: may specify no more than one CIDR for each IP family',
      ],
    ],
    [
      'may not have a malformed range',
      make({ podCIDRs: ['10.0.0.0'] }),
      [
        'spec.podCIDRs[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
    ],
    [
      'may not have less than nothing',
      make({}, { capacity: { cpu: '-1' } }),
      ['status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0'],
    ],
    [
      'may not have half a pod',
      make({}, { capacity: { pods: '500m' } }),
      ['status.capacity.pods: Invalid value: "500m": must be an integer'],
    ],
    [
      'may not have half a device',
      make({}, { allocatable: { 'example.com/gpu': '1500m' } }),
      ['status.allocatable.example.com/gpu: Invalid value: "1500m": must be an integer'],
    ],
  ])('%s', (_name, object, want) => {
    expect(complaints(object)).toEqual(want);
  });

  it('may not have a taint whose key is malformed', () => {
    expect(complaints(make({ taints: [{ key: '-a', effect: 'NoSchedule' }] })).join()).toMatch(
      /^metadata\.taints\[0\]\.key: Invalid value: "-a": name part must consist of/,
    );
  });
});

describe('an update of a node', () => {
  const address = { type: 'InternalIP', address: '10.0.0.1' };

  it.each<[string, NodeSpec, NodeSpec, readonly string[]]>([
    ['may set the pod range', {}, { podCIDRs: ['10.0.0.0/24'] }, []],
    [
      'may not change the pod range',
      { podCIDRs: ['10.0.0.0/24'] },
      { podCIDRs: ['10.0.1.0/24'] },
      ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
    ],
    ['may set the provider ID', {}, { providerID: 'sea://1' }, []],
    [
      'may not change the provider ID',
      { providerID: 'sea://1' },
      { providerID: 'sea://2' },
      ['spec.providerID: Forbidden: node updates may not change providerID except from "" to valid'],
    ],
    ['may cordon it', {}, { unschedulable: true }, []],
  ])('%s', (_name, old, next, want) => {
    expect(node.validateUpdate?.(make(next), make(old)).map(formatFieldError)).toEqual(want);
  });

  it('may not give an address twice', () => {
    const errors = node.validateUpdate?.(make({}, { addresses: [address, address] }), make());
    expect(errors?.map(formatFieldError)).toEqual([
      'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}',
    ]);
  });
});

describe('kubectl get nodes', () => {
  const row = (object: Node): Record<string, string | number> =>
    Object.fromEntries(node.columns.map((c) => [c.name, c.cell(object, NOW)]));
  const ready = (status: string): NodeStatus => ({ conditions: [{ type: 'Ready', status }] });

  it.each<[string, Node, Record<string, string>]>([
    ['shows a ready node', make({}, ready('True')), { Status: 'Ready', Roles: '<none>', Age: '120m' }],
    ['shows a node that is not ready', make({}, ready('False')), { Status: 'NotReady' }],
    ['shows a silent node as not ready', make({}, ready('Unknown')), { Status: 'NotReady' }],
    ['shows a node without conditions as unknown', make(), { Status: 'Unknown' }],
    [
      'shows a cordoned node',
      make({ unschedulable: true }, ready('True')),
      { Status: 'Ready,SchedulingDisabled' },
    ],
    [
      'shows roles in order',
      make({}, {}, { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' }),
      { Roles: 'control-plane,worker' },
    ],
    [
      'shows the role of the old label',
      make({}, {}, { 'kubernetes.io/role': 'master' }),
      { Roles: 'master' },
    ],
    [
      'shows what it does not know',
      make(),
      {
        'Internal-IP': '<none>',
        'External-IP': '<none>',
        'OS-Image': '<unknown>',
        'Kernel-Version': '<unknown>',
        'Container-Runtime': '<unknown>',
        Version: '',
      },
    ],
  ])('%s', (_name, object, want) => {
    expect(row(object)).toMatchObject(want);
  });

  it('has the columns of upstream', () => {
    expect(node.columns.filter((c) => c.wide === undefined).map((c) => c.name.toUpperCase())).toEqual([
      'NAME',
      'STATUS',
      'ROLES',
      'AGE',
      'VERSION',
    ]);
  });
});

it('a node can be selected by whether it is cordoned', () => {
  const field = node.selectableFields?.['spec.unschedulable'];
  expect([field?.(make()), field?.(make({ unschedulable: true }))]).toEqual(['false', 'true']);
});

it('a node without role labels has no roles', () => {
  expect(nodeRoles(make())).toEqual([]);
});
