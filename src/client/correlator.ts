import type { ObjectReference } from '../api/generated/types.ts';
import { deepEqual } from '../apimachinery/equal.ts';
import { formatTime } from '../apimachinery/time.ts';

export type EventType = 'Normal' | 'Warning';

/** client-go tools/record/events_cache.go: similar events within this time are combined ... */
const AGGREGATE_INTERVAL_MS = 600_000;
/** ... once there are more than this many with different messages. */
const AGGREGATE_MAX = 10;
/** Spam filter of a source about one object: a burst, then one every five minutes. */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
/** How many objects are remembered (client-go's LRU size), and how many sorts of events about each. */
const MAX_OBJECTS = 4096;
const MAX_SORTS = 64;

/** An event that was told. Its texts are the Event object's own. */
export interface Known {
  /** Undefined for the one that combines similar events. */
  message: string | undefined;
  /** The Event object's name. */
  name: string;
  /** When it was first observed, as the Event says it. */
  first: string;
  count: number;
  /** The next younger one of the same sort. */
  next: Known | undefined;
}

/** Events about one object that differ in their message only; itself the oldest of them, for most are alone. */
interface Sort extends Known {
  readonly fieldPath: string | undefined;
  readonly type: EventType;
  readonly reason: string;
  /** When the last of them happened, ms since the correlator's first event: a small number takes no room of its own. */
  last: number;
  /** The different messages of late, once there was a second one. */
  messages: string[] | undefined;
  /** The sort that is next older. */
  older: Sort | undefined;
}

/**
 * What was said about one object. Every pod has such a record in several recorders, so it is kept
 * small: linked records that are searched, no lists, and no keys made of texts.
 */
interface Talk {
  /** Spam filter: how many events may still pass, and when that was last counted. */
  tokens: number;
  last: number;
  youngest: Sort | undefined;
  /** The reference that the last event carries; the next ones often carry an equal one. */
  about: ObjectReference;
  /** The objects spoken of before and after this one. */
  before: Talk | undefined;
  after: Talk | undefined;
}

/** What becomes of an event. */
export interface Correlation {
  readonly known: Known;
  /** What it is about: the reference given, or an equal one that was given before. */
  readonly about: ObjectReference;
  /** The message to be written: its own, or the one of the event that combines similar ones. */
  readonly text: string;
  /** False when the source has said too much about this object of late. */
  readonly passes: boolean;
}

/**
 * Counts equal events as one, combines similar ones, and cuts off a source that will not stop
 * (client-go tools/record/events_cache.go).
 */
export class EventCorrelator {
  readonly #classic: boolean;
  readonly #newName: (about: ObjectReference) => string;
  /** When the first event happened, ms since the epoch. */
  #began: number | undefined;
  /** By uid, or by place for what has none. */
  readonly #talks = new Map<string, Talk>();
  /** The ends of the chain in which each object stands where it was last spoken of. */
  #latest: Talk | undefined;
  #oldest: Talk | undefined;

  /** A classic one combines and filters; the events.k8s.io recorder only counts. `newName` names new events. */
  constructor(classic: boolean, newName: (about: ObjectReference) => string) {
    this.#classic = classic;
    this.#newName = newName;
  }

  /** Takes note of an event that happens at a time, ms since the epoch. */
  observe(
    about: ObjectReference,
    type: EventType,
    reason: string,
    message: string,
    time: number,
  ): Correlation {
    this.#began ??= time;
    const now = time - this.#began;
    const talk = this.#talkOf(about, now);
    const sort = sortOf(talk, about.fieldPath, type, reason);
    const combined = this.#classic && sort !== undefined && isOneTooMany(sort, message, now);
    const wanted = combined ? undefined : message;
    let known: Known | undefined = sort;
    while (known !== undefined && known.message !== wanted) known = known.next;
    if (known !== undefined) known.count++;
    else {
      const name = this.#newName(about);
      const first = formatTime(time);
      if (sort === undefined)
        known = addSort(talk, { fieldPath: about.fieldPath, type, reason }, { message, name, first }, now);
      else known = addTo(sort, { message: wanted, name, first, count: 1, next: undefined });
    }
    const text = combined ? `(combined from similar events): ${message}` : message;
    // As upstream, what the filter holds back is still counted.
    return { known, about: talk.about, text, passes: !this.#classic || mayPass(talk, now) };
  }

  #talkOf(about: ObjectReference, now: number): Talk {
    const key = keyOf(about);
    const known = this.#talks.get(key);
    if (known !== undefined) {
      if (!deepEqual(known.about, about)) known.about = about;
      if (known !== this.#latest) {
        this.#unlink(known);
        this.#link(known);
      }
      return known;
    }
    const talk: Talk = {
      tokens: SPAM_BURST,
      last: now,
      youngest: undefined,
      about,
      before: undefined,
      after: undefined,
    };
    this.#link(talk);
    this.#talks.set(key, talk);
    const oldest = this.#oldest;
    if (this.#talks.size > MAX_OBJECTS && oldest !== undefined) {
      this.#unlink(oldest);
      this.#talks.delete(keyOf(oldest.about));
    }
    return talk;
  }

