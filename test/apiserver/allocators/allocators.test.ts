import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Service, ServiceSpec } from '../../../src/api/generated/types.ts';
import { service } from '../../../src/api/kinds/service.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { deepFreeze } from '../../../src/apimachinery/freeze.ts';
import { Bitmap } from '../../../src/apiserver/allocators/bitmap.ts';
import { IPAllocator } from '../../../src/apiserver/allocators/ipallocator.ts';
import { PortAllocator } from '../../../src/apiserver/allocators/portallocator.ts';
import { type ServiceAllocation, ServiceAllocators } from '../../../src/apiserver/allocators/services.ts';
import { Random } from '../../../src/sim/random.ts';

const random = (): Random => new Random(1, 'allocators');

function make(spec: ServiceSpec): Service {
  const bare = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec };
  const object = service.applyDefaults(bare);
  return deepFreeze(service.prepareForCreate?.(object) ?? object);
}

function given(allocation: ServiceAllocation): Service {
  if ('errors' in allocation) throw new Error(allocation.errors.map(formatFieldError).join());
  return allocation.object;
}

function refusal(allocation: ServiceAllocation): readonly string[] {
  return 'errors' in allocation ? allocation.errors.map(formatFieldError) : [];
}

const WEB: ServiceSpec = { selector: { app: 'web' }, ports: [{ port: 80 }] };

describe('a bitmap', () => {
  it('finds the next free number just as a plain search would', () => {
    const sizes = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(
        sizes,
        fc.array(fc.nat(3000)),
        fc.nat(3000),
        fc.nat(3000),
        fc.boolean(),
        (size, list, from, to, dense) => {
          const bitmap = new Bitmap(size);
          const plain = new Set<number>();
          if (dense) for (let n = 0; n < size; n++) if (bitmap.add(n)) plain.add(n);
          for (const n of list) {
            if (n >= size) continue;
            if (dense) expect(bitmap.delete(n)).toBe(plain.delete(n));
            else {
              expect(bitmap.add(n)).toBe(!plain.has(n));
              plain.add(n);
            }
          }
          let want: number | undefined;
          for (let n = from; n < Math.min(to, size) && want === undefined; n++) if (!plain.has(n)) want = n;
          expect(bitmap.nextFree(from, to)).toBe(want);
          expect(bitmap.count).toBe(plain.size);
        },
      ),
    );
  });
});

describe('cluster IPs', () => {
  it('begin with the address of the Service kubernetes', () => {
    expect(new IPAllocator(random()).firstAddress).toBe('10.96.0.1');
    expect(new IPAllocator(random(), '10.0.0.7/24').firstAddress).toBe('10.0.0.1');
    expect(new IPAllocator(random(), 'fd00:1::/112').firstAddress).toBe('fd00:1::1');
  });

  it('are not taken from the lower band while there are others', () => {
    const allocator = new IPAllocator(random());
    for (let i = 0; i < 2000; i++) {
      const allocated = allocator.allocateNext();
      const [, , c = 0, d = 0] = allocated.ok ? allocated.value.split('.').map(Number) : [];
      expect(c * 256 + d).toBeGreaterThan(256);
    }
  });

  it('are all given, each once, and then there are none', () => {
    const allocator = new IPAllocator(random(), '192.168.1.0/24');
    const all = new Set<string>();
    for (let i = 0; i < 254; i++) {
      const allocated = allocator.allocateNext();
      if (allocated.ok) all.add(allocated.value);
    }
    expect(all.size).toBe(254);
    expect(all.has('192.168.1.0') || all.has('192.168.1.255')).toBe(false);
    expect(allocator.allocateNext()).toEqual({ ok: false, error: 'range is full' });
    allocator.release('192.168.1.77');
    expect(allocator.allocateNext()).toEqual({ ok: true, value: '192.168.1.77' });
  });

  it('that were asked for are given once', () => {
    const allocator = new IPAllocator(random());
    expect(allocator.allocate('10.96.0.10')).toEqual({ ok: true, value: '10.96.0.10' });
    expect(allocator.allocate('10.96.0.10')).toEqual({
      ok: false,
      error: 'provided IP is already allocated',
    });
  });

  it.each(['10.95.255.255', '10.96.0.0', '10.96.255.255', '10.97.0.1', 'fd00::1'])(
    'do not include %s',
    (address) => {
      const allocator = new IPAllocator(random());
      const error = `the provided IP (${address}) is not in the valid range. The range of valid IPs is 10.96.0.0/16`;
      expect(allocator.allocate(address)).toEqual({ ok: false, error });
    },
  );

  it.each(['10.96.0.0', '10.0.0.0/8', '10.96.0.0/31', 'fd00::/64', 'nonsense'])('are not of %s', (cidr) => {
    expect(() => new IPAllocator(random(), cidr)).toThrow('cannot be a range');
  });
});

