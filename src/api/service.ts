import type { ServiceSpec } from './generated/types.ts';

/**
 * What follows from the spec of a Service (pkg/api/service/util.go): for its rules, for the
 * allocation of addresses and ports, and for all that act on Services.
 */

/** Whether the Service has no address of its own: its only cluster IP is `None`. */
export function isHeadless(spec: ServiceSpec): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';
}

/** Whether the type has a cluster IP (or `None`). */
export function needsClusterIP(spec: ServiceSpec): boolean {
  return spec.type === 'ClusterIP' || needsNodePort(spec);
}

/** Whether the type may have node ports. */
export function needsNodePort(spec: ServiceSpec): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

/** Whether node ports are given to ports that have none: a LoadBalancer may do without. */
export function allocatesNodePorts(spec: ServiceSpec): boolean {
  return (
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  );
}

/** Whether traffic from outside the cluster can come in. */
export function isExternallyAccessible(spec: ServiceSpec): boolean {
  return needsNodePort(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
}

/** Whether load balancers ask each node, on a node port, for endpoints of its own. */
export function needsHealthCheck(spec: ServiceSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}
