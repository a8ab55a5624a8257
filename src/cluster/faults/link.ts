import type { LinkState } from '../../network/types.ts';
import type { ClusterParts } from '../parts.ts';
import { type FaultDefinition, type FaultTarget, machineOf } from './fault.ts';

/** Changes the way from one machine to another; `oneWay` leaves the way back as it is. */
export function setLink(
  cluster: ClusterParts,
  fault: Readonly<Record<string, unknown>>,
  state: Partial<LinkState>,
): string | undefined {
  const from = machineOf(cluster, fault);
  if (typeof from === 'string') return from;
  const to = machineOf(cluster, { kind: fault.kind, node: fault.to });
  if (typeof to === 'string') return `${to} (in the field "to")`;
  if (from === to) return `fault ${String(fault.kind)} needs two different nodes`;
  const { oneWay = false } = fault;
  if (typeof oneWay !== 'boolean') return `fault ${String(fault.kind)}: oneWay must be true or false`;
  cluster.fabric.links.set(from.name, to.name, state, { oneWay });
  return undefined;
}

/**
 * The ways between machines that are good, or bad for another reason than that one of them is off or
 * cut off altogether: from the control plane to each, and from each to the next.
 */
export function linkTargets(cluster: ClusterParts, good: boolean): readonly FaultTarget[] {
  const machines = [...cluster.machines.values()].filter(
    ({ name, powered }) => powered && !cluster.fabric.links.isIsolated(name),
  );
  const pairs = machines.flatMap((machine, i) => {
    const before = machines[i - 1];
    if (i === 0 || before === undefined) return [];
    const first = machines[0] === before ? [] : [machines[0]];
    return [...first, before].flatMap((from) =>
      from === undefined ? [] : [[from.name, machine.name] as const],
    );
  });
  return pairs
    .filter(([a, b]) => {
      const { cut, latencyMs, loss } = cluster.fabric.links.get(a, b);
      return good === (!cut && latencyMs === 0 && loss === 0);
    })
    .map(([node, to]) => ({ node, to }));
}

/** A fault of the way between two machines, in one fixed state. */
export function linkFault(
  kind: string,
  effect: 'breaks' | 'mends',
  state: Partial<LinkState>,
): FaultDefinition {
  return {
    kind,
    fields: ['node', 'to', 'oneWay'],
    effect,
    targets: (cluster) => linkTargets(cluster, effect === 'breaks'),
    inject: (cluster, fault) => setLink(cluster, fault, state),
  };
}
