import type { Machine } from '../machine.ts';
import { STATIC_COMPONENTS, type StaticComponent } from '../manifests.ts';
import type { ClusterParts } from '../parts.ts';
import { staticPodManifest } from '../staticpodmanifest.ts';
import { type FaultDefinition, type FaultEffect, type FaultTarget, machineOf } from './fault.ts';

/** Components that more than one machine may run. */
const ON_EVERY_NODE: readonly string[] = ['kube-proxy', 'coredns', 'kubelet'];

/** A component of a machine: its container's program, or the kubelet under systemd. */
export interface ComponentTarget {
  readonly component: string;
  readonly machines: readonly Machine[];
}

/**
 * What a fault means by `component` and `node`. Without a node all machines are meant that run it.
 */
export function componentTarget(
  cluster: ClusterParts,
  fault: Readonly<Record<string, unknown>>,
): ComponentTarget | string {
  const component = fault.component;
  if (typeof component !== 'string' || component === '')
    return `fault ${String(fault.kind)} needs a component: etcd, kube-apiserver, kube-scheduler, kube-controller-manager, kube-proxy, coredns or kubelet`;
  if (!isStatic(component) && !ON_EVERY_NODE.includes(component))
    return `there is no component "${component}": there are ${[...STATIC_COMPONENTS, ...ON_EVERY_NODE].join(', ')}`;
  if (fault.node !== undefined) {
    const machine = machineOf(cluster, fault);
    if (typeof machine === 'string') return machine;
    if (isStatic(component) && !machine.controlPlane)
      return `${component} runs on ${cluster.controlPlanes.map(({ name }) => name).join(', ')}, not on ${machine.name}`;
    return { component, machines: [machine] };
  }
  return {
    component,
    machines: isStatic(component) ? cluster.controlPlanes : [...cluster.machines.values()],
  };
}

export function isStatic(component: string): component is StaticComponent {
  return (STATIC_COMPONENTS as readonly string[]).includes(component);
}

/** How a component of a machine is doing. */
function componentState(machine: Machine, component: string): 'running' | 'paused' | 'down' | undefined {
  if (isStatic(component)) return machine.containerd.programState(component);
  // Where a controller puts no pod of it there is nothing to mend.
  if (component !== 'kubelet') {
    const state = machine.containerd.programState(component);
    return state === 'down' ? undefined : state;
  }
  const { state } = machine.kubelet;
  return state === 'inactive' ? 'down' : state === 'paused' ? 'paused' : 'running';
}

/** What a fault does to a component on one machine, and in which state that makes sense. */
export interface ComponentFault {
  readonly effect: FaultEffect;
  readonly on: 'running' | 'paused' | 'down';
  act(machine: Machine, component: string, cluster: ClusterParts): void;
}

/** Static components, then those of many machines: on all of them together, and on each. */
function componentTargets(
  cluster: ClusterParts,
  applies: (machine: Machine, component: string) => boolean,
): readonly FaultTarget[] {
  const single = STATIC_COMPONENTS.filter((component) => applies(cluster.controlPlane, component));
  const targets: FaultTarget[] = single.map((component) => ({ component }));
  for (const component of ON_EVERY_NODE) {
    const machines = [...cluster.machines.values()].filter((machine) => applies(machine, component));
    if (machines.length > 1) targets.push({ component });
    targets.push(...machines.map(({ name }) => ({ component, node: name })));
  }
  return targets;
}

/** A fault that does one thing to a component on each machine meant. */
export function componentFault(kind: string, { effect, on, act }: ComponentFault): FaultDefinition {
  return {
    kind,
    fields: ['component', 'node'],
    effect,
    targets: (cluster) =>
      componentTargets(
        cluster,
        (machine, component) => machine.powered && componentState(machine, component) === on,
      ),
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
  cluster: ClusterParts,
): { readonly file: string; readonly text: string } {
  return { file: `${component}.yaml`, text: staticPodManifest(component, machine, cluster.controlPlanes) };
}
