import { semanticEqual } from '../../apimachinery/equal.ts';
import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
  tooMany,
} from '../../apimachinery/fielderror.ts';
import { parseIP } from '../../apimachinery/ip.ts';
import { isDNS1123Label, isDNS1123Subdomain, isValidLabelValue } from '../../apimachinery/validation.ts';
import { listWithMore } from '../cells.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type {
  DiscoveryEndpointPort,
  Endpoint,
  EndpointHints,
  EndpointSlice,
  ForZone,
} from '../generated/types.ts';
import { type KindDefinition, mapShared, withDefaults, withField } from '../kind.ts';
import { checkImmutable } from '../validation/common.ts';
import { validateLabels } from '../validation/labels.ts';
import {
  invalidEach,
  validateAppProtocol,
  validateDNSLabel,
  validateEndpointIP,
  validateProtocol,
} from '../validation/net.ts';
import { checkedOnce } from '../validation/once.ts';

const ADDRESS_TYPES: readonly string[] = Object.freeze(['FQDN', 'IPv4', 'IPv6']);
const MAX_TOPOLOGY_LABELS = 16;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;
const MAX_ENDPOINTS = 1000;
const MAX_HINTS = 8;
const NO_LIST: readonly never[] = Object.freeze([]);
const PORT_DEFAULTS: Partial<DiscoveryEndpointPort> = Object.freeze({ name: '', protocol: 'TCP' });

/** pkg/apis/discovery/v1/defaults.go. */
function applyDefaults(object: EndpointSlice): EndpointSlice {
  if (object.ports === undefined) return object;
  return withField(
    object,
    'ports',
    mapShared(object.ports, (port) => withDefaults(port, PORT_DEFAULTS)),
  );
}

/** pkg/apis/discovery/validation/validation.go. */
function validate(object: EndpointSlice): readonly FieldError[] {
  const type = object.addressType ?? '';
  const errors: FieldError[] = [];
  if (type === '') errors.push(required('addressType'));
  else if (!ADDRESS_TYPES.includes(type)) errors.push(notSupported('addressType', type, ADDRESS_TYPES));
  errors.push(...validatePorts(object.ports ?? NO_LIST));
  const list = object.endpoints ?? NO_LIST;
  if (list.length > MAX_ENDPOINTS) return [...errors, tooMany('endpoints', list.length, MAX_ENDPOINTS)];
  list.forEach((endpoint, i) => {
    errors.push(...validateEndpointOnce(index('endpoints', i), endpoint, type));
  });
  return errors;
}

/** Endpoints found valid, by the type of their addresses: most of a slice stays as it is in an update. */
const validEndpoints: ReadonlyMap<string, WeakSet<Endpoint>> = new Map(
  ADDRESS_TYPES.map((type) => [type, new WeakSet<Endpoint>()]),
);

function validateEndpointOnce(path: string, endpoint: Endpoint, type: string): readonly FieldError[] {
  const valid = validEndpoints.get(type);
  if (valid === undefined) return validateEndpoint(path, endpoint, type);
  return checkedOnce(valid, endpoint, () => validateEndpoint(path, endpoint, type));
}

function validateEndpoint(path: string, endpoint: Endpoint, type: string): readonly FieldError[] {
  const { addresses = NO_LIST, nodeName, hostname, hints, deprecatedTopology } = endpoint;
  const errors: FieldError[] = [];
  const addressPath = child(path, 'addresses');
  if (addresses.length === 0) errors.push(required(addressPath, 'must contain at least 1 address'));
  if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(addressPath, addresses.length, MAX_ADDRESSES));
  addresses.forEach((a, i) => {
    errors.push(...validateAddress(index(addressPath, i), a, type));
  });
  if (nodeName !== undefined) {
    errors.push(...invalidEach(child(path, 'nodeName'), nodeName, isDNS1123Subdomain(nodeName)));
  }
  const topologyPath = child(path, 'deprecatedTopology');
  const labels = Object.keys(deprecatedTopology ?? {}).length;
  if (labels > MAX_TOPOLOGY_LABELS) errors.push(tooMany(topologyPath, labels, MAX_TOPOLOGY_LABELS));
  errors.push(...validateLabels(deprecatedTopology, topologyPath));
  if (hostname !== undefined) errors.push(...validateDNSLabel(child(path, 'hostname'), hostname));
  if (hints !== undefined) errors.push(...validateHints(child(path, 'hints'), hints));
  return errors;
}

