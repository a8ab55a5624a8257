import { semanticEqual } from '../../apimachinery/equal.ts';
import { type FieldError, forbidden, invalid } from '../../apimachinery/fielderror.ts';
import { isDNS1035Label } from '../../apimachinery/validation.ts';
import { formatLabels, loadBalancerText } from '../cells.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withUnset } from '../defaults/unset.ts';
import type {
  LoadBalancerIngress,
  Service,
  ServicePort,
  ServiceSpec,
  ServiceStatus,
} from '../generated/types.ts';
import { type KindDefinition, mapShared, withDefaults, withField } from '../kind.ts';
import {
  isExternallyAccessible,
  isHeadless,
  needsClusterIP,
  needsHealthCheck,
  needsNodePort,
} from '../service.ts';
import { validateLoadBalancerStatus, validateService } from '../validation/service.ts';
import { validateClusterIPsUpdate, validateIPFamiliesUpdate } from '../validation/serviceips.ts';

const NO_LIST: readonly never[] = Object.freeze([]);
const NO_STATUS: ServiceStatus = Object.freeze({ loadBalancer: Object.freeze({}) });
const SPEC_DEFAULTS: Partial<ServiceSpec> = Object.freeze({ type: 'ClusterIP', sessionAffinity: 'None' });
const AFFINITY_SECONDS = 10_800;

/** pkg/apis/core/v1/defaults.go SetDefaults_Service. */
function applyDefaults(object: Service): Service {
  const spec = defaultSpec(object.spec ?? {});
  const status = defaultStatus(object.status ?? NO_STATUS, spec);
  return withField(withField(object, 'spec', spec), 'status', status);
}

function defaultSpec(given: ServiceSpec): ServiceSpec {
  let spec = defaultAffinity(withUnset(given, SPEC_DEFAULTS));
  if (spec.ports !== undefined) spec = withField(spec, 'ports', mapShared(spec.ports, defaultPort));
  if (isExternallyAccessible(spec)) spec = withUnset(spec, { externalTrafficPolicy: 'Cluster' });
  if (needsClusterIP(spec)) spec = withDefaults(spec, { internalTrafficPolicy: 'Cluster' });
  if (spec.type === 'LoadBalancer') spec = withDefaults(spec, { allocateLoadBalancerNodePorts: true });
  return spec;
}

function defaultPort(port: ServicePort): ServicePort {
  return withUnset(port, { protocol: 'TCP', targetPort: port.port });
}

function defaultAffinity(spec: ServiceSpec): ServiceSpec {
  if (spec.sessionAffinity === 'None' && spec.sessionAffinityConfig !== undefined) {
    return omit(spec, ['sessionAffinityConfig']);
  }
  if (spec.sessionAffinity !== 'ClientIP') return spec;
  if (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds !== undefined) return spec;
  return { ...spec, sessionAffinityConfig: { clientIP: { timeoutSeconds: AFFINITY_SECONDS } } };
}

function defaultStatus(given: ServiceStatus, spec: ServiceSpec): ServiceStatus {
  const status = withDefaults(given, NO_STATUS);
  const ingress = status.loadBalancer?.ingress;
  if (ingress === undefined || spec.type !== 'LoadBalancer') return status;
  const next = mapShared(ingress, defaultIngress);
  return next === ingress ? status : { ...status, loadBalancer: { ...status.loadBalancer, ingress: next } };
}

function defaultIngress(ingress: LoadBalancerIngress): LoadBalancerIngress {
  return (ingress.ip ?? '') === '' ? ingress : withDefaults(ingress, { ipMode: 'VIP' });
}

/** The object without these optional keys; the same object when it has none of them. */
function omit<T extends object>(object: T, keys: readonly (keyof T)[]): T {
  if (!keys.some((key) => Object.hasOwn(object, key))) return object;
  const out: Partial<T> = { ...object };
  for (const key of keys) delete out[key];
  return out as T;
}

/** `clusterIPs` follows `clusterIP` where only that is given. */
function prepareForCreate(object: Service): Service {
  const { clusterIP = '', clusterIPs = NO_LIST } = object.spec;
  const spec =
    clusterIP !== '' && clusterIPs.length === 0 ? { ...object.spec, clusterIPs: [clusterIP] } : object.spec;
  return { ...object, spec, status: NO_STATUS };
}

