import type { Event, EventSource, ObjectReference } from '../api/generated/types.ts';
import { event as eventKind } from '../api/kinds/event.ts';
import type { KubeObject } from '../api/object.ts';
import { isNotFound } from '../apimachinery/status.ts';
import { formatMicroTime, formatTime } from '../apimachinery/time.ts';
import type { Clock } from '../sim/clock.ts';
import type { Client } from './client.ts';

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

const NO_NAMESPACE = 'default';

export interface RecorderOptions {
  /** `kubelet`, `default-scheduler`, `deployment-controller`: shown in the From column. */
  readonly component: string;
  /** The node, for components that run on one. */
  readonly host?: string;
  /**
   * `count` bumps `count` on repeats as the classic recorder does; `series` writes eventTime and a
   * series as the events.k8s.io recorder does (the scheduler).
   */
  readonly style?: 'count' | 'series';
}

/** An event that was told. Its texts are the Event object's own. */
interface Known {
  /** Undefined for the one that combines similar events. */
  readonly message: string | undefined;
  /** The Event object's name. */
  readonly name: string;
  /** When it was first observed, ms since the epoch. */
  readonly first: number;
  count: number;
}

/** Events about one object that differ in their message only. */
interface Sort {
  readonly fieldPath: string | undefined;
  readonly type: EventType;
  readonly reason: string;
  /** When the last of them happened. */
  last: number;
  readonly events: Known[];
  /** The different messages of late, once there was a second one. */
  messages: string[] | undefined;
}

/**
 * What was said about one object. Every pod has such a record in several recorders, so it is kept
 * small: short lists that are searched, and no keys made of texts.
 */
interface Talk {
  /** Spam filter: how many events may still pass, and when that was last counted. */
  tokens: number;
  last: number;
  /** The youngest last. */
  readonly sorts: Sort[];
}

/**
 * Writes Event objects. Equal events become one with a count; more than ten similar ones within ten
 * minutes become one `(combined from similar events)`; a source that will not stop talking about
 * one object is cut off. Events are best effort: a refused one is dropped, as upstream drops it.
 */
export class EventRecorder {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #source: EventSource;
  readonly #options: RecorderOptions;
  /** By uid, or by place for what has none; the youngest last. */
  readonly #talks = new Map<string, Talk>();
  #lastStamp = 0;
  #sequence = 0;

