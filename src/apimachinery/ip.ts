/** An address as a number of 32 (IPv4) or 128 (IPv6) bits. An IPv4 address mapped into IPv6 counts as IPv4. */
export interface IP {
  readonly family: 'IPv4' | 'IPv6';
  readonly bits: bigint;
}

/** A range of addresses: those that share their first `prefix` bits with the address. */
export interface CIDR {
  readonly address: IP;
  readonly prefix: number;
}

/** Reads an address; like upstream (`ParseIPSloppy`) it puts up with leading zeros in IPv4. */
export function parseIP(text: string): IP | undefined {
  if (text.length > 64) return undefined;
  if (!text.includes(':')) {
    const bits = parseIPv4(text);
    return bits === undefined ? undefined : { family: 'IPv4', bits };
  }
  const bits = parseIPv6(text);
  if (bits === undefined) return undefined;
  return bits >> 32n === 0xffffn ? { family: 'IPv4', bits: bits & 0xffffffffn } : { family: 'IPv6', bits };
}

/** Whether a text is an address: `parseIP` without the number. */
export function isIP(text: string): boolean {
  if (text.length > 64) return false;
  return text.includes(':') ? parseIPv6(text) !== undefined : ipv4Bits(text) >= 0;
}

/** Reads `address/prefix`. */
export function parseCIDR(text: string): CIDR | undefined {
  const slash = text.indexOf('/');
  const address = parseIP(text.slice(0, Math.max(slash, 0)));
  const length = text.slice(slash + 1);
  if (slash < 0 || address === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(length)) return undefined;
  const prefix = Number(length);
  return prefix > (address.family === 'IPv4' ? 32 : 128) ? undefined : { address, prefix };
}

function parseIPv4(text: string): bigint | undefined {
  const bits = ipv4Bits(text);
  return bits < 0 ? undefined : BigInt(bits);
}

const ZERO = 48;
const NINE = 57;
const DOT = 46;

/** The 32 bits of `a.b.c.d`; -1 when it is none. Read by character: every packet's way begins with it. */
function ipv4Bits(text: string): number {
  let bits = 0;
  let byte = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= ZERO && code <= NINE) {
      byte = (byte < 0 ? 0 : byte * 10) + code - ZERO;
      if (byte > 255) return -1;
    } else if (code === DOT && byte >= 0 && dots < 3) {
      bits = bits * 256 + byte;
      byte = -1;
      dots++;
    } else return -1;
  }
  return dots === 3 && byte >= 0 ? bits * 256 + byte : -1;
}

function parseIPv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = parseGroups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n);
}

/** Groups of 16 bits; the last two may be written as an IPv4 address. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (last && i === parts.length - 1 && part.includes('.')) {
      const v4 = parseIPv4(part);
      if (v4 === undefined) return undefined;
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** Whether the range has the address; false for another family. */
export function cidrContains(range: CIDR, address: IP): boolean {
  if (range.address.family !== address.family) return false;
  const shift = BigInt((address.family === 'IPv4' ? 32 : 128) - range.prefix);
  return range.address.bits >> shift === address.bits >> shift;
}
