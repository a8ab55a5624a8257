import type { EndpointAddress, EndpointPort, EndpointSubset } from '../api/generated/types.ts';

/** One address and the ports it offers; a port that is undefined stands for none at all. */
export interface EndpointHost {
  readonly address: EndpointAddress;
  readonly ready: boolean;
  readonly ports: readonly (EndpointPort | undefined)[];
}

/** The hosts that offer one port. Not ready trumps ready when an address occurs twice. */
interface Offer {
  readonly port: EndpointPort | undefined;
  readonly hosts: Map<string, { readonly address: EndpointAddress; readonly ready: boolean }>;
}

/**
 * The canonical subsets (pkg/api/v1/endpoints RepackSubsets): ports that are offered by the very same
 * addresses share one subset. Addresses stand in the order of their text and uid, subsets and ports in
 * the order in which the ports were first named, where upstream sorts by a hash.
 */
export function repackSubsets(hosts: readonly EndpointHost[]): readonly EndpointSubset[] {
  const subsets = new Map<string, { readonly offer: Offer; readonly ports: EndpointPort[] }>();
  for (const offer of offersOf(hosts)) {
    const id = [...offer.hosts]
      .map(([key, { ready }]) => `${key}|${ready}`)
      .sort()
      .join();
    let subset = subsets.get(id);
    if (subset === undefined) {
      subset = { offer, ports: [] };
      subsets.set(id, subset);
    }
    if (offer.port !== undefined) subset.ports.push(offer.port);
  }
  return [...subsets.values()].map(({ offer, ports }) => {
    const addresses = addressesOf(offer, true);
    const notReadyAddresses = addressesOf(offer, false);
    return {
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
      ...(ports.length === 0 ? {} : { ports }),
    };
  });
}

function offersOf(hosts: readonly EndpointHost[]): readonly Offer[] {
  const offers = new Map<string, Offer>();
  for (const { address, ready, ports } of hosts) {
    const key = `${address.ip}|${address.targetRef?.uid ?? ''}`;
    for (const port of ports) {
      const id =
        port === undefined ? '' : JSON.stringify([port.name, port.port, port.protocol, port.appProtocol]);
      let offer = offers.get(id);
      if (offer === undefined) {
        offer = { port, hosts: new Map() };
        offers.set(id, offer);
      }
      if (offer.hosts.get(key)?.ready !== false) offer.hosts.set(key, { address, ready });
    }
  }
  return [...offers.values()];
}

function addressesOf(offer: Offer, ready: boolean): EndpointAddress[] {
  const chosen: EndpointAddress[] = [];
  for (const host of offer.hosts.values()) if (host.ready === ready) chosen.push(host.address);
  return chosen.sort(compareAddresses);
}

function compareAddresses(a: EndpointAddress, b: EndpointAddress): number {
  if (a.ip !== b.ip) return a.ip < b.ip ? -1 : 1;
  return (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1;
}
