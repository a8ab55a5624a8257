import type { Usage } from '../../api/metrics.ts';
import { valueOf as bytesOf, milliOf } from '../../apimachinery/quantity.ts';
import { isNotFound, type Status } from '../../apimachinery/status.ts';
import type { Flag } from '../verb.ts';

/** What `kubectl top node` and `kubectl top pod` share (pkg/metricsutil). */

export const TOP_FLAGS: readonly Flag[] = [
  { name: 'no-headers', type: 'bool', usage: 'If present, print output without headers' },
  {
    name: 'sort-by',
    type: 'string',
    usage: "If non-empty, sort list using specified field. The field can be either 'cpu' or 'memory'.",
  },
  {
    name: 'use-protocol-buffers',
    type: 'bool',
    default: true,
    usage: 'Enables using protocol-buffers to access Metrics API.',
  },
];

/** Millicores and bytes. */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
}

export function amountsOf({ cpu, memory }: Usage): Amounts {
  return { cpu: milliOf(cpu), memory: bytesOf(memory) };
}

/** `12m` and `34Mi`: whole Mi, cut. */
export function cells({ cpu, memory }: Amounts): readonly [string, string] {
  return [`${cpu}m`, `${Math.floor(memory / (1024 * 1024))}Mi`];
}

/** Why a `--sort-by` will not do; undefined when it will. */
export function sortTrouble(sortBy: string): string | undefined {
  return ['', 'cpu', 'memory'].includes(sortBy) ? undefined : '--sort-by accepts only cpu or memory';
}

/** Sorts by use, most first, or else by name. */
export function sorted<T extends { readonly key: string; readonly amounts: Amounts }>(
  rows: readonly T[],
  sortBy: string,
): readonly T[] {
  const byName = (a: T, b: T): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  if (sortBy !== 'cpu' && sortBy !== 'memory') return rows.toSorted(byName);
  return rows.toSorted((a, b) => b.amounts[sortBy] - a.amounts[sortBy] || byName(a, b));
}

/** A refusal to list metrics: that nobody serves the group is kubectl's own finding (discovery). */
export function metricsTrouble(status: Status): Status | string {
  return isNotFound(status) && status.details?.name === undefined ? 'Metrics API not available' : status;
}
