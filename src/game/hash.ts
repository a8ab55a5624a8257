/** A hash of texts, 16 hexadecimal digits (FNV-1a in two lanes): tells versions apart, proves nothing. */
export function hashOf(texts: readonly string[]): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (const text of texts) {
    for (let i = 0; i <= text.length; i++) {
      // Past the end charCodeAt is NaN, which mixes in as 0: the mark between two texts.
      const code = text.charCodeAt(i) | 0;
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x85ebca6b);
      b ^= b >>> 13;
    }
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}