  #link(talk: Talk): void {
    talk.before = this.#latest;
    talk.after = undefined;
    if (this.#latest === undefined) this.#oldest = talk;
    else this.#latest.after = talk;
    this.#latest = talk;
  }

  #unlink({ before, after }: Talk): void {
    if (before === undefined) this.#oldest = after;
    else before.after = after;
    if (after === undefined) this.#latest = before;
    else after.before = before;
  }
}

function keyOf({ uid, kind, namespace, name }: ObjectReference): string {
  return uid ?? `${kind}/${namespace}/${name}`;
}

/** Adds the first event of a sort, and forgets the oldest sort once there are too many. */
function addSort(
  talk: Talk,
  { fieldPath, type, reason }: Pick<Sort, 'fieldPath' | 'type' | 'reason'>,
  { message, name, first }: Pick<Known, 'message' | 'name' | 'first'>,
  now: number,
): Known {
  const sort: Sort = {
    message,
    name,
    first,
    count: 1,
    next: undefined,
    fieldPath,
    type,
    reason,
    last: now,
    messages: undefined,
    older: talk.youngest,
  };
  talk.youngest = sort;
  let last: Sort | undefined = sort;
  for (let i = 1; i < MAX_SORTS && last !== undefined; i++) last = last.older;
  if (last !== undefined) last.older = undefined;
  return sort;
}

function sortOf(
  talk: Talk,
  fieldPath: string | undefined,
  type: EventType,
  reason: string,
): Sort | undefined {
  for (let sort = talk.youngest; sort !== undefined; sort = sort.older)
    if (sort.reason === reason && sort.type === type && sort.fieldPath === fieldPath) return sort;
  return undefined;
}

/** Adds an event to its sort as the youngest, and forgets the oldest once there are too many. */
function addTo(sort: Sort, event: Known): Known {
  let count = 2;
  let last: Known = sort;
  for (; last.next !== undefined; last = last.next) count++;
  last.next = event;
  const second = sort.next;
  if (count <= MAX_SORTS || second === undefined) return event;
  sort.message = second.message;
  sort.name = second.name;
  sort.first = second.first;
  sort.count = second.count;
  sort.next = second.next;
  return event;
}

/** True when this message is one too many of its sort. */
function isOneTooMany(sort: Sort, message: string, now: number): boolean {
  const quiet = now - sort.last > AGGREGATE_INTERVAL_MS;
  sort.last = now;
  if (quiet) sort.messages = [message];
  sort.messages ??= messagesOf(sort);
  const { messages } = sort;
  if (!messages.includes(message)) messages.push(message);
  if (messages.length < AGGREGATE_MAX) {
    // One message needs no list of its own.
    if (messages.length === 1 && sort.next === undefined) sort.messages = undefined;
    return false;
  }
  // One less than the limit: the next new message is again one too many, a known one is not.
  messages.splice(0, messages.length - (AGGREGATE_MAX - 1));
  return true;
}

function messagesOf(sort: Sort): string[] {
  const messages: string[] = [];
  for (let event: Known | undefined = sort; event !== undefined; event = event.next)
    if (event.message !== undefined) messages.push(event.message);
  return messages;
}

function mayPass(talk: Talk, now: number): boolean {
  talk.tokens = Math.min(SPAM_BURST, talk.tokens + (now - talk.last) / SPAM_REFILL_MS);
  talk.last = now;
  if (talk.tokens < 1) return false;
  talk.tokens -= 1;
  return true;
}
