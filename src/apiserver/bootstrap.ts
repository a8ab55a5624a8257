import type { KubeObject } from '../api/object.ts';
import type { UserInfo } from '../api/request.ts';
import type { Cause } from '../sim/cause.ts';
import { DEFAULT_SERVICE_CIDR, IPAllocator } from './allocators/ipallocator.ts';
import { BOOTSTRAP_POLICY, POLICY_GROUP, reconciled } from './authorization/reconcile.ts';
import type { Backend } from './context.ts';

/** What the server tells the cluster of itself. */
export interface BootstrapOptions {
  /** `--advertise-address`: where the Service `kubernetes` leads; without it, it has no endpoints. */
  readonly advertiseAddress?: string;
  /** `--secure-port`; 6443 by default. */
  readonly securePort?: number;
  readonly serviceCIDR?: string;
  /** `--authorization-mode`: with RBAC the server brings its roles. */
  readonly authorizationMode?: readonly string[];
  /** Several API servers look after these endpoints together. */
  readonly reconcileEndpoints?: boolean;
}

/** The server as a client of itself. */
const LOOPBACK: UserInfo = Object.freeze({
  name: 'system:apiserver',
  groups: Object.freeze(['system:masters']),
});
const CAUSE: Cause = Object.freeze({ component: 'kube-apiserver', trigger: 0, input: 'start' });
const SYSTEM_NAMESPACES: readonly string[] = Object.freeze([
  'default',
  'kube-node-lease',
  'kube-public',
  'kube-system',
]);
const DEFAULT_SECURE_PORT = 6443;
const SERVED_PORT = 443;

/** Priority classes that every cluster has (pkg/apis/scheduling/types.go). */
const PRIORITY_CLASSES: readonly {
  readonly name: string;
  readonly value: number;
  readonly description: string;
}[] = Object.freeze([
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
]);

/** An object that has to be there, and where. */
export interface Wanted {
  readonly group: string;
  readonly resource: string;
  readonly object: KubeObject;
}

/**
 * Creates what the API server itself puts into a cluster, as far as it is missing: the system
 * namespaces, the priority classes, the Service `kubernetes` and its endpoints
 * (pkg/controlplane/controller/{systemnamespaces,kubernetesservice}).
 */
export function bootstrap(server: Backend, options: BootstrapOptions): void {
  for (const { group, resource, object } of wanted(server, options)) {
    const { name = '', namespace } = object.metadata;
    const served = server.resource(group, resource);
    if (served === undefined || served.cache.get(namespace ?? '', name) !== undefined) continue;
    write(server, 'create', { group, resource, object });
  }
  if (options.authorizationMode?.includes('RBAC') === true) bootstrapPolicy(server);
}

/** Creates the server's roles and bindings, and puts right those there are. */
function bootstrapPolicy(server: Backend): void {
  for (const { resource, objects } of BOOTSTRAP_POLICY) {
    const served = server.resource(POLICY_GROUP, resource);
    for (const object of objects) {
      const existing = served?.cache.get(object.metadata.namespace ?? '', object.metadata.name ?? '');
      const next = existing === undefined ? object : reconciled(existing, object);
      if (next === undefined) continue;
      const verb = existing === undefined ? 'create' : 'update';
      write(server, verb, { group: POLICY_GROUP, resource, object: next });
    }
  }
}

function write(server: Backend, verb: 'create' | 'update', { group, resource, object }: Wanted): void {
  const { name = '', namespace } = object.metadata;
  server.handle({
    verb,
    group,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(verb === 'update' ? { name } : {}),
    user: LOOPBACK,
    cause: CAUSE,
    body: object,
    decoded: true,
  });
}

function wanted(server: Backend, options: BootstrapOptions): readonly Wanted[] {
  const namespaces = SYSTEM_NAMESPACES.map((name) =>
    of('', 'namespaces', 'v1', 'Namespace', { metadata: { name } }),
  );
  const classes = PRIORITY_CLASSES.map(({ name, ...rest }) =>
    of('scheduling.k8s.io', 'priorityclasses', 'scheduling.k8s.io/v1', 'PriorityClass', {
      metadata: { name },
      ...rest,
    }),
  );
  const address = options.advertiseAddress;
  const endpoints =
    address === undefined ? [] : endpointsOf([address], options.securePort ?? DEFAULT_SECURE_PORT);
  return [...namespaces, ...classes, service(server, options), ...endpoints];
}

function of(
  group: string,
  resource: string,
  apiVersion: string,
  kind: string,
  rest: Pick<KubeObject, 'metadata'> & Readonly<Record<string, unknown>>,
): Wanted {
  return { group, resource, object: { apiVersion, kind, ...rest } };
}

function service(server: Backend, options: BootstrapOptions): Wanted {
  const cidr = options.serviceCIDR?.split(',')[0] ?? DEFAULT_SERVICE_CIDR;
  const clusterIP = new IPAllocator(server.process.random, cidr).firstAddress;
  const targetPort = options.securePort ?? DEFAULT_SECURE_PORT;
  return of('', 'services', 'v1', 'Service', {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      ports: [{ name: 'https', port: SERVED_PORT, protocol: 'TCP', targetPort }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  });
}

/** Where the Service `kubernetes` leads: the addresses of the API servers. */
export function endpointsOf(ips: readonly string[], port: number): readonly Wanted[] {
  const ports = [{ name: 'https', port, protocol: 'TCP' }];
  const metadata = { name: 'kubernetes', namespace: 'default' };
  return [
    of('', 'endpoints', 'v1', 'Endpoints', {
      metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets: [{ addresses: ips.map((ip) => ({ ip })), ports }],
    }),
    of('discovery.k8s.io', 'endpointslices', 'discovery.k8s.io/v1', 'EndpointSlice', {
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: ips[0]?.includes(':') === true ? 'IPv6' : 'IPv4',
      endpoints: ips.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
      ports,
    }),
  ];
}
