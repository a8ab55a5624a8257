import { describe, expect, it } from 'vitest';
import type { Service } from '../../src/api/generated/types.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { service as serviceKind } from '../../src/api/kinds/service.ts';
import type { BalancerOptions, Cloud } from '../../src/controllers/cloud.ts';
import { serviceLoadBalancer } from '../../src/controllers/serviceloadbalancer.ts';
import { Cluster } from './support.ts';

const service = (type: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'lb', namespace: 'default' },
  spec: { type, selector: { app: 'web' }, ports: [{ port: 80 }] },
});

/** A cloud whose load balancers are only remembered. */
function world(problem?: string) {
  const balancers = new Map<string, BalancerOptions>();
  const nothing = (): undefined => undefined;
  const cloud: Cloud = {
    createDisk: nothing,
    deleteDisk: nothing,
    attachDisk: nothing,
    detachDisk: nothing,
    removeDirectory: nothing,
    balancers: {
      ensureLoadBalancer(id, options) {
        if (problem !== undefined) return { error: problem };
        balancers.set(id, options);
        return { ip: '203.0.113.10' };
      },
      deleteLoadBalancer: (id) => void balancers.delete(id),
    },
  };
  const c = new Cluster({ controllers: [serviceLoadBalancer], nodes: ['n1', 'n2'], kubelet: false, cloud });
  return { c, balancers };
}

describe('the service controller', () => {
  it('orders a load balancer, tells its address, and follows the nodes', () => {
    const { c, balancers } = world();
    c.create(serviceKind, service('LoadBalancer'));
    c.run(1000);
    expect(c.get(serviceKind, 'lb').status?.loadBalancer?.ingress).toBeUndefined();
    c.run(5000);
    expect(c.get(serviceKind, 'lb').status?.loadBalancer?.ingress).toEqual([
      { ip: '203.0.113.10', ipMode: 'VIP' },
    ]);
    expect(c.events('lb').join('\n')).toMatch(/Ensuring load balancer(.|\n)*Ensured load balancer/);
    const [only] = balancers.values();
    expect(only?.nodes).toEqual(['n1', 'n2']);
    c.remove(nodeKind, 'n1');
    c.run(1000);
    expect([...balancers.values()][0]?.nodes).toEqual(['n2']);
  });

  it.each(['ClusterIP', 'deleted'])('gives it back when the Service is %s', (what) => {
    const { c, balancers } = world();
    c.create(serviceKind, service('LoadBalancer'));
    c.run(6000);
    if (what === 'deleted') c.remove(serviceKind, 'lb');
    else c.merge(serviceKind, 'lb', { spec: { type: 'ClusterIP' } });
    c.run(2000);
    expect(balancers.size).toBe(0);
    if (what === 'deleted') expect(c.find(serviceKind, 'lb')).toBeUndefined();
    else expect(c.get(serviceKind, 'lb').metadata.finalizers).toBeUndefined();
  });

  it('says why there is none', () => {
    const { c } = world('quota exceeded');
    c.create(serviceKind, service('LoadBalancer'));
    c.run(6000);
    expect(c.events('lb').join('\n')).toContain(
      'Error syncing load balancer: failed to ensure load balancer: quota exceeded',
    );
  });
});
