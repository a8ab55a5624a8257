import type { FaultDefinition } from './fault.ts';

/** Undoes EtcdFull as an administrator would: compacts, defragments every member, disarms the alarm. */
export const etcdFree: FaultDefinition = {
  kind: 'EtcdFree',
  fields: [],
  effect: 'mends',
  targets: ({ etcd }) => (etcd.space.watched ? [{}] : []),
  inject({ etcd }) {
    const done = etcd.compact(etcd.revision);
    if (!done.ok && done.error.code !== 'compacted') return `fault EtcdFree: ${done.error.message}`;
    etcd.space.empty(etcd.memberNames);
    return undefined;
  },
};
