/**
 * Gives one value for equal ones that come soon after each other: what is said of one of thousands of
 * pods is mostly what was just said of another, such as a condition that came true in the same second.
 * It remembers the last few values only, so that looking through them is quick.
 */
export class Recent<T extends object> {
  readonly #limit: number;
  readonly #kept: T[] = [];
  /** The place of the oldest, once there are as many as may be. */
  #oldest = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * A frozen value with the same fields, in the same order and each identical: one that was given before,
   * if it is remembered, else the value itself, which is frozen by that.
   */
  of(value: T): T {
    for (let i = 0; i < this.#kept.length; i++) {
      const known = this.#kept[i] as T;
      if (isSame(known, value)) return known;
    }
    Object.freeze(value);
    if (this.#kept.length < this.#limit) this.#kept.push(value);
    else {
      this.#kept[this.#oldest] = value;
      this.#oldest = (this.#oldest + 1) % this.#limit;
    }
    return value;
  }
}

function isSame<T extends object>(a: T, b: T): boolean {
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && isSameList(a, b);
  let place = 0;
  let names: string[] | undefined;
  for (const name in a) {
    // Most differ in the first field that can differ: the order is looked at only where the values agree.
    if (a[name] !== b[name]) return false;
    names ??= Object.keys(b);
    if (names[place] !== name) return false;
    place++;
  }
  return place === (names ?? Object.keys(b)).length;
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
