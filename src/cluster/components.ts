import { STATIC_COMPONENTS } from './manifests.ts';
import type { ClusterParts } from './parts.ts';

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
export function componentStates(cluster: ClusterParts): readonly ComponentState[] {
  const states: ComponentState[] = cluster.controlPlanes.flatMap((machine) =>
    STATIC_COMPONENTS.map((name) => ({
      name,
      node: machine.name,
      state: machine.containerd.programState(name),
    })),
  );
  const dns = [...cluster.machines.values()].find(
    (machine) => machine.containerd.programState('coredns') === 'running',
  );
  states.push({ name: 'coredns', node: dns?.name ?? '', state: dns === undefined ? 'down' : 'running' });
  return states;
}
