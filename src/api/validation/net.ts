import { type FieldError, index, invalid, notSupported, required } from '../../apimachinery/fielderror.ts';
import { type IP, parseIP } from '../../apimachinery/ip.ts';
import { isDNS1123Label, isQualifiedName, isValidCIDR, isValidIP } from '../../apimachinery/validation.ts';

const PROTOCOLS: readonly string[] = Object.freeze(['SCTP', 'TCP', 'UDP']);

/** Each message about a value as a field error. */
export function invalidEach(
  path: string,
  value: unknown,
  messages: readonly string[],
): readonly FieldError[] {
  return messages.map((message) => invalid(path, value, message));
}

/** A field that holds a DNS label (ValidateDNS1123Label). */
export function validateDNSLabel(path: string, value: string): readonly FieldError[] {
  return invalidEach(path, value, isDNS1123Label(value));
}

/** A protocol of ports; it must be given. */
export function validateProtocol(path: string, protocol: string | undefined): readonly FieldError[] {
  if ((protocol ?? '') === '') return [required(path)];
  return PROTOCOLS.includes(protocol ?? '') ? [] : [notSupported(path, protocol, PROTOCOLS)];
}

/** The application protocol of a port, if given. */
export function validateAppProtocol(path: string, value: string | undefined): readonly FieldError[] {
  return value === undefined ? [] : invalidEach(path, value, isQualifiedName(value));
}

/** An address, as loosely as old fields allow it (IsValidIPForLegacyField). */
export function validateIP(path: string, value: string): readonly FieldError[] {
  return invalidEach(path, value, isValidIP(value));
}

/** A range of addresses, as loosely as old fields allow it (IsValidCIDRForLegacyField). */
export function validateCIDR(path: string, value: string): readonly FieldError[] {
  return invalidEach(path, value, isValidCIDR(value));
}

/**
 * An address that something outside the host can be reached at: not unspecified, loopback or
 * link-local (ValidateEndpointIP).
 */
export function validateEndpointIP(path: string, value: string): readonly FieldError[] {
  const ip = parseIP(value);
  if (ip === undefined) return [invalid(path, value, 'must be a valid IP address')];
  const errors: FieldError[] = [];
  if (ip.bits === 0n) errors.push(invalid(path, value, `may not be unspecified (${value})`));
  if (isLoopback(ip)) {
    errors.push(invalid(path, value, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  }
  if (isWithin(ip, 0xa9fen, 16n, 0x3fan, 10n)) {
    errors.push(invalid(path, value, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  }
  if (isWithin(ip, 0xe00000n, 24n, 0xff02n, 16n)) {
    errors.push(
      invalid(path, value, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'),
    );
  }
  return errors;
}

function isLoopback(ip: IP): boolean {
  return ip.family === 'IPv4' ? ip.bits >> 24n === 127n : ip.bits === 1n;
}

/** Whether the first `length` bits of the address are `prefix`, in the numbers of its family. */
function isWithin(ip: IP, prefix4: bigint, length4: bigint, prefix6: bigint, length6: bigint): boolean {
  if (ip.family === 'IPv4') return ip.bits >> (32n - length4) === prefix4;
  return ip.bits >> (128n - length6) === prefix6;
}

/** Whether a list is one address of each family; undefined if one of them is no address. */
export function isDualStack(addresses: readonly string[]): boolean | undefined {
  const families = new Set<string>();
  for (const address of addresses) {
    const family = parseIP(address)?.family;
    if (family === undefined) return undefined;
    families.add(family);
  }
  return families.size === 2;
}

/** Two or more ranges: at most one of each family (node.spec.podCIDRs). */
export function validateDualStackCIDRs(path: string, cidrs: readonly string[]): readonly FieldError[] {
  if (cidrs.length < 2) return [];
  const dual = isDualStack(cidrs.map((cidr) => cidr.split('/')[0] ?? ''));
  if (dual === true && cidrs.length === 2) return [];
  return [invalid(path, cidrs, 'may specify no more than one CIDR for each IP family')];
}

/** All ranges of a list. */
export function validateCIDRs(path: string, cidrs: readonly string[]): readonly FieldError[] {
  return cidrs.flatMap((cidr, i) => validateCIDR(index(path, i), cidr));
}
