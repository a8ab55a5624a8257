import type { FaultDefinition } from './fault.ts';

/**
 * Fills the database of etcd up to its quota with old revisions: writes are refused until somebody
 * compacts, defragments and disarms the alarm.
 */
export const etcdFull: FaultDefinition = {
  kind: 'EtcdFull',
  fields: [],
  effect: 'breaks',
  targets: ({ etcd }) => (etcd.space.watched ? [] : [{}]),
  inject({ etcd }) {
    etcd.space.fill(etcd.revision);
    return undefined;
  },
};
