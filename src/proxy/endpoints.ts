import type { EndpointSlice } from '../api/generated/types.ts';
import type { Address } from '../network/types.ts';

/** The label by which a slice names its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** One address and port of an EndpointSlice, with the conditions' defaults filled in. */
export interface ProxyEndpoint {
  readonly address: Address;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly nodeName: string | undefined;
  /** Zones and nodes for which the endpoint is meant (topology hints). */
  readonly zones: readonly string[];
  readonly nodes: readonly string[];
}

/** Endpoints of one port, with the two lists that are almost always wanted made in advance. */
export interface PortEndpoints {
  readonly all: readonly ProxyEndpoint[];
  readonly ready: readonly Address[];
  readonly servingTerminating: readonly Address[];
}

const NO_LIST: readonly never[] = Object.freeze([]);
const NONE: PortEndpoints = Object.freeze({ all: NO_LIST, ready: NO_LIST, servingTerminating: NO_LIST });

/**
 * Slices are immutable and every node reads the same ones, so what follows from a slice alone is
 * worked out once for all of them.
 */
const parsed = new WeakMap<EndpointSlice, ReadonlyMap<string, PortEndpoints>>();

/** The same for the endpoints of several slices together, filed under the first of them. */
const merged = new WeakMap<EndpointSlice, Map<string, Merged>>();

interface Merged {
  readonly slices: readonly EndpointSlice[];
  readonly endpoints: PortEndpoints;
}

/** The endpoints that slices have for a Service's port; names and protocols must be the same. */
export function endpointsOf(
  slices: readonly EndpointSlice[],
  portName: string,
  protocol: string,
): PortEndpoints {
  const key = `${portName}/${protocol}`;
  const used = slices.filter((slice) => (parse(slice).get(key)?.all.length ?? 0) > 0);
  const first = used[0];
  if (first === undefined) return NONE;
  return used.length === 1 ? (parse(first).get(key) ?? NONE) : merge(first, used, key);
}

function merge(first: EndpointSlice, slices: readonly EndpointSlice[], key: string): PortEndpoints {
  const byPort = merged.get(first) ?? new Map<string, Merged>();
  merged.set(first, byPort);
  const known = byPort.get(key);
  if (known?.slices.length === slices.length && known.slices.every((slice, i) => slice === slices[i]))
    return known.endpoints;
  const endpoints = collect(slices.flatMap((slice) => parse(slice).get(key)?.all ?? NO_LIST));
  byPort.set(key, { slices, endpoints });
  return endpoints;
}

/** The cache key of the Service to which a slice belongs; undefined when it names none. */
export function serviceKeyOf(slice: EndpointSlice): string | undefined {
  const name = slice.metadata.labels?.[SERVICE_NAME_LABEL];
  return name === undefined || name === '' ? undefined : `${slice.metadata.namespace ?? ''}/${name}`;
}

function parse(slice: EndpointSlice): ReadonlyMap<string, PortEndpoints> {
  const known = parsed.get(slice);
  if (known !== undefined) return known;
  const out = new Map<string, PortEndpoints>();
  for (const port of slice.ports ?? NO_LIST) {
    if (port.port === undefined) continue;
    out.set(`${port.name ?? ''}/${port.protocol ?? 'TCP'}`, collect(parsePort(slice, port.port)));
  }
  parsed.set(slice, out);
  return out;
}

function parsePort(slice: EndpointSlice, port: number): readonly ProxyEndpoint[] {
  const out: ProxyEndpoint[] = [];
  for (const endpoint of slice.endpoints ?? NO_LIST) {
    // All addresses of an endpoint are alike; as upstream only the first is used.
    const ip = endpoint.addresses[0];
    if (ip === undefined) continue;
    const { ready = true, serving = true, terminating = false } = endpoint.conditions ?? {};
    out.push({
      address: { ip, port },
      ready,
      serving,
      terminating,
      nodeName: endpoint.nodeName,
      zones: endpoint.hints?.forZones?.map((zone) => zone.name) ?? NO_LIST,
      nodes: endpoint.hints?.forNodes?.map((node) => node.name) ?? NO_LIST,
    });
  }
  return out;
}

/** Orders by address, so that the choice does not depend on the order of events, and drops doubles. */
function collect(endpoints: readonly ProxyEndpoint[]): PortEndpoints {
  const unique = new Map<string, ProxyEndpoint>();
  for (const endpoint of endpoints) {
    const key = `${endpoint.address.ip} ${endpoint.address.port}`;
    const other = unique.get(key);
    // An address that moves between slices stands in both for a while: the better news is the newer.
    if (other === undefined || (endpoint.ready && !other.ready)) unique.set(key, endpoint);
  }
  const all = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint);
  return { all, ready: addresses(all, isReady), servingTerminating: addresses(all, isLastResort) };
}

/** The addresses of those endpoints that a test lets through. */
export function addresses(
  endpoints: readonly ProxyEndpoint[],
  test: (endpoint: ProxyEndpoint) => boolean,
): readonly Address[] {
  const out: Address[] = [];
  for (const endpoint of endpoints) if (test(endpoint)) out.push(endpoint.address);
  return out.length === 0 ? NO_LIST : out;
}

export function isReady(endpoint: ProxyEndpoint): boolean {
  return endpoint.ready;
}

/** Used only where nothing is ready: still answers while it shuts down. */
export function isLastResort(endpoint: ProxyEndpoint): boolean {
  return endpoint.serving && endpoint.terminating;
}
