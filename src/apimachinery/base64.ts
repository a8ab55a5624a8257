/**
 * Base64 as the API writes bytes (RFC 4648, standard alphabet, padded): the data of Secrets and the
 * binaryData of ConfigMaps.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((char, i) => [char, i]));
const VALID = /^[A-Za-z0-9+/]*={0,2}$/;

/** The bytes of a text in UTF-8; an unpaired surrogate becomes U+FFFD. */
export function utf8Encode(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      const [high, low] = [0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63)];
      bytes.push(0xf0 | (code >> 18), high, low, 0x80 | (code & 63));
    }
  }
  return bytes;
}

/** The text that bytes of UTF-8 stand for; what is no UTF-8 becomes U+FFFD, byte by byte. */
export function utf8Decode(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const { point, size } = decodeRune(bytes, i);
    text += String.fromCodePoint(point);
    i += size;
  }
  return text;
}

const BROKEN = { point: 0xfffd, size: 1 } as const;
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000] as const;

function decodeRune(bytes: readonly number[], at: number): { readonly point: number; readonly size: number } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { point: first, size: 1 };
  const size = first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
  if (size === 0 || first >= 0xf8) return BROKEN;
  let point = first & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return BROKEN;
    point = (point << 6) | (byte & 63);
  }
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < (SMALLEST[size] ?? 0) || point > 0x10ffff || surrogate ? BROKEN : { point, size };
}

/** Bytes as base64. */
export function base64Encode(bytes: readonly number[]): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i] ?? 0, bytes[i + 1], bytes[i + 2]];
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    out += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    out += b === undefined ? '=' : ALPHABET.charAt((bits >> 6) & 63);
    out += c === undefined ? '=' : ALPHABET.charAt(bits & 63);
  }
  return out;
}

/** The bytes of a base64 text, in which line breaks do not count (as in Go); undefined if it is none. */
export function base64Decode(text: string): number[] | undefined {
  const plain = withoutLineBreaks(text);
  if (plain.length % 4 !== 0 || !VALID.test(plain)) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < plain.length; i += 4) {
    let bits = 0;
    for (let j = 0; j < 4; j++) bits = (bits << 6) | (VALUES.get(plain.charAt(i + j)) ?? 0);
    bytes.push((bits >> 16) & 0xff);
    if (plain[i + 2] !== '=') bytes.push((bits >> 8) & 0xff);
    if (plain[i + 3] !== '=') bytes.push(bits & 0xff);
  }
  return bytes;
}

/** Base64 on one line, as Go writes again what it read. */
export function withoutLineBreaks(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text;
}

/** How many bytes a base64 text stands for, without decoding it. */
export function base64ByteLength(text: string): number {
  const plain = withoutLineBreaks(text);
  const padding = plain.endsWith('==') ? 2 : plain.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor(plain.length / 4) * 3 - padding);
}

/** A text as base64 of its UTF-8, as `stringData` becomes `data`. */
export function base64EncodeText(text: string): string {
  return base64Encode(utf8Encode(text));
}

/** The text that base64 of UTF-8 stands for; undefined if it is no base64. */
export function base64DecodeText(text: string): string | undefined {
  const bytes = base64Decode(text);
  return bytes === undefined ? undefined : utf8Decode(bytes);
}
