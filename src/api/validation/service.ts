import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  key as keyPath,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import {
  isDNS1123Subdomain,
  isQualifiedName,
  isValidIP,
  isValidPortNum,
} from '../../apimachinery/validation.ts';
import type { Service, ServicePort, ServiceSpec, SessionAffinityConfig } from '../generated/types.ts';
import { isExternallyAccessible, isHeadless, needsClusterIP, needsHealthCheck } from '../service.ts';
import { checkEnum, checkPortNumOrName } from './common.ts';
import { validateLabels } from './labels.ts';
import {
  invalidEach,
  validateAppProtocol,
  validateCIDR,
  validateDNSLabel,
  validateEndpointIP,
  validateIP,
  validateProtocol,
} from './net.ts';
import { validateServiceClusterIPs } from './serviceips.ts';

const TYPES: readonly string[] = Object.freeze(['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']);
const AFFINITIES: readonly string[] = Object.freeze(['ClientIP', 'None']);
const TRAFFIC_POLICIES: readonly string[] = Object.freeze(['Cluster', 'Local']);
const DISTRIBUTIONS: readonly string[] = Object.freeze(['PreferClose', 'PreferSameZone', 'PreferSameNode']);
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'";
const MAX_AFFINITY_SECONDS = 86_400;
const NO_LIST: readonly never[] = Object.freeze([]);

/**
 * A Service with its defaults applied (pkg/apis/core/validation/validation.go validateService). What
 * the server allocates may be missing still.
 */
export function validateService(service: Service): readonly FieldError[] {
  const spec = service.spec;
  const errors: FieldError[] = [];
  errors.push(...validateTopologyAnnotations(service));
  errors.push(...validateType(spec));
  errors.push(...validatePorts(spec));
  errors.push(...validateLabels(spec.selector, 'spec.selector'));
  errors.push(...validateAffinity(spec));
  errors.push(...validateServiceClusterIPs(spec));
  (spec.externalIPs ?? NO_LIST).forEach((ip, i) => {
    const at = index('spec.externalIPs', i);
    const bad = validateIP(at, ip);
    errors.push(...(bad.length > 0 ? bad : validateEndpointIP(at, ip)));
  });
  checkEnum(errors, 'spec.type', spec.type, TYPES);
  errors.push(...validatePortConflicts(spec));
  errors.push(...validateSourceRanges(service));
  errors.push(...validateLoadBalancerFields(spec));
  errors.push(...validateTrafficPolicies(spec));
  return errors;
}

function validateTopologyAnnotations(service: Service): readonly FieldError[] {
  const annotations = service.metadata.annotations;
  const [mode, hints] = [annotations?.[TOPOLOGY_MODE], annotations?.[TOPOLOGY_HINTS]];
  if (mode === undefined || hints === undefined || mode === hints) return NO_LIST;
  const detail = `must match annotations[${TOPOLOGY_HINTS}] when both are specified`;
  return [invalid(keyPath('metadata.annotations', TOPOLOGY_MODE), mode, detail)];
}

/** What the type demands of ports, addresses and the external name. */
function validateType(spec: ServiceSpec): readonly FieldError[] {
  const errors: FieldError[] = [];
  const headless = isHeadless(spec);
  if ((spec.ports ?? NO_LIST).length === 0 && !headless && spec.type !== 'ExternalName') {
    errors.push(required('spec.ports'));
  }
  if (headless && (spec.type === 'LoadBalancer' || spec.type === 'NodePort')) {
    const detail = `may not be set to 'None' for ${spec.type} services`;
    errors.push(invalid('spec.clusterIPs[0]', 'None', detail));
  }
  if (spec.type === 'ExternalName') errors.push(...validateExternalName(spec));
  return errors;
}

