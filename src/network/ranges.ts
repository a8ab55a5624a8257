import { parseCIDR, parseIP } from '../apimachinery/ip.ts';

/** Address ranges that lead somewhere; the longest prefix wins. Looking up costs one step per prefix length. */
export class Ranges<T> {
  readonly #families = {
    IPv4: new Map<number, Map<bigint, T>>(),
    IPv6: new Map<number, Map<bigint, T>>(),
  };

  /** Adds or (undefined) removes a range. Throws when the text is no range: callers validate first. */
  set(cidr: string, value: T | undefined): void {
    const range = parseCIDR(cidr);
    if (range === undefined) throw new Error(`not an address range: ${cidr}`);
    const { family, bits } = range.address;
    const table = this.#families[family];
    const key = bits >> BigInt((family === 'IPv4' ? 32 : 128) - range.prefix);
    const row = table.get(range.prefix) ?? new Map<bigint, T>();
    if (value === undefined) row.delete(key);
    else row.set(key, value);
    if (row.size === 0) table.delete(range.prefix);
    else table.set(range.prefix, row);
  }

  get(ip: string): T | undefined {
    const address = parseIP(ip);
    if (address === undefined) return undefined;
    const width = address.family === 'IPv4' ? 32 : 128;
    let best: T | undefined;
    let bestPrefix = -1;
    for (const [prefix, row] of this.#families[address.family]) {
      if (prefix <= bestPrefix) continue;
      const value = row.get(address.bits >> BigInt(width - prefix));
      if (value === undefined) continue;
      best = value;
      bestPrefix = prefix;
    }
    return best;
  }
}