  constructor(client: Client, clock: Clock, options: RecorderOptions) {
    this.#client = client;
    this.#clock = clock;
    this.#options = options;
    this.#source = Object.freeze(
      options.host === undefined
        ? { component: options.component }
        : { component: options.component, host: options.host },
    );
  }

  /** Records that something happened to an object. `fieldPath` narrows it, e.g. `spec.containers{web}`. */
  event(about: KubeObject, type: EventType, reason: string, message: string, fieldPath?: string): void {
    this.eventFor(referenceTo(about, fieldPath), type, reason, message);
  }

  /** The same with a ready reference; make it once when the same object is spoken of often. */
  eventFor(about: ObjectReference, type: EventType, reason: string, message: string): void {
    const now = this.#clock.now();
    const talk = this.#talkOf(about, now);
    const sort = sortOf(talk, about.fieldPath, type, reason, now);
    // The events.k8s.io recorder neither combines nor filters.
    const classic = this.#options.style !== 'series';
    const combined = classic && isOneTooMany(sort, message, now);
    const text = combined ? `(combined from similar events): ${message}` : message;
    const known = this.#observe(about, sort, combined ? undefined : message, now);
    // As upstream, what the filter holds back is still counted.
    if (classic && !mayPass(talk, now)) return;
    if (known.count > 1 && this.#bump(about, known, text, now)) return;
    this.#create(about, type, reason, text, known, now);
  }

  #talkOf(about: ObjectReference, now: number): Talk {
    const key = about.uid ?? `${about.kind}/${about.namespace}/${about.name}`;
    let talk = this.#talks.get(key);
    if (talk !== undefined) {
      this.#talks.delete(key);
      this.#talks.set(key, talk);
      return talk;
    }
    talk = { tokens: SPAM_BURST, last: now, sorts: [] };
    this.#talks.set(key, talk);
    if (this.#talks.size > MAX_OBJECTS) {
      for (const oldest of this.#talks.keys()) {
        this.#talks.delete(oldest);
        break;
      }
    }
    return talk;
  }

  /** Counts the event among those that are the same. */
  #observe(about: ObjectReference, sort: Sort, message: string | undefined, now: number): Known {
    const known = sort.events.find((event) => event.message === message);
    if (known !== undefined) {
      known.count++;
      return known;
    }
    const fresh: Known = { message, name: `${about.name}.${this.#stamp(now)}`, first: now, count: 1 };
    sort.events.push(fresh);
    if (sort.events.length > MAX_SORTS) sort.events.shift();
    return fresh;
  }

  #create(
    about: ObjectReference,
    type: EventType,
    reason: string,
    message: string,
    { name, first, count }: Known,
    now: number,
  ): void {
    const series = this.#options.style === 'series';
    const object: Event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: namespaceFor(about) },
      involvedObject: about,
      reason,
      message,
      type,
      ...(series
        ? { eventTime: formatMicroTime(now), action: reason, source: this.#source }
        : {
            source: this.#source,
            firstTimestamp: formatTime(first),
            lastTimestamp: formatTime(now),
            count,
          }),
      reportingComponent: this.#options.component,
      ...this.#instance(),
    };
    this.#client.create(eventKind, object);
  }

  /** Which of several programs of this name speaks; events with a series must say so. */
  #instance(): { readonly reportingInstance?: string } {
    const { component, host, style } = this.#options;
    if (style === 'series')
      return { reportingInstance: host === undefined ? component : `${component}-${host}` };
    return host === undefined ? {} : { reportingInstance: host };
  }

  /** Writes a repeat. False when the event is gone (expired) and must be written anew. */
  #bump(about: ObjectReference, { name, count }: Known, message: string, now: number): boolean {
    const patch =
      this.#options.style === 'series'
        ? { series: { count, lastObservedTime: formatMicroTime(now) } }
        : { count, lastTimestamp: formatTime(now), message };
    const result = this.#client.patch(eventKind, name, namespaceFor(about), 'merge', patch);
    return result.ok || !isNotFound(result.status);
  }

  /** The hexadecimal nanoseconds that upstream appends to names, made unique within a millisecond. */
  #stamp(now: number): string {
    this.#sequence = now === this.#lastStamp ? this.#sequence + 1 : 0;
    this.#lastStamp = now;
    return (BigInt(now) * 1_000_000n + BigInt(this.#sequence)).toString(16);
  }
}

/** A reference as events carry it; the resourceVersion is that of the state spoken of. */
export function referenceTo(object: KubeObject, fieldPath?: string): ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid }),
    apiVersion: object.apiVersion,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}

/** Events about cluster-scoped objects live in `default`. */
function namespaceFor(about: ObjectReference): string {
  return about.namespace === undefined || about.namespace === '' ? NO_NAMESPACE : about.namespace;
}

/** The record of events that differ in their message only; made on first use, the youngest last. */
function sortOf(
  talk: Talk,
  fieldPath: string | undefined,
  type: EventType,
  reason: string,
  now: number,
): Sort {
  const { sorts } = talk;
  for (let i = sorts.length - 1; i >= 0; i--) {
    const sort = sorts[i] as Sort;
    if (sort.reason === reason && sort.type === type && sort.fieldPath === fieldPath) return sort;
  }
  const sort: Sort = { fieldPath, type, reason, last: now, events: [], messages: undefined };
  sorts.push(sort);
  if (sorts.length > MAX_SORTS) sorts.shift();
  return sort;
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
    if (messages.length === 1 && sort.events.length <= 1) sort.messages = undefined;
    return false;
  }
  // One less than the limit: the next new message is again one too many, a known one is not.
  messages.splice(0, messages.length - (AGGREGATE_MAX - 1));
  return true;
}

function messagesOf(sort: Sort): string[] {
  return sort.events.flatMap(({ message }) => (message === undefined ? [] : [message]));
}

function mayPass(talk: Talk, now: number): boolean {
  talk.tokens = Math.min(SPAM_BURST, talk.tokens + (now - talk.last) / SPAM_REFILL_MS);
  talk.last = now;
  if (talk.tokens < 1) return false;
  talk.tokens -= 1;
  return true;
}
