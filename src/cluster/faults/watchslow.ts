import { type FaultDefinition, wholeMs } from './fault.ts';

const MAX_LATENCY_MS = 600_000;
/** Slow enough to be felt when it is thrown by hand. */
const SLOW_MS = 5_000;

/**
 * Makes watches slow, by resource and by who watches: what happens reaches them `latency` ms later, and who has
 * too much waiting is cut off and must watch anew. 0 ends it; without resource and user for all.
 */
export const watchSlow: FaultDefinition = {
  kind: 'WatchSlow',
  fields: ['resource', 'user', 'latency'],
  effect: 'breaks',
  targets: ({ apiTrouble }) => [
    { resource: 'pods', latency: apiTrouble.watchLag('', 'pods') === 0 ? SLOW_MS : 0 },
  ],
  inject(cluster, fault) {
    const latency = wholeMs(fault, 'latency', MAX_LATENCY_MS);
    if (typeof latency === 'string') return latency;
    const { resource, user } = fault;
    if (resource !== undefined && typeof resource !== 'string')
      return 'fault WatchSlow: resource must be the plural name of a resource, such as pods';
    if (user !== undefined && typeof user !== 'string')
      return 'fault WatchSlow: user must be a name such as system:kube-scheduler';
    cluster.apiTrouble.slowWatches({
      latency,
      ...(resource === undefined ? {} : { resource }),
      ...(user === undefined ? {} : { user }),
    });
    for (const server of cluster.apiServers.values()) server.paceWatches();
    return undefined;
  },
};
