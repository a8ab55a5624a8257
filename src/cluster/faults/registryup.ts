import type { FaultDefinition } from './fault.ts';

/** Undoes RegistryDown. */
export const registryUp: FaultDefinition = {
  kind: 'RegistryUp',
  fields: ['host'],
  effect: 'mends',
  targets: ({ registry }) => (registry.isDown ? [{}] : []),
  inject(cluster, fault) {
    const { host } = fault;
    if (host !== undefined && typeof host !== 'string')
      return 'fault RegistryUp: host must be a name such as docker.io';
    cluster.registry.setDown(undefined, host);
    return undefined;
  },
};
