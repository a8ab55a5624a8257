import type { FaultDefinition } from './fault.ts';

/** Ends what ApiErrors began. */
export const apiRecover: FaultDefinition = {
  kind: 'ApiRecover',
  fields: [],
  inject(cluster) {
    cluster.apiTrouble.clear();
    return undefined;
  },
};
