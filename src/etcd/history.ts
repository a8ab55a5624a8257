import type { KeyIndex } from './keyindex.ts';
import type { ChangeLog } from './log.ts';
import type { History, KeyValue } from './store.ts';

/** The flight recorder: reads the whole log, whatever was compacted for the store's own clients. */
export class FlightRecorder<V> implements History<V> {
  readonly #log: ChangeLog<V>;
  readonly #keys: KeyIndex;
  readonly #trimmed: (revision: number) => void;
  #oldest = 2;

  /** `trimmed` is told the oldest revision there is now. */
  constructor(log: ChangeLog<V>, keys: KeyIndex, trimmed: (oldest: number) => void) {
    this.#log = log;
    this.#keys = keys;
    this.#trimmed = trimmed;
  }

  get oldest(): number {
    return this.#oldest;
  }

  at(revision: number): readonly KeyValue<V>[] {
    return [...this.between(revision, revision)];
  }

  *between(from: number, to: number): Generator<KeyValue<V>, void, undefined> {
    const log = this.#log;
    for (let place = log.placeOf(from); place < log.next && log.revisionAt(place) <= to; place++)
      yield log.at(place) as KeyValue<V>;
  }

  get(key: string, revision: number): KeyValue<V> | undefined {
    return this.#live(this.#keys.get(key), revision);
  }

  range(prefix: string, revision: number): readonly KeyValue<V>[] {
    const records: KeyValue<V>[] = [];
    for (const place of this.#keys.under(prefix)) {
      const record = this.#live(place, revision);
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  values(prefix: string, revision: number): readonly V[] {
    const values: V[] = [];
    for (const place of this.#keys.under(prefix)) {
      const value = this.#log.valueAt(this.#log.back(place, revision));
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  revisionAt(time: number): number {
    const place = this.#log.placeAfter(time) - 1;
    return place < this.#log.first ? this.#oldest - 1 : this.#log.revisionAt(place);
  }

  trim(revision: number): void {
    const first = this.#log.placeOf(revision);
    if (first === this.#log.first) return;
    const live: number[] = [];
    const gone: string[] = [];
    for (const [key, place] of this.#keys.entries()) {
      // A key whose last change is a trimmed tombstone is forgotten altogether.
      if (place < first && this.#log.valueAt(place) === undefined) gone.push(key);
      else live.push(place);
    }
    for (const key of gone) this.#keys.delete(key);
    this.#log.trim(first, live);
    this.#oldest = revision;
    this.#trimmed(revision);
  }

  #live(latest: number, revision: number): KeyValue<V> | undefined {
    const place = this.#log.back(latest, revision);
    return this.#log.valueAt(place) === undefined ? undefined : this.#log.at(place);
  }
}
