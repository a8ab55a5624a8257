/** SHA-256 (FIPS 180-4), for the suffixes of generated names. */

const ROUNDS = 64;

/** The first `count` primes, whose roots are where the constants come from. */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
}

/** The first 32 bits of the fractional part of a root. */
function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32) >>> 0;
}

const K = primes(ROUNDS).map((p) => fraction(Math.cbrt(p)));
const START = primes(8).map((p) => fraction(Math.sqrt(p)));

/** The hash of some bytes as 64 hexadecimal digits. */
export function sha256(bytes: readonly number[]): string {
  const state = [...START];
  const padded = pad(bytes);
  for (let at = 0; at < padded.length; at += 64) compress(state, padded, at);
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The message with a one bit, zeros and its length in bits behind it: whole blocks of 64 bytes. */
function pad(bytes: readonly number[]): number[] {
  const padded = [...bytes, 0x80];
  while (padded.length % 64 !== 56) padded.push(0);
  const bits = bytes.length * 8;
  for (const half of [Math.floor(bits / 2 ** 32), bits >>> 0])
    padded.push(half >>> 24, (half >>> 16) & 255, (half >>> 8) & 255, half & 255);
  return padded;
}

function compress(state: number[], bytes: readonly number[], at: number): void {
  const w: number[] = [];
  const word = (i: number): number => w[i] ?? 0;
  for (let i = 0; i < ROUNDS; i++) {
    const byte = (n: number): number => bytes[at + i * 4 + n] ?? 0;
    if (i < 16) w.push((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3));
    else {
      const [x, y] = [word(i - 15), word(i - 2)];
      const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
      const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
      w.push((word(i - 16) + s0 + word(i - 7) + s1) | 0);
    }
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < ROUNDS; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] ?? 0) + word(i)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = ((state[i] ?? 0) + value) | 0;
}

function rotate(x: number, by: number): number {
  return (x >>> by) | (x << (32 - by));
}
