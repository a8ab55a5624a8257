import type { Service } from '../../api/generated/types.ts';
import { type FieldError, invalid } from '../../apimachinery/fielderror.ts';
import { formatIP } from '../../apimachinery/formatip.ts';
import { type IP, parseCIDR, parseIP } from '../../apimachinery/ip.ts';
import type { Random } from '../../sim/random.ts';
import { type Allocated, OffsetRange, RANGE_FULL } from './range.ts';

/** `--service-cluster-ip-range`. */
export const DEFAULT_SERVICE_CIDR = '10.96.0.0/16';

/** The API server refuses larger ranges at its start: 2^20 addresses. */
const MAX_HOST_BITS = 20;
const ALLOCATED = 'provided IP is already allocated';

/** How many of the first addresses dynamic allocation avoids (ipallocator calculateRangeOffset). */
function bandOf(cidrSize: number): number {
  return cidrSize <= 16 ? 0 : Math.min(256, Math.max(16, Math.floor(cidrSize / 16)));
}

/** A range of service addresses: its network's address, the first one that is given, and how many there are. */
interface ServiceRange {
  readonly cidr: string;
  readonly family: IP['family'];
  readonly network: bigint;
  readonly first: bigint;
  readonly usable: number;
  readonly band: number;
}

/**
 * The network's own address is never given, nor the broadcast address of IPv4. Throws if `cidr` is
 * no range of 2 to 20 host bits.
 */
function serviceRange(cidr: string): ServiceRange {
  const parsed = parseCIDR(cidr);
  const hostBits = parsed === undefined ? 0 : (parsed.address.family === 'IPv4' ? 32 : 128) - parsed.prefix;
  if (parsed === undefined || hostBits < 2 || hostBits > MAX_HOST_BITS) {
    throw new Error(`${cidr} cannot be a range of service addresses`);
  }
  const { family, bits } = parsed.address;
  const network = (bits >> BigInt(hostBits)) << BigInt(hostBits);
  const size = 2 ** hostBits;
  return {
    cidr: `${formatIP({ family, bits: network })}/${parsed.prefix}`,
    family,
    network,
    first: network + 1n,
    usable: family === 'IPv4' ? size - 2 : size - 1,
    band: bandOf(size),
  };
}

/**
 * The cluster IPs of one range (pkg/registry/core/service/ipallocator). Nothing is stored: `rebuild`
 * reads it all from the Services.
 */
export class IPAllocator {
  readonly cidr: string;
  readonly family: IP['family'];
  /** The first address that is given: by custom that of the Service `kubernetes`. */
  readonly firstAddress: string;
  /** The network's address, which stands in for any address in a dry run. */
  readonly networkAddress: string;
  readonly #first: bigint;
  readonly #offsets: OffsetRange;

  /** Throws if `cidr` is no range of 2 to 20 host bits. */
  constructor(random: Random, cidr: string = DEFAULT_SERVICE_CIDR) {
    const range = serviceRange(cidr);
    this.cidr = range.cidr;
    this.family = range.family;
    this.networkAddress = formatIP({ family: range.family, bits: range.network });
    this.firstAddress = formatIP({ family: range.family, bits: range.first });
    this.#first = range.first;
    this.#offsets = new OffsetRange(range.usable, range.band, random);
  }

  get free(): number {
    return this.#offsets.size - this.#offsets.used;
  }

  has(address: string): boolean {
    const offset = this.#offsetOf(address);
    return offset !== undefined && this.#offsets.has(offset);
  }

  /** Takes the address that was asked for. */
  allocate(address: string): Allocated<string> {
    const error = this.outOfRange(address);
    if (error !== undefined) return { ok: false, error };
    const taken = this.#offsets.take(this.#offsetOf(address) ?? 0);
    return taken ? { ok: true, value: address } : { ok: false, error: ALLOCATED };
  }

  /** Why an address can never be given; undefined if it is one of the range. */
  outOfRange(address: string): string | undefined {
    if (this.#offsetOf(address) !== undefined) return undefined;
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${this.cidr}`;
  }

  /** Takes any address. */
  allocateNext(): Allocated<string> {
    const offset = this.#offsets.takeNext();
    if (offset === undefined) return { ok: false, error: RANGE_FULL };
    return { ok: true, value: formatIP({ family: this.family, bits: this.#first + BigInt(offset) }) };
  }

  /** Marks the addresses of a stored Service as taken; those of other ranges do not matter. */
  occupy(service: Service): void {
    for (const address of service.spec.clusterIPs ?? []) {
      const offset = this.#offsetOf(address);
      if (offset !== undefined) this.#offsets.take(offset);
    }
  }

  /** Gives an address back; nothing happens if it was free or is not of the range. */
  release(address: string): void {
    const offset = this.#offsetOf(address);
    if (offset !== undefined) this.#offsets.release(offset);
  }

  /** Forgets everything and takes what these Services have. */
  rebuild(services: Iterable<Service>): void {
    this.#offsets.clear();
    for (const service of services) this.occupy(service);
  }

  #offsetOf(address: string): number | undefined {
    const ip = parseIP(address);
    if (ip === undefined || ip.family !== this.family) return undefined;
    const offset = ip.bits - this.#first;
    return offset >= 0n && offset < BigInt(this.#offsets.size) ? Number(offset) : undefined;
  }
}

/** The field error of an address that was refused; `clusterIPs` are all that the Service asks for. */
export function clusterIPError(clusterIPs: readonly string[], address: string, error: string): FieldError {
  return invalid('spec.clusterIPs', clusterIPs, `failed to allocate IP ${address}: ${error}`);
}
