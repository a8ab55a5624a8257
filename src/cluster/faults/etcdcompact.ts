import type { FaultDefinition } from './fault.ts';

/** Compacts etcd at this moment: who was about to resume a watch from before is told 410 Gone. */
export const etcdCompact: FaultDefinition = {
  kind: 'EtcdCompact',
  fields: [],
  effect: 'breaks',
  targets: () => [{}],
  inject(cluster) {
    const { etcd } = cluster;
    const done = etcd.compact(etcd.revision);
    // Compacted to this very revision already: there is nothing left to give up.
    if (done.ok || done.error.code === 'compacted') return undefined;
    return `fault EtcdCompact: ${done.error.message}`;
  },
};
