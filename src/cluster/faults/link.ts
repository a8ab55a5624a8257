import type { LinkState } from '../../network/types.ts';
import type { ClusterParts } from '../parts.ts';
import { type FaultDefinition, machineOf } from './fault.ts';

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

/** A fault of the way between two machines, in one fixed state. */
export function linkFault(kind: string, state: Partial<LinkState>): FaultDefinition {
  return {
    kind,
    fields: ['node', 'to', 'oneWay'],
    inject: (cluster, fault) => setLink(cluster, fault, state),
  };
}
