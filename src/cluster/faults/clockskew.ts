import type { FaultDefinition } from './fault.ts';
import { machineOf } from './fault.ts';

const MAX_SECONDS = 10 * 365 * 86_400;
const HOUR = 3600;

/**
 * Sets the clock of a machine wrong by `seconds`, fast if positive; 0 puts it right. Whatever runs there
 * writes wrong times: of events, leases, heartbeats, and on the control plane of everything created. What
 * is measured by running clocks, such as the lapse of a lease, stays as it is.
 */
export const clockSkew: FaultDefinition = {
  kind: 'ClockSkew',
  fields: ['node', 'seconds'],
  effect: 'breaks',
  targets: ({ machines }) =>
    [...machines.values()].map(({ name, wall }) => ({ node: name, seconds: wall.skew === 0 ? HOUR : 0 })),
  inject(cluster, fault) {
    const machine = machineOf(cluster, fault);
    if (typeof machine === 'string') return machine;
    const { seconds } = fault;
    if (typeof seconds !== 'number' || !Number.isInteger(seconds) || Math.abs(seconds) > MAX_SECONDS)
      return `fault ClockSkew: seconds must be a whole number from -${MAX_SECONDS} to ${MAX_SECONDS}`;
    machine.wall.skew = seconds * 1000;
    return undefined;
  },
};
