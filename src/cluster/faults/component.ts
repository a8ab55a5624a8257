import type { Machine } from '../machine.ts';
import { STATIC_COMPONENTS, type StaticComponent, staticPodManifest } from '../manifests.ts';
import type { ClusterParts } from '../parts.ts';
import { type FaultDefinition, machineOf } from './fault.ts';

/** A component of a machine: its container's program, or the kubelet under systemd. */
export interface ComponentTarget {
  readonly component: string;
  readonly machines: readonly Machine[];
}

/**
 * What a fault means by `component` and `node`. Control plane components need no node; kube-proxy,
 * coredns and kubelet without one mean all of them.
 */
export function componentTarget(
  cluster: ClusterParts,
  fault: Readonly<Record<string, unknown>>,
): ComponentTarget | string {
  const component = fault['component'];
  if (typeof component !== 'string' || component === '')
    return `fault ${String(fault['kind'])} needs a component: etcd, kube-apiserver, kube-scheduler, kube-controller-manager, kube-proxy, coredns or kubelet`;
  if (fault['node'] !== undefined) {
    const machine = machineOf(cluster, fault);
    return typeof machine === 'string' ? machine : { component, machines: [machine] };
  }
  if (isStatic(component)) return { component, machines: [cluster.controlPlane] };
  if (component === 'kube-proxy' || component === 'coredns' || component === 'kubelet')
    return { component, machines: [...cluster.machines.values()] };
  return `there is no component "${component}": there are ${[...STATIC_COMPONENTS, 'kube-proxy', 'coredns', 'kubelet'].join(', ')}`;
}

export function isStatic(component: string): component is StaticComponent {
  return (STATIC_COMPONENTS as readonly string[]).includes(component);
}

/** A fault that does one thing to a component on each machine meant. */
export function componentFault(
  kind: string,
  act: (machine: Machine, component: string, cluster: ClusterParts) => void,
): FaultDefinition {
  return {
    kind,
    fields: ['component', 'node'],
    inject(cluster, fault) {
      const target = componentTarget(cluster, fault);
      if (typeof target === 'string') return target;
      for (const machine of target.machines) act(machine, target.component, cluster);
      return undefined;
    },
  };
}

/** The file kubeadm wrote for a static component. */
export function manifestOf(
  component: StaticComponent,
  machine: Machine,
): { readonly file: string; readonly text: string } {
  return { file: `${component}.yaml`, text: staticPodManifest(component, machine.host.ip) };
}