describe('node ports', () => {
  it('avoid 30000 to 30085 until all others are taken', () => {
    const allocator = new PortAllocator(random());
    const ports: number[] = [];
    for (let i = 0; i < 2768; i++) {
      const allocated = allocator.allocateNext();
      if (allocated.ok) ports.push(allocated.value);
    }
    expect(Math.min(...ports.slice(0, 2682))).toBe(30086);
    expect(Math.max(...ports)).toBe(32767);
    expect(Math.max(...ports.slice(2682))).toBe(30085);
    expect(new Set(ports).size).toBe(2768);
    expect(allocator.allocateNext()).toEqual({ ok: false, error: 'range is full' });
  });

  it.each([29999, 32768, 80, 30080.5])('do not include %s', (port) => {
    const error = 'provided port is not in the valid range. The range of valid ports is 30000-32767';
    expect(new PortAllocator(random()).allocate(port)).toEqual({ ok: false, error });
  });
});

describe('a new Service', () => {
  it('gets an address, a family and a policy', () => {
    const { spec } = given(new ServiceAllocators(random()).create(make(WEB)));
    expect(spec).toMatchObject({ ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
    expect(spec.clusterIPs).toEqual([spec.clusterIP]);
    expect(spec.clusterIP).toMatch(/^10\.96\./);
    expect(spec.ports?.[0]).not.toHaveProperty('nodePort');
  });

  it('without a selector and headless is of both families', () => {
    const { spec } = given(new ServiceAllocators(random()).create(make({ clusterIP: 'None' })));
    expect(spec).toMatchObject({
      clusterIPs: ['None'],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'RequireDualStack',
    });
  });

  it('that is headless gets no address', () => {
    const { spec } = given(new ServiceAllocators(random()).create(make({ ...WEB, clusterIP: 'None' })));
    expect(spec).toMatchObject({ clusterIP: 'None', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
  });

  it('that is an ExternalName gets nothing', () => {
    const object = make({ type: 'ExternalName', externalName: 'example.com' });
    expect(given(new ServiceAllocators(random()).create(object))).toBe(object);
  });

  it('of two families gets an address of each where the cluster has both', () => {
    const allocators = new ServiceAllocators(random(), { cidrs: ['10.96.0.0/16', 'fd00::/112'] });
    const { spec } = given(allocators.create(make({ ...WEB, ipFamilyPolicy: 'PreferDualStack' })));
    expect(spec.clusterIPs?.length).toBe(2);
    expect(spec.clusterIPs?.[1]).toMatch(/^fd00::/);
  });

  it('shares the node port of DNS between TCP and UDP', () => {
    const ports = [
      { name: 'tcp', port: 53 },
      { name: 'udp', port: 53, protocol: 'UDP', nodePort: 30053 },
    ];
    const { spec } = given(new ServiceAllocators(random()).create(make({ type: 'NodePort', ports })));
    expect(spec.ports?.map((p) => p.nodePort)).toEqual([30053, 30053]);
  });

  it('of type LoadBalancer gets no node ports if it wants none', () => {
    const object = make({ ...WEB, type: 'LoadBalancer', allocateLoadBalancerNodePorts: false });
    expect(given(new ServiceAllocators(random()).create(object)).spec.ports?.[0]).not.toHaveProperty(
      'nodePort',
    );
  });

  it('with local traffic gets a port for health checks', () => {
    const object = make({ ...WEB, type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
    expect(given(new ServiceAllocators(random()).create(object)).spec.healthCheckNodePort).toBeGreaterThan(
      30085,
    );
  });

  it.each<[string, ServiceSpec, string]>([
    [
      'a taken node port',
      { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
      'spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
    ],
    [
      'a node port out of range',
      { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      'a taken address',
      { ...WEB, clusterIP: '10.96.0.10' },
      'spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    ],
    [
      'an address out of range',
      { ...WEB, clusterIP: '10.1.1.1' },
      'spec.clusterIPs: Invalid value: ["10.1.1.1"]: failed to allocate IP 10.1.1.1: the provided IP (10.1.1.1) is not in the valid range. The range of valid IPs is 10.96.0.0/16',
    ],
    [
      'two families on a cluster of one',
      { ...WEB, ipFamilyPolicy: 'RequireDualStack' },
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    ],
    [
      'a family the cluster has not',
      { ...WEB, ipFamilies: ['IPv6'] },
      'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    ],
    [
      'an address of a family the cluster has not',
      { ...WEB, clusterIP: 'fd00::9' },
      'spec.clusterIPs[0]: Invalid value: ["fd00::9"]: IPv6 is not configured on this cluster',
    ],
  ])('is refused %s', (_name, spec, want) => {
    const allocators = new ServiceAllocators(random());
    given(
      allocators.create(
        make({ ...WEB, type: 'NodePort', clusterIP: '10.96.0.10', ports: [{ port: 80, nodePort: 30080 }] }),
      ),
    );
    const free = [allocators.ips[0]?.free, allocators.nodePorts.free];
    expect(refusal(allocators.create(make(spec)))).toEqual([want]);
    expect([allocators.ips[0]?.free, allocators.nodePorts.free]).toEqual(free);
  });

  it('that is not stored after all gives everything back', () => {
    const allocators = new ServiceAllocators(random());
    const allocation = allocators.create(make({ ...WEB, type: 'NodePort' }));
    if ('undo' in allocation) allocation.undo();
    expect([allocators.ips[0]?.free, allocators.nodePorts.free]).toEqual([65534, 2768]);
  });

  it('in a dry run takes nothing and moves no random stream', () => {
    const [wet, dry] = [new ServiceAllocators(random()), new ServiceAllocators(random())];
    given(dry.create(make({ ...WEB, type: 'NodePort' }), true));
    expect(dry.nodePorts.free).toBe(2768);
    const next = make({ ...WEB, type: 'NodePort' });
    expect(given(dry.create(next))).toEqual(given(wet.create(next)));
  });
});

describe('an updated Service', () => {
  const start = (spec: ServiceSpec): { allocators: ServiceAllocators; stored: Service } => {
    const allocators = new ServiceAllocators(random());
    return { allocators, stored: given(allocators.create(make(spec))) };
  };
  const change = (stored: Service, spec: ServiceSpec): Service => {
    const next = service.applyDefaults({ ...stored, spec });
    return deepFreeze(service.prepareForUpdate?.(next, stored) ?? next);
  };

  it('keeps its address and gets node ports when it becomes a NodePort', () => {
    const { allocators, stored } = start(WEB);
    const { spec } = given(allocators.update(change(stored, { ...stored.spec, type: 'NodePort' }), stored));
    expect(spec.clusterIP).toBe(stored.spec.clusterIP);
    expect(spec.ports?.[0]?.nodePort).toBeGreaterThan(30085);
  });

  it('gives node ports back once it is stored as ClusterIP', () => {
    const { allocators, stored } = start({ ...WEB, type: 'NodePort' });
    const next = given(allocators.update(change(stored, { ...stored.spec, type: 'ClusterIP' }), stored));
    expect(allocators.nodePorts.free).toBe(2767);
    allocators.committed(next, stored);
    expect(allocators.nodePorts.free).toBe(2768);
  });

  it('gives its address back when it becomes an ExternalName, and gets one when it returns', () => {
    const { allocators, stored } = start(WEB);
    const external = change(stored, { ...stored.spec, type: 'ExternalName', externalName: 'example.com' });
    const next = given(allocators.update(external, stored));
    allocators.committed(next, stored);
    expect(allocators.ips[0]?.free).toBe(65534);
    const back = given(allocators.update(change(next, WEB), next));
    expect(back.spec.clusterIP).toMatch(/^10\.96\./);
  });

  it('that asks for another address takes none: validation refuses it', () => {
    const { allocators, stored } = start(WEB);
    given(allocators.update(change(stored, { ...stored.spec, clusterIP: '10.96.9.9' }), stored));
    expect(allocators.ips[0]?.has('10.96.9.9')).toBe(false);
  });

  it('gives everything back when it is deleted', () => {
    const { allocators, stored } = start({ ...WEB, type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
    allocators.deleted(stored);
    expect([allocators.ips[0]?.free, allocators.nodePorts.free]).toEqual([65534, 2768]);
  });
});

it('a restarted server goes on just as the one that kept running', () => {
  const kept = new ServiceAllocators(new Random(3, 'a'));
  const stored: Service[] = [];
  for (let i = 0; i < 40; i++)
    stored.push(given(kept.create(make({ ...WEB, type: i % 2 === 0 ? 'NodePort' : 'ClusterIP' }))));
  for (const gone of stored.splice(5, 10)) kept.deleted(gone);
  const restarted = new ServiceAllocators(new Random(3, 'b'));
  restarted.rebuild(stored);
  expect(restarted.nodePorts.free).toBe(kept.nodePorts.free);
  expect(restarted.ips[0]?.free).toBe(kept.ips[0]?.free);
  for (const { spec } of stored) expect(restarted.ips[0]?.has(spec.clusterIP ?? '')).toBe(true);
});
