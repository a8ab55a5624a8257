import { type FaultDefinition, machineOf, wholeMs } from './fault.ts';

const MAX_LATENCY_MS = 60_000;
/** Slow enough to be felt when it is thrown by hand. */
const SLOW_MS = 1_500;

/**
 * Makes the disk of etcd slow: each fsync takes `latency` ms longer, on one machine of the control plane or on
 * all; 0 makes it good again. From a second on a leader loses the others, from seven on requests time out.
 */
export const etcdSlow: FaultDefinition = {
  kind: 'EtcdSlow',
  fields: ['node', 'latency'],
  effect: 'breaks',
  targets: ({ etcdCluster }) =>
    etcdCluster.members.map(({ host, diskLatency }) => ({
      node: host,
      latency: diskLatency === 0 ? SLOW_MS : 0,
    })),
  inject(cluster, fault) {
    const latency = wholeMs(fault, 'latency', MAX_LATENCY_MS);
    if (typeof latency === 'string') return latency;
    if (fault.node === undefined) {
      for (const member of cluster.etcdCluster.members) member.diskLatency = latency;
      return undefined;
    }
    const machine = machineOf(cluster, fault);
    if (typeof machine === 'string') return machine;
    const member = cluster.etcdCluster.at(machine.name);
    if (member === undefined) return `there is no member of etcd on ${machine.name}`;
    member.diskLatency = latency;
    return undefined;
  },
};
