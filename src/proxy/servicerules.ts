import type { EndpointSlice, Service, ServicePort } from '../api/generated/types.ts';
import { keyOf } from '../api/object.ts';
import { isHeadless, needsNodePort } from '../api/service.ts';
import { parseIP } from '../apimachinery/ip.ts';
import type { Address, Frontend, RuleTarget, ServiceRule, Transport } from '../network/rule.ts';
import {
  addresses,
  endpointsOf,
  isLastResort,
  isReady,
  type PortEndpoints,
  type ProxyEndpoint,
} from './endpoints.ts';

/** The node for which rules are made. */
export interface ProxyNode {
  readonly name: string;
  /** `topology.kubernetes.io/zone`; empty when the node has none. */
  readonly zone: string;
}

type Family = 'IPv4' | 'IPv6';

/** Marks the rules that are kube-proxy's. */
export const RULE_OWNER = 'kube-proxy';

const DEFAULT_AFFINITY_SECONDS = 10_800;
const NO_LIST: readonly never[] = Object.freeze([]);

/** Whether kube-proxy has anything to do for a Service (proxy/util ShouldSkipService). */
export function isProxied(service: Service): boolean {
  const { spec } = service;
  return spec.type !== 'ExternalName' && !isHeadless(spec) && (spec.clusterIP ?? '') !== '';
}

/**
 * The rules of a Service on a node: one for each port and address family. Pure: the same objects
 * give the same rules (pkg/proxy/iptables/proxier.go syncProxyRules).
 */
export function rulesOf(service: Service, slices: readonly EndpointSlice[], node: ProxyNode): ServiceRule[] {
  if (!isProxied(service)) return [];
  const clusterIPs = service.spec.clusterIPs ?? [service.spec.clusterIP ?? ''];
  const rules: ServiceRule[] = [];
  for (const [position, clusterIP] of clusterIPs.entries()) {
    const family = parseIP(clusterIP)?.family;
    if (family === undefined) continue;
    const ofFamily = slices.filter((slice) => slice.addressType === family);
    for (const port of service.spec.ports ?? NO_LIST) {
      rules.push(ruleOf(service, port, { clusterIP, family, primary: position === 0 }, ofFamily, node));
    }
  }
  return rules;
}

interface FamilyAddress {
  readonly clusterIP: string;
  readonly family: Family;
  /** Node ports stand in the rule of the first family only. */
  readonly primary: boolean;
}

function ruleOf(
  service: Service,
  port: ServicePort,
  address: FamilyAddress,
  slices: readonly EndpointSlice[],
  node: ProxyNode,
): ServiceRule {
  const { spec } = service;
  const transport = (port.protocol ?? 'TCP') as Transport;
  const onlyLocal = spec.externalTrafficPolicy === 'Local';
  const internalLocal = spec.internalTrafficPolicy === 'Local';
  const endpoints = endpointsOf(slices, port.name ?? '', transport);
  const choice = choose(endpoints, node, onlyLocal || internalLocal);
  const internal = targetOf(choice, internalLocal, false);
  const external = targetOf(choice, onlyLocal, !onlyLocal);
  // From within the node, an external address of a Local Service leads to all endpoints.
  const localTarget = onlyLocal ? { localTarget: targetOf(choice, false, false) } : {};
  const frontends: Frontend[] = [
    { kind: 'clusterIP', ip: address.clusterIP, port: port.port, target: internal },
  ];
  const publish = (kind: Frontend['kind'], ip: string, allowed: readonly string[]): void => {
    if (parseIP(ip)?.family !== address.family) return;
    const allowedSources = allowed.length === 0 ? {} : { allowedSources: allowed };
    frontends.push({ kind, ip, port: port.port, target: external, ...localTarget, ...allowedSources });
  };
  for (const ip of spec.externalIPs ?? NO_LIST) publish('externalIP', ip, NO_LIST);
  if (spec.type === 'LoadBalancer') {
    const ranges = spec.loadBalancerSourceRanges ?? NO_LIST;
    for (const ingress of service.status?.loadBalancer?.ingress ?? NO_LIST) {
      // With ipMode Proxy the balancer wants to see the traffic itself.
      if (ingress.ip !== undefined && ingress.ipMode !== 'Proxy')
        publish('loadBalancerIP', ingress.ip, ranges);
    }
  }
  const nodePort = port.nodePort ?? 0;
  if (needsNodePort(spec) && nodePort !== 0 && address.primary) {
    frontends.push({ kind: 'nodePort', port: nodePort, target: external, ...localTarget });
  }
  const key = `${ruleKey(service, port)}${address.primary ? '' : ` ${address.family}`}`;
  return { key, owner: RULE_OWNER, transport, frontends, ...affinityOf(service) };
}

