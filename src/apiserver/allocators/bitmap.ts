const WORD = 32;
const FULL = 0xffffffff;

/**
 * A set of numbers below a fixed size that finds the next one it does not have without visiting each:
 * one bit a number, and one bit a word of them that says "all of these".
 */
export class Bitmap {
  readonly size: number;
  readonly #words: Uint32Array;
  readonly #full: Uint32Array;
  #count = 0;

  constructor(size: number) {
    this.size = size;
    this.#words = new Uint32Array(Math.ceil(size / WORD));
    this.#full = new Uint32Array(Math.ceil(this.#words.length / WORD));
  }

  /** How many numbers are in the set. */
  get count(): number {
    return this.#count;
  }

  has(n: number): boolean {
    return bitOf(this.#words, n);
  }

  /** Adds a number below the size; false if it was there. */
  add(n: number): boolean {
    if (this.has(n)) return false;
    const at = Math.floor(n / WORD);
    const word = setBit(this.#words, n);
    if (word === FULL) setBit(this.#full, at);
    this.#count++;
    return true;
  }

  /** Takes a number out; false if it was not there. */
  delete(n: number): boolean {
    if (n < 0 || n >= this.size || !this.has(n)) return false;
    clearBit(this.#words, n);
    clearBit(this.#full, Math.floor(n / WORD));
    this.#count--;
    return true;
  }

  clear(): void {
    this.#words.fill(0);
    this.#full.fill(0);
    this.#count = 0;
  }

  /** The first number in [from, to) that is not in the set, or undefined. */
  nextFree(from: number, to: number): number | undefined {
    const last = Math.min(to, this.size);
    let n = from;
    while (n < last) {
      const at = Math.floor(n / WORD);
      if (n % (WORD * WORD) === 0 && this.#full[at / WORD] === FULL) n += WORD * WORD;
      else if (n % WORD === 0 && bitOf(this.#full, at)) n += WORD;
      else if (this.has(n)) n++;
      else return n;
    }
    return undefined;
  }
}

function bitOf(words: Uint32Array, n: number): boolean {
  return (((words[Math.floor(n / WORD)] ?? 0) >>> (n % WORD)) & 1) === 1;
}

function setBit(words: Uint32Array, n: number): number {
  const at = Math.floor(n / WORD);
  const word = ((words[at] ?? 0) | (1 << (n % WORD))) >>> 0;
  words[at] = word;
  return word;
}

function clearBit(words: Uint32Array, n: number): void {
  const at = Math.floor(n / WORD);
  words[at] = (words[at] ?? 0) & ~(1 << (n % WORD));
}