function validateAddress(path: string, address: string, type: string): readonly FieldError[] {
  if (type === 'FQDN') return validateFQDN(path, address);
  if (type !== 'IPv4' && type !== 'IPv6') return NO_LIST;
  const wrong = parseIP(address)?.family !== type;
  return [
    ...(wrong ? [invalid(path, address, `must be a valid ${type} address`)] : []),
    ...validateEndpointIP(path, address),
  ];
}

/** IsFullyQualifiedDomainName: two labels at least; a trailing dot is fine. */
function validateFQDN(path: string, given: string): readonly FieldError[] {
  if (given === '') return [required(path)];
  const name = given.endsWith('.') ? given.slice(0, -1) : given;
  const bad = isDNS1123Subdomain(name);
  if (bad.length > 0) return [invalid(path, name, bad.join(','))];
  const labels = name.split('.');
  if (labels.length < 2) {
    return [invalid(path, name, 'should be a domain with at least two segments separated by dots')];
  }
  const wrong = labels.map(isDNS1123Label).find((messages) => messages.length > 0);
  return wrong === undefined ? NO_LIST : [invalid(path, name, wrong.join(','))];
}

function validateHints(path: string, hints: EndpointHints): readonly FieldError[] {
  const { forZones = NO_LIST, forNodes = NO_LIST } = hints;
  return [
    ...validateHintNames(child(path, 'forZones'), forZones, isValidLabelValue),
    ...validateHintNames(child(path, 'forNodes'), forNodes, isDNS1123Subdomain),
  ];
}

function validateHintNames(
  path: string,
  hints: readonly ForZone[],
  format: (name: string) => readonly string[],
): readonly FieldError[] {
  if (hints.length > MAX_HINTS) return [tooMany(path, hints.length, MAX_HINTS)];
  const seen = new Set<string>();
  return hints.flatMap(({ name }, i) => {
    const at = child(index(path, i), 'name');
    const twice = seen.has(name) ? [duplicate(at, name)] : [];
    seen.add(name);
    return [...twice, ...invalidEach(at, name, format(name))];
  });
}

function validatePorts(ports: readonly DiscoveryEndpointPort[]): readonly FieldError[] {
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)];
  const seen = new Set<string>();
  return ports.flatMap((port, i) => {
    const at = index('ports', i);
    const name = port.name ?? '';
    const namePath = child(at, 'name');
    const errors = [...(name === '' ? [] : validateDNSLabel(namePath, name))];
    if (seen.has(name)) errors.push(duplicate(namePath, name));
    seen.add(name);
    errors.push(...validateProtocol(child(at, 'protocol'), port.protocol));
    errors.push(...validateAppProtocol(child(at, 'appProtocol'), port.appProtocol));
    return errors;
  });
}

function validateUpdate(next: EndpointSlice, old: EndpointSlice): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkImmutable(errors, 'addressType', next.addressType, old.addressType);
  return errors;
}

/** Everything but the metadata counts (pkg/registry/discovery/endpointslice/strategy.go). */
function generationChanged(next: EndpointSlice, old: EndpointSlice): boolean {
  const same =
    next.addressType === old.addressType &&
    semanticEqual(next.ports, old.ports) &&
    semanticEqual(next.endpoints, old.endpoints);
  return !same;
}

function formatPorts(object: EndpointSlice): string {
  const ports = object.ports ?? NO_LIST;
  return listWithMore(
    ports.slice(0, 3).map((p) => String(p.port ?? p.name ?? '*')),
    ports.length,
    '<unset>',
  );
}

function formatAddresses(object: EndpointSlice): string {
  const addresses = (object.endpoints ?? NO_LIST).flatMap((e) => e.addresses);
  return listWithMore(addresses, addresses.length, '<unset>');
}

/** discovery.k8s.io/v1 EndpointSlice: up to a hundred or so of the addresses behind a Service. */
export const endpointSlice: KindDefinition<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  shortNames: [],
  namespaced: true,
  schemaType: 'EndpointSlice',
  validateName: isDNS1123Subdomain,
  applyDefaults,
  validate,
  validateUpdate,
  statusSubresource: false,
  hasGeneration: true,
  generationChanged,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'AddressType', cell: (s) => s.addressType },
    { name: 'Ports', cell: formatPorts },
    { name: 'Endpoints', cell: formatAddresses },
    ageColumn,
  ],
};
