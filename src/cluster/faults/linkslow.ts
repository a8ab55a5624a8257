import type { FaultDefinition } from './fault.ts';
import { linkTargets, setLink } from './link.ts';

const MAX_LATENCY_MS = 60_000;
/** Slow enough to be felt when it is thrown by hand. */
const SLOW_MS = 500;

/** Makes the way between two machines slow (`latency`, ms) or lossy (`loss`, 0 to 1). */
export const linkSlow: FaultDefinition = {
  kind: 'LinkSlow',
  fields: ['node', 'to', 'oneWay', 'latency', 'loss'],
  effect: 'breaks',
  targets: (cluster) => linkTargets(cluster, true).map((way) => ({ ...way, latency: SLOW_MS })),
  inject(cluster, fault) {
    const { latency = 0, loss = 0 } = fault;
    if (typeof latency !== 'number' || !Number.isInteger(latency) || latency < 0 || latency > MAX_LATENCY_MS)
      return `fault LinkSlow: latency must be whole milliseconds from 0 to ${MAX_LATENCY_MS}`;
    if (typeof loss !== 'number' || !(loss >= 0 && loss <= 1))
      return 'fault LinkSlow: loss must be a number from 0 to 1';
    return setLink(cluster, fault, { latencyMs: latency, loss });
  },
};
