import type {
  Endpoint,
  EndpointSlice,
  Namespace,
  Node,
  Service,
  ServiceSpec,
} from '../../src/api/generated/types.ts';
import { service as serviceKind } from '../../src/api/kinds/service.ts';

/** A Service `default/web` with port 80, defaulted as the API server does. */
export function service(spec: Partial<ServiceSpec> = {}, name = 'web', namespace = 'default'): Service {
  const clusterIP = spec.clusterIP ?? '10.96.0.20';
  return serviceKind.applyDefaults({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      ports: [{ port: 80 }],
      ...(spec.type === 'ExternalName' ? {} : { clusterIP, clusterIPs: [clusterIP] }),
      ...spec,
    },
  });
}

/** An endpoint; `ready` unless conditions say otherwise. */
export function endpoint(ip: string, nodeName: string, rest: Partial<Endpoint> = {}): Endpoint {
  const conditions = { ready: true, serving: true, terminating: false };
  return { addresses: [ip], nodeName, conditions, ...rest };
}

/** A slice of `default/web` with the unnamed TCP port 80. */
export function slice(
  endpoints: readonly Endpoint[],
  rest: Partial<EndpointSlice> = {},
  owner = 'web',
  namespace = 'default',
): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${owner}-abc12`, namespace, labels: { 'kubernetes.io/service-name': owner } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: '', port: 80, protocol: 'TCP' }],
    ...rest,
  };
}

export function node(name: string, labels: Readonly<Record<string, string>> = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} };
}

export function namespace(name: string): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} };
}
