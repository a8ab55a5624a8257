import type { Machine } from '../machine.ts';
import type { ClusterParts } from '../parts.ts';

/** Something that breaks or mends. One file each, one line in registry.ts. */
export interface FaultDefinition {
  /** As levels and scenarios write it: `NodeDown`. */
  readonly kind: string;
  /** The fields it takes beside `kind`. */
  readonly fields: readonly string[];
  /** Does it. Returns a sentence when it cannot: no such node, no such component. */
  inject(cluster: ClusterParts, fault: Readonly<Record<string, unknown>>): string | undefined;
}

/** The machine that a fault names, or a sentence. */
export function machineOf(cluster: ClusterParts, fault: Readonly<Record<string, unknown>>): Machine | string {
  const name = fault.node;
  if (typeof name !== 'string' || name === '') return `fault ${String(fault.kind)} needs the name of a node`;
  const machine = cluster.machines.get(name);
  if (machine !== undefined) return machine;
  return `there is no node "${name}": there are ${[...cluster.machines.keys()].join(', ')}`;
}

/** A fault that does one thing to one machine. */
export function machineFault(
  kind: string,
  act: (machine: Machine, cluster: ClusterParts) => void,
): FaultDefinition {
  return {
    kind,
    fields: ['node'],
    inject(cluster, fault) {
      const machine = machineOf(cluster, fault);
      if (typeof machine === 'string') return machine;
      act(machine, cluster);
      return undefined;
    },
  };
}
