import type { Endpoint, EndpointSlice, Service, ServicePort } from '../api/generated/types.ts';
import { isHeadless } from '../api/service.ts';
import type { ClusterName } from './dnsname.ts';
import { dash } from './dnsname.ts';

/** One answer before it becomes a record: an address or another name, reachable at a port under a name. */
export interface DnsAnswer {
  /** An address, or for ExternalName the name it stands for. */
  readonly host: string;
  readonly external: boolean;
  /** Undefined when the Service has no ports. */
  readonly port: number | undefined;
  /** The name of the address, as SRV records point to it, without the zone. */
  readonly name: string;
}

type ServiceName = Extract<ClusterName, { type: 'svc' }>;

const NO_LIST: readonly never[] = Object.freeze([]);
const ANY_PORT: readonly (ServicePort | undefined)[] = Object.freeze([undefined]);

/**
 * What a name says of a Service: its cluster IPs; for a headless one, or when one endpoint is asked
 * for, the ready endpoints (CoreDNS plugin/kubernetes/kubernetes.go findServices). Nothing: the
 * name does not exist.
 */
export function answersOf(
  name: ServiceName,
  service: Service,
  slices: readonly EndpointSlice[],
): DnsAnswer[] {
  const { spec } = service;
  const base = `${name.service}.${name.namespace}.svc`;
  if (spec.type === 'ExternalName') {
    if (name.endpoint !== '' || name.port !== '' || name.protocol !== '') return [];
    const host = (spec.externalName ?? '').toLowerCase().replace(/\.$/, '');
    return [{ host, external: true, port: undefined, name: base }];
  }
  if (isHeadless(spec) || name.endpoint !== '') return endpointAnswers(name, base, slices);
  const answers: DnsAnswer[] = [];
  for (const port of spec.ports ?? NO_LIST) {
    if (!matches(name, port.name, port.protocol)) continue;
    for (const host of spec.clusterIPs ?? [spec.clusterIP ?? '']) {
      if (host !== '') answers.push({ host, external: false, port: port.port, name: base });
    }
  }
  return answers;
}

function endpointAnswers(name: ServiceName, base: string, slices: readonly EndpointSlice[]): DnsAnswer[] {
  const answers: DnsAnswer[] = [];
  for (const slice of slices) {
    // A Service without ports still has addresses.
    const ports = (slice.ports?.length ?? 0) === 0 ? ANY_PORT : (slice.ports ?? NO_LIST);
    for (const endpoint of slice.endpoints ?? NO_LIST) {
      if (endpoint.conditions?.ready === false) continue;
      for (const host of endpoint.addresses) {
        const label = endpointLabel(endpoint, host);
        if (name.endpoint !== '' && name.endpoint !== label) continue;
        for (const port of ports) {
          if (!matches(name, port?.name, port?.protocol)) continue;
          answers.push({ host, external: false, port: port?.port, name: `${label}.${base}` });
        }
      }
    }
  }
  return answers;
}

/** The label of an endpoint's own name: its host name, or its dashed address. */
export function endpointLabel(endpoint: Endpoint, ip: string): string {
  return endpoint.hostname === undefined || endpoint.hostname === ''
    ? dash(ip)
    : endpoint.hostname.toLowerCase();
}

function matches(name: ServiceName, port: string | undefined, protocol: string | undefined): boolean {
  if (name.port !== '' && name.port !== (port ?? '').toLowerCase()) return false;
  return name.protocol === '' || name.protocol === (protocol ?? 'TCP').toLowerCase();
}
