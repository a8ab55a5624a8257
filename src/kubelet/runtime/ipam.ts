import { formatIP } from '../../apimachinery/formatip.ts';
import { type CIDR, parseCIDR } from '../../apimachinery/ip.ts';

/**
 * Hands out the addresses of a machine's pod range as the host-local plugin does: one after the
 * other, so that an address is not used again until all others have been, beginning with the
 * second (the first is the bridge's own). The network's and the broadcast address are left out.
 */
export class AddressPool {
  readonly #range: CIDR;
  readonly #count: number;
  readonly #used = new Set<number>();
  #last = 1;

  /** The range must be one (`10.244.1.0/24`). */
  constructor(cidr: string) {
    const range = parseCIDR(cidr);
    if (range === undefined) throw new Error(`not an address range: ${cidr}`);
    const width = range.address.family === 'IPv4' ? 32 : 128;
    const hostBits = Math.min(width - range.prefix, 30);
    const shift = BigInt(width - range.prefix);
    this.#range = { ...range, address: { ...range.address, bits: (range.address.bits >> shift) << shift } };
    this.#count = 2 ** hostBits;
  }

  /** The next free address; undefined when there is none. */
  allocate(): string | undefined {
    // Offsets 2 to count - 2.
    const places = this.#count - 3;
    for (let step = 0; step < places; step++) {
      const offset = this.#last >= this.#count - 2 ? 2 : this.#last + 1;
      this.#last = offset;
      if (this.#used.has(offset)) continue;
      this.#used.add(offset);
      return formatIP(this.#at(offset));
    }
    return undefined;
  }

  /** Gives an address back. One that was not handed out is left alone. */
  release(address: string): void {
    const parsed = parseCIDR(`${address}/${address.includes(':') ? 128 : 32}`);
    if (parsed !== undefined) this.#used.delete(Number(parsed.address.bits - this.#range.address.bits));
  }

  /** `10.244.1.1-10.244.1.254`, as the plugin prints the range. */
  get text(): string {
    return `${formatIP(this.#at(1))}-${formatIP(this.#at(this.#count - 2))}`;
  }

  #at(offset: number): { family: 'IPv4' | 'IPv6'; bits: bigint } {
    return { family: this.#range.address.family, bits: this.#range.address.bits + BigInt(offset) };
  }
}