function validateExternalName(spec: ServiceSpec): readonly FieldError[] {
  const errors: FieldError[] = [];
  const detail = 'may not be set for ExternalName services';
  if ((spec.clusterIPs ?? NO_LIST).length > 0) errors.push(forbidden('spec.clusterIPs', detail));
  if ((spec.ipFamilies ?? NO_LIST).length > 0) errors.push(forbidden('spec.ipFamilies', detail));
  if (spec.ipFamilyPolicy !== undefined) errors.push(forbidden('spec.ipFamilyPolicy', detail));
  const given = spec.externalName ?? '';
  const name = given.endsWith('.') ? given.slice(0, -1) : given;
  if (name === '') errors.push(required('spec.externalName'));
  else errors.push(...invalidEach('spec.externalName', name, isDNS1123Subdomain(name)));
  return errors;
}

function validatePorts(spec: ServiceSpec): readonly FieldError[] {
  const ports = spec.ports ?? NO_LIST;
  const names = new Set<string>();
  return ports.flatMap((port, i) => validatePort(index('spec.ports', i), port, ports.length > 1, names));
}

function validatePort(
  path: string,
  port: ServicePort,
  nameRequired: boolean,
  names: Set<string>,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const name = port.name ?? '';
  const namePath = child(path, 'name');
  if (name !== '') {
    errors.push(...validateDNSLabel(namePath, name));
    if (names.has(name)) errors.push(duplicate(namePath, name));
    names.add(name);
  } else if (nameRequired) errors.push(required(namePath));
  errors.push(...invalidEach(child(path, 'port'), port.port ?? 0, isValidPortNum(port.port ?? 0)));
  errors.push(...validateProtocol(child(path, 'protocol'), port.protocol));
  checkPortNumOrName(errors, child(path, 'targetPort'), port.targetPort);
  errors.push(...validateAppProtocol(child(path, 'appProtocol'), port.appProtocol));
  return errors;
}

/** Ports that exclude each other, and node ports where there are none. */
function validatePortConflicts(spec: ServiceSpec): readonly FieldError[] {
  const ports = spec.ports ?? NO_LIST;
  const errors: FieldError[] = [];
  if (spec.type === 'ClusterIP') {
    ports.forEach((port, i) => {
      if ((port.nodePort ?? 0) === 0) return;
      const path = child(index('spec.ports', i), 'nodePort');
      errors.push(forbidden(path, "may not be used when `type` is 'ClusterIP'"));
    });
  }
  const seen = new Set<string>();
  const first = (id: string): boolean => seen.size < seen.add(id).size;
  ports.forEach(({ protocol, nodePort = 0 }, i) => {
    if (nodePort === 0 || first(`node ${protocol} ${nodePort}`)) return;
    errors.push(duplicate(child(index('spec.ports', i), 'nodePort'), nodePort));
  });
  ports.forEach(({ protocol = '', port = 0 }, i) => {
    if (first(`${protocol} ${port}`)) return;
    // Upstream prints its internal type here, which has no JSON names.
    const shown = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    errors.push(duplicate(index('spec.ports', i), shown));
  });
  return errors;
}

function validateAffinity(spec: ServiceSpec): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkEnum(errors, 'spec.sessionAffinity', spec.sessionAffinity, AFFINITIES);
  const path = 'spec.sessionAffinityConfig';
  if (spec.sessionAffinity === 'ClientIP') {
    errors.push(...validateAffinityConfig(path, spec.sessionAffinityConfig));
  } else if (spec.sessionAffinity === 'None' && spec.sessionAffinityConfig !== undefined) {
    errors.push(forbidden(path, 'must not be set when session affinity is None'));
  }
  return errors;
}

