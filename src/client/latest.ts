import { type KubeObject, keyOf, revisionOf } from '../api/object.ts';
import type { Informer } from './informer.ts';

/**
 * An informer's cache together with what its owner wrote and has not heard of yet, so that two
 * decisions in a row do not contradict each other (the assume caches of volume controllers).
 */
export class Latest<T extends KubeObject> {
  readonly #informer: Informer<T>;
  readonly #written = new Map<string, T>();

  constructor(informer: Informer<T>) {
    this.#informer = informer;
    informer.addHandler({
      add: (object) => this.#heard(object),
      update: (_, object) => this.#heard(object),
      delete: (object) => void this.#written.delete(keyOf(object)),
    });
  }

  get(key: string): T | undefined {
    return this.#written.get(key) ?? this.#informer.get(key);
  }

  /** All objects in their latest state, in the order they were first seen. */
  *list(): IterableIterator<T> {
    if (this.#written.size === 0) yield* this.#informer.list();
    else for (const object of this.#informer.list()) yield this.#written.get(keyOf(object)) ?? object;
  }

  /** Takes over what a write has returned, or what is to be held true until the cache says otherwise. */
  wrote(object: T): void {
    const key = keyOf(object);
    const known = this.#informer.get(key);
    if (known === undefined || revisionOf(known) <= revisionOf(object)) this.#written.set(key, object);
  }

  /** Takes back what was only assumed. */
  forget(key: string): void {
    this.#written.delete(key);
  }

  #heard(object: T): void {
    const key = keyOf(object);
    const written = this.#written.get(key);
    if (written !== undefined && revisionOf(object) > revisionOf(written)) this.#written.delete(key);
    // The very state that was written: from now on the cache has it; an assumption on top of it stays.
    else if (
      written !== undefined &&
      revisionOf(object) === revisionOf(written) &&
      object.metadata === written.metadata
    )
      this.#written.delete(key);
  }
}
