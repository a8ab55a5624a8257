import type { IP } from './ip.ts';

/** An address in its one canonical text: IPv4 in decimal, IPv6 as RFC 5952 has it (`net.IP.String`). */
export function formatIP(ip: IP): string {
  return ip.family === 'IPv4' ? formatIPv4(Number(ip.bits)) : formatIPv6(ip.bits);
}

function formatIPv4(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/** The longest run of two or more zero groups becomes `::`, the first one where two are as long. */
function formatIPv6(bits: bigint): string {
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((bits >> shift) & 0xffffn));
  let start = 0;
  let length = 1;
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const text = (list: readonly number[]): string => list.map((group) => group.toString(16)).join(':');
  return length < 2 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}
