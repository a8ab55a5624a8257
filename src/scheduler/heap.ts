/** What a heap can hold: it notes the item's place, so that the item can be taken out again. */
export interface HeapItem {
  /** The heap's own; -1 while the item is in none. An item can be in one heap at a time. */
  heapIndex: number;
}

/** A binary heap that can give back any of its items. */
export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #less: (a: T, b: T) => boolean;

  constructor(less: (a: T, b: T) => boolean) {
    this.#less = less;
  }

  get size(): number {
    return this.#items.length;
  }

  /** All items, in no order that means anything. */
  items(): readonly T[] {
    return this.#items;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#up(this.#items.length - 1, item);
  }

  pop(): T | undefined {
    const top = this.#items[0];
    if (top !== undefined) this.remove(top);
    return top;
  }

  /** Takes out an item that is in this heap. */
  remove(item: T): void {
    const at = item.heapIndex;
    item.heapIndex = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#up(at, last);
    if (last.heapIndex === at) this.#down(at, last);
  }

  #up(start: number, item: T): void {
    let i = start;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = this.#items[parent] as T;
      if (!this.#less(item, above)) break;
      this.#put(i, above);
      i = parent;
    }
    this.#put(i, item);
  }

  #down(start: number, item: T): void {
    const half = this.#items.length >> 1;
    let i = start;
    while (i < half) {
      let child = 2 * i + 1;
      const right = child + 1;
      if (right < this.#items.length && this.#less(this.#items[right] as T, this.#items[child] as T))
        child = right;
      const below = this.#items[child] as T;
      if (!this.#less(below, item)) break;
      this.#put(i, below);
      i = child;
    }
    this.#put(i, item);
  }

  #put(i: number, item: T): void {
    this.#items[i] = item;
    item.heapIndex = i;
  }
}
