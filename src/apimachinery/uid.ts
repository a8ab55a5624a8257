const HEX = '0123456789abcdef';

/** A random UUID (version 4) in lower case with hyphens; `draw` returns numbers in [0, 1). */
export function newUID(draw: () => number): string {
  let uid = '';
  for (let i = 0; i < 32; i++) {
    if (i === 8 || i === 12 || i === 16 || i === 20) uid += '-';
    const nibble = Math.floor(draw() * 16);
    // Version 4 stands in the 13th digit, the variant (binary 10xx) in the 17th.
    uid += HEX[i === 12 ? 4 : i === 16 ? 8 | (nibble & 3) : nibble];
  }
  return uid;
}
