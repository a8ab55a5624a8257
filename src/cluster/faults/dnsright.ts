import type { FaultDefinition } from './fault.ts';

/** Undoes DnsWrong, for one name or for all. */
export const dnsRight: FaultDefinition = {
  kind: 'DnsRight',
  fields: ['name'],
  effect: 'mends',
  targets: ({ dnsTrouble }) => (dnsTrouble.size === 0 ? [] : [{}]),
  inject(cluster, fault) {
    const { name } = fault;
    if (name === undefined) cluster.dnsTrouble.clear();
    else if (typeof name !== 'string') return 'fault DnsRight: name must be a name';
    else cluster.dnsTrouble.delete(name.toLowerCase().replace(/\.$/, ''));
    return undefined;
  },
};
