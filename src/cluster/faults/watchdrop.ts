import type { FaultDefinition } from './fault.ts';

/** Breaks the connections of all watches, or of those of one resource; clients resume where they were. */
export const watchDrop: FaultDefinition = {
  kind: 'WatchDrop',
  fields: ['resource'],
  effect: 'breaks',
  targets: ({ apiServer }) => (apiServer === undefined ? [] : [{}]),
  inject(cluster, fault) {
    const { resource } = fault;
    if (resource !== undefined && typeof resource !== 'string')
      return 'fault WatchDrop: resource must be the plural name of a resource, such as pods';
    if (cluster.apiServer === undefined) return 'fault WatchDrop: there is no API server that runs';
    const dropped = cluster.apiServer.dropWatches(resource);
    return dropped === undefined ? `fault WatchDrop: there is no resource "${resource}"` : undefined;
  },
};
