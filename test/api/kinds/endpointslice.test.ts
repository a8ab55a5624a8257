import { describe, expect, it } from 'vitest';
import type { EndpointSlice } from '../../../src/api/generated/types.ts';
import { endpointSlice } from '../../../src/api/kinds/endpointslice.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { deepFreeze } from '../../../src/apimachinery/freeze.ts';

function make(rest: Partial<EndpointSlice> = {}): EndpointSlice {
  const head = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'web-x' } };
  return deepFreeze(endpointSlice.applyDefaults({ ...head, addressType: 'IPv4', ...rest }));
}

const at = (...addresses: string[]): { addresses: string[] } => ({ addresses });

it('ports of a slice are TCP and have an empty name unless they say otherwise', () => {
  expect(make({ ports: [{ port: 80 }] }).ports).toEqual([{ name: '', port: 80, protocol: 'TCP' }]);
});

describe('a slice', () => {
  it.each<[string, Partial<EndpointSlice>, readonly string[]]>([
    ['may be empty', {}, []],
    ['needs a type', { addressType: '' }, ['addressType: Required value']],
    [
      'is of a known type',
      { addressType: 'IPv5' },
      ['addressType: Unsupported value: "IPv5": supported values: "FQDN", "IPv4", "IPv6"'],
    ],
    [
      'needs addresses in each endpoint',
      { endpoints: [at()] },
      ['endpoints[0].addresses: Required value: must contain at least 1 address'],
    ],
    [
      'has addresses of its type',
      { endpoints: [at('fd00::1')] },
      ['endpoints[0].addresses[0]: Invalid value: "fd00::1": must be a valid IPv4 address'],
    ],
    [
      'has no loopback addresses',
      { addressType: 'IPv6', endpoints: [at('::1')] },
      [
        'endpoints[0].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
    ],
    [
      'has qualified names',
      { addressType: 'FQDN', endpoints: [at('web.example.com'), at('web')] },
      [
        'endpoints[1].addresses[0]: Invalid value: "web": should be a domain with at least two segments separated by dots',
      ],
    ],
    [
      'has at most 1000 endpoints',
      { endpoints: Array.from({ length: 1001 }, () => at('10.0.0.1')) },
      ['endpoints: Too many: 1001: must have at most 1000 items'],
    ],
    [
      'has at most 100 addresses an endpoint',
      { endpoints: [at(...Array.from({ length: 101 }, () => '10.0.0.1'))] },
      ['endpoints[0].addresses: Too many: 101: must have at most 100 items'],
    ],
    [
      'has each port name once',
      { ports: [{ port: 80 }, { port: 81 }] },
      ['ports[1].name: Duplicate value: ""'],
    ],
    [
      'has each zone hint once',
      { endpoints: [{ ...at('10.0.0.1'), hints: { forZones: [{ name: 'a' }, { name: 'a' }] } }] },
      ['endpoints[0].hints.forZones[1].name: Duplicate value: "a"'],
    ],
    [
      'has at most 8 zone hints',
      {
        endpoints: [
          {
            ...at('10.0.0.1'),
            hints: { forZones: Array.from({ length: 9 }, (_, i) => ({ name: `z${i}` })) },
          },
        ],
      },
      ['endpoints[0].hints.forZones: Too many: 9: must have at most 8 items'],
    ],
  ])('%s', (_name, rest, want) => {
    expect(endpointSlice.validate(make(rest)).map(formatFieldError)).toEqual(want);
  });

  it('does not turn to another type', () => {
    expect(
      endpointSlice.validateUpdate?.(make({ addressType: 'IPv6' }), make()).map(formatFieldError),
    ).toEqual(['addressType: Invalid value: "IPv6": field is immutable']);
  });

  it('counts a generation for endpoints and ports, not for labels', () => {
    const old = make({ endpoints: [at('10.0.0.1')] });
    const labelled = { ...old, metadata: { ...old.metadata, labels: { a: 'b' } } };
    expect(endpointSlice.generationChanged?.(labelled, old)).toBe(false);
    expect(endpointSlice.generationChanged?.(make({ endpoints: [at('10.0.0.2')] }), old)).toBe(true);
  });
});

describe('kubectl get endpointslices', () => {
  const row = (rest: Partial<EndpointSlice>): (string | number)[] =>
    endpointSlice.columns.slice(1, 4).map((c) => c.cell(make(rest), 0));

  it.each<[string, Partial<EndpointSlice>, readonly string[]]>([
    ['shows nothing as <unset>', {}, ['IPv4', '<unset>', '<unset>']],
    [
      'shows three addresses and counts the others',
      { ports: [{ port: 80 }], endpoints: [at('10.0.0.1'), at('10.0.0.2'), at('10.0.0.3'), at('10.0.0.4')] },
      ['IPv4', '80', '10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...'],
    ],
    ['shows a port without number by its name', { ports: [{ name: 'http' }] }, ['IPv4', 'http', '<unset>']],
  ])('%s', (_name, rest, want) => {
    expect(row(rest)).toEqual(want);
  });
});
