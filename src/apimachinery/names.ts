/** Generated names, suffixes and hashes (pkg/util/rand/rand.go, pkg/storage/names/generate.go). */

/** The symbols of generated suffixes: no vowels and nothing easily mistaken, so no words appear. */
export const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

const SUFFIX_LENGTH = 5;
/** The longest base that leaves room for the suffix in a DNS label of 63. */
const MAX_BASE = 63 - SUFFIX_LENGTH;

/** Five symbols; `draw` returns numbers in [0, 1). */
export function rand5(draw: () => number): string {
  let suffix = '';
  for (let i = 0; i < SUFFIX_LENGTH; i++)
    suffix += SUFFIX_ALPHABET[Math.floor(draw() * SUFFIX_ALPHABET.length)];
  return suffix;
}

/** The name for a `generateName`: the base, cut to 58, and five symbols. `draw` returns numbers in [0, 1). */
export function simpleNameGenerator(base: string, draw: () => number): string {
  return base.slice(0, MAX_BASE) + rand5(draw);
}

/** A text made of the suffix alphabet only, symbol by symbol (`rand.SafeEncodeString`). */
export function safeEncode(hash: string | number): string {
  const text = String(hash);
  let encoded = '';
  for (let i = 0; i < text.length; i++)
    encoded += SUFFIX_ALPHABET[text.charCodeAt(i) % SUFFIX_ALPHABET.length];
  return encoded;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a of the text's UTF-8, 32 bits, unsigned; `seed` continues an earlier hash. */
export function fnv1a32(text: string, seed: number = FNV_OFFSET): number {
  let hash = seed;
  const mix = (byte: number): void => {
    hash = Math.imul(hash ^ byte, FNV_PRIME);
  };
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0;
    if (code >= 0x10000) i++;
    if (code < 0x80) mix(code);
    else if (code < 0x800) [0xc0 | (code >> 6), 0x80 | (code & 63)].forEach(mix);
    else if (code < 0x10000) {
      [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)].forEach(mix);
    } else {
      const low = [0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
      [0xf0 | (code >> 18), ...low].forEach(mix);
    }
  }
  return hash >>> 0;
}

/** 32 hexadecimal digits, as long as the MD5 sums that upstream makes names of. */
export function longHash(text: string): string {
  let seed: number | undefined;
  let out = '';
  for (let i = 0; i < 4; i++) {
    seed = seed === undefined ? fnv1a32(text) : fnv1a32(text, seed);
    out += seed.toString(16).padStart(8, '0');
  }
  return out;
}