/**
 * Keeps what was allocated where the client says nothing of it, and drops what does not go with the
 * new type (pkg/registry/core/service/strategy.go, storage.go patchAllocatedValues).
 */
function prepareForUpdate(next: Service, old: Service): Service {
  const [given, was] = [next.spec, old.spec];
  const normal = normalizeClusterIPs(given, was);
  const patched = patchNodePorts(patchClusterIPs(normal, was), was);
  return withField(next, 'spec', dropTypeDependentFields(patched, was));
}

/** Follows a change of only one of `clusterIP` and `clusterIPs` in the other. */
function normalizeClusterIPs(next: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const [is, was] = [next.clusterIP ?? '', old.clusterIP ?? ''];
  if (is === was) {
    const lost = (next.clusterIPs ?? NO_LIST).length === 0 && (old.clusterIPs ?? NO_LIST).length > 0;
    return lost ? { ...next, clusterIPs: old.clusterIPs ?? NO_LIST } : next;
  }
  if (!semanticEqual(next.clusterIPs, old.clusterIPs)) return next;
  return is === '' ? omit(next, ['clusterIPs']) : { ...next, clusterIPs: [is] };
}

function patchClusterIPs(next: ServiceSpec, old: ServiceSpec): ServiceSpec {
  if (!needsClusterIP(old) || !needsClusterIP(next) || (old.clusterIP ?? '') === '') return next;
  const clusterIP = next.clusterIP || old.clusterIP || '';
  const spec = withField(next, 'clusterIP', clusterIP);
  if ((next.clusterIPs ?? NO_LIST).length > 0 || clusterIP !== old.clusterIP) return spec;
  return { ...spec, clusterIPs: old.clusterIPs ?? NO_LIST };
}

function nodePortsOf(spec: ServiceSpec): Set<number> {
  const given = (spec.ports ?? NO_LIST).map((port) => port.nodePort ?? 0);
  return new Set(given.filter((nodePort) => nodePort !== 0));
}

/** A port without a node port keeps that of the port of the same name, if no other port took it. */
function patchNodePorts(next: ServiceSpec, old: ServiceSpec): ServiceSpec {
  let spec = next;
  if (needsHealthCheck(old) && needsHealthCheck(next) && old.healthCheckNodePort !== undefined) {
    spec = withUnset(spec, { healthCheckNodePort: old.healthCheckNodePort });
  }
  if (!needsNodePort(old) || !needsNodePort(next) || spec.ports === undefined) return spec;
  const before = nodePortsOf(old);
  const used = new Set([...nodePortsOf(next)].filter((nodePort) => before.has(nodePort)));
  const byName = new Map((old.ports ?? NO_LIST).map((p) => [p.name ?? '', p.nodePort ?? 0]));
  const ports = mapShared(spec.ports, (port) => {
    const nodePort = byName.get(port.name ?? '') ?? 0;
    if ((port.nodePort ?? 0) !== 0 || nodePort === 0 || used.has(nodePort)) return port;
    used.add(nodePort);
    return { ...port, nodePort };
  });
  return withField(spec, 'ports', ports);
}

/** What the old type had, the new type has not, and the client did not touch (dropTypeDependentFields). */
function dropTypeDependentFields(next: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const drop: (keyof ServiceSpec)[] = [];
  const dropIfSame = (...keys: (keyof ServiceSpec)[]): void => {
    for (const key of keys) if (semanticEqual(next[key], old[key])) drop.push(key);
  };
  if (needsClusterIP(old) && !needsClusterIP(next)) {
    if (semanticEqual(next.clusterIPs, old.clusterIPs)) drop.push('clusterIP', 'clusterIPs');
    dropIfSame('ipFamilies', 'ipFamilyPolicy');
  }
  if (needsHealthCheck(old) && !needsHealthCheck(next)) dropIfSame('healthCheckNodePort');
  if (old.type === 'LoadBalancer' && next.type !== 'LoadBalancer') {
    dropIfSame('allocateLoadBalancerNodePorts', 'loadBalancerClass');
  }
  if (isExternallyAccessible(old) && !isExternallyAccessible(next)) dropIfSame('externalTrafficPolicy');
  const spec = omit(next, drop);
  if (!needsNodePort(old) || needsNodePort(next) || spec.ports === undefined) return spec;
  const before = nodePortsOf(old);
  if ([...nodePortsOf(next)].some((nodePort) => !before.has(nodePort))) return spec;
  return withField(
    spec,
    'ports',
    mapShared(spec.ports, (port) => omit(port, ['nodePort'])),
  );
}

