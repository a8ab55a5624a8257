import type { FaultDefinition } from './fault.ts';

/** The storage system stops answering: no disk is made, deleted, attached or detached; what is attached works on. */
export const storageDown: FaultDefinition = {
  kind: 'StorageDown',
  fields: [],
  effect: 'breaks',
  targets: ({ cloud }) => (cloud.down ? [] : [{}]),
  inject(cluster) {
    cluster.cloud.down = true;
    return undefined;
  },
};