/** `default/web:http`, `default/web` for the unnamed port. */
function ruleKey(service: Service, port: ServicePort): string {
  return port.name === undefined || port.name === '' ? keyOf(service) : `${keyOf(service)}:${port.name}`;
}

function affinityOf({ spec }: Service): { affinityMs?: number } {
  if (spec.sessionAffinity !== 'ClientIP') return {};
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS;
  return { affinityMs: seconds * 1000 };
}

/** The endpoints that may be used (pkg/proxy/topology.go CategorizeEndpoints). */
interface Choice {
  readonly cluster: readonly Address[];
  /** Those of the node itself; left empty where no policy asks for them. */
  readonly local: readonly Address[];
  /** Some endpoint somewhere could answer. */
  readonly any: boolean;
}

function choose(endpoints: PortEndpoints, node: ProxyNode, needLocal: boolean): Choice {
  const { all, ready, servingTerminating } = endpoints;
  const cluster = ready.length > 0 ? (preferredEndpoints(all, node) ?? ready) : servingTerminating;
  const local = needLocal ? localEndpoints(all, node) : NO_LIST;
  return { cluster, local, any: ready.length + servingTerminating.length > 0 };
}

function localEndpoints(all: readonly ProxyEndpoint[], node: ProxyNode): readonly Address[] {
  const here = all.filter((endpoint) => endpoint.nodeName === node.name);
  const ready = addresses(here, isReady);
  return ready.length > 0 ? ready : addresses(here, isLastResort);
}

/** What hints leave of the ready endpoints; undefined when they are missing or would leave nothing. */
function preferredEndpoints(all: readonly ProxyEndpoint[], node: ProxyNode): readonly Address[] | undefined {
  const first = all[0];
  // Hints are given to all endpoints or to none: most Services are done here.
  if (first === undefined || (first.ready && first.zones.length === 0 && first.nodes.length === 0))
    return undefined;
  const ready = all.filter(isReady);
  const matching = (
    hints: (endpoint: ProxyEndpoint) => readonly string[],
    wanted: string,
  ): readonly Address[] =>
    ready.every((endpoint) => hints(endpoint).length > 0)
      ? addresses(ready, (endpoint) => hints(endpoint).includes(wanted))
      : NO_LIST;
  const sameNode = matching((endpoint) => endpoint.nodes, node.name);
  if (sameNode.length > 0) return sameNode;
  const sameZone = node.zone === '' ? NO_LIST : matching((endpoint) => endpoint.zones, node.zone);
  return sameZone.length > 0 ? sameZone : undefined;
}

/** Nobody at all: reject. Somebody, but not here where only here counts: drop. */
function targetOf(choice: Choice, onlyLocal: boolean, masquerade: boolean): RuleTarget {
  const backends = onlyLocal ? choice.local : choice.cluster;
  return { backends, whenEmpty: choice.any ? 'drop' : 'reject', masquerade };
}

/** How many endpoints a node has of its own for a Service: what health check node ports tell. */
export function localEndpointCount(slices: readonly EndpointSlice[], node: string): number {
  const seen = new Set<string>();
  for (const slice of slices) {
    for (const endpoint of slice.endpoints ?? NO_LIST) {
      const ip = endpoint.addresses[0];
      if (endpoint.nodeName === node && ip !== undefined && (endpoint.conditions?.ready ?? true))
        seen.add(ip);
    }
  }
  return seen.size;
}
