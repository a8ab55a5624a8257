/**
 * The same text in one piece. Text put together from pieces is kept as a chain of them, several times
 * its size, until somebody looks into it: here somebody does.
 */
export function flat(text: string): string {
  return Number.isNaN(text.charCodeAt(0)) ? '' : text;
}

/**
 * Gives one string for equal ones, so that what is said of thousands of objects is kept once. It
 * remembers the last few texts only: texts that do not come again cost nothing for long.
 */
export class Interner {
  readonly #limit: number;
  #young = new Map<string, string>();
  #old: ReadonlyMap<string, string> = new Map();

  /** `limit` texts at least are remembered, and at most twice as many. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A string equal to `text`: the one that was given before, if it is remembered. */
  of(text: string): string {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const kept = this.#old.get(text) ?? flat(text);
    this.#young.set(kept, kept);
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    return kept;
  }
}
