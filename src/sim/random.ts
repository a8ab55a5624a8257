/**
 * Seeded random streams. Each component draws from a stream of its own, derived from the
 * simulation's seed and the component's name, so that adding a component changes no other's draws.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** A stream that depends on nothing but `seed` and `name`. */
  constructor(seed: string | number, name: string) {
    // Four words from four differently salted hashes; sfc32 then mixes them well after a few rounds.
    const key = `${seed}\u0000${name}`;
    this.#a = fnv1a(key, 0x811c9dc5);
    this.#b = fnv1a(key, 0x9e3779b9);
    this.#c = fnv1a(key, 0x85ebca6b);
    this.#d = 1;
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An integer in [0, 2^32), uniformly. (sfc32, public domain algorithm by Chris Doty-Humphrey.) */
  uint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }

  /** A number in [0, 1) with 32 bits of resolution. */
  float(): number {
    return this.uint32() / 4294967296;
  }

  /** An integer in [0, n). `n` must be a positive integer. */
  int(n: number): number {
    return Math.floor(this.float() * n);
  }

  /** An integer in [low, high], both ends included. */
  between(low: number, high: number): number {
    return low + this.int(high - low + 1);
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.float() < p;
  }

  /** One element of a list, or undefined of an empty one. */
  pick<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.int(list.length)];
  }

  /** A new list with the same elements in random order (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    const out = list.slice();
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const swap = out[i] as T;
      out[i] = out[j] as T;
      out[j] = swap;
    }
    return out;
  }
}

function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash | 0;
}
