import { child, type FieldError, index, required } from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain, isValidPortNum } from '../../apimachinery/validation.ts';
import { listWithMore } from '../cells.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { EndpointAddress, EndpointPort, EndpointSubset, Endpoints } from '../generated/types.ts';
import { type KindDefinition, mapShared, withField } from '../kind.ts';
import {
  invalidEach,
  validateAppProtocol,
  validateDNSLabel,
  validateEndpointIP,
  validateIP,
  validateProtocol,
} from '../validation/net.ts';
import { checkedOnce } from '../validation/once.ts';

const NO_LIST: readonly never[] = Object.freeze([]);
const DEPRECATION = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';
const DEPRECATED: readonly string[] = Object.freeze([DEPRECATION]);

function defaultPort(port: EndpointPort): EndpointPort {
  return (port.protocol ?? '') === '' ? { ...port, protocol: 'TCP' } : port;
}

function defaultSubset(subset: EndpointSubset): EndpointSubset {
  if (subset.ports === undefined) return subset;
  return withField(subset, 'ports', mapShared(subset.ports, defaultPort));
}

function applyDefaults(object: Endpoints): Endpoints {
  if (object.subsets === undefined) return object;
  return withField(object, 'subsets', mapShared(object.subsets, defaultSubset));
}

/** Subsets found valid: most stay as they are in an update. */
const validSubsets = new WeakSet<EndpointSubset>();

/** pkg/apis/core/validation/validation.go validateEndpointSubsets. */
function validate(object: Endpoints): readonly FieldError[] {
  return (object.subsets ?? NO_LIST).flatMap((subset, i) =>
    checkedOnce(validSubsets, subset, () => validateSubset(index('subsets', i), subset)),
  );
}

function validateSubset(path: string, subset: EndpointSubset): readonly FieldError[] {
  const { addresses = NO_LIST, notReadyAddresses = NO_LIST, ports = NO_LIST } = subset;
  const errors: FieldError[] = [];
  if (addresses.length === 0 && notReadyAddresses.length === 0) {
    errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
  }
  for (const [i, address] of addresses.entries()) {
    errors.push(...validateAddress(index(child(path, 'addresses'), i), address));
  }
  for (const [i, address] of notReadyAddresses.entries()) {
    errors.push(...validateAddress(index(child(path, 'notReadyAddresses'), i), address));
  }
  for (const [i, port] of ports.entries()) {
    errors.push(...validatePort(index(child(path, 'ports'), i), port, ports.length > 1));
  }
  return errors;
}

function validateAddress(path: string, address: EndpointAddress): readonly FieldError[] {
  const { ip = '', hostname = '', nodeName } = address;
  const ipPath = child(path, 'ip');
  return [
    ...validateIP(ipPath, ip),
    ...(hostname === '' ? [] : validateDNSLabel(child(path, 'hostname'), hostname)),
    ...(nodeName === undefined
      ? []
      : invalidEach(child(path, 'nodeName'), nodeName, isDNS1123Subdomain(nodeName))),
    ...validateEndpointIP(ipPath, ip),
  ];
}

function validatePort(path: string, port: EndpointPort, nameRequired: boolean): readonly FieldError[] {
  const name = port.name ?? '';
  const namePath = child(path, 'name');
  const nameErrors =
    name === '' ? (nameRequired ? [required(namePath)] : []) : validateDNSLabel(namePath, name);
  return [
    ...nameErrors,
    ...invalidEach(child(path, 'port'), port.port ?? 0, isValidPortNum(port.port ?? 0)),
    ...validateProtocol(child(path, 'protocol'), port.protocol),
    ...validateAppProtocol(child(path, 'appProtocol'), port.appProtocol),
  ];
}

/** An address and a port as one text; an IPv6 address stands in brackets (net.JoinHostPort). */
function joinHostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The ready addresses, the first three of them (printers.formatEndpoints); also in `kubectl describe`. */
export function formatEndpoints(object: Endpoints): string {
  const subsets = object.subsets ?? NO_LIST;
  if (subsets.length === 0) return '<none>';
  const shown: string[] = [];
  let total = 0;
  for (const { addresses = NO_LIST, ports = NO_LIST } of subsets) {
    const first = addresses.slice(0, 3);
    total += addresses.length * Math.max(ports.length, 1);
    if (ports.length === 0) shown.push(...first.map((a) => a.ip));
    for (const { port } of ports) shown.push(...first.map((a) => joinHostPort(a.ip, port)));
  }
  return listWithMore(shown, total, '');
}

/** v1 Endpoints: the addresses behind a Service, as it was before EndpointSlices. */
export const endpoints: KindDefinition<Endpoints> = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schemaType: 'Endpoints',
  validateName: isDNS1123Subdomain,
  applyDefaults,
  validate,
  deprecation: DEPRECATION,
  warnings: () => DEPRECATED,
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [nameColumn, { name: 'Endpoints', cell: formatEndpoints }, ageColumn],
};
