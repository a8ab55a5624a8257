import type { FaultDefinition } from './fault.ts';

const WAYS = ['refused', 'timeout'] as const;

/** Takes an image registry, or without `host` all of them, off the air. */
export const registryDown: FaultDefinition = {
  kind: 'RegistryDown',
  fields: ['host', 'how'],
  effect: 'breaks',
  targets: ({ registry }) => (registry.isDown ? [] : WAYS.map((how) => ({ how }))),
  inject(cluster, fault) {
    const { host, how = 'timeout' } = fault;
    if (host !== undefined && typeof host !== 'string')
      return 'fault RegistryDown: host must be a name such as docker.io';
    const way = WAYS.find((each) => each === how);
    if (way === undefined) return `fault RegistryDown: how must be ${WAYS.join(' or ')}`;
    cluster.registry.setDown(way, host);
    return undefined;
  },
};
