import type { Random } from '../../sim/random.ts';
import { Bitmap } from './bitmap.ts';

/** A value that was allocated, or why none was, in upstream's words. */
export type Allocated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

export const RANGE_FULL = 'range is full';

/**
 * Offsets into a range of which some are taken. The first `band` offsets are left to those who ask
 * for one by name: the others come from there only when all else is full (KEP-3070).
 */
export class OffsetRange {
  readonly #used: Bitmap;
  readonly #band: number;
  readonly #random: Random;

  constructor(size: number, band: number, random: Random) {
    this.#used = new Bitmap(size);
    this.#band = band;
    this.#random = random;
  }

  get size(): number {
    return this.#used.size;
  }

  /** How many offsets are taken. */
  get used(): number {
    return this.#used.count;
  }

  has(offset: number): boolean {
    return this.#used.has(offset);
  }

  /** Takes one offset; false if it was taken. */
  take(offset: number): boolean {
    return this.#used.add(offset);
  }

  /** Takes the first free offset after a random place, wrapping around; undefined if all are taken. */
  takeNext(): number | undefined {
    const offset = this.#freeIn(this.#band, this.size) ?? this.#freeIn(0, this.#band);
    if (offset !== undefined) this.#used.add(offset);
    return offset;
  }

  #freeIn(low: number, high: number): number | undefined {
    if (low >= high) return undefined;
    const start = low + this.#random.int(high - low);
    return this.#used.nextFree(start, high) ?? this.#used.nextFree(low, start);
  }

  /** Gives an offset back; nothing happens if it was free. */
  release(offset: number): void {
    this.#used.delete(offset);
  }

  clear(): void {
    this.#used.clear();
  }
}
