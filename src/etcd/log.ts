import type { Cause } from '../sim/cause.ts';
import type { KeyValue } from './store.ts';

/** Changes in one piece of the log. */
const CHUNK = 1024;

/** Columns of the numbers of a change. */
const MOD = 0;
const CREATE = 1;
const VERSION = 2;
const LEASE = 3;
const PREVIOUS = 4;
const TRIGGER = 5;
const COLUMNS = 6;

/** No change: places in the log count from 1. */
export const NOWHERE = 0;

/** What `append` is told of a change; the rest of a record follows from it. */
export interface NewChange<V> {
  readonly key: string;
  /** Undefined for a tombstone. */
  readonly value: V | undefined;
  readonly revision: number;
  readonly lease: number;
  /** Virtual time, ms since the epoch. */
  readonly time: number;
  readonly cause: Cause;
}

/** A piece of the log. Numbers lie in typed arrays, which the collector neither scans nor moves. */
class Chunk<V> {
  readonly keys = new Array<string | undefined>(CHUNK).fill(undefined);
  readonly values = new Array<V | undefined>(CHUNK).fill(undefined);
  /** The cause; of one that says no more than who and in reaction to what, who: the rest is a number. */
  readonly causes = new Array<Cause | string | undefined>(CHUNK).fill(undefined);
  readonly times = new Float64Array(CHUNK);
  readonly numbers = new Uint32Array(CHUNK * COLUMNS);
}

/** A change as its readers see it: made when it is asked for, with what came before it looked up when asked for. */
class Change<V> implements KeyValue<V> {
  readonly key: string;
  readonly value: V | undefined;
  readonly modRevision: number;
  readonly createRevision: number;
  readonly version: number;
  readonly lease: number;
  readonly time: number;
  readonly cause: Cause;
  readonly #log: ChangeLog<V>;
  readonly #before: number;

  constructor(log: ChangeLog<V>, chunk: Chunk<V>, place: number) {
    const { numbers } = chunk;
    const row = place * COLUMNS;
    this.key = chunk.keys[place] as string;
    this.value = chunk.values[place];
    this.modRevision = numbers[row + MOD] as number;
    this.createRevision = numbers[row + CREATE] as number;
    this.version = numbers[row + VERSION] as number;
    this.lease = numbers[row + LEASE] as number;
    this.time = chunk.times[place] as number;
    const cause = chunk.causes[place] as Cause | string;
    this.cause =
      typeof cause === 'string' ? { component: cause, trigger: numbers[row + TRIGGER] as number } : cause;
    this.#log = log;
    this.#before = numbers[row + PREVIOUS] as number;
  }

  get previous(): KeyValue<V> | undefined {
    return this.#log.at(this.#before);
  }
}

/**
 * All changes in commit order. A change has a place, counted from 1, that stays the same for good.
 * There are many times more changes than anybody looks at, so they are kept in columns, at a third of
 * what objects take, and become records when they are read.
 */
export class ChangeLog<V> {
  /** By place; undefined where all was forgotten. */
  readonly #chunks: (Chunk<V> | undefined)[] = [];
  #first = 1;
  #next = 1;

  /** The place of the oldest change still recorded in sequence, and the place after the newest. */
  get first(): number {
    return this.#first;
  }

  get next(): number {
    return this.#next;
  }

  /** Adds a change of a key whose last change is at `previous` (NOWHERE for none). Returns its place. */
  append(change: NewChange<V>, previous: number): number {
    const place = this.#next++;
    const index = place % CHUNK;
    const number = (place - index) / CHUNK;
    let chunk = this.#chunks[number];
    if (chunk === undefined) {
      chunk = new Chunk();
      this.#chunks[number] = chunk;
    }
    const { key, value, revision, lease, time, cause } = change;
    const plain = cause.input === undefined && cause.decision === undefined;
    chunk.keys[index] = key;
    chunk.values[index] = value;
    chunk.causes[index] = plain ? cause.component : cause;
    chunk.times[index] = time;
    const { numbers } = chunk;
    const row = index * COLUMNS;
    const version = this.#number(previous, VERSION);
    numbers[row + MOD] = revision;
    if (value !== undefined) {
      numbers[row + CREATE] = version === 0 ? revision : this.#number(previous, CREATE);
      numbers[row + VERSION] = version + 1;
    }
    numbers[row + LEASE] = lease;
    numbers[row + PREVIOUS] = previous;
    numbers[row + TRIGGER] = cause.trigger;
    return place;
  }

