import { type KubeObject, revisionOf } from '../api/object.ts';
import type { WatchEvent, WatchSink } from '../api/request.ts';
import type { Status } from '../apimachinery/status.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';
import type { Selection } from './selection.ts';

/** One commit as the watch cache hands it on: the state it made and the state it replaced. */
export interface Change {
  readonly revision: number;
  /** The new state; for a deletion the last state, with the revision of the deletion. */
  readonly object: KubeObject;
  /** Undefined when the object was created. */
  readonly previous: KubeObject | undefined;
  readonly deleted: boolean;
  /** The event for a watcher that sees both states; shared by all of them. */
  readonly event: WatchEvent;
}

/** How many events may wait for a client that is slow. */
const SLOW_BUFFER = 100;
const NO_STORE = Object.freeze({});

/** The change that made an object what it is. */
export function write(object: KubeObject, previous: KubeObject | undefined): Change {
  const event: WatchEvent = { type: previous === undefined ? 'ADDED' : 'MODIFIED', object };
  return { revision: revisionOf(object), object, previous, deleted: false, event };
}

/** The change that took an object away. */
export class Deletion implements Change {
  readonly revision: number;
  readonly object: KubeObject;
  readonly previous: KubeObject;
  readonly deleted = true;
  readonly event: WatchEvent;

  constructor(previous: KubeObject, revision: number) {
    this.revision = revision;
    this.object = atRevision(previous, revision);
    this.previous = previous;
    this.event = { type: 'DELETED', object: this.object };
  }
}

/** The object as it is shown in a DELETED event: its last state with the revision of the deletion. */
export function atRevision(object: KubeObject, revision: number): KubeObject {
  const metadata = Object.freeze({ ...object.metadata, resourceVersion: String(revision) });
  return Object.freeze({ ...object, metadata });
}

/**
 * One open watch. Events are queued with the time at which they are due, the watcher's latency
 * after they happened, and handed over in order by one timer at a time.
 */
export class Watcher {
  readonly selection: Selection;
  readonly bookmarks: boolean;
  /** Who watches. */
  readonly user: string;
  /** How much later than usual its client takes what it is sent, ms. */
  lag = 0;
  /** The newest revision this watcher was told of, by an event or a bookmark. */
  told: number;
  readonly #process: Process;
  readonly #sink: WatchSink;
  readonly #latency: number;
  readonly #store: { readonly commitDelay?: number };
  readonly #detach: (watcher: Watcher) => void;
  #events: WatchEvent[] = [];
  #due: number[] = [];
  #timer: ProcessTimer | undefined;
  #expiry: ProcessTimer | undefined;
  #open = true;
  /** Set when the server ends the watch: after what is queued comes `closed()`. */
  #ending = false;

  /** `latency` in ms; `detach` takes the watcher out of whatever feeds it. */
  constructor(
    process: Process,
    sink: WatchSink,
    selection: Selection,
    options: {
      readonly latency: number;
      readonly bookmarks: boolean;
      readonly from: number;
      readonly user?: string;
      /** Whose commits it hears of: later, while those take long. */
      readonly store?: { readonly commitDelay?: number };
    },
    detach: (watcher: Watcher) => void,
  ) {
    this.#process = process;
    this.#sink = sink;
    this.selection = selection;
    this.#latency = options.latency;
    this.bookmarks = options.bookmarks;
    this.user = options.user ?? '';
    this.#store = options.store ?? NO_STORE;
    this.told = options.from;
    this.#detach = detach;
  }

  /** Tells the watcher of a change, if it concerns it: entering the selection adds, leaving deletes. */
  offer(change: Change): void {
    if (change.revision <= this.told) return;
    const event = this.#eventFor(change);
    if (event === undefined) return;
    this.told = change.revision;
    this.push(event);
  }

  #eventFor(change: Change): WatchEvent | undefined {
    const { selection } = this;
    const namespace = selection.namespace;
    if (namespace !== '' && change.object.metadata.namespace !== namespace) return undefined;
    if (selection.everything) return change.event;
    const before = change.previous !== undefined && selection.matches(change.previous);
    if (change.deleted) return before ? change.event : undefined;
    const after = selection.matches(change.object);
    if (after)
      return before || change.previous === undefined
        ? change.event
        : { type: 'ADDED', object: change.object };
    if (!before) return undefined;
    return { type: 'DELETED', object: atRevision(change.previous as KubeObject, change.revision) };
  }

  /** Queues an event. */
  push(event: WatchEvent): void {
    if (!this.#open || this.#ending) return;
    // Who takes too long while more and more waits is thrown out, and has to watch anew (cacher/cache_watcher.go).
    if (this.lag > 0 && this.#events.length >= SLOW_BUFFER) {
      this.abort();
      return;
    }
    const latency = this.#latency + this.lag + (this.#store.commitDelay ?? 0);
    this.#events.push(event);
    this.#due.push(this.#process.now() + latency);
    this.#timer ??= this.#process.after(latency, () => this.#deliver());
  }

  /** Ends the watch from the server's side, after what is queued and, if given, an error. */
  end(status?: Status): void {
    if (!this.#open || this.#ending) return;
    if (status !== undefined) this.push({ type: 'ERROR', status });
    this.#ending = true;
    this.#timer ??= this.#process.after(this.#latency, () => this.#deliver());
  }

  /** Ends the watch after `ms`. */
  expireAfter(ms: number): void {
    this.#expiry = this.#process.after(ms, () => this.end());
  }

  /** The client hangs up: nothing more is called. */
  stop(): void {
    if (this.#open) this.#close();
  }

  /** The connection is lost at once, with everything still queued. */
  abort(): void {
    if (!this.#open) return;
    this.#close();
    this.#sink.closed();
  }

  #close(): void {
    this.#open = false;
    this.#detach(this);
    this.#events = [];
    this.#due = [];
    this.#process.cancel(this.#timer);
    this.#process.cancel(this.#expiry);
  }

  #deliver(): void {
    this.#timer = undefined;
    const now = this.#process.now();
    const events = this.#events;
    const due = this.#due;
    let count = 0;
    while (count < events.length && (due[count] as number) <= now) count++;
    if (count === events.length) {
      this.#events = [];
      this.#due = [];
    } else {
      this.#events = events.slice(count);
      this.#due = due.slice(count);
      this.#timer = this.#process.at(this.#due[0] as number, () => this.#deliver());
    }
    for (let i = 0; i < count && this.#open; i++) this.#sink.event(events[i] as WatchEvent);
    if (this.#open && this.#ending && this.#timer === undefined) {
      this.#close();
      this.#sink.closed();
    }
  }
}
