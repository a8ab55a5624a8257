import type { KubeObject } from '../api/object.ts';
import { revisionOf } from '../api/object.ts';
import { type Change, Deletion, write } from './watcher.ts';

/** Changes kept for resuming watches. Upstream's cache grows to 102,400. */
const CAPACITY = 16_384;

/**
 * The recent changes of one resource, from which watches are resumed. Of each only the two states are
 * kept, which the history holds anyway; the change itself is made again for the few that ask.
 */
export class ChangeRing {
  /** The state a change made, or the deletion that it is. */
  readonly #made: (KubeObject | Deletion)[] = [];
  /** The state it replaced; undefined when the object was created. */
  readonly #replaced: (KubeObject | undefined)[] = [];
  /** The place of the oldest one, once the ring is full. */
  #head = 0;

  /** The revision before the oldest change kept; undefined while all are. */
  get lost(): number | undefined {
    return this.#made.length < CAPACITY ? undefined : this.#revisionAt(this.#head) - 1;
  }

  add(change: Change): void {
    const made = change instanceof Deletion ? change : change.object;
    if (this.#made.length < CAPACITY) {
      this.#made.push(made);
      this.#replaced.push(change.previous);
      return;
    }
    this.#made[this.#head] = made;
    this.#replaced[this.#head] = change.previous;
    this.#head = (this.#head + 1) % CAPACITY;
  }

  /** The changes after a revision, oldest first. */
  *after(revision: number): Generator<Change, void, undefined> {
    const { length } = this.#made;
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#revisionAt((this.#head + middle) % length) <= revision) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < length; i++) yield this.#changeAt((this.#head + i) % length);
  }

  #revisionAt(place: number): number {
    const made = this.#made[place] as KubeObject | Deletion;
    return made instanceof Deletion ? made.revision : revisionOf(made);
  }

  #changeAt(place: number): Change {
    const made = this.#made[place] as KubeObject | Deletion;
    return made instanceof Deletion ? made : write(made, this.#replaced[place]);
  }
}