  /** The change at a place; undefined for NOWHERE and for what was forgotten. */
  at(place: number): KeyValue<V> | undefined {
    const chunk = this.#chunks[(place - (place % CHUNK)) / CHUNK];
    const index = place % CHUNK;
    return chunk?.keys[index] === undefined ? undefined : new Change(this, chunk, index);
  }

  /** The value at a place: undefined in a tombstone and where there is no change. */
  valueAt(place: number): V | undefined {
    const index = place % CHUNK;
    return this.#chunks[(place - index) / CHUNK]?.values[index];
  }

  /** The revision of the change at a place; 0 where there is none. */
  revisionAt(place: number): number {
    return this.#number(place, MOD);
  }

  /** The revision at which the generation began that lives at a place; 0 if none does. */
  createRevisionAt(place: number): number {
    return this.#number(place, CREATE);
  }

  /** How many times the key was put in its generation; 0 in a tombstone and where there is no change. */
  versionAt(place: number): number {
    return this.#number(place, VERSION);
  }

  leaseAt(place: number): number {
    return this.#number(place, LEASE);
  }

  timeAt(place: number): number {
    const index = place % CHUNK;
    return this.#chunks[(place - index) / CHUNK]?.times[index] ?? 0;
  }

  /** From a key's change back to the one that was in force at a revision; NOWHERE if the key was new then. */
  back(place: number, revision: number): number {
    let at = place;
    while (at !== NOWHERE && this.#number(at, MOD) > revision) at = this.#number(at, PREVIOUS);
    return at;
  }

  /** The place of the first change at or after a revision. */
  placeOf(revision: number): number {
    return this.#search((place) => this.#number(place, MOD) >= revision);
  }

  /** The place of the first change after a time. */
  placeAfter(time: number): number {
    return this.#search((place) => this.timeAt(place) > time);
  }

  /**
   * Forgets what lies before a place, but for the changes in `live` and what the changes after it
   * replaced, which then have no predecessor any more.
   */
  trim(first: number, live: Iterable<number>): void {
    const kept = new Set<number>();
    for (const place of live) if (place < first) kept.add(place);
    for (let place = first; place < this.#next; place++) {
      const previous = this.#number(place, PREVIOUS);
      if (previous !== NOWHERE && previous < first) kept.add(previous);
    }
    for (let place = this.#first; place < first; place++) if (!kept.has(place)) this.#forget(place);
    const used = new Set<number>();
    for (const place of kept) {
      const index = place % CHUNK;
      const number = (place - index) / CHUNK;
      used.add(number);
      const numbers = this.#chunks[number]?.numbers;
      if (numbers !== undefined) numbers[index * COLUMNS + PREVIOUS] = NOWHERE;
    }
    for (let number = 0; (number + 1) * CHUNK <= first; number++)
      if (!used.has(number)) this.#chunks[number] = undefined;
    this.#first = first;
  }

  #forget(place: number): void {
    const index = place % CHUNK;
    const chunk = this.#chunks[(place - index) / CHUNK];
    if (chunk === undefined) return;
    chunk.keys[index] = undefined;
    chunk.values[index] = undefined;
    chunk.causes[index] = undefined;
  }

  #number(place: number, column: number): number {
    const index = place % CHUNK;
    return this.#chunks[(place - index) / CHUNK]?.numbers[index * COLUMNS + column] ?? 0;
  }

  /** The first place for which `holds`, given that it holds for all after it. */
  #search(holds: (place: number) => boolean): number {
    let low = this.#first;
    let high = this.#next;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
