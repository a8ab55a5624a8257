import { describe, expect, it } from 'vitest';
import type { EndpointSubset, Endpoints } from '../../../src/api/generated/types.ts';
import { endpoints, formatEndpoints } from '../../../src/api/kinds/endpoints.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { deepFreeze } from '../../../src/apimachinery/freeze.ts';

function make(...subsets: EndpointSubset[]): Endpoints {
  return deepFreeze({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' }, subsets });
}

const ips = (...list: string[]): { ip: string }[] => list.map((ip) => ({ ip }));

it('ports of Endpoints are TCP unless they say otherwise', () => {
  const object = endpoints.applyDefaults(make({ addresses: ips('10.244.1.2'), ports: [{ port: 80 }] }));
  expect(object.subsets?.[0]?.ports).toEqual([{ port: 80, protocol: 'TCP' }]);
  expect(endpoints.applyDefaults(deepFreeze(object))).toBe(object);
});

describe('Endpoints', () => {
  it.each<[string, EndpointSubset, readonly string[]]>([
    ['may have addresses without ports', { addresses: ips('10.244.1.2') }, []],
    [
      'may not be empty',
      { ports: [{ port: 80 }] },
      ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'],
    ],
    [
      'may not have a loopback address',
      { addresses: ips('127.0.0.1') },
      [
        'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
    ],
    [
      'may not have a link-local address',
      { notReadyAddresses: ips('169.254.1.1') },
      [
        'subsets[0].notReadyAddresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      ],
    ],
    [
      'may not have a link-local multicast address',
      { addresses: ips('224.0.0.5') },
      [
        'subsets[0].addresses[0].ip: Invalid value: "224.0.0.5": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
      ],
    ],
    [
      'may not have the unspecified address',
      { addresses: ips('0.0.0.0') },
      ['subsets[0].addresses[0].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)'],
    ],
    [
      'need names for several ports',
      { addresses: ips('10.244.1.2'), ports: [{ port: 80 }, { name: 'b', port: 81 }] },
      ['subsets[0].ports[0].name: Required value'],
    ],
    [
      'may not have port 0',
      { addresses: ips('10.244.1.2'), ports: [{ port: 0 }] },
      ['subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    ],
  ])('%s', (_name, subset, want) => {
    expect(endpoints.validate(endpoints.applyDefaults(make(subset))).map(formatFieldError)).toEqual(want);
  });
});

describe('kubectl get endpoints', () => {
  const http = [{ name: 'http', port: 80 }];

  it.each<[string, Endpoints, string]>([
    ['shows nothing as <none>', make(), '<none>'],
    [
      'shows addresses with their port',
      make({ addresses: ips('10.0.0.1', '10.0.0.2'), ports: http }),
      '10.0.0.1:80,10.0.0.2:80',
    ],
    [
      'shows three and counts the others',
      make({ addresses: ips('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'), ports: http }),
      '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...',
    ],
    [
      'counts each port',
      make({ addresses: ips('10.0.0.1', '10.0.0.2'), ports: [...http, { name: 'b', port: 81 }] }),
      '10.0.0.1:80,10.0.0.2:80,10.0.0.1:81 + 1 more...',
    ],
    ['shows addresses without ports', make({ addresses: ips('10.0.0.1') }), '10.0.0.1'],
    ['shows none that are not ready', make({ notReadyAddresses: ips('10.0.0.1'), ports: http }), ''],
    ['puts IPv6 in brackets', make({ addresses: ips('fd00::1'), ports: http }), '[fd00::1]:80'],
  ])('%s', (_name, object, want) => {
    expect(formatEndpoints(object)).toBe(want);
  });
});
