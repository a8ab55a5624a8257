import { isIP } from '../../apimachinery/ip.ts';
import type { FaultDefinition } from './fault.ts';

const CODES = ['NXDOMAIN', 'SERVFAIL'] as const;

/**
 * Makes cluster DNS answer wrongly: with an address, NXDOMAIN or SERVFAIL (`answer`), for one name or, without
 * `name`, for all.
 */
export const dnsWrong: FaultDefinition = {
  kind: 'DnsWrong',
  fields: ['name', 'answer'],
  effect: 'breaks',
  targets: ({ dnsTrouble }) => (dnsTrouble.size === 0 ? [{ answer: 'NXDOMAIN' }] : []),
  inject(cluster, fault) {
    const { name, answer = 'NXDOMAIN' } = fault;
    if (name !== undefined && (typeof name !== 'string' || !/^[a-z0-9_.-]{1,253}$/i.test(name)))
      return 'fault DnsWrong: name must be a name such as web.default.svc.cluster.local';
    const code = CODES.find((each) => each === answer);
    if (code === undefined && (typeof answer !== 'string' || !isIP(answer)))
      return 'fault DnsWrong: answer must be an address, NXDOMAIN or SERVFAIL';
    cluster.dnsTrouble.set(
      (name ?? '').toLowerCase().replace(/\.$/, ''),
      code === undefined ? { address: answer as string } : { code },
    );
    return undefined;
  },
};
