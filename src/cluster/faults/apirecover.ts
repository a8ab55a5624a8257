import type { FaultDefinition } from './fault.ts';

/** Ends what ApiErrors began. */
export const apiRecover: FaultDefinition = {
  kind: 'ApiRecover',
  fields: [],
  effect: 'mends',
  targets: ({ apiTrouble }) => (apiTrouble.rules.length > 0 ? [{}] : []),
  inject(cluster) {
    cluster.apiTrouble.clear();
    return undefined;
  },
};
