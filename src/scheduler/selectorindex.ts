import type { Labels, Selector } from '../apimachinery/labels.ts';

/**
 * Things filed under a label that their selector demands, so that those that may select an object
 * are found without asking all of them.
 */
export class SelectorIndex<T> {
  readonly #byLabel = new Map<string, Set<T>>();
  /** Of those that demand no one value of any label. */
  readonly #others = new Set<T>();

  add(selector: Selector, item: T): void {
    const label = demanded(selector);
    if (label === undefined) {
      this.#others.add(item);
      return;
    }
    const items = this.#byLabel.get(label);
    if (items === undefined) this.#byLabel.set(label, new Set([item]));
    else items.add(item);
  }

  delete(selector: Selector, item: T): void {
    const label = demanded(selector);
    if (label === undefined) {
      this.#others.delete(item);
      return;
    }
    const items = this.#byLabel.get(label);
    items?.delete(item);
    if (items?.size === 0) this.#byLabel.delete(label);
  }

  /** Calls back for everything whose selector may match these labels, and for some that do not. */
  candidates(labels: Labels, found: (item: T) => void): void {
    for (const item of this.#others) found(item);
    if (this.#byLabel.size === 0 || labels === undefined) return;
    for (const key in labels) {
      const items = this.#byLabel.get(`${key}=${labels[key]}`);
      if (items !== undefined) for (const item of items) found(item);
    }
  }
}

/** `key=value` of the first label of which the selector takes one value only. */
function demanded(selector: Selector): string | undefined {
  for (const { key, operator, values } of selector.requirements) {
    const one = operator === '=' || operator === '==' || (operator === 'in' && values.length === 1);
    if (one) return `${key}=${values[0]}`;
  }
  return undefined;
}
