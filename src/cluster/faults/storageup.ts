import type { FaultDefinition } from './fault.ts';

/** The storage system answers again. */
export const storageUp: FaultDefinition = {
  kind: 'StorageUp',
  fields: [],
  effect: 'mends',
  targets: ({ cloud }) => (cloud.down ? [{}] : []),
  inject(cluster) {
    cluster.cloud.down = false;
    return undefined;
  },
};
