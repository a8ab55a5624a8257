import { pod as podKind } from '../api/kinds/pod.ts';
import { nameOf } from '../api/object.ts';
import type { Cluster } from './cluster.ts';
import { STATIC_COMPONENTS } from './manifests.ts';

/** A part of the control plane, or cluster DNS as a whole. */
export interface ComponentState {
  readonly name: string;
  /** The machine it runs on; of DNS the first one. */
  readonly node: string;
  readonly state: 'running' | 'paused' | 'down';
}

/**
 * How the control plane is doing, seen from outside: from the containers that run, not from what the
 * API says, which may be the thing that is broken.
 */
export function componentStates(cluster: Cluster): readonly ComponentState[] {
  const { controlPlane } = cluster;
  const states: ComponentState[] = STATIC_COMPONENTS.map((name) => ({
    name,
    node: controlPlane.name,
    state: controlPlane.containerd.programState(name),
  }));
  const dns = [...cluster.machines.values()].filter(
    (machine) => machine.containerd.programState('coredns') === 'running',
  );
  states.push({ name: 'coredns', node: dns[0]?.name ?? '', state: dns.length > 0 ? 'running' : 'down' });
  return states;
}

/** The pods of a component by the label kubeadm gives them; for faults that name a component. */
export function podsOf(cluster: Cluster, component: string): readonly string[] {
  return cluster
    .objects(podKind, 'kube-system')
    .filter(
      (pod) =>
        pod.metadata.labels?.['k8s-app'] === component || pod.metadata.labels?.['component'] === component,
    )
    .map(nameOf);
}