function validateAffinityConfig(
  path: string,
  config: SessionAffinityConfig | undefined,
): readonly FieldError[] {
  const detail = 'when session affinity type is ClientIP';
  if (config === undefined) return [required(path, detail)];
  if (config.clientIP === undefined) return [required(child(path, 'clientIP'), detail)];
  const at = child(path, 'clientIP.timeoutSeconds');
  const seconds = config.clientIP.timeoutSeconds;
  if (seconds === undefined) return [required(at, detail)];
  if (seconds > 0 && seconds <= MAX_AFFINITY_SECONDS) return NO_LIST;
  return [invalid(at, seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`)];
}

/** The capital in the path is upstream's. */
function validateSourceRanges(service: Service): readonly FieldError[] {
  const ranges = service.spec.loadBalancerSourceRanges ?? NO_LIST;
  const errors: FieldError[] = [];
  const isLoadBalancer = service.spec.type === 'LoadBalancer';
  if (ranges.length > 0) {
    const path = 'spec.LoadBalancerSourceRanges';
    if (!isLoadBalancer) errors.push(forbidden(path, ONLY_LOAD_BALANCER));
    ranges.forEach((range, i) => {
      errors.push(...validateCIDR(index(path, i), range.trim()));
    });
    return errors;
  }
  const annotation = service.metadata.annotations?.[SOURCE_RANGES];
  if (annotation === undefined) return errors;
  const path = keyPath('metadata.annotations', SOURCE_RANGES);
  if (!isLoadBalancer) errors.push(forbidden(path, ONLY_LOAD_BALANCER));
  if (annotation.trim() === '') return errors;
  for (const range of annotation.split(',')) errors.push(...validateCIDR(path, range.trim()));
  return errors;
}

function validateLoadBalancerFields(spec: ServiceSpec): readonly FieldError[] {
  const { allocateLoadBalancerNodePorts: allocate, loadBalancerClass } = spec;
  const errors: FieldError[] = [];
  const isLoadBalancer = spec.type === 'LoadBalancer';
  if (allocate !== undefined && !isLoadBalancer) {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', ONLY_LOAD_BALANCER));
  }
  if (allocate === undefined && isLoadBalancer) errors.push(required('allocateLoadBalancerNodePorts'));
  if (loadBalancerClass === undefined) return errors;
  const path = 'spec.loadBalancerClass';
  if (isLoadBalancer)
    errors.push(...invalidEach(path, loadBalancerClass, isQualifiedName(loadBalancerClass)));
  else errors.push(forbidden(path, ONLY_LOAD_BALANCER));
  return errors;
}

function validateTrafficPolicies(spec: ServiceSpec): readonly FieldError[] {
  const errors: FieldError[] = [];
  const external = spec.externalTrafficPolicy ?? '';
  if (isExternallyAccessible(spec)) {
    checkEnum(errors, 'spec.externalTrafficPolicy', external, TRAFFIC_POLICIES);
  } else if (external !== '') {
    const detail = 'may only be set for externally-accessible services';
    errors.push(invalid('spec.externalTrafficPolicy', external, detail));
  }
  const check = spec.healthCheckNodePort ?? 0;
  if (check !== 0 && needsHealthCheck(spec)) {
    errors.push(...invalidEach('spec.healthCheckNodePort', check, isValidPortNum(check)));
  } else if (check !== 0) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalid('spec.healthCheckNodePort', check, detail));
  }
  const internal = spec.internalTrafficPolicy;
  if (internal !== undefined || needsClusterIP(spec)) {
    checkEnum(errors, 'spec.internalTrafficPolicy', internal, TRAFFIC_POLICIES);
  }
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined && !DISTRIBUTIONS.includes(distribution)) {
    errors.push(notSupported('spec.trafficDistribution', distribution, DISTRIBUTIONS));
  }
  return errors;
}

/** The addresses that a load balancer reports (ValidateLoadBalancerStatus). */
export function validateLoadBalancerStatus(service: Service): readonly FieldError[] {
  const path = 'status.loadBalancer.ingress';
  const ingress = service.status?.loadBalancer?.ingress ?? NO_LIST;
  const errors: FieldError[] = [];
  if (ingress.length > 0 && service.spec.type !== 'LoadBalancer') {
    errors.push(forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'"));
  }
  ingress.forEach(({ ip = '', hostname = '' }, i) => {
    const at = index(path, i);
    if (ip !== '') errors.push(...validateIP(child(at, 'ip'), ip));
    if (hostname === '') return;
    const hostPath = child(at, 'hostname');
    errors.push(...invalidEach(hostPath, hostname, isDNS1123Subdomain(hostname)));
    if (isValidIP(hostname).length === 0) {
      errors.push(invalid(hostPath, hostname, 'must be a DNS name, not an IP address'));
    }
  });
  return errors;
}
