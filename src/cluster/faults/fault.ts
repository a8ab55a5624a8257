import type { Machine } from '../machine.ts';
import type { ClusterParts } from '../parts.ts';

/** What a fault does to a cluster: `adds` makes it larger. */
export type FaultEffect = 'breaks' | 'mends' | 'adds';

/** Something that breaks or mends. One file each, one line in registry.ts. */
export interface FaultDefinition {
  /** As levels and scenarios write it: `NodeDown`. */
  readonly kind: string;
  /** The fields it takes beside `kind`. */
  readonly fields: readonly string[];
  readonly effect: FaultEffect;
  /** Does it. Returns a sentence when it cannot: no such node, no such component. */
  inject(cluster: ClusterParts, fault: Readonly<Record<string, unknown>>): string | undefined;
  /** What it can be done to now, as its fields beside `kind`: what is broken already cannot be broken again. */
  targets(cluster: ClusterParts): readonly FaultTarget[];
}

/** The fields of a fault beside its kind. */
export type FaultTarget = Readonly<Record<string, string | number>>;

/** The machine that a fault names, or a sentence. */
export function machineOf(cluster: ClusterParts, fault: Readonly<Record<string, unknown>>): Machine | string {
  const name = fault.node;
  if (typeof name !== 'string' || name === '') return `fault ${String(fault.kind)} needs the name of a node`;
  const machine = cluster.machines.get(name);
  if (machine !== undefined) return machine;
  return `there is no node "${name}": there are ${[...cluster.machines.keys()].join(', ')}`;
}

/** A field of whole milliseconds, or a sentence. */
export function wholeMs(
  fault: Readonly<Record<string, unknown>>,
  field: string,
  max: number,
): number | string {
  const value = fault[field];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) return value;
  return `fault ${String(fault.kind)}: ${field} must be whole milliseconds from 0 to ${max}`;
}

/** What a fault does to one machine, and to which it can be done. */
export interface MachineFault {
  readonly effect: FaultEffect;
  act(machine: Machine, cluster: ClusterParts): void;
  applies(machine: Machine, cluster: ClusterParts): boolean;
}

/** A fault that does one thing to one machine. */
export function machineFault(kind: string, { effect, act, applies }: MachineFault): FaultDefinition {
  return {
    kind,
    fields: ['node'],
    effect,
    targets: (cluster) =>
      [...cluster.machines.values()]
        .filter((machine) => applies(machine, cluster))
        .map(({ name }) => ({ node: name })),
    inject(cluster, fault) {
      const machine = machineOf(cluster, fault);
      if (typeof machine === 'string') return machine;
      act(machine, cluster);
      return undefined;
    },
  };
}