function validateUpdate(next: Service, old: Service): readonly FieldError[] {
  const errors = [
    ...validateClusterIPsUpdate(next.spec, old.spec),
    ...validateIPFamiliesUpdate(next.spec, old.spec),
  ];
  const bothBalanced = next.spec.type === 'LoadBalancer' && old.spec.type === 'LoadBalancer';
  if (bothBalanced && next.spec.loadBalancerClass !== old.spec.loadBalancerClass) {
    const value = next.spec.loadBalancerClass ?? null;
    errors.push(invalid('spec.loadBalancerClass', value, 'may not change once set'));
  }
  const bothChecked = needsHealthCheck(next.spec) && needsHealthCheck(old.spec);
  if (bothChecked && next.spec.healthCheckNodePort !== old.spec.healthCheckNodePort) {
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'));
  }
  if (next.status !== old.status && !semanticEqual(next.status, old.status)) {
    errors.push(...validateLoadBalancerStatus(next));
  }
  return errors;
}

/** Fields that do nothing as they stand (pkg/api/service/warnings.go). */
function warnings(object: Service): readonly string[] {
  const spec = object.spec;
  const out: string[] = [];
  if ((spec.externalName ?? '') !== '' && spec.type !== 'ExternalName') {
    out.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if ((spec.externalIPs ?? NO_LIST).length > 0 && spec.type === 'ExternalName') {
    out.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (!isHeadless(spec)) return out;
  if ((spec.loadBalancerIP ?? '') !== '') out.push('spec.loadBalancerIP is ignored for headless services');
  if ((spec.externalIPs ?? NO_LIST).length > 0) out.push('spec.externalIPs is ignored for headless services');
  if (spec.sessionAffinity !== 'None') out.push('spec.SessionAffinity is ignored for headless services');
  return out;
}

/** The address that the world outside uses; long ones are cut unless there is room (`-o wide`). */
function externalIP(object: Service): string {
  const { type, externalIPs = NO_LIST, externalName = '' } = object.spec;
  if (type === 'ExternalName') return externalName;
  const given = externalIPs.join(',');
  if (type !== 'LoadBalancer') return given || '<none>';
  const balancer = loadBalancerText(object.status?.loadBalancer?.ingress);
  return [balancer, given].filter((text) => text !== '').join(',') || '<pending>';
}

/** `80:30080/TCP,443/TCP`, as the column PORT(S) has it. */
function formatPorts(object: Service): string {
  const ports = object.spec.ports ?? NO_LIST;
  if (ports.length === 0) return '<none>';
  const format = ({ port, nodePort = 0, protocol }: ServicePort): string =>
    nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
  return ports.map(format).join(',');
}

/** v1 Service: one lasting address for pods that come and go. */
export const service: KindDefinition<Service> = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  schemaType: 'Service',
  validateName: isDNS1035Label,
  applyDefaults,
  prepareForCreate,
  prepareForUpdate,
  validate: validateService,
  validateUpdate,
  updateRulesFirst: true,
  warnings,
  statusSubresource: true,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  selectableFields: {
    'spec.clusterIP': (s) => s.spec.clusterIP ?? '',
    'spec.type': (s) => s.spec.type ?? '',
  },
  subresources: ['proxy'],
  columns: [
    nameColumn,
    { name: 'Type', cell: (s) => s.spec.type ?? '' },
    { name: 'Cluster-IP', cell: (s) => s.spec.clusterIPs?.[0] ?? '<none>' },
    { name: 'External-IP', cell: externalIP },
    { name: 'Port(s)', cell: formatPorts },
    ageColumn,
    { name: 'Selector', wide: true, cell: (s) => formatLabels(s.spec.selector) },
  ],
};
