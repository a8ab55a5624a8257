/**
 * The least of any stretch of a growing list of numbers, in a few steps however long it is: beside the
 * numbers it keeps the least of every two, every four, and so on.
 */
export class LeastOf {
  /** The first level holds the numbers; each next one the least of two of the one before. */
  readonly #levels: number[][] = [[]];

  /** How many numbers there are. */
  get length(): number {
    return this.#levels[0]?.length ?? 0;
  }

  /** Adds a number at the end. */
  push(value: number): void {
    let least = value;
    for (let level = 0; ; level++) {
      const numbers = this.#levels[level] ?? [];
      this.#levels[level] = numbers;
      numbers.push(least);
      if (numbers.length % 2 === 1) return;
      least = Math.min(numbers[numbers.length - 2] ?? least, least);
    }
  }

  /** The least of the numbers from `start` up to `end`; undefined when there are none. */
  of(start: number, end: number): number | undefined {
    let least: number | undefined;
    let from = Math.max(0, start);
    let to = Math.min(end, this.length);
    for (let level = 0; from < to; level++) {
      const numbers = this.#levels[level] ?? [];
      if (from % 2 === 1) least = lesser(least, numbers[from++]);
      if (to % 2 === 1) least = lesser(least, numbers[--to]);
      from /= 2;
      to /= 2;
    }
    return least;
  }
}

function lesser(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
